// Where one writes: the box, what it answers or changes, drafts, how much still fits, and what keeps one from speaking. Not
// here: sending, and what commands do.

import { bodyBytes } from "../codec.js";
import { complete } from "../completion.js";
import { BODY_BYTES_MAX } from "../limits.js";
import { readLine } from "../orders.js";
import { keep, setting } from "../store.js";
import { safeLine } from "../text.js";
import { t } from "../words.js";
import { button, el } from "./dom.js";
import { Offer } from "./offer.js";
import { formatted, quote } from "./row.js";

/** From so many bytes before the end it is said how many are left. */
const NEARLY_FULL = 2000;

export class Composer {
  /**
   * @param {{room: import("../room.js").Room, onSay: (body: import("../codec.js").Body) => void, onEnd: () => void,
   *   onOrder: (order: import("../orders.js").Order) => string}} context `onOrder` returns what is wrong, if anything
   */
  constructor(context) {
    this.context = context;
    /** What is answered or changed. @type {{row: any, isEdit: boolean} | null} */
    this.about = null;
    const label = t("message_to", { room: context.room.name });
    this.box = el("textarea", {
      rows: 1, "aria-label": label, placeholder: label, dir: "auto", enterKeyHint: "send", autocomplete: "off",
      oninput: () => this.#typed(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    this.hint = el("div", { className: "hint", role: "status" });
    this.notice = el("p", { className: "notice", role: "status" });
    this.offer = new Offer(this.box, (completion, index) => this.#complete(completion, index));
    /** What was wrong with the last command; until something is typed. */
    this.problem = "";
    /** Whether that is only that one has to wait. */
    this.isHeldUp = false;
    this.aboutLine = el("div", { className: "about", hidden: true });
    this.isTooLong = false;
    this.button = button(t("send"), () => this.#send(), "btn go");
    this.element = el("section", { className: "say", "aria-label": label }, this.notice, this.hint, this.aboutLine, this.offer.element,
      el("div", { className: "box" }, this.box, this.button));
    this.box.addEventListener("blur", () => this.offer.show(null));
    this.box.value = setting(`draft.${context.room.name}`, "");
    this.#grow();
  }

  focus() {
    this.box.focus();
  }

  /** Begins an answer. @param {any} row */
  reply(row) {
    this.#cancel();
    this.about = { row, isEdit: false };
    this.#drawAbout();
  }

  /** Begins a change of one's own message. @param {any} row */
  edit(row) {
    this.about = { row, isEdit: true };
    this.box.value = row.text;
    this.#drawAbout();
    this.#grow();
  }

  /** Puts a text back that could not be sent. @param {string} text */
  putBack(text) {
    this.box.value = this.box.value === "" ? text : `${this.box.value}\n${text}`;
    this.#changed();
    this.focus();
  }

  /** Speaks to somebody. @param {string} word */
  mention(word) {
    const { box } = this;
    const isApart = box.value === "" || /\s$/.test(box.value);
    box.value += `${isApart ? "" : " "}${word} `;
    this.#changed();
    this.focus();
  }

  /** What keeps one from speaking, in words, and how long one waits. */
  drawStanding() {
    const { standing } = this.context.room;
    const seconds = standing.waitSeconds(performance.now());
    const notice = this.#silence();
    if (this.notice.textContent !== notice) this.notice.textContent = notice;
    this.notice.hidden = notice === "";
    if (this.isHeldUp && seconds === 0 && notice === "") {
      this.isHeldUp = false;
      this.problem = "";
      this.#drawHint();
    }
    const label = seconds > 0 ? t("wait", { seconds }) : t("send");
    if (this.button.textContent !== label) this.button.textContent = label;
    this.button.disabled = this.isTooLong || (seconds > 0 || notice !== "") && !this.box.value.startsWith("/");
  }

  #silence() {
    const { standing } = this.context.room;
    if (standing.silence === "announce") return t("silent_announce");
    if (standing.silence !== "muted") return "";
    const until = standing.muted?.until ?? null;
    return until === null ? t("silent_muted") : t("silent_until", { time: formatted(until, { dateStyle: "short", timeStyle: "short" }) });
  }

  /** Who is writing. @param {{name: string}[]} members */
  drawTyping(members) {
    if (this.problem !== "" || this.#limit() !== "") return;
    const names = members.map(({ name }) => safeLine(name)).join(", ");
    const text = members.length === 0 ? "" : members.length > 3 ? t("typing_many") : t("typing", { names, count: members.length });
    if (this.hint.textContent !== text) this.hint.textContent = text;
  }

  #body() {
    const text = this.box.value;
    if (this.about === null) return { text };
    return this.about.isEdit ? { text, edit: this.about.row.seq } : { text, reply: this.about.row.seq };
  }

  #send() {
    const body = this.#body();
    if (body.text.trim() === "" || bodyBytes(body) > BODY_BYTES_MAX) return;
    const order = this.about?.isEdit ? null : readLine(body.text);
    if (order !== null && order.kind !== "say") {
      this.#say(this.context.onOrder(order));
      return;
    }
    const seconds = this.context.room.standing.waitSeconds(performance.now());
    if (this.#silence() !== "" || seconds > 0) {
      this.problem = this.#silence() || t("wait_more", { seconds });
      this.isHeldUp = true;
      this.#drawHint();
      return;
    }
    if (order !== null) body.text = order.text;
    this.#say("");
    this.context.onSay(body);
    this.focus();
  }

  /** Empties the box, unless something is wrong with what is in it. @param {string} problem */
  #say(problem) {
    this.problem = problem;
    if (problem === "") {
      this.box.value = "";
      this.about = null;
      this.#drawAbout();
      keep(`draft.${this.context.room.name}`, null);
      this.#grow();
    }
    this.offer.show(null);
    this.#drawHint();
    this.drawStanding();
  }

  #changed() {
    this.#grow();
    this.problem = "";
    const { box } = this;
    // A command is nobody's business yet.
    if (box.value !== "" && !box.value.startsWith("/")) this.context.room.tellTyping();
    if (!this.about?.isEdit) keep(`draft.${this.context.room.name}`, box.value === "" ? null : box.value);
    this.#drawHint();
    this.drawStanding();
  }

  #drawHint() {
    const text = this.problem || this.#limit();
    this.hint.textContent = text;
    this.hint.classList.toggle("problem", text !== "");
  }

  /** Offers what could be meant. */
  #offer() {
    const { room } = this.context;
    const { selectionStart, selectionEnd, value } = this.box;
    const needsBadge = (/** @type {import("../codec.js").Member} */ member) => room.timeline.needsBadge(member);
    const known = { members: room.members.values(), needsBadge, role: room.standing.role };
    this.offer.show(selectionStart === selectionEnd ? complete(value, selectionStart, known) : null);
  }

  /** @param {import("../completion.js").Completion} completion @param {number} index */
  #complete({ from, to, options }, index) {
    const { insert } = options[index];
    const { box } = this;
    box.setRangeText(insert, from, box.value[to] === " " && insert.endsWith(" ") ? to + 1 : to, "end");
    this.#changed();
  }

  /** What is to be said of the length, if anything. */
  #limit() {
    this.isTooLong = false;
    if (this.box.value.length < (BODY_BYTES_MAX - NEARLY_FULL) / 4) return "";
    const left = BODY_BYTES_MAX - bodyBytes(this.#body());
    this.isTooLong = left < 0;
    if (left < 0) return t("too_long", { bytes: -left });
    return left < NEARLY_FULL ? t("nearly_full", { bytes: left }) : "";
  }

  #typed() {
    this.#changed();
    this.#offer();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!event.isComposing && this.offer.key(event)) return;
    if (event.key === "Enter" && !event.isComposing) {
      const sends = setting("enter", true) ? !event.shiftKey : event.ctrlKey || event.metaKey;
      if (!sends) return;
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && this.box.value === "" && this.about === null) {
      const last = this.context.room.timeline.rows().findLast((row) => row.own && row.seq !== undefined && row.text !== undefined);
      if (!last) return;
      event.preventDefault();
      this.edit(last);
    } else if (event.key === "Escape") {
      if (this.about !== null) this.#cancel();
      else this.context.onEnd();
    }
  }

  #cancel() {
    if (this.about?.isEdit) this.box.value = setting(`draft.${this.context.room.name}`, "");
    this.about = null;
    this.#drawAbout();
    this.#changed();
  }

  #drawAbout() {
    const { about, aboutLine } = this;
    aboutLine.hidden = about === null;
    if (about === null) return aboutLine.replaceChildren();
    const words = about.isEdit ? t("editing") : t("replying", { name: safeLine(about.row.from.name) });
    aboutLine.replaceChildren(el("span", {}, words), quote(about.row, () => this.focus()),
      button("✕", () => this.#cancel(), "btn plain", { "aria-label": t("cancel") }));
    this.focus();
  }

  /** Grows with its text where the browser does not do so by itself. */
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.box.rows = Math.min(8, this.box.value.split("\n").length);
  }
}
