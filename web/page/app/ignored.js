// Whose messages this browser does not show, by key: only the reader knows of it. Not here: shutting somebody out, which
// those who keep order do.

import { keep, setting } from "./store.js";

/** How many can be ignored; the first of more are forgotten. */
const IGNORED_MAX = 500;

/** @type {Set<string> | null} */
let ids = null;

/** @param {string} id */
export function isIgnored(id) {
  ids ??= new Set(setting("ignored", []));
  return ids.has(id);
}

/** @param {string} id @param {boolean} isOn */
export function ignore(id, isOn) {
  const others = setting("ignored", []).filter((/** @type {string} */ one) => one !== id);
  const kept = isOn ? [...others, id].slice(-IGNORED_MAX) : others;
  keep("ignored", kept);
  ids = new Set(kept);
}
