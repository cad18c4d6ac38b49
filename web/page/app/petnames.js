// What one calls others oneself, whatever they call themselves. A petname belongs to a key, so nobody can take it over, and
// nobody else learns of it. Not here: the names that people give themselves.

import { isGuest, parseName } from "./codec.js";
import { look } from "./names.js";
import { keep, setting } from "./store.js";
import { safeLine } from "./text.js";

/** @import { Member, Whom } from "./codec.js" */

/** @type {Record<string, string> | null} */
let names = null;

function all() {
  names ??= /** @type {Record<string, string>} */ ({ ...setting("petnames", {}) });
  return names;
}

/** What somebody is called here, made safe to show. @param {Member} member */
export function nameOf(member) {
  return safeLine(petname(member.id) ?? member.name);
}

/** One's own name for somebody, or null. @param {string} id @returns {string | null} */
export function petname(id) {
  const name = Object.hasOwn(all(), id) ? all()[id] : null;
  return typeof name === "string" ? parseName(name) : null;
}

/** Everybody who has one, under it. @returns {Member[]} */
export function petnamed() {
  return Object.keys(all()).flatMap((id) => {
    const name = petname(id);
    return name === null ? [] : [{ id, name }];
  });
}

/**
 * Calls somebody so from now on; without a name, as they call themselves. Returns whether that can be.
 * @param {string} id @param {string | null} name @returns {"done" | "guest" | "taken"}
 */
export function call(id, name) {
  if (isGuest(id)) return "guest";
  if (name !== null && petnamed().some((one) => one.id !== id && look(one.name) === look(name))) return "taken";
  const { [id]: _, ...others } = all();
  names = name === null ? others : { ...others, [id]: name };
  keep("petnames", names);
  return "done";
}
