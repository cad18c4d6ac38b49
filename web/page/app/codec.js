// What is said on the wire: text to checked objects, and objects to text. What comes from a server is checked field by
// field here, so that everything behind may rely on it. No sockets, no state.

import { toBase32 } from "./bytes.js";
import { NAME_CHARS_MAX, ROOM_BYTES_MAX } from "./limits.js";

/** @typedef {{id: string, name: string}} Member */
/** @typedef {{to: number, emoji: string, remove?: boolean}} Reaction */
/** Somebody whom an act is about; the name is the server's to say. @typedef {{id: string, name?: string}} Whom */
/** @typedef {{do: string, whom?: Whom, why?: string, seconds?: number, on?: boolean, role?: string, invite?: string, uses?: number,
 *   owner?: boolean}} Act */
/** @typedef {{text?: string, reply?: number, edit?: number, delete?: number, react?: Reaction, act?: Act}} Body */
/** @typedef {{seq: number, time: string, from: Member, id: string} & Body} Message */

/** A line that no server of this protocol says. */
export class Malformed extends Error {}

const MEMBER_ID = /^(?:[a-z2-7]{24}|guest-[a-z2-7]{13})$/;
const MESSAGE_ID = /^[\x21-\x7e]{1,64}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;
const RESERVED_ROOMS = ["socket", "healthz", "readyz", "metrics", "assets", "favicon.ico", "robots.txt"];
// eslint-disable-next-line no-control-regex
const NOT_IN_NAMES = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/u;
/** Blanks as Unicode has them (White_Space), which is not quite what `trim` takes. */
const BLANKS_AROUND = /^[\p{White_Space}]+|[\p{White_Space}]+$/gu;

/** @typedef {(value: any) => boolean} Kind */

/** @type {Kind} */
const place = (value) => Number.isSafeInteger(value) && value >= 0;
const count = place;
/** @type {Kind} */
const text = (value) => typeof value === "string";
/** @type {Kind} */
const flag = (value) => typeof value === "boolean";
/** @type {Kind} */
const time = (value) => text(value) && TIME.test(value);
/** @param {Kind} kind @returns {Kind} */
const list = (kind) => (value) => Array.isArray(value) && value.every(kind);
/** @param {Kind} kind @returns {Kind} */
const optional = (kind) => (value) => value === undefined || value === null || kind(value);
/** @type {Kind} */
const member = (value) => isObject(value) && MEMBER_ID.test(value.id) && text(value.name);
/** @type {Kind} */
const whom = (value) => isObject(value) && MEMBER_ID.test(value.id) && optional(text)(value.name);
/** An act of any kind, also of a later version; the fields that are known are of the right kind. @type {Kind} */
const act = (value) => isObject(value) && text(value.do) && optional(whom)(value.whom) && optional(text)(value.why)
  && optional(count)(value.seconds) && optional(flag)(value.on) && optional(text)(value.role) && optional(text)(value.invite)
  && optional(count)(value.uses) && optional(flag)(value.owner);
/** @type {Kind} */
const sanctioned = (value) => whom(value) && optional(time)(value.until);
/** @type {Kind} */
const invited = (value) => isObject(value) && text(value.invite) && member(value.by) && optional(count)(value.used)
  && optional(count)(value.left) && optional(time)(value.until) && optional(flag)(value.owner);

/** Every message that a server says, with the kinds of its fields. @type {Record<string, Record<string, Kind>>} */
const KINDS = {
  welcome: { protocol: count, server: text, nonce: (value) => text(value) && /^[A-Za-z0-9_-]{22}$/.test(value) },
  joined: {
    you: member, room: text, epoch: (value) => text(value) && /^[0-9a-f]{16}$/.test(value), first: place, head: place,
    count, members: optional(list(member)),
  },
  message: {
    seq: (value) => place(value) && value > 0, time: time, from: member,
    id: (value) => text(value) && MESSAGE_ID.test(value), text: optional(text), reply: optional(place),
    edit: optional(place), delete: optional(place),
    react: optional((value) => isObject(value) && place(value.to) && text(value.emoji) && optional(flag)(value.remove)),
    act: optional(act),
  },
  truncated: { first: place, next: place },
  history: { messages: list((value) => isObject(value) && problem("message", value) === null), more: flag },
  members: { members: list(member), count, more: flag },
  entered: { members: list(member), count },
  left: { members: list(member), count },
  renamed: { members: list(member) },
  typing: { members: list(member) },
  servers: { servers: list(text) },
  count: { count },
  error: { code: text, text, about: optional(text), retry_after: optional(count) },
  closing: { code: text, text, after: optional(count) },
  audit: { acts: list((value) => isObject(value) && isObject(value.act) && problem("message", value) === null), more: flag },
  access: {
    role: text, open: flag, locked: optional(flag), announce: optional(flag), slow: optional(count), slow_auto: optional(flag),
    muted: optional((value) => isObject(value) && optional(time)(value.until)), staff: optional(list((value) => whom(value) && text(value.role))),
    bans: optional(list(sanctioned)), mutes: optional(list(sanctioned)), invites: optional(list(invited)),
  },
  ping: {},
  pong: {},
};

/**
 * Reads what a server says. A type that is not known here is null: a later version may say it.
 * @param {string} line
 */
export function decodeServer(line) {
  let value;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Malformed("not JSON");
  }
  if (!isObject(value) || !text(value.type)) throw new Malformed("not an object with a type");
  if (!Object.hasOwn(KINDS, value.type)) return null;
  const wrong = problem(value.type, value);
  if (wrong !== null) throw new Malformed(`${value.type}: ${wrong}`);
  return value;
}

/** Writes what the page says. @param {object} message */
export function encode(message) {
  return JSON.stringify(message);
}

/** The length of a body as the protocol counts it, in bytes. @param {Body} body */
export function bodyBytes(body) {
  return new TextEncoder().encode(JSON.stringify(body)).length;
}

/** A member's name as the server will have it, or null where it is none. @param {string} typed */
export function parseName(typed) {
  const name = typed.replace(BLANKS_AROUND, "");
  const isVisible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}\p{Cf}\u2800]/u.test(name);
  const isGood = [...name].length <= NAME_CHARS_MAX && !NOT_IN_NAMES.test(name) && !/\p{Cs}/u.test(name) && isVisible;
  return isGood ? name : null;
}

/** A room's name as the server will have it, or null where it is none. @param {string} typed */
export function parseRoom(typed) {
  const room = typed.replace(BLANKS_AROUND, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const isGood = /^[a-z0-9][a-z0-9._-]*$/.test(room) && room.length <= ROOM_BYTES_MAX;
  return isGood && !RESERVED_ROOMS.includes(room) ? room : null;
}

/** A member's id. @param {Uint8Array} key the public key, 32 bytes */
export function memberId(key) {
  return toBase32(key.subarray(0, 15));
}

/** The short sign that tells equal names apart. @param {string} id */
export function badge(id) {
  return id.replace(/^guest-/, "").slice(0, 4);
}

/** @param {string} id */
export function isMemberId(id) {
  return MEMBER_ID.test(id);
}

/** @param {string} id */
export function isGuest(id) {
  return id.startsWith("guest-");
}

/**
 * The bytes that a member signs to prove its key at `join`: a label, and each field behind its length.
 * @param {Uint8Array} nonce @param {string} room @param {Uint8Array} key @param {Uint8Array} binding
 */
export function joinProof(nonce, room, key, binding) {
  const encoder = new TextEncoder();
  /** @type {Uint8Array[]} */
  const parts = [encoder.encode("papo join 1\0")];
  for (const field of [nonce, encoder.encode(room), key, binding]) {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, field.length);
    parts.push(length, field);
  }
  return concat(parts);
}

/** The text behind the `#` of an invite: the fingerprint and perhaps a secret. @param {string} fragment */
export function parseFragment(fragment) {
  const [, fingerprint, secret] = /^#?([A-Za-z2-7]{52})(?:\.([^.]*)(?:\..*)?)?$/.exec(fragment.trim()) ?? [];
  return fingerprint ? { fingerprint: fingerprint.toLowerCase(), secret: secret || null } : null;
}

/** @param {any} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Which field of a message is wrong, or null. @param {string} type @param {any} value */
function problem(type, value) {
  for (const [field, kind] of Object.entries(KINDS[type])) {
    if (!kind(value[field])) return field;
  }
  return null;
}

/** @param {Uint8Array[]} parts */
function concat(parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
