// Where one writes: the box, what it answers or changes, drafts, and how much still fits. Not here: sending.

import { bodyBytes } from "../codec.js";
import { BODY_BYTES_MAX } from "../limits.js";
import { keep, setting } from "../store.js";
import { safeLine } from "../text.js";
import { t } from "../words.js";
import { button, el } from "./dom.js";
import { quote } from "./row.js";

/** From so many bytes before the end it is said how many are left. */
const NEARLY_FULL = 2000;

export class Composer {
  /** @param {{room: import("../room.js").Room, onSay: (body: import("../codec.js").Body) => void, onEnd: () => void}} context */
  constructor(context) {
    this.context = context;
    /** What is answered or changed. @type {{row: any, isEdit: boolean} | null} */
    this.about = null;
    const label = t("message_to", { room: context.room.name });
    this.box = el("textarea", {
      rows: 1, "aria-label": label, placeholder: label, dir: "auto", enterKeyHint: "send", autocomplete: "off",
      oninput: () => this.#changed(), onkeydown: (event) => this.#key(event),
    });
    this.hint = el("div", { className: "hint", role: "status" });
    this.aboutLine = el("div", { className: "about", hidden: true });
    this.button = button(t("send"), () => this.#send(), "btn go");
    this.element = el("section", { className: "say", "aria-label": label }, this.hint, this.aboutLine,
      el("div", { className: "box" }, this.box, this.button));
    this.box.value = setting(`draft.${context.room.name}`, "");
    this.#grow();
  }

  focus() {
    this.box.focus();
  }

  /** Begins an answer. */
  reply(row) {
    this.#cancel();
    this.about = { row, isEdit: false };
    this.#drawAbout();
  }

  /** Begins a change of one's own message. */
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

  /** Who is writing. @param {{name: string}[]} members */
  drawTyping(members) {
    if (this.#limit() !== "") return;
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
    this.box.value = "";
    this.about = null;
    this.#drawAbout();
    keep(`draft.${this.context.room.name}`, null);
    this.#grow();
    this.context.onSay(body);
    this.focus();
  }

  #changed() {
    this.#grow();
    if (this.box.value !== "") this.context.room.tellTyping();
    if (!this.about?.isEdit) keep(`draft.${this.context.room.name}`, this.box.value === "" ? null : this.box.value);
    this.hint.textContent = this.#limit();
  }

  /** What is to be said of the length, if anything. */
  #limit() {
    if (this.box.value.length < (BODY_BYTES_MAX - NEARLY_FULL) / 4) return "";
    const left = BODY_BYTES_MAX - bodyBytes(this.#body());
    this.button.disabled = left < 0;
    if (left < 0) return t("too_long", { bytes: -left });
    return left < NEARLY_FULL ? t("nearly_full", { bytes: left }) : "";
  }

  #key(event) {
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
