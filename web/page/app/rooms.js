// The rooms that this browser knows, and what is new in each. Not here: being in them.

import { keep, setting } from "./store.js";

/** @import { News } from "./unread.js" */

const ROOMS_REMEMBERED = 12;
const NOTHING = { count: 0, mentions: 0 };

/** The rooms that somebody has been in and has not left, the last one first. @returns {string[]} */
export function knownRooms() {
  return setting("rooms", []);
}

/** @param {string} room */
export function rememberRoom(room) {
  keep("rooms", [room, ...knownRooms().filter((one) => one !== room)].slice(0, ROOMS_REMEMBERED));
}

/** Somebody has left a room for good, or cannot come in any more. @param {string} room */
export function forgetRoom(room) {
  keep("rooms", knownRooms().filter((one) => one !== room));
  keepNews(room, NOTHING);
}

/** What is new in another room, as the window that watches it has kept it. @param {string} room @returns {News} */
export function newsOf(room) {
  return setting("news", {})[room] ?? NOTHING;
}

/** @param {string} room @param {News} news */
export function keepNews(room, news) {
  const { [room]: before = NOTHING, ...others } = setting("news", {});
  if (before.count === news.count && before.mentions === news.mentions) return;
  keep("news", news.count === 0 ? others : { ...others, [room]: news });
}

/** The way to a room of this server. @param {string} room @param {number} [seq] to one message in it */
export function roomUrl(room, seq) {
  const fingerprint = location.hash.slice(0, 53);
  return `/${room}${seq === undefined ? "" : `?at=${seq}`}${fingerprint}`;
}
