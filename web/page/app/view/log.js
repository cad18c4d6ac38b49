// The messages below one another. However many there are, the document holds a window of some two hundred; scrolling
// moves the window and keeps what is read where it is. The one owner of the scroll position.

import { actText } from "../acts.js";
import { isIgnored } from "../ignored.js";
import { layout } from "../layout.js";
import { nameOf } from "../petnames.js";
import { setting } from "../store.js";
import { safeLine } from "../text.js";
import { t } from "../words.js";
import { button, el } from "./dom.js";
import { dayName, presenceNode, rowNode } from "./row.js";

/** How many items the document holds, and how many come at a time. */
const WINDOW = 200;
const STEP = 60;
/** So near to an edge the window moves, in heights of the view. */
const NEAR = 1.5;
/** So near to the end one is at the end, in pixels. */
const AT_END = 24;
/** How often new messages are read out, in milliseconds: a fast room would otherwise never be silent. */
const ANNOUNCE_MS = 2500;

const EMOJI = ["👍", "❤️", "😂", "🎉", "😮", "😢"];

/** @import { Item } from "../layout.js" */

export class Log {
  /**
   * @param {{room: import("../room.js").Room, isYou: (mention: {name: string, badge?: string}) => boolean,
   *   act: (action: string, row: any, detail?: string) => void, onSeen: () => void, onLeave: () => void}} context
   */
  constructor(context) {
    this.context = { ...context, timeline: context.room.timeline };
    /** @type {Item[]} */
    this.items = [];
    this.from = 0;
    this.to = 0;
    this.isAtEnd = true;
    /** The place of the first message that was not seen. @type {number | null} */
    this.firstNew = null;
    this.newCount = 0;
    /** @type {number | null} */
    this.found = null;
    /** What is in the document, by key. @type {Map<string, {element: HTMLElement, sign: any}>} */
    this.shown = new Map();
    /** @type {any[]} */
    this.announced = [];
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.announcing = null;
    this.list = el("section", {
      className: "log", tabIndex: 0, role: "log", "aria-live": "off", "aria-label": t("messages", { room: context.room.name }),
      onscroll: () => this.#scrolled(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    this.list.addEventListener("pointerover", (/** @type {any} */ event) => this.#offer(event.target.closest?.(".m")));
    this.list.addEventListener("focusin", (/** @type {any} */ event) => this.#offer(event.target.closest?.(".m")));
    this.list.addEventListener("click", (/** @type {any} */ event) => this.#offer(event.target.closest?.(".m")));
    this.jump = button("", () => this.toEnd(), "jump", { hidden: true });
    this.live = el("div", { className: "away", "aria-live": "polite", role: "status" });
    this.element = el("div", { className: "logbox" }, this.list, this.jump, this.live);
    this.acts = el("div", { className: "acts", role: "group", "aria-label": t("actions") });
    new ResizeObserver(() => this.isAtEnd && this.#scrollToEnd()).observe(this.list);
  }

  /** Draws what there is now. */
  update() {
    const rows = this.context.room.timeline.rows().filter((row) => !isIgnored(row.from.id) || row.act);
    const wasFull = this.to === this.items.length;
    // What is above may have grown: the window stays on what it showed.
    const first = this.items.findIndex((item, index) => index >= this.from && item.kind === "row");
    const anchorKey = this.items[first]?.key;
    this.items = this.#top(rows).concat(layout(rows, this.firstNew, setting("presence", true) ? this.context.room.presence.rows() : []));
    if (this.isAtEnd && wasFull) {
      this.to = this.items.length;
      this.from = Math.max(0, this.to - WINDOW);
    } else {
      const at = this.items.findIndex((item) => item.key === anchorKey);
      const length = this.to - this.from;
      this.from = Math.max(0, at - (first - this.from));
      this.to = Math.min(this.items.length, Math.max(this.from + length, this.from + STEP));
    }
    this.#draw();
    this.#fill();
  }

  /** What stands above the first message. @param {import("../timeline.js").Row[]} rows @returns {Item[]} */
  #top(rows) {
    const { room } = this.context;
    const isEmpty = rows.length === 0 && room.state.state === "joined" && room.headAtJoin === 0;
    if (rows.length === 0) return isEmpty ? [{ key: "empty", kind: "empty" }] : [];
    if (room.isLoading) return [{ key: "older", kind: "older" }];
    return room.timeline.historyBefore() === null ? [{ key: "beginning", kind: "beginning" }] : [];
  }

  /** A message has come. @param {any} message @param {boolean} isSeen whether somebody is looking at the end */
  came(message, isSeen) {
    const { timeline } = this.context.room;
    if (isIgnored(message.from.id) && !message.act) return;
    if (timeline.isMine(message.from.id)) {
      this.isAtEnd = true;
      this.#clearNew();
      return;
    }
    if (!isSpoken(message)) return;
    if (!isSeen || !this.isAtEnd) {
      this.firstNew ??= message.seq;
      this.newCount += 1;
    }
    this.#announce(message);
  }

  /** Messages have come since the last visit. @param {number} after */
  missed(after) {
    this.firstNew ??= after + 1;
  }

  /** Somebody is looking again: the line before what is new stays for now, the count goes. */
  seen() {
    if (!this.isAtEnd) return;
    this.newCount = 0;
    this.#drawJump();
  }

  /** Shows the oldest of what is loaded. */
  toTop() {
    this.#move(0, null);
    this.isAtEnd = false;
    this.list.scrollTop = 0;
  }

  toEnd() {
    this.to = this.items.length;
    this.from = Math.max(0, this.to - WINDOW);
    this.isAtEnd = true;
    this.#draw();
    this.#scrollToEnd();
    this.seen();
    this.context.onSeen();
  }

  /** Shows the message at a place, if it is loaded. @param {number} seq */
  show(seq) {
    const at = this.items.findIndex((item) => item.kind === "row" && item.row.seq === seq);
    if (at < 0) return false;
    this.from = Math.max(0, at - WINDOW / 2);
    this.to = Math.min(this.items.length, this.from + WINDOW);
    this.isAtEnd = false;
    this.found = seq;
    this.#draw();
    this.shown.get(this.items[at].key)?.element.scrollIntoView({ block: "center" });
    return true;
  }

  /** No message is marked any more. */
  unmark() {
    this.found = null;
    this.#draw();
  }

  /** Brings the document in line with the window, and keeps what is read where it is. */
  #draw() {
    const anchor = this.isAtEnd ? null : this.#anchor();
    const wanted = this.items.slice(this.from, this.to);
    const keys = new Set(wanted.map((item) => item.key));
    for (const [key, { element }] of this.shown) {
      if (!keys.has(key)) {
        element.remove();
        this.shown.delete(key);
      }
    }
    let next = this.list.firstChild;
    for (const item of wanted) {
      const before = this.shown.get(item.key)?.element;
      const element = this.#element(item);
      const hadFocus = before !== element && before?.contains(document.activeElement);
      if (before && before !== element) {
        if (before === next) next = before.nextSibling;
        before.remove();
      }
      if (element === next) next = element.nextSibling;
      else this.list.insertBefore(element, next);
      if (hadFocus) element.focus({ preventScroll: true });
    }
    if (this.isAtEnd) this.#scrollToEnd();
    else if (anchor?.element.isConnected) this.list.scrollTop += anchor.element.offsetTop - anchor.top;
    this.#drawJump();
  }

  /** The element of an item: the one that is there where nothing about it has changed. @param {Item} item @returns {HTMLElement} */
  #element(item) {
    const sign = item.kind === "row" ? this.#signOf(item) : { row: null, text: item.kind === "presence" ? item.entry.version : item.key };
    const there = this.shown.get(item.key);
    if (there && there.sign.row === sign.row && there.sign.text === sign.text) return there.element;
    const element = this.#make(item);
    this.shown.set(item.key, { element, sign });
    return element;
  }

  /** @param {any} item */
  #signOf({ row, isMore }) {
    const replied = row.reply === undefined ? null : this.context.room.timeline.row(row.reply);
    const text = [isMore, this.context.room.timeline.needsBadge(row.from), nameOf(row.from), this.found === row.seq, replied?.text, replied && isIgnored(replied.from.id)].join(" ");
    // Rows that are not stored are made anew each time: what they say tells whether they have changed.
    return row.seq === undefined ? { row: null, text: `${text} ${row.delivery} ${row.text}` } : { row, text };
  }

  /** @param {Item} item @returns {any} */
  #make(item) {
    switch (item.kind) {
      case "day": return el("h2", { className: "day" }, dayName(item.time));
      case "new": return el("h2", { className: "day new" }, t("new_messages"));
      case "older": return el("p", { className: "day" }, t("older"));
      case "empty": return el("p", { className: "day" }, t("empty"));
      case "beginning": return el("p", { className: "day" }, t("beginning"));
      case "presence": return presenceNode(item.entry);
      case "gap": return el("p", { className: "day" }, t("gap"));
      default: {
        const element = rowNode(item.row, item.isMore, this.context);
        element.classList.toggle("is-found", this.found !== null && this.found === item.row.seq);
        element.item = item;
        return element;
      }
    }
  }

  /** The first element that is in view, and where it stands. */
  #anchor() {
    const top = this.list.scrollTop;
    let [low, high] = [0, this.list.children.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const child = this.list.children[middle];
      if (child.offsetTop + child.offsetHeight <= top) low = middle + 1;
      else high = middle;
    }
    const element = this.list.children[Math.min(low, this.list.children.length - 1)];
    return element ? { element, top: element.offsetTop } : null;
  }

  #scrollToEnd() {
    this.list.scrollTop = this.list.scrollHeight;
  }

  #scrolled() {
    const { list } = this;
    const below = list.scrollHeight - list.scrollTop - list.clientHeight;
    this.isAtEnd = below <= AT_END && this.to === this.items.length;
    if (this.isAtEnd && !document.hidden) {
      this.seen();
      this.context.onSeen();
    }
    this.#fill();
    this.#drawJump();
  }

  /** Moves the window where its edge comes near, and asks for older messages at its beginning. */
  #fill() {
    const { list } = this;
    const near = list.clientHeight * NEAR;
    if (list.scrollTop < near) {
      if (this.from > 0) this.#move(Math.max(0, this.from - STEP), null);
      else this.context.room.loadOlder();
    } else if (!this.isAtEnd && list.scrollHeight - list.scrollTop - list.clientHeight < near && this.to < this.items.length) {
      this.#move(null, Math.min(this.items.length, this.to + STEP));
    }
  }

  /** @param {number | null} from @param {number | null} to */
  #move(from, to) {
    if (from !== null) {
      this.from = from;
      this.to = Math.min(this.to, from + WINDOW + STEP);
      if (this.to < this.items.length) this.isAtEnd = false;
    } else if (to !== null) {
      this.to = to;
      this.from = Math.max(this.from, to - WINDOW - STEP);
    }
    this.#draw();
  }

  #drawJump() {
    this.jump.hidden = this.isAtEnd;
    this.jump.textContent = this.newCount > 0 ? t("new_down", { count: this.newCount }) : t("to_end");
  }

  #clearNew() {
    this.firstNew = null;
    this.newCount = 0;
  }

  /** Puts what can be done with a message beside it. @param {any} element */
  #offer(element) {
    const row = element?.item?.row;
    if (!row || row.seq === undefined || row.deleted || row.act || this.acts.parentElement === element) return;
    const act = (/** @type {string} */ action, /** @type {string} */ detail) => () => this.context.act(action, element.item.row, detail);
    const sign = (/** @type {string} */ text, /** @type {string} */ label, /** @type {string} */ action, detail = "") => button(text, act(action, detail), "btn plain", { "aria-label": label, title: label });
    this.acts.replaceChildren(
      ...EMOJI.slice(0, 2).map((emoji) => sign(emoji, `${t("react")} ${emoji}`, "react", emoji)),
      sign("☺", t("react"), "choose"), sign("↩", t("reply"), "reply"),
      ...(row.own && row.text !== undefined ? [sign("✎", t("edit"), "edit")] : []),
      ...(row.text === undefined ? [] : [sign("⧉", t("copy_text"), "copy")]),
      sign("🔗", t("copy_link"), "link"), ...(row.own ? [sign("✕", t("take_back"), "delete")] : []),
    );
    element.append(this.acts);
  }

  /** The emoji to choose from, in place of the other acts. @param {any} row */
  chooseEmoji(row) {
    const all = EMOJI.map((emoji) => button(emoji, () => this.context.act("react", row, emoji), "btn plain", { "aria-label": `${t("react")} ${emoji}` }));
    this.acts.replaceChildren(...all);
    /** @type {HTMLElement} */ (this.acts.firstChild).focus();
  }

  /** @param {any} event */
  #key(event) {
    const row = event.target.closest(".m");
    if (event.target !== row && event.target !== this.list) return;
    const beside = /** @type {Record<string, string>} */ ({ ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" })[event.key];
    if (beside) {
      let next = row ? row[beside] : this.list.lastElementChild;
      while (next && !next.classList.contains("m")) next = next[beside];
      next?.focus();
      next?.scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if (event.key === "Home") {
      this.toTop();
    } else if (event.key === "End") {
      this.toEnd();
    } else if (event.key === "Escape") {
      this.toEnd();
      this.context.onLeave();
    } else if (row && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const action = /** @type {Record<string, string>} */ ({ r: "reply", e: "edit", "+": "choose", "=": "choose", Delete: "delete", Backspace: "delete", y: "copy", l: "link" })[event.key];
      if (!action || (["edit", "delete"].includes(action) && !row.item.row.own)) return;
      event.preventDefault();
      this.context.act(action, row.item.row);
    }
  }

  /** Reads new messages out, a few at a time. @param {any} message */
  #announce(message) {
    this.announced.push(message);
    this.announcing ??= setTimeout(() => {
      this.live.textContent = this.announced.length <= 3
        ? this.announced.map((one) => (one.act ? actText(one) : `${nameOf(one.from)}: ${safeLine(one.text.slice(0, 200))}`)).join("\n")
        : t("new_in", { count: this.announced.length });
      this.announced = [];
      this.announcing = null;
    }, ANNOUNCE_MS);
  }
}

/** Whether a message is something new to read, and no change of what was said. @param {any} message */
export function isSpoken(message) {
  return message.act !== undefined || (typeof message.text === "string" && message.edit === undefined);
}
