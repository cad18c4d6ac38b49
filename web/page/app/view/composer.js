// Where one writes: the box, what it answers or changes, drafts, how much still fits, and what keeps one from speaking. Not
// here: sending, and what commands do.

import { bodyBytes } from "../codec.js";
import { BODY_BYTES_MAX } from "../limits.js";
import { nameOf } from "../petnames.js";
import { knownRooms } from "../rooms.js";
import { keep, setting } from "../store.js";
import { t } from "../words.js";
import { button, el } from "./dom.js";
import { Offer } from "./offer.js";
import { formatted, quote } from "./row.js";

/** From so many bytes before the end it is said how many are left. */
const NEARLY_FULL = 2000;
/** More lines than this are pasted only when one says so. */
const PASTED_LINES = 15;
/** How many of one's own lines can be fetched back. */
const LINES_KEPT = 100;
/** What begins something that can be completed, or a command. */
const COMPLETED = /(?:^|[\s(])[@#:/]/;

/** @import { Order } from "../../later/orders.js" */
/** @typedef {typeof import("../../later/typing.js")} Typing */

export class Composer {
  /**
   * @param {{room: import("../room.js").Room, onSay: (body: import("../codec.js").Body) => void, onEnd: () => void,
   *   onOrder: (order: Order, typing: Typing) => string}} context `onOrder` returns what is wrong, if anything
   */
  constructor(context) {
    this.context = context;
    /** What is answered or changed. @type {{row: any, isEdit: boolean} | null} */
    this.about = null;
    /** What is fetched with the first command or name that is typed. @type {Typing | null} */
    this.typing = null;
    this.isReading = false;
    /** One's own lines, the newest last, and at which of them one is. @type {string[]} */
    this.lines = [];
    this.lineAt = 0;
    const label = t("message_to", { room: context.room.name });
    this.box = el("textarea", {
      rows: 1, "aria-label": label, placeholder: label, dir: "auto", enterKeyHint: "send", autocomplete: "off",
      oninput: () => this.#typed(), onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      onpaste: (/** @type {ClipboardEvent} */ event) => this.#paste(event),
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
    for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => this.#drop(/** @type {DragEvent} */ (event)));
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

  /** Who is writing. @param {import("../codec.js").Member[]} members */
  drawTyping(members) {
    if (this.problem !== "" || this.#limit() !== "") return;
    const names = members.map(nameOf).join(", ");
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
    if (body.text.trim() === "" || bodyBytes(body) > BODY_BYTES_MAX || this.isReading) return;
    if (this.about?.isEdit || !body.text.startsWith("/")) this.#sendText(body);
    else this.#sendCommand(body);
  }

  /** What begins like a command is never said before it is known to be none. @param {import("../codec.js").Body & {text: string}} body */
  async #sendCommand(body) {
    this.isReading = true;
    const typing = await this.#load();
    this.isReading = false;
    if (this.box.value !== body.text) return;
    if (typing === null) {
      this.#wrong(t("unloaded"));
      return;
    }
    const order = typing.readLine(body.text);
    if (order.kind === "say") this.#sendText({ ...body, text: order.text });
    else this.#say(this.context.onOrder(order, typing));
  }

  /** @param {import("../codec.js").Body & {text: string}} body */
  #sendText(body) {
    const seconds = this.context.room.standing.waitSeconds(performance.now());
    if (this.#silence() !== "" || seconds > 0) {
      this.problem = this.#silence() || t("wait_more", { seconds });
      this.isHeldUp = true;
      this.#drawHint();
      return;
    }
    this.#say("");
    this.context.onSay(body);
    this.focus();
  }

  /** Empties the box, unless something is wrong with what is in it. @param {string} problem */
  #say(problem) {
    this.problem = problem;
    if (problem === "") {
      const draft = `draft.${this.context.room.name}`;
      // What was begun before a message was changed is still to be said.
      const isEdit = this.about?.isEdit ?? false;
      if (!isEdit) {
        this.#remember(this.box.value);
        keep(draft, null);
      }
      this.box.value = isEdit ? setting(draft, "") : "";
      this.about = null;
      this.#drawAbout();
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

  /** @param {string} problem */
  #wrong(problem) {
    this.problem = problem;
    this.#drawHint();
  }

  /** What can be typed besides words; null where it cannot be fetched. @returns {Promise<Typing | null>} */
  async #load() {
    this.typing ??= await import("../../later/typing.js").catch(() => null);
    return this.typing;
  }

  /** Offers what could be meant. */
  #offer() {
    const { room } = this.context;
    const { typing } = this;
    if (typing === null) {
      if (COMPLETED.test(this.box.value)) this.#load().then((loaded) => loaded && document.activeElement === this.box && this.#offer());
      return;
    }
    const { selectionStart, selectionEnd, value } = this.box;
    const needsBadge = (/** @type {import("../codec.js").Member} */ member) => room.timeline.needsBadge(member);
    const known = { members: room.members.values(), needsBadge, role: room.standing.role, rooms: knownRooms() };
    const emoji = typing.replaced(value, selectionStart);
    if (emoji !== null) {
      this.box.setRangeText(emoji.emoji, emoji.from, selectionStart, "end");
      this.#changed();
    }
    this.offer.show(selectionStart === selectionEnd ? typing.complete(this.box.value, this.box.selectionStart, known) : null);
  }

  /** @param {import("../../later/completion.js").Completion} completion @param {number} index */
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

  /** Many lines at once may be a mistake; files cannot be sent. @param {ClipboardEvent} event */
  #paste(event) {
    const { clipboardData } = event;
    const text = clipboardData?.getData("text/plain") ?? "";
    if (text === "" && (clipboardData?.files.length ?? 0) > 0) {
      event.preventDefault();
      this.#wrong(t("no_files"));
      return;
    }
    const count = text.trimEnd().split(/\r\n|\r|\n/).length;
    if (count <= PASTED_LINES) return;
    event.preventDefault();
    import("../../later/paste.js").then(({ pasteDialog }) => pasteDialog(text, count, (chosen) => this.#insert(chosen)), () => this.#insert(text));
  }

  /** @param {DragEvent} event */
  #drop(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    // The browser would leave the room to show the file.
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
    this.#wrong(t("no_files"));
  }

  /** @param {string} text */
  #insert(text) {
    const { box } = this;
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    this.#changed();
    this.focus();
  }

  /** @param {string} line */
  #remember(line) {
    this.#own();
    if (this.lines.at(-1) !== line) this.lines.push(line);
    if (this.lines.length > LINES_KEPT) this.lines.shift();
    this.lineAt = this.lines.length;
  }

  /** At first one's own lines are those that the room has. */
  #own() {
    if (this.lines.length > 0) return;
    const own = this.context.room.timeline.rows().filter((row) => row.own && row.seq !== undefined && row.text !== undefined);
    this.lines = own.slice(-LINES_KEPT).map((row) => row.text ?? "");
    this.lineAt = this.lines.length;
  }

  /** Fetches one's own lines back, one by one. @param {number} step */
  #walk(step) {
    this.#own();
    if (this.lineAt === this.lines.length) this.unsaid = this.box.value;
    this.lineAt = Math.max(0, Math.min(this.lines.length, this.lineAt + step));
    this.box.value = this.lines[this.lineAt] ?? this.unsaid ?? "";
    this.#changed();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!event.isComposing && this.offer.key(event)) return;
    if (event.key === "Enter" && !event.isComposing) {
      const sends = setting("enter", true) ? !event.shiftKey : event.ctrlKey || event.metaKey;
      if (!sends) return;
      event.preventDefault();
      this.#send();
    } else if ((event.ctrlKey || event.metaKey) && (event.key === "ArrowUp" || event.key === "ArrowDown") && this.about?.isEdit !== true) {
      event.preventDefault();
      this.#walk(event.key === "ArrowUp" ? -1 : 1);
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
    const words = about.isEdit ? t("editing") : t("replying", { name: nameOf(about.row.from) });
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
