// From rows to what stands below one another: days, the line before what is new, and who is named again. Pure.

import { GROUP_MS } from "./limits.js";

/** @import { Row } from "./timeline.js" */
/** @import { Entry } from "./presence.js" */
/** @typedef {{key: string, kind: "row", row: Row, isMore: boolean} | {key: string, kind: "day", time: string}
 *   | {key: string, kind: "presence", entry: Entry}
 *   | {key: string, kind: "new" | "gap" | "older" | "beginning" | "empty"}} Item */

/** Days by the beginning of an hour, since asking for a date is slow. @type {Map<string, string>} */
const days = new Map();

/**
 * @param {Row[]} rows @param {number | null} firstNew the place of the first message that was not seen
 * @param {Entry[]} [presence] who came and went, each below the message at its place
 * @returns {Item[]}
 */
export function layout(rows, firstNew, presence = []) {
  /** @type {Item[]} */
  const items = [];
  /** @type {Row | null} */
  let last = null;
  let next = 0;
  const put = (/** @type {Entry} */ entry) => items.push({ key: `presence ${entry.id}`, kind: "presence", entry });
  let isNewSaid = firstNew === null;
  for (const row of rows) {
    const before = next;
    // What an entry stands below may not be loaded any more: then it stands nowhere.
    for (; next < presence.length && (row.seq === undefined || presence[next].after < row.seq); next += 1) {
      if (last !== null || presence[next].after === 0) put(presence[next]);
    }
    const isParted = next > before;
    const day = dayOf(row.time);
    const isOtherDay = last === null || day !== dayOf(last.time);
    if (row.gap_before) items.push({ key: `gap ${row.seq}`, kind: "gap" });
    if (isOtherDay) items.push({ key: `day ${day} ${row.seq ?? row.id}`, kind: "day", time: row.time });
    const isFirstNew = !isNewSaid && row.seq !== undefined && row.seq >= (firstNew ?? Infinity);
    if (isFirstNew) {
      items.push({ key: "new", kind: "new" });
      isNewSaid = true;
    }
    const isMore = !isOtherDay && !isFirstNew && !isParted && !row.gap_before && belong(last, row);
    items.push({ key: row.own ? `id ${row.id}` : `seq ${row.seq}`, kind: "row", row, isMore });
    last = row;
  }
  for (const entry of presence.slice(next)) put(entry);
  return items;
}

/**
 * Whether a row goes on what the one before has begun: the same person, not only the same name, soon after.
 * @param {Row | null} before @param {Row} row
 */
function belong(before, row) {
  if (before === null || before.act || row.act) return false;
  return before.from.id === row.from.id && before.from.name === row.from.name && row.reply === undefined
    && Math.abs(Date.parse(row.time) - Date.parse(before.time)) < GROUP_MS;
}

/** The day of a time here, as a text. @param {string} time */
export function dayOf(time) {
  // Quarters of an hour never lie on two days, wherever one is.
  const quarter = time.slice(0, 14) + Math.floor(Number(time.slice(14, 16)) / 15);
  let day = days.get(quarter);
  if (day === undefined) {
    const date = new Date(time);
    day = `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
    if (days.size > 10_000) days.clear();
    days.set(quarter, day);
  }
  return day;
}
