// Outside of a room: who is not let in, or was put out, reads why and what can be done, on a screen of its own. Not here:
// whether one is let in.

import { parseFragment } from "../codec.js";
import { knownRooms, roomUrl } from "../rooms.js";
import { endedText, refusalText, t } from "../words.js";
import { button, el } from "./dom.js";
import { formatted } from "./row.js";
import { brand } from "./start.js";

/** What another invite helps against. */
const BY_INVITE = new Set(["no_entry", "invite_expired", "invite_used", "invite_revoked"]);
/** A longer wait than this is told as a time of day, in seconds, and nobody waits for it here. */
const WAIT_SECONDS_MAX = 600;

/** @typedef {{type: string, code: string, text?: string, isRefusal?: boolean, retry_after?: number}} Refusal */

export class Door {
  /** @param {{room: import("../room.js").Room, event: Refusal, onRename: () => void}} context */
  constructor({ room, event, onRename }) {
    this.room = room;
    const seconds = event.retry_after ?? 0;
    /** Whether it is tried again by itself, and by whom: a session that waits does so, else this screen. */
    this.isWaited = event.type !== "ended";
    this.retryAtMs = !this.isWaited && seconds > 0 && seconds <= WAIT_SECONDS_MAX ? performance.now() + 1000 * seconds : null;
    this.waiting = el("p", { className: "small soft" });
    const cause = this.isWaited ? refusalText({ code: event.code, text: event.text ?? "" }) : endedText(event);
    const until = seconds > WAIT_SECONDS_MAX ? t("door_until", { time: formatted(new Date(Date.now() + 1000 * seconds).toISOString(), { dateStyle: "medium", timeStyle: "short" }) }) : null;
    const isLeft = event.code === "left" && event.type === "ended" && !event.isRefusal;
    this.retry = button(isLeft ? t("door_again") : t("retry_now"), () => this.#again(), "btn go");
    const card = el("div", { className: isLeft ? "card" : "card warn" }, el("h1", {}, isLeft ? t("door_left", { room: room.name }) : t("door_title", { room: room.name })),
      isLeft ? null : el("p", { role: "alert" }, cause), until === null ? null : el("p", {}, until),
      BY_INVITE.has(event.code) ? inviteForm() : null,
      this.waiting, el("div", { className: "line" }, this.retry, event.code === "bad_name" ? button(t("door_name"), onRename) : null));
    const others = knownRooms().filter((one) => one !== room.name);
    this.element = el("main", { className: "start" }, brand(), card, others.length === 0 ? null : el("nav", { className: "line small", "aria-label": t("recent_rooms") },
      el("span", { className: "soft" }, `${t("recent_rooms")}:`), ...others.map((one) => el("a", { href: roomUrl(one) }, one))));
    this.draw();
  }

  focus() {
    (this.element.querySelector("input") ?? this.retry).focus();
  }

  /** How long it takes until it is tried again. */
  draw() {
    const { state, untilMs } = this.room.state;
    const now = performance.now();
    const left = this.isWaited ? (state === "waiting" ? untilMs - now : 0) : this.retryAtMs === null ? null : this.retryAtMs - now;
    const text = left === null ? "" : left > 0 ? t("door_wait", { seconds: Math.ceil(left / 1000) }) : t("connecting");
    if (this.waiting.textContent !== text) this.waiting.textContent = text;
    this.waiting.hidden = text === "";
    if (this.retryAtMs !== null && now >= this.retryAtMs) this.#again();
  }

  #again() {
    this.retryAtMs = null;
    if (this.isWaited) this.room.retry();
    else location.reload();
  }
}

/** Another link, to be pasted. */
function inviteForm() {
  const problem = el("p", { className: "small problem", role: "alert", id: "problem" });
  const input = el("input", { className: "field", required: true, autocomplete: "off", spellcheck: false, "aria-describedby": "problem" });
  const open = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const url = URL.parse?.(input.value.trim()) ?? null;
    const isLink = url !== null && url.protocol === "https:" && parseFragment(url.hash) !== null;
    problem.textContent = isLink ? "" : t("door_link_bad");
    if (!isLink) return;
    const isHere = url.origin === location.origin && url.pathname === location.pathname;
    if (isHere) {
      // The same page with another secret is not loaded anew by itself.
      history.replaceState(null, "", url);
      location.reload();
    } else {
      location.assign(url);
    }
  };
  return el("form", { className: "stack", onsubmit: open, noValidate: true }, el("label", {}, el("span", {}, t("door_link")), input), problem,
    el("div", { className: "line" }, el("button", { className: "btn" }, t("door_open"))));
}
