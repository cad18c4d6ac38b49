// From rows to what stands below one another: days, the line before what is new, and who is named again. Pure.

import { GROUP_MS } from "./limits.js";

/** @import { Row } from "./timeline.js" */
/** @typedef {{key: string, kind: "row", row: Row, isMore: boolean} | {key: string, kind: "day", time: string}
 *   | {key: string, kind: "new" | "gap" | "older" | "beginning"}} Item */

/** Days by the beginning of an hour, since asking for a date is slow. @type {Map<string, string>} */
const days = new Map();

/**
 * @param {Row[]} rows @param {number | null} firstNew the place of the first message that was not seen
 * @returns {Item[]}
 */
export function layout(rows, firstNew) {
  const items = [];
  let last = null;
  let isNewSaid = firstNew === null;
  for (const row of rows) {
    const day = dayOf(row.time);
    const isOtherDay = last === null || day !== dayOf(last.time);
    if (row.gap_before) items.push({ key: `gap ${row.seq}`, kind: "gap" });
    if (isOtherDay) items.push({ key: `day ${day} ${row.seq ?? row.id}`, kind: "day", time: row.time });
    const isFirstNew = !isNewSaid && row.seq !== undefined && row.seq >= firstNew;
    if (isFirstNew) {
      items.push({ key: "new", kind: "new" });
      isNewSaid = true;
    }
    const isMore = !isOtherDay && !isFirstNew && !row.gap_before && belong(last, row);
    items.push({ key: row.own ? `id ${row.id}` : `seq ${row.seq}`, kind: "row", row, isMore });
    last = row;
  }
  return items;
}

/** Whether a row goes on what the one before has begun: the same person, not only the same name, soon after. */
function belong(before, row) {
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
