// Asks once before many lines are put into the box. Not here: the box.

import "./texts.js";
import { t } from "../app/words.js";
import { button, el, openDialog } from "../app/view/dom.js";

/** @param {string} text @param {number} count how many lines @param {(text: string) => void} onChosen */
export function pasteDialog(text, count, onChosen) {
  const choose = (/** @type {string} */ chosen) => () => {
    dialog.close();
    onChosen(chosen);
  };
  // A line that ends a block of code would end this one too.
  const canBeCode = !/^```$/m.test(text);
  const dialog = openDialog(t("paste_title", { count }), t("cancel"), el("pre", { className: "fp preview", tabIndex: 0 }, text.slice(0, 600)),
    el("div", { className: "line" }, button(t("paste_text"), choose(text), "btn go"), canBeCode ? button(t("paste_code"), choose(`\`\`\`\n${text.trimEnd()}\n\`\`\`\n`)) : null));
  /** @type {HTMLElement | null} */ (dialog.querySelector(".btn.go"))?.focus();
}
