// Who came and went, folded into rows between the messages: whoever comes and goes again between two messages is not
// told. Pure. Not here: the words, and who is in the room now.

import { look } from "./names.js";

/** @import { Member } from "./codec.js" */
/** @typedef {{id: number, after: number, version: number, came: Map<string, Member>, left: Map<string, Member>,
 *   renamed: Map<string, {before: string, member: Member}>, doubles: {member: Member, other: Member}[]}} Entry */

/** How many rows are kept: older comings and goings tell nobody anything. */
const ENTRIES_MAX = 200;

export class Presence {
  /** @type {Entry[]} */
  entries = [];
  #next = 1;
  /** Pairs that were told already. @type {Set<string>} */
  #told = new Set();

  /** @param {Member[]} members @param {number} after the place of the newest message that is shown */
  came(members, after) {
    const entry = this.#entry(after);
    for (const member of members) {
      if (!entry.left.delete(member.id)) entry.came.set(member.id, member);
    }
  }

  /** @param {Member[]} members @param {number} after */
  left(members, after) {
    const entry = this.#entry(after);
    for (const member of members) {
      if (!entry.came.delete(member.id)) entry.left.set(member.id, member);
    }
  }

  /** @param {string} before @param {Member} member @param {number} after */
  renamed(before, member, after) {
    if (before === member.name) return;
    const entry = this.#entry(after);
    const newcomer = entry.came.get(member.id);
    if (newcomer) {
      entry.came.set(member.id, member);
      return;
    }
    const first = entry.renamed.get(member.id)?.before ?? before;
    if (first === member.name) entry.renamed.delete(member.id);
    else entry.renamed.set(member.id, { before: first, member });
  }

  /**
   * Takes note of those who could be taken for somebody who is here.
   * @param {Member[]} members who has come or has another name @param {Iterable<Member>} present @param {number} after
   */
  compare(members, present, after) {
    /** @type {Map<string, Member[]>} */
    const looks = new Map();
    for (const one of present) {
      const key = look(one.name);
      looks.set(key, [...(looks.get(key) ?? []), one]);
    }
    for (const member of members) {
      const other = (looks.get(look(member.name)) ?? []).find(({ id }) => id !== member.id);
      const pair = other ? [member.id, other.id].sort().join(" ") : "";
      if (!other || this.#told.has(pair)) continue;
      this.#told.add(pair);
      this.#entry(after).doubles.push({ member, other });
    }
  }

  /** Those that have something to say. */
  rows() {
    return this.entries.filter(({ came, left, renamed, doubles }) => came.size + left.size + renamed.size + doubles.length > 0);
  }

  /** @param {number} after @returns {Entry} */
  #entry(after) {
    let last = this.entries.at(-1);
    if (last?.after !== after) {
      last = { id: this.#next, after, version: 0, came: new Map(), left: new Map(), renamed: new Map(), doubles: [] };
      this.#next += 1;
      this.entries.push(last);
      if (this.entries.length > ENTRIES_MAX) this.entries.shift();
    }
    last.version += 1;
    return last;
  }
}
