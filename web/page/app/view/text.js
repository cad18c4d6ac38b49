// A message's text as nodes: what the markup has found, made safe. A link shows where it leads. Nothing is loaded.

import { destination, parse } from "../markup.js";
import { safe } from "../text.js";
import { t } from "../words.js";
import { button, el } from "./dom.js";

/** More lines or letters than this are folded. */
const LINES_SHOWN = 24;
const LETTERS_SHOWN = 3000;

/** @param {string} text @param {(mention: {name: string, badge?: string}) => boolean} isYou */
export function textNodes(text, isYou) {
  const whole = safe(text);
  const isLong = whole.length > LETTERS_SHOWN || whole.split("\n", LINES_SHOWN + 1).length > LINES_SHOWN;
  const nodes = parse(whole).map((block) => blockNode(block, isYou));
  const body = el("div", { className: isLong ? "text is-folded" : "text" }, ...nodes);
  if (!isLong) return [body];
  const unfold = button(t("show_all"), () => {
    body.classList.remove("is-folded");
    unfold.remove();
  });
  return [body, unfold];
}

/** @param {import("../markup.js").Block} block @param {(mention: {name: string, badge?: string}) => boolean} isYou */
function blockNode(block, isYou) {
  if ("code" in block) {
    const copying = button(t("copy"), () => navigator.clipboard.writeText(block.code).then(() => {
      copying.textContent = t("copied");
    }, () => {}), "btn plain");
    // No landmark: a conversation about code would be full of them.
    return el("div", { className: "codebox" },
      el("pre", { tabIndex: 0, role: "group", "aria-label": block.language ?? "code" }, el("code", {}, block.code)), copying);
  }
  const spans = (/** @type {import("../markup.js").Span[]} */ list) => list.map((span) => spanNode(span, isYou));
  if ("list" in block) {
    return el("ul", {}, ...block.list.map((item) => {
      const line = el("li", { dir: "auto" }, `${item.number === undefined ? "•" : `${item.number}.`} `, ...spans(item.spans));
      line.classList.add(`depth-${item.depth}`);
      return line;
    }));
  }
  return "quote" in block ? el("blockquote", { dir: "auto" }, ...spans(block.quote)) : el("p", { dir: "auto" }, ...spans(block.paragraph));
}

/** @param {import("../markup.js").Span} span @param {(mention: {name: string, badge?: string}) => boolean} isYou */
function spanNode(span, isYou) {
  /** @type {Node} */
  let node = document.createTextNode(span.text);
  const wrap = (/** @type {string} */ tag, properties = {}) => {
    node = el(tag, properties, node);
  };
  if (span.code) wrap("code");
  if (span.link) return linkNode(span, node);
  if (span.mention) wrap("span", { className: isYou(span.mention) ? "mention is-you" : "mention" });
  if (span.struck) wrap("s");
  if (span.italic) wrap("em");
  if (span.bold) wrap("strong");
  return node;
}

/** A link that says where it leads, unless its text does. @param {import("../markup.js").Span} span @param {Node} text */
function linkNode(span, text) {
  const where = destination(span.link ?? "");
  const isPlain = span.text === span.link;
  const link = el("a", { href: span.link, target: "_blank", rel: "noopener noreferrer", title: span.link }, text);
  return isPlain ? link : el("span", {}, link, el("span", { className: "aside" }, `(${where})`));
}
