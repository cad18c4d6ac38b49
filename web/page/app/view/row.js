// One message: who, when, what, and whether the room has it. Not here: where it stands among the others.

import { badge, isGuest } from "../codec.js";
import { colour, initial } from "../names.js";
import { safeLine } from "../text.js";
import { locale, refusalText, t } from "../words.js";
import { button, el, named } from "./dom.js";
import { textNodes } from "./text.js";

const formats = new Map();

/** How a time is written. @param {string} time @param {Intl.DateTimeFormatOptions} options */
export function formatted(time, options) {
  const key = locale() + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), options));
  return formats.get(key).format(new Date(time));
}

/** Today, yesterday, or the date. @param {string} time */
export function dayName(time) {
  const day = new Date(time).setHours(0, 0, 0, 0);
  const ago = Math.round((new Date().setHours(0, 0, 0, 0) - day) / 86_400_000);
  if (ago === 0) return t("today");
  if (ago === 1) return t("yesterday");
  const isThisYear = new Date(time).getFullYear() === new Date().getFullYear();
  return formatted(time, { weekday: "long", day: "numeric", month: "long", ...(isThisYear ? {} : { year: "numeric" }) });
}

/** The circle with a letter. @param {{id: string, name: string}} member */
export function avatar(member, isSmall = false) {
  return el("span", { className: `av n${colour(member.id)}${isSmall ? " is-small" : ""}`, "aria-hidden": true },
    el("span", {}, initial(member.name)));
}

/** A name with its badge where the name alone does not say who it is. */
export function person(member, needsBadge) {
  const className = `who n${colour(member.id)}`;
  const sign = isGuest(member.id) ? `${t("guest")} ${badge(member.id)}` : badge(member.id);
  return [
    named(safeLine(member.name), className),
    needsBadge || isGuest(member.id) ? el("span", { className: `badge n${colour(member.id)}` }, sign) : null,
  ];
}

/**
 * @param {import("../timeline.js").Row} row @param {boolean} isMore whether it goes on what the row before began
 * @param {{timeline: import("../timeline.js").Timeline, isYou: (mention: object) => boolean,
 *   act: (action: string, row: object, detail?: string) => void}} context
 */
export function rowNode(row, isMore, context) {
  const { timeline, act } = context;
  const when = formatted(row.time, { hour: "2-digit", minute: "2-digit" });
  const element = el("article", {
    className: classes(row, isMore), tabIndex: -1, "aria-label": `${safeLine(row.from.name)}, ${when}`,
  });
  const time = el("time", { dateTime: row.time, title: formatted(row.time, { dateStyle: "full", timeStyle: "medium" }) }, when);
  const content = el("div", {});
  if (!isMore) content.append(...person(row.from, timeline.needsBadge(row.from)).filter(Boolean), time);
  if (row.reply !== undefined) content.append(quote(timeline.row(row.reply), () => act("show", row)));
  content.append(...body(row, context), ...asides(row, act));
  if (row.reactions) content.append(reactions(row, context));
  element.append(isMore ? el("span", {}) : avatar(row.from), content);
  return element;
}

/** What a message answers, on one line. */
export function quote(row, onclick) {
  const said = row === null ? t("unknown_reply") : row.deleted ? t("deleted") : safeLine(row.text ?? "");
  const short = [...said.slice(0, 400)].slice(0, 160).join("");
  return button("", onclick, "quote").appendChild(el("span", { dir: "auto" },
    row === null ? null : named(`${safeLine(row.from.name)}: `), short)).parentElement;
}

function classes(row, isMore) {
  const is = { "is-more": isMore, "is-gone": row.deleted, "is-pending": row.delivery === "pending", "is-failed": row.delivery === "failed" };
  return ["m", ...Object.entries(is).filter(([, on]) => on).map(([name]) => name)].join(" ");
}

function body(row, { isYou }) {
  if (row.deleted) return [el("p", { className: "text" }, t("deleted"))];
  if (row.change) return [el("p", { className: "text" }, t("change_failed"))];
  if (row.unknown) return [el("p", { className: "text" }, t("unknown"))];
  return textNodes(row.text, isYou);
}

/** The small print: edited, on its way, failed. */
function asides(row, act) {
  const aside = (text) => el("span", { className: "aside" }, text);
  const notes = [];
  if (row.edited) notes.push(aside(t("edited")));
  if (row.changing) notes.push(aside(t("changing")));
  if (row.delivery === "pending") notes.push(aside(t("sending")));
  if (row.delivery === "failed") {
    notes.push(el("p", { className: "line" }, aside(`${t("failed")}: ${refusalText(/** @type {any} */ (row.refusal))}`),
      row.change ? null : button(t("retry"), () => act("retry", row)), button(t("dismiss"), () => act("dismiss", row))));
  }
  return notes;
}

function reactions(row, { timeline, act }) {
  const one = ({ emoji, members }) => {
    const isOn = members.some((id) => timeline.isMine(id));
    const shown = safeLine(emoji);
    return button(`${shown} ${members.length}`, () => act(isOn ? "unreact" : "react", row, emoji), "", {
      "aria-pressed": String(isOn), dir: "auto", "aria-label": t("reacted", { emoji: shown, count: members.length }),
    });
  };
  return el("div", { className: "reactions" }, ...row.reactions.map(one));
}
