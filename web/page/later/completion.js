// What could be meant by what is being typed: a command, somebody's name, a room, or an emoji. Pure. Not here: how it is
// offered.

import { mayDo } from "../app/acts.js";
import { badge } from "../app/codec.js";
import { EMOJI_NAMED } from "./emoji.js";
import { COMMANDS, wordOf } from "./orders.js";

/** @import { Member } from "../app/codec.js" */
/** @typedef {{insert: string, label: string, detail: string, member?: Member}} Option */
/** @typedef {{from: number, to: number, options: Option[], isExact: boolean}} Completion */
/** @typedef {{members: Iterable<Member>, needsBadge: (member: Member) => boolean, role: string, rooms: string[]}} Known */

const OPTIONS_MAX = 8;

/**
 * What fits at the caret, or null.
 * @param {string} text @param {number} caret @param {Known} known @returns {Completion | null}
 */
export function complete(text, caret, { members, needsBadge, role, rooms }) {
  const before = text.slice(0, caret);
  const command = /^\/([a-z]*)$/i.exec(before);
  if (command) return commands(command[1].toLowerCase(), caret, role);
  const [, room] = /(?:^|[\s(])#([a-z0-9._-]{0,64})$/.exec(before) ?? /^\/join ([a-z0-9._-]{0,64})$/.exec(before) ?? [];
  if (room !== undefined) return roomsOf(room, caret - room.length - (before.endsWith(`#${room}`) ? 1 : 0), caret, rooms);
  const [, emoji] = /(?:^|[\s(])([:][\p{L}0-9_+-]{2,32})$/u.exec(before) ?? [];
  if (emoji !== undefined) return emojiOf(plain(emoji.slice(1)), caret - emoji.length, caret);
  const [, name] = /(?:^|[\s(])@([\p{Alphabetic}\p{N}_\-.]{0,64}(?:#[a-z2-7]{0,4})?)$/u.exec(before) ?? argument(before) ?? [];
  if (name === undefined) return null;
  const isTold = before.endsWith(`@${name}`);
  return people(name, caret - name.length - (isTold ? 1 : 0), caret, members, needsBadge);
}

/**
 * The emoji for a name between two colons that has just been finished, and where it stands; null where there is none.
 * @param {string} text @param {number} caret @returns {{from: number, emoji: string} | null}
 */
export function replaced(text, caret) {
  const [, typed] = /(?:^|[\s(])(:[\p{L}0-9_+-]{1,32}:)$/u.exec(text.slice(0, caret)) ?? [];
  if (typed === undefined) return null;
  const wanted = plain(typed.slice(1, -1));
  const found = EMOJI_NAMED.find(({ names }) => names.includes(wanted));
  return found ? { from: caret - typed.length, emoji: found.emoji } : null;
}

/** Somebody's name right behind a command that is about somebody. @param {string} before */
function argument(before) {
  const [, name, typed] = /^\/([a-z]+) ([\p{Alphabetic}\p{N}_\-.]{1,64})$/iu.exec(before) ?? [];
  return COMMANDS.some((one) => one.hint === "@" && one.name === name?.toLowerCase()) ? ["", typed] : null;
}

/** @param {string} typed @param {number} caret @param {string} role @returns {Completion | null} */
function commands(typed, caret, role) {
  const fitting = COMMANDS.filter(({ name, verb }) => name.startsWith(typed) && (verb === undefined || mayDo(role, verb)));
  if (fitting.length === 0) return null;
  const options = fitting.slice(0, OPTIONS_MAX).map(({ name, what, hint }) => ({ insert: hint === undefined ? `/${name}` : `/${name} `, label: `/${name}`, detail: what() }));
  return { from: 0, to: caret, options, isExact: typed === "" || fitting.some(({ name }) => name === typed) };
}

/** @param {string} typed @param {number} from @param {number} to @param {string[]} rooms @returns {Completion | null} */
function roomsOf(typed, from, to, rooms) {
  const fitting = rooms.filter((room) => room.startsWith(typed)).sort().slice(0, OPTIONS_MAX);
  if (fitting.length === 0) return null;
  return { from, to, options: fitting.map((room) => ({ insert: `#${room} `, label: `#${room}`, detail: "" })), isExact: typed === "" || fitting.includes(typed) };
}

/** @param {string} typed @param {number} from @param {number} to @returns {Completion | null} */
function emojiOf(typed, from, to) {
  const nameOf = (/** @type {string[]} */ names) => names.find((name) => name.startsWith(typed)) ?? names.find((name) => name.includes(typed));
  const fitting = EMOJI_NAMED.flatMap(({ emoji, names }) => {
    const name = nameOf(names);
    return name === undefined ? [] : [{ insert: `${emoji} `, label: emoji, detail: `:${name}:`, name }];
  });
  if (fitting.length === 0) return null;
  fitting.sort((one, other) => Number(other.name.startsWith(typed)) - Number(one.name.startsWith(typed)) || one.name.length - other.name.length);
  return { from, to, options: fitting.slice(0, OPTIONS_MAX), isExact: false };
}

/** @param {string} typed @param {number} from @param {number} to @param {Iterable<Member>} members @param {(member: Member) => boolean} needsBadge @returns {Completion | null} */
function people(typed, from, to, members, needsBadge) {
  const wanted = plain(typed);
  /** @type {(Option & {word: string})[]} */
  const options = [];
  for (const member of members) {
    const word = wordOf(member, needsBadge(member)).slice(1);
    // Any word of a name may be what one remembers of it.
    const isMeant = plain(word).startsWith(wanted) || plain(word).includes(`_${wanted}`);
    if (!isMeant) continue;
    options.push({ insert: `@${word} `, label: member.name, detail: needsBadge(member) ? badge(member.id) : "", member, word });
  }
  if (options.length === 0) return null;
  options.sort((one, other) => one.label.localeCompare(other.label) || (one.word < other.word ? -1 : 1));
  const isExact = typed === "" || options.some(({ word }) => plain(word) === wanted);
  return { from, to, options: options.slice(0, OPTIONS_MAX), isExact };
}

/** Letters without their marks, as one types in a hurry. @param {string} text */
function plain(text) {
  return text.normalize("NFD").replaceAll(/\p{Mn}/gu, "").toLowerCase();
}
