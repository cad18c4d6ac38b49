// Up to where somebody has read a room, kept over reloads, and what has come since. Not here: who looks when.

import { isIgnored } from "./ignored.js";
import { isMention } from "./names.js";
import { keep, setting } from "./store.js";

/** @import { Row, Timeline } from "./timeline.js" */
/** @typedef {{count: number, mentions: number}} News what nobody has seen yet, and how much of it is for us */

/** More than this is not counted. */
const COUNT_MAX = 999;

export class Unread {
  /** @param {string} room */
  constructor(room) {
    this.room = room;
    /** @type {{epoch: string, seq: number} | null} */
    this.seen = setting(`seen.${room}`, null);
    this.isKept = true;
  }

  /** The room's log as the server tells it. Returns the place up to which it was read, where that is known. @param {{epoch: string, head: number}} joined */
  joined({ epoch, head }) {
    if (this.seen?.epoch === epoch && this.seen.seq <= head) return this.seen.seq;
    this.saw({ epoch, seq: head });
    return null;
  }

  /** Everything up to here was seen. @param {{epoch: string, seq: number} | null} position */
  saw(position) {
    if (position === null || (position.epoch === this.seen?.epoch && position.seq <= this.seen.seq)) return;
    this.seen = { epoch: position.epoch, seq: position.seq };
    this.isKept = false;
  }

  /** Keeps it for other windows and the next visit. */
  keep() {
    if (this.isKept) return;
    this.isKept = true;
    keep(`seen.${this.room}`, this.seen);
  }

  /** What another window has seen meanwhile. */
  reread() {
    this.saw(setting(`seen.${this.room}`, null));
    this.isKept = true;
  }

  /** @param {Timeline} timeline @returns {News} */
  news(timeline) {
    const news = { count: 0, mentions: 0 };
    const rows = timeline.rows();
    for (let at = rows.length - 1; at >= 0 && news.count < COUNT_MAX; at -= 1) {
      const row = rows[at];
      if (row.seq === undefined || row.own || isIgnored(row.from.id)) continue;
      if (this.seen === null || row.seq <= this.seen.seq) break;
      if (row.text === undefined && !row.act) continue;
      news.count += 1;
      if (isForYou(row, timeline)) news.mentions += 1;
    }
    return news;
  }
}

/** Whether something is said to us: by our name, or as an answer to what we have said. @param {{text?: string, reply?: number}} message @param {Timeline} timeline */
export function isForYou({ text = "", reply }, timeline) {
  if (reply !== undefined && timeline.row(reply)?.own) return true;
  const spoken = [...text.matchAll(/@([\p{Alphabetic}\p{N}_\-.]+)(?:#([a-z2-7]{4,24}))?/gu)];
  return spoken.some(([, name, badge]) => isMention({ name, badge }, timeline.you));
}
