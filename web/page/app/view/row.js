// One message or act: who, when, what, and whether the room has it; and who came and went. Not here: where it stands
// among the others.

import { actText, whomName } from "../acts.js";
import { badge, isGuest } from "../codec.js";
import { isIgnored } from "../ignored.js";
import { colour, initial } from "../names.js";
import { nameOf, petname } from "../petnames.js";
import { safeLine } from "../text.js";
import { locale, refusalText, t } from "../words.js";
import { button, el, named } from "./dom.js";
import { textNodes } from "./text.js";

/** How many names a row of comings and goings has before it only counts. */
const NAMES_SHOWN = 2;

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

/** The circle with a letter. @param {{id: string, name: string}} member @param {boolean} [isSmall] */
export function avatar(member, isSmall = false) {
  return el("span", { className: `av n${colour(member.id)}${isSmall ? " is-small" : ""}`, "aria-hidden": true },
    el("span", {}, initial(nameOf(member))));
}

/** A name with its badge, in words. @param {{id: string, name: string}} member */
export function signed(member) {
  return `${nameOf(member)}#${badge(member.id)}`;
}

/** A name with its badge where the name alone does not say who it is. @param {{id: string, name: string}} member @param {boolean} needsBadge */
export function person(member, needsBadge) {
  const className = `who n${colour(member.id)}`;
  const sign = isGuest(member.id) ? `${t("guest")} ${badge(member.id)}` : badge(member.id);
  return [
    named(nameOf(member), petname(member.id) === null ? className : `${className} is-petname`),
    needsBadge || isGuest(member.id) ? el("span", { className: `badge n${colour(member.id)}` }, sign) : null,
  ];
}

/**
 * @param {import("../timeline.js").Row} row @param {boolean} isMore whether it goes on what the row before began
 * @param {{timeline: import("../timeline.js").Timeline, isYou: (mention: {name: string, badge?: string}) => boolean,
 *   act: (action: string, row: object, detail?: string) => void}} context
 */
export function rowNode(row, isMore, context) {
  const { timeline, act } = context;
  const when = formatted(row.time, { hour: "2-digit", minute: "2-digit" });
  if (row.act) return actNode(row, when, context);
  const element = el("article", {
    className: classes(row, isMore), tabIndex: -1, "aria-label": `${nameOf(row.from)}, ${when}`,
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

/** What somebody did to the room: a small row of its own. @param {any} row @param {string} when @param {any} context */
function actNode(row, when, { timeline, act }) {
  const shown = (/** @type {any} */ whom) => (whom.name !== undefined && timeline.needsBadge(whom) ? `${whomName(whom)}#${badge(whom.id)}` : whomName(whom));
  const text = actText(row, shown);
  const time = el("time", { dateTime: row.time, title: formatted(row.time, { dateStyle: "full", timeStyle: "medium" }) }, when);
  return el("article", { className: row.delivery === "failed" ? "m is-act is-failed" : "m is-act", tabIndex: -1, "aria-label": `${text}, ${when}` },
    el("p", { className: "done", dir: "auto" }, text, time), ...asides(row, act));
}

/** Who came and went between two messages. @param {import("../presence.js").Entry} entry */
export function presenceNode({ came, left, renamed, doubles }) {
  const lines = [];
  if (came.size > 0) lines.push(t("came", { names: listed([...came.values()]), count: came.size }));
  if (left.size > 0) lines.push(t("went", { names: listed([...left.values()]), count: left.size }));
  for (const { before, member } of renamed.values()) lines.push(t("renamed", { before: safeLine(before), name: safeLine(member.name) }));
  return el("div", { className: "event" }, lines.length === 0 ? null : el("p", { dir: "auto" }, lines.join(" · ")),
    ...doubles.map(({ member, other }) => el("p", { className: "problem", dir: "auto" }, t("double", { newcomer: signed(member), present: signed(other) }))));
}

/** Names as a list in words, of many only the first. @param {import("../codec.js").Member[]} members */
function listed(members) {
  const names = members.map((member) => `\u2068${nameOf(member)}\u2069`);
  const shown = names.length <= NAMES_SHOWN + 1 ? names : [...names.slice(0, NAMES_SHOWN), t("more_people", { count: names.length - NAMES_SHOWN })];
  return new Intl.ListFormat(locale(), { type: "conjunction" }).format(shown);
}

/** What a message answers, on one line. @param {any} row @param {() => void} onclick */
export function quote(row, onclick) {
  // Whoever answers them would else show their words to those who do not want to see them.
  if (row !== null && isIgnored(row.from.id)) return el("p", { className: "quote" }, t("ignored_reply"));
  const said = row === null ? t("unknown_reply") : row.deleted ? t("deleted") : safeLine(row.text ?? "");
  const short = [...said.slice(0, 400)].slice(0, 160).join("");
  return button("", onclick, "quote").appendChild(el("span", { dir: "auto" },
    row === null ? null : named(`${nameOf(row.from)}: `), short)).parentElement;
}

/** @param {any} row @param {boolean} isMore */
function classes(row, isMore) {
  const is = { "is-more": isMore, "is-gone": row.deleted, "is-pending": row.delivery === "pending", "is-failed": row.delivery === "failed" };
  return ["m", ...Object.entries(is).filter(([, on]) => on).map(([name]) => name)].join(" ");
}

/** @param {any} row @param {any} context */
function body(row, { isYou }) {
  if (row.deleted) return [el("p", { className: "text" }, t("deleted"))];
  if (row.change) return [el("p", { className: "text" }, t("change_failed"))];
  if (row.unknown) return [el("p", { className: "text" }, t("unknown"))];
  return textNodes(row.text, isYou);
}

/** The small print: edited, on its way, failed. @param {any} row @param {(action: string, row: any, detail?: string) => void} act */
function asides(row, act) {
  const aside = (/** @type {string} */ text) => el("span", { className: "aside" }, text);
  const notes = [];
  if (row.edited) notes.push(aside(t("edited")));
  if (row.changing) notes.push(aside(t("changing")));
  if (row.delivery === "pending") notes.push(aside(t("sending")));
  if (row.delivery === "failed") {
    notes.push(el("p", { className: "line" }, aside(`${t("failed")}: ${refusalText(/** @type {any} */ (row.refusal))}`),
      row.change || row.act ? null : button(t("retry"), () => act("retry", row)), button(t("dismiss"), () => act("dismiss", row))));
  }
  return notes;
}

/** @param {any} row @param {any} context */
function reactions(row, { timeline, act }) {
  const one = (/** @type {import("../timeline.js").Reactions} */ { emoji, members }) => {
    const isOn = members.some((id) => timeline.isMine(id));
    const shown = safeLine(emoji);
    return button(`${shown} ${members.length}`, () => act(isOn ? "unreact" : "react", row, emoji), "", {
      "aria-pressed": String(isOn), dir: "auto", "aria-label": t("reacted", { emoji: shown, count: members.length }),
    });
  };
  return el("div", { className: "reactions" }, ...row.reactions.map(one));
}
