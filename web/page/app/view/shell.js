// The room as a whole: rooms on one side, people on the other, the messages between them. Not here: the messages, and
// what any of it does.

import { timeSaid } from "../acts.js";
import { badge } from "../codec.js";
import { cover, go } from "../cover.js";
import { knownRooms, newsOf, roomUrl } from "../rooms.js";
import { safeLine } from "../text.js";
import { closingText, refusalText, t } from "../words.js";
import { button, el, named } from "./dom.js";
import { avatar } from "./row.js";
import { brand } from "./start.js";
import { onSwipes } from "./swipe.js";

export class Shell {
  /**
   * @param {{room: import("../room.js").Room, log: HTMLElement, say: HTMLElement, people: HTMLElement, onInvite: () => void,
   *   onSettings: () => void, onSwitch: () => void, onFind: (text: string, step: number) => string, onFindEnd: () => void}} context
   */
  constructor(context) {
    this.context = context;
    this.side = el("nav", { className: "side", "aria-label": t("rooms"), id: "side" });
    this.people = context.people;
    this.stateText = el("span", {});
    this.state = el("p", { className: "state", role: "status" }, el("span", { className: "dot" }), this.stateText);
    this.banner = el("div", { className: "banner", role: "alert", hidden: true });
    this.find = this.#findBar();
    this.element = el("div", { className: "app" }, this.side, this.#head(), el("div", { className: "bars" }, this.banner, this.find), el("main", { className: "middle" }, context.log),
      context.say, this.people);
    document.addEventListener("click", (event) => this.#closePanels(event));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#closePanels(null));
    /** What is to be called when a panel closes. @type {Map<HTMLElement, () => void>} */
    this.covers = new Map();
    onSwipes(this.element, (direction) => this.#swiped(direction));
    this.drawSide();
  }

  drawSide() {
    const { room } = this.context;
    const rooms = this.#rooms();
    const { you } = room.timeline;
    const sign = JSON.stringify([rooms, rooms.map(newsOf), you, t("settings")]);
    if (this.side.dataset.sign === sign) return;
    this.side.dataset.sign = sign;
    const focused = [...this.side.children].indexOf(/** @type {HTMLElement} */ (document.activeElement));
    this.side.replaceChildren(brand(),
      ...rooms.map((name) => el("a", { className: "room", href: roomUrl(name), "aria-current": name === room.name ? "page" : null, onclick: (/** @type {Event} */ event) => this.#go(event, name) },
        el("span", { className: "grow" }, name), name === room.name ? null : newsNode(newsOf(name)))),
      el("button", { type: "button", className: "room other", onclick: this.context.onSwitch, title: "Ctrl+K" }, t("switch_open")),
      el("button", { type: "button", className: "me", onclick: this.context.onSettings }, avatar(you, true),
        named(safeLine(you.name)), el("span", { className: "badge soft" }, badge(you.id)), el("span", { className: "away" }, t("settings"))));
    /** @type {HTMLElement | undefined} */ (this.side.children[focused])?.focus();
  }

  /** A link to a room leads there without leaving a trace of a drawer in the history. @param {any} event @param {string} room */
  #go(event, room) {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (room === this.context.room.name) this.#setOpen(this.side, false);
    else go(roomUrl(room));
  }

  #rooms() {
    return [...new Set([this.context.room.name, ...knownRooms()])].sort();
  }

  /** Goes to the next room, or to the one before. @param {number} step */
  toRoom(step) {
    const rooms = this.#rooms();
    const next = rooms[(rooms.indexOf(this.context.room.name) + step + rooms.length) % rooms.length];
    if (next !== this.context.room.name) go(roomUrl(next));
  }

  /** What holds for everybody in the room, as small words beside its name. */
  drawStanding() {
    const { standing } = this.context.room;
    const marks = [
      standing.isLocked ? t("mark_locked") : "", standing.isAnnounce ? t("mark_announce") : "",
      standing.slowSeconds > 0 ? t("mark_slow", { time: timeSaid(standing.slowSeconds) }) : "",
    ].filter(Boolean);
    this.element.dataset.role = standing.role;
    if (this.marks.dataset.said === marks.join()) return;
    this.marks.dataset.said = marks.join();
    this.marks.replaceChildren(...marks.map((mark) => el("span", { className: "mark" }, mark)));
  }

  /** Shows the people, where they are not there anyway. */
  openPeople() {
    this.#setOpen(this.people, true);
    const search = this.people.querySelector("input");
    if (search && !search.hidden) search.focus();
  }

  /** Whether there is a connection, in words. */
  drawState() {
    const { room } = this.context;
    const { state, untilMs } = room.state;
    const isOffline = state === "waiting" && navigator.onLine === false;
    const seconds = Math.max(0, Math.ceil((untilMs - performance.now()) / 1000));
    const ms = room.session?.latencyMs ?? null;
    const text = isOffline ? t("offline") : state === "waiting" ? t("waiting", { seconds })
      : state === "joined" && !room.hosts.isHome ? t("joined_at", { server: room.hosts.current }) : state === "joined" ? (ms === null ? t("joined") : t("joined_ms", { ms })) : t(state === "ended" ? "ended" : "connecting");
    if (this.stateText.textContent !== text) this.stateText.textContent = text;
    this.state.classList.toggle("is-joined", state === "joined");
    this.state.classList.toggle("is-broken", state === "waiting" || state === "ended");
    this.retry.hidden = state !== "waiting";
  }

  /** What the server has said that a person has to know. @param {any} event */
  tell(event) {
    const { hosts } = this.context.room;
    switch (event.type) {
      case "closing": return this.#show(event.code === "stopping" && hosts.hasOthers ? t("moving") : closingText(event));
      case "state": return event.state === "waiting" && hosts.hasOthers && navigator.onLine !== false ? this.#moving(event.wasJoined) : undefined;
      case "refused": return this.#show(refusalText(event), this.#dismiss());
      case "unloaded": return this.#show(t("unloaded"), this.#dismiss());
      case "joined": return this.#show("");
    }
  }

  /** What becomes of who has lost this server, where there are others. A browser tells nobody why it does not reach one of them. @param {boolean} wasJoined */
  #moving(wasJoined) {
    const { room } = this.context;
    const server = room.hosts.failed;
    if (wasJoined) this.#show(t("moving"));
    else if (server !== null) this.#show(t("unreached", { server }), el("a", { className: "btn", href: `https://${server}${roomUrl(room.name)}`, target: "_blank", rel: "noopener" }, t("unreached_open", { server })));
  }

  /** Tells something that needs no answer. @param {string} text */
  note(text) {
    this.#show(text, this.#dismiss());
  }

  openFind() {
    this.find.hidden = false;
    this.find.querySelector("input").focus();
  }

  #dismiss() {
    return button(t("close"), () => this.#show(""));
  }

  /** @param {string} text @param {...HTMLElement} buttons */
  #show(text, ...buttons) {
    // What is shown already is not said again to whoever listens, and keeps its focus.
    if (!this.banner.hidden && this.banner.firstChild?.textContent === text) return;
    this.banner.hidden = text === "";
    this.banner.replaceChildren(el("span", {}, text), ...buttons);
  }

  #head() {
    const { room, onInvite, onSettings } = this.context;
    this.marks = el("span", { className: "marks", role: "status" });
    const panel = (/** @type {HTMLElement} */ target, /** @type {string} */ sign, /** @type {string} */ label, /** @type {string} */ className) => button(sign, () => this.#setOpen(target, !target.classList.contains("is-open")), `btn menu ${className}`, {
      "aria-label": label, "aria-controls": target.id,
    });
    this.retry = button(t("retry_now"), () => room.retry(), "btn", { hidden: true });
    return el("header", { className: "head" }, panel(this.side, "☰", t("rooms"), ""), el("h1", {}, room.name),
      el("span", { className: "pill", title: t("encrypted_more") }, t("encrypted")), this.marks, this.state, this.retry,
      el("div", { className: "tools" }, button("⌕", () => this.openFind(), "btn", { "aria-label": t("search"), title: t("search") }),
        button(t("invite"), onInvite, "btn wide"), button("⚙", onSettings, "btn", { "aria-label": t("settings"), title: t("settings") }),
        panel(this.people, "👥", t("people_title"), "for-people")));
  }

  #findBar() {
    const { onFind, onFindEnd } = this.context;
    const result = el("span", { className: "small soft", role: "status" });
    const input = el("input", { className: "field", type: "search", "aria-label": t("search_in"), placeholder: t("search_in") });
    const look = (/** @type {number} */ step) => {
      result.textContent = onFind(input.value, step);
    };
    const end = () => {
      this.find.hidden = true;
      onFindEnd();
    };
    input.addEventListener("input", () => look(0));
    const bar = el("search", { className: "find", hidden: true, onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && event.target === input) look(event.shiftKey ? 1 : -1);
      if (event.key === "Escape") end();
    } }, input, result, button("↑", () => look(-1), "btn", { "aria-label": t("previous") }),
    button("↓", () => look(1), "btn", { "aria-label": t("next") }), button("✕", end, "btn plain", { "aria-label": t("close") }));
    return bar;
  }

  /** @param {"left" | "right"} direction */
  #swiped(direction) {
    const [opening, closing] = direction === "right" ? [this.side, this.people] : [this.people, this.side];
    if (closing.classList.contains("is-open")) this.#setOpen(closing, false);
    else this.#setOpen(opening, true);
  }

  /** Where a panel lies over the room, the Back key closes it. @param {HTMLElement} panel @param {boolean} isOpen */
  #setOpen(panel, isOpen) {
    panel.classList.toggle("is-open", isOpen);
    if (isOpen && !this.covers.has(panel) && getComputedStyle(panel).position === "fixed") {
      this.covers.set(panel, cover(() => this.#setOpen(panel, false)));
    } else if (!isOpen) {
      this.covers.get(panel)?.();
      this.covers.delete(panel);
    }
  }

  /** On a small screen what was opened closes with the next touch beside it. @param {any} event */
  #closePanels(event) {
    for (const panel of [this.side, this.people]) {
      const isInside = event && (panel.contains(event.target) || event.target.closest?.(".menu"));
      if (!isInside && panel.classList.contains("is-open")) this.#setOpen(panel, false);
    }
  }
}

/** How much is new in a room, where anything is. @param {import("../unread.js").News} news */
export function newsNode({ count, mentions }) {
  if (count === 0) return null;
  const text = mentions > 0 ? t("news_for_you", { count, mentions }) : t("news", { count });
  return el("span", { className: mentions > 0 ? "news is-for-you" : "news" }, el("span", { "aria-hidden": true }, `${mentions > 0 ? "@" : ""}${count > 99 ? "99+" : count}`),
    el("span", { className: "away" }, text));
}
