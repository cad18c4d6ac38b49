// Makes elements from data. Strings become text nodes, never markup. Nothing of what is shown.

import { cover } from "../cover.js";

/**
 * An element. Properties whose names have a hyphen, and `role`, become attributes; `on…` are listeners.
 * @param {string} tag @param {Record<string, any>} [properties] @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function el(tag, properties = {}, ...children) {
  const element = /** @type {any} */ (document.createElement(tag));
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value === true ? "true" : value);
    else element[name] = value;
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

/** A button. @param {string} text @param {(event: any) => void} onclick @param {string} [className] @param {Record<string, any>} [properties] */
export function button(text, onclick, className = "btn", properties = {}) {
  return el("button", { type: "button", className, onclick, ...properties }, text);
}

/** Somebody's name, kept apart from the direction of what is around it. @param {string} name @param {string} [className] */
export function named(name, className = "") {
  return el("bdi", { className }, name);
}

/** Opens a dialog that closes by Escape, by its button, by a click beside it, and by the Back key. @param {string} title @param {string} closeText @param {...(Node | null)} content @returns {HTMLDialogElement} */
export function openDialog(title, closeText, ...content) {
  const id = `title-${crypto.randomUUID()}`;
  const dialog = el("dialog", { "aria-labelledby": id, onclose: () => {
    uncover();
    dialog.remove();
  } },
    el("div", { className: "stack" }, el("h2", { id, tabIndex: -1 }, title), ...content,
      el("div", { className: "line" }, button(closeText, () => dialog.close()))));
  dialog.addEventListener("click", (/** @type {Event} */ event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  // Without a field that it is about, a dialog begins at its beginning, and on a phone without a keyboard over it.
  if (!dialog.querySelector("[autofocus]")) dialog.querySelector("h2").focus();
  const uncover = cover(() => dialog.close());
  return dialog;
}
