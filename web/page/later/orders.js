// What a typed line means: something to say, or one of the commands that begin with `/`. What looks like a command and is
// none is never said, since it was not meant for others. Pure. The same commands as papo's terminal has, as far as a page can do them.

import "./texts.js";
import { badge, isMemberId, parseName, parseRoom } from "../app/codec.js";
import { isIgnored } from "../app/ignored.js";
import { HISTORY_MESSAGES_MAX } from "../app/limits.js";
import { isForYou } from "../app/unread.js";
import { t } from "../app/words.js";
import { EMOJI_NAMED } from "./emoji.js";

/** @import { Act, Body, Member } from "../app/codec.js" */
/** @import { Row, Timeline } from "../app/timeline.js" */
/**
 * @typedef {{kind: "say", text: string} | {kind: "wrong", text: string} | {kind: "rename", name: string}
 *   | {kind: "show", what: "help" | "people" | "invites" | "audit" | "search" | "settings"} | {kind: "leave"}
 *   | {kind: "join", room: string} | {kind: "older", count: number} | {kind: "whois", whom: string} | {kind: "ignore", whom: string, isOn: boolean}
 *   | {kind: "call", whom: string, name: string | null} | {kind: "calls"}
 *   | {kind: "invite", uses?: number, seconds?: number} | {kind: "revoke", invite: string} | {kind: "act", act: Act}
 *   | AboutMessage | {kind: "about", verb: Verb, whom: string, seconds?: number, why?: string}} Order
 */
/** @typedef {{kind: "message", what: "edit" | "delete" | "reply" | "react", place: number, seq?: number, text: string}} AboutMessage */
/** @typedef {"kick" | "ban" | "unban" | "mute" | "unmute" | "op" | "own" | "deop"} Verb */
/** @typedef {{name: string, what: () => string, verb?: string, hint?: string}} Command */

/** Every command, in the order in which they are offered; those with a verb take a role. @type {Command[]} */
export const COMMANDS = [
  { name: "me", what: () => t("order_me"), hint: "…" },
  { name: "shrug", what: () => t("order_shrug"), hint: "…" },
  { name: "reply", what: () => t("order_reply"), hint: "…" },
  { name: "react", what: () => t("order_react"), hint: ":" },
  { name: "edit", what: () => t("order_edit"), hint: "…" },
  { name: "delete", what: () => t("order_delete") },
  { name: "nick", what: () => t("order_nick"), hint: "…" },
  { name: "who", what: () => t("order_who") },
  { name: "whois", what: () => t("order_whois"), hint: "@" },
  { name: "call", what: () => t("order_call"), hint: "@" },
  { name: "ignore", what: () => t("order_ignore"), hint: "@" },
  { name: "unignore", what: () => t("order_unignore"), hint: "@" },
  { name: "join", what: () => t("order_join"), hint: "#" },
  { name: "history", what: () => t("order_history"), hint: "100" },
  { name: "search", what: () => t("order_search") },
  { name: "invite", what: () => t("order_invite") },
  { name: "settings", what: () => t("order_settings") },
  { name: "audit", what: () => t("order_audit") },
  { name: "help", what: () => t("order_help") },
  { name: "leave", what: () => t("order_leave") },
  { name: "kick", what: () => t("order_kick"), verb: "kick", hint: "@" },
  { name: "mute", what: () => t("order_mute"), verb: "mute", hint: "@" },
  { name: "unmute", what: () => t("order_unmute"), verb: "unmute", hint: "@" },
  { name: "ban", what: () => t("order_ban"), verb: "ban", hint: "@" },
  { name: "unban", what: () => t("order_unban"), verb: "unban", hint: "@" },
  { name: "slow", what: () => t("order_slow"), verb: "slow", hint: "10s" },
  { name: "announce", what: () => t("order_announce"), verb: "announce", hint: "on" },
  { name: "lock", what: () => t("order_lock"), verb: "lock" },
  { name: "unlock", what: () => t("order_unlock"), verb: "lock" },
  { name: "revoke", what: () => t("order_revoke"), verb: "revoke", hint: "…" },
  { name: "op", what: () => t("order_op"), verb: "op", hint: "@" },
  { name: "deop", what: () => t("order_deop"), verb: "deop", hint: "@" },
];

const VERBS = /** @type {const} */ (["kick", "ban", "unban", "mute", "unmute", "op", "deop"]);
const EACH_SECONDS = /** @type {Record<string, number>} */ ({ s: 1, m: 60, h: 3600, d: 86_400 });
/** How many older messages `/history` fetches where it is not said. */
const HISTORY_DEFAULT = 20;
/** With the marks that keep it from being read as italic. */
const SHRUG = "¯\\\\\\_(ツ)\\_/¯";
const SECONDS_MAX = 2 ** 32 - 1;

/** @param {string} line @returns {Order} */
export function readLine(line) {
  if (!line.startsWith("/")) return { kind: "say", text: line };
  if (line.startsWith("//")) return { kind: "say", text: line.slice(1) };
  const [, name, rest] = /** @type {RegExpExecArray} */ (/^\/(\S*)\s*([^]*)$/.exec(line));
  return order(name.toLowerCase(), rest.trim()) ?? { kind: "wrong", text: t("order_unknown", { command: `/${name}` }) };
}

/** @param {string} name @param {string} rest @returns {Order | null} */
function order(name, rest) {
  const verb = VERBS.find((one) => one === name);
  if (verb) return about(verb, rest);
  switch (name) {
    case "me": return rest === "" ? { kind: "wrong", text: t("order_me_text") } : { kind: "say", text: `*${rest}*` };
    case "shrug": return { kind: "say", text: `${rest} ${SHRUG}`.trim() };
    case "edit": case "delete": case "reply": case "react": return aboutLine(name, rest);
    case "msg": case "query": return { kind: "wrong", text: t("order_no_direct") };
    case "away": case "back": return { kind: "wrong", text: t("order_no_away") };
    case "whois": return rest === "" ? { kind: "wrong", text: t("order_whom", { command: "/whois" }) } : { kind: "whois", whom: rest };
    case "ignore": case "unignore":
      return rest === "" ? { kind: "wrong", text: t("order_whom", { command: `/${name}` }) } : { kind: "ignore", whom: rest, isOn: name === "ignore" };
    case "call": case "petname": {
      const [, whom, typed] = /** @type {RegExpExecArray} */ (/^(\S*)\s*([^]*)$/.exec(rest));
      const called = typed === "" ? null : parseName(typed);
      if (whom === "") return { kind: "calls" };
      return typed !== "" && called === null ? { kind: "wrong", text: t("name_bad") } : { kind: "call", whom, name: called };
    }
    case "join": {
      const room = parseRoom(rest.replace(/^#/, ""));
      return room === null ? { kind: "wrong", text: t("room_bad") } : { kind: "join", room };
    }
    case "history": {
      const count = rest === "" ? HISTORY_DEFAULT : Number(rest);
      const isGood = Number.isInteger(count) && count >= 1 && count <= HISTORY_MESSAGES_MAX;
      return isGood ? { kind: "older", count } : { kind: "wrong", text: t("order_history_number", { most: HISTORY_MESSAGES_MAX }) };
    }
    case "nick": {
      const called = parseName(rest);
      return called === null ? { kind: "wrong", text: t("name_bad") } : { kind: "rename", name: called };
    }
    case "help": case "?": return { kind: "show", what: "help" };
    case "who": case "names": return { kind: "show", what: "people" };
    case "search": case "find": return { kind: "show", what: "search" };
    case "settings": return { kind: "show", what: "settings" };
    case "audit": return { kind: "show", what: "audit" };
    case "access": case "invites": return { kind: "show", what: "invites" };
    case "leave": case "quit": return { kind: "leave" };
    case "invite": return rest === "" ? { kind: "show", what: "invites" } : invite(rest);
    case "revoke": return rest === "" ? { kind: "wrong", text: t("order_revoke_whom") } : { kind: "revoke", invite: rest.toLowerCase() };
    case "slow": return slow(rest);
    case "announce": return onOff("announce", rest);
    case "lock": return onOff("lock", rest);
    case "unlock": return { kind: "act", act: { do: "lock", on: false } };
    default: return null;
  }
}

/**
 * `/reply text`, `/edit ^2 text`, `/react ^#812 :tada:`: the last message that fits, or the one that is pointed at.
 * @param {AboutMessage["what"]} what @param {string} rest @returns {Order}
 */
function aboutLine(what, rest) {
  const [, sign, number, typed] = /** @type {RegExpExecArray} */ (/^(?:\^(#?)(\d{1,15})(?:\s+|$))?([^]*)$/.exec(rest));
  const text = what === "react" ? emojiOf(typed) : typed;
  if (what === "delete" && text !== "") return { kind: "wrong", text: t("order_delete_how") };
  if (what === "react" && text === "") return { kind: "wrong", text: t("order_react_how") };
  const order = { kind: /** @type {const} */ ("message"), what, place: 1, text };
  if (number === undefined) return order;
  return sign === "#" ? { ...order, seq: Number(number) } : { ...order, place: Number(number) };
}

/** The emoji that a word means, or nothing. @param {string} word */
function emojiOf(word) {
  const name = word.replaceAll(":", "").toLowerCase();
  const named = EMOJI_NAMED.find(({ names }) => names.includes(name));
  if (named) return named.emoji;
  const isEmoji = /^[\p{Extended_Pictographic}\p{Emoji_Component}]{1,16}$/u.test(word) && /[^\d#*]/.test(word);
  return isEmoji ? word : "";
}

/**
 * What a command about a message comes to: a body to be said, or what is done with which row as from its menu; or what is wrong.
 * @param {AboutMessage} order @param {Timeline} timeline
 * @returns {{body: Body} | {action: string, row: Row} | {wrong: string}}
 */
export function aboutMessage({ what, place, seq, text }, timeline) {
  const isOwn = what === "edit" || what === "delete";
  const shown = timeline.rows().filter((row) => row.text !== undefined && !row.deleted && !isIgnored(row.from.id)).reverse();
  const row = seq === undefined ? shown.filter((one) => Boolean(one.own) === isOwn)[place - 1] : shown.find((one) => one.seq === seq);
  if (row === undefined) return { wrong: t(isOwn ? "order_none_own" : "order_none_other") };
  if (isOwn && !row.own) return { wrong: t("order_not_yours") };
  if (row.seq === undefined) return { wrong: t("order_on_its_way") };
  switch (what) {
    case "react": {
      const plain = (/** @type {string} */ emoji) => emoji.replaceAll("\ufe0f", "");
      const there = row.reactions?.find(({ emoji }) => plain(emoji) === plain(text));
      const has = there?.members.some((id) => timeline.isMine(id));
      return { body: { react: { to: row.seq, emoji: there?.emoji ?? text, ...(has ? { remove: true } : {}) } } };
    }
    case "delete": return { body: { delete: row.seq } };
    default: return text === "" ? { action: what, row } : { body: { text, [what]: row.seq } };
  }
}

/**
 * The newest loaded message for the person, or the one before the last one that this led to; null behind the oldest.
 * @param {Timeline} timeline @param {{newest: number, at: number} | null} last
 */
export function nextMention(timeline, last) {
  const isMeant = (/** @type {Row} */ row) => !row.own && row.text !== undefined && !isIgnored(row.from.id) && isForYou(row, timeline);
  const places = timeline.rows().filter(isMeant).map(({ seq }) => seq ?? 0);
  const newest = places.at(-1);
  // What has come since is the newest now.
  const at = places.findLast((seq) => last === null || newest !== last.newest || seq < last.at);
  return at === undefined || newest === undefined ? null : { newest, at };
}

/** @param {Exclude<Verb, "own">} verb @param {string} rest @returns {Order} */
function about(verb, rest) {
  const words = rest.split(/\s+/).filter(Boolean);
  const whom = words.shift();
  if (whom === undefined) return { kind: "wrong", text: t("order_whom", { command: `/${verb}` }) };
  if (verb === "op" && words[0] === "owner") return { kind: "about", verb: "own", whom };
  const seconds = verb === "ban" || verb === "mute" ? secondsOf(words[0] ?? "") : null;
  if (seconds !== null) words.shift();
  const why = words.join(" ");
  return { kind: "about", verb, whom, ...(seconds === null ? {} : { seconds }), ...(why === "" ? {} : { why }) };
}

/** @param {"announce" | "lock"} what @param {string} rest @returns {Order} */
function onOff(what, rest) {
  if (rest !== "" && rest !== "on" && rest !== "off") return { kind: "wrong", text: t("order_switch", { command: `/${what}` }) };
  return { kind: "act", act: { do: what, on: rest !== "off" } };
}

/** @param {string} rest @returns {Order} */
function slow(rest) {
  if (rest === "auto") return { kind: "act", act: { do: "slow" } };
  const seconds = rest === "off" || rest === "0" ? 0 : secondsOf(rest);
  return seconds === null ? { kind: "wrong", text: t("order_slow_time") } : { kind: "act", act: { do: "slow", seconds } };
}

/** `/invite 5`, `/invite 7d`, `/invite 1 2h`: for how many, for how long. @param {string} rest @returns {Order} */
function invite(rest) {
  /** @type {{uses?: number, seconds?: number}} */
  const found = {};
  for (const word of rest.split(/\s+/)) {
    const [uses, seconds] = [/^[1-9]\d{0,8}$/.test(word) ? Number(word) : null, secondsOf(word)];
    if (uses !== null && found.uses === undefined) found.uses = uses;
    else if (uses === null && seconds !== null && found.seconds === undefined) found.seconds = seconds;
    else return { kind: "wrong", text: t("order_invite_how") };
  }
  return { kind: "invite", ...found };
}

/** Seconds of `30s`, `10m`, `2h` and `7d`, or null. @param {string} word */
export function secondsOf(word) {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(word) ?? [];
  const seconds = digits === undefined ? 0 : Number(digits) * EACH_SECONDS[unit];
  return seconds > 0 && seconds <= SECONDS_MAX ? seconds : null;
}

/** The act about somebody. @param {Verb} verb @param {string} id @param {{seconds?: number, why?: string}} [more] @returns {Act} */
export function actAbout(verb, id, { seconds, why } = {}) {
  const whom = { id };
  switch (verb) {
    case "own": return { do: "op", whom, role: "owner" };
    case "op": return { do: "op", whom, role: "moderator" };
    case "ban": case "mute":
      return { do: verb, whom, ...(seconds === undefined ? {} : { seconds }), ...(why === undefined ? {} : { why }) };
    case "kick": return { do: "kick", whom, ...(why === undefined ? {} : { why }) };
    default: return { do: verb, whom };
  }
}

/**
 * Whom a word means: an id, a name (with `_` for blanks), `name#abcd` or `#abcd`; or what is wrong with it.
 * @param {string} word @param {Iterable<Member>} members @returns {{id: string} | {wrong: string}}
 */
export function findMember(word, members) {
  if (isMemberId(word)) return { id: word };
  const at = word.lastIndexOf("#");
  const [name, sign] = at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1).toLowerCase()];
  const wanted = letters(name.replace(/^@/, "")).toLowerCase();
  const found = new Map();
  for (const member of members) {
    const isMeant = (wanted === "" || letters(member.name).toLowerCase() === wanted) && member.id.replace(/^guest-/, "").startsWith(sign);
    if (isMeant) found.set(member.id, member);
  }
  const several = [...found.values()];
  if (several.length === 1) return { id: several[0].id };
  if (several.length === 0) return { wrong: t("order_nobody", { whom: word }) };
  return { wrong: t("order_several", { whom: word, names: several.slice(0, 5).map((one) => `${one.name}#${badge(one.id)}`).join(", ") }) };
}

/** How one writes somebody so that it reads as a mention, and so that commands find them. @param {Member} member @param {boolean} needsBadge */
export function wordOf(member, needsBadge) {
  const name = letters(member.name);
  return `@${name}${needsBadge || name === "" ? `#${badge(member.id)}` : ""}`;
}

/** The characters of a name that a mention may hold. @param {string} name */
function letters(name) {
  return name.replaceAll(/\s/gu, "_").replaceAll(/[^\p{Alphabetic}\p{N}_\-.]/gu, "");
}
