// The list above the box with what could be meant by what is being typed. Not here: what fits, and the box.

import { safeLine } from "../text.js";
import { t } from "../words.js";
import { el } from "./dom.js";
import { avatar } from "./row.js";

/** @import { Completion } from "../../later/completion.js" */

export class Offer {
  /** @param {HTMLTextAreaElement} box @param {(completion: Completion, index: number) => void} onChosen */
  constructor(box, onChosen) {
    this.box = box;
    this.onChosen = onChosen;
    /** @type {Completion | null} */
    this.completion = null;
    this.at = -1;
    this.element = el("ul", { className: "offer", role: "listbox", id: "offer", "aria-label": t("completions"), hidden: true });
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", "offer");
  }

  get isOpen() {
    return this.completion !== null;
  }

  /** @param {Completion | null} completion */
  show(completion) {
    this.completion = completion;
    this.at = completion === null || completion.isExact ? -1 : 0;
    this.element.hidden = completion === null;
    this.element.replaceChildren(...(completion?.options ?? []).map((option, index) => el("li", {
      role: "option", id: `offer-${index}`, onpointerdown: (/** @type {Event} */ event) => event.preventDefault(), onclick: () => this.#choose(index),
    }, option.member ? avatar(option.member, true) : null, el("bdi", { className: "label" }, safeLine(option.label)),
    el("span", { className: "aside" }, option.detail))));
    this.#mark();
  }

  /** Takes a key of the box; true where it was for the list. @param {KeyboardEvent} event */
  key(event) {
    if (this.completion === null) return false;
    const { length } = this.completion.options;
    switch (event.key) {
      case "ArrowDown": this.at = (this.at + 1) % length; break;
      case "ArrowUp": this.at = (this.at <= 0 ? length : this.at) - 1; break;
      case "Tab":
        if (event.shiftKey) return false;
        this.#choose(Math.max(0, this.at));
        break;
      case "Enter":
        if (this.at < 0 || event.shiftKey) return false;
        this.#choose(this.at);
        break;
      case "Escape": this.show(null); break;
      default: return false;
    }
    event.preventDefault();
    event.stopPropagation();
    this.#mark();
    return true;
  }

  /** @param {number} index */
  #choose(index) {
    const { completion } = this;
    this.show(null);
    if (completion) this.onChosen(completion, index);
  }

  #mark() {
    const { box, at } = this;
    [...this.element.children].forEach((/** @type {Element} */ option, /** @type {number} */ index) => {
      option.setAttribute("aria-selected", String(index === at));
      if (index === at) option.scrollIntoView({ block: "nearest" });
    });
    if (this.completion !== null && at >= 0) box.setAttribute("aria-activedescendant", `offer-${at}`);
    else box.removeAttribute("aria-activedescendant");
  }
}
