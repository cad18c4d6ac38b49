// Who could be taken for whom, and the colour of each. Names are free and may repeat; where two look the same, a reader
// needs more than the name. Once shared a name stays so. The same rules as in papo's other clients.

import { badge } from "./codec.js";

/** @import { Member } from "./codec.js" */

const NAMES_REMEMBERED_MAX = 100_000;
const COLOURS = 6;

/** Latin letters by what looks like them, in small letters. */
const LOOKS = Object.entries({
  a: "аα", c: "сϲ", d: "ԁ", e: "е", h: "һ", l: "i1|іιıӏ", j: "ј", k: "кκ", m: "м", n: "п", o: "0оο", p: "рρ", s: "ѕ",
  t: "тτ", v: "ν", w: "ԝω", x: "хχ", y: "уγ",
}).flatMap(([letter, others]) => [...others].map((other) => [other, letter]));
const LETTERS = new Map(/** @type {[string, string][]} */ (LOOKS));

export class Names {
  /** @type {Map<string, string | null>} the one id, or null for several */
  #owners = new Map();

  /** Takes note of a name under an id that stands for whoever bears it. @param {string} name @param {string} id */
  see(name, id) {
    const key = look(name);
    const owner = this.#owners.get(key);
    if (owner !== undefined) {
      if (owner !== null && owner !== id) this.#owners.set(key, null);
    } else if (this.#owners.size < NAMES_REMEMBERED_MAX) {
      this.#owners.set(key, id);
    }
  }

  /** Whether several are called so, or look as if they were. @param {string} name */
  isShared(name) {
    const owner = this.#owners.get(look(name));
    return owner === undefined ? this.#owners.size >= NAMES_REMEMBERED_MAX : owner === null;
  }
}

/** Which of the colours an id has, from 1: the same as in papo's window (FNV-1a of its letters). @param {string} id */
export function colour(id) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return ((hash >>> 0) % COLOURS) + 1;
}

/** The letter or sign in somebody's circle. @param {string} name */
export function initial(name) {
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name.trim());
  const first = segments[Symbol.iterator]().next().value?.segment ?? "?";
  return first.length > 16 ? "?" : first.toLocaleUpperCase();
}

/** Whether somebody is spoken to who could be us: by name, and by badge where one is said. @param {{name: string, badge?: string}} mention @param {Member} you */
export function isMention({ name, badge: sign }, you) {
  const plain = (/** @type {string} */ text) => look(text).replace(/[\s_]/g, "");
  return plain(name) === plain(you.name) && (sign === undefined || badge(you.id) === sign.slice(0, 4));
}

/** What a name looks like. @param {string} name */
export function look(name) {
  const visible = name.replace(/[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}\p{Cf}]/gu, "");
  return [...visible.toLowerCase().replace(/\p{Mn}/gu, "")].map(letter).join("");
}

/** @param {string} character */
function letter(character) {
  const code = character.codePointAt(0) ?? 0;
  const narrow = code >= 0xff01 && code <= 0xff5e ? String.fromCodePoint(code - 0xfee0) : character;
  return LETTERS.get(narrow) ?? narrow;
}
