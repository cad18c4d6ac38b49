// What a reader of a room sees, made from what happened: the messages in order, with what was edited, taken back or put
// under them later, and at the end what is still to be said. Pure; may be told things in any order and more than
// once. The same cases as papo's other clients pass: crates/client/vectors/timeline.json.

import { EMOJI_PER_MESSAGE_MAX, MESSAGES_KEPT_MAX } from "./limits.js";
import { Names } from "./names.js";

/** @import { Body, Member, Message } from "./codec.js" */
/** @typedef {{emoji: string, members: string[]}} Reactions */
/** @typedef {{seq?: number, id: string, time: string, from: Member, own?: true, text?: string, edited?: true,
 *   deleted?: true, change?: Body, act?: import("./codec.js").Act, unknown?: true, reply?: number, reactions?: Reactions[],
 *   delivery?: "pending" | "failed", refusal?: object, changing?: true, gap_before?: true}} Row */
/** @typedef {{message: Message, text: string | null, deleted: boolean, reactions: Map<string, Set<string>>,
 *   row: Row | null}} Kept */

export class Timeline {
  /** @type {Member} */
  #you;
  /** Every id that we have had: a guest gets a new one with each connection. */
  #mine = new Set();
  /** Whose id stands for us in the names. */
  #self;
  /** @type {Map<number, Kept | {target: number}>} */
  #log = new Map();
  /** The places of the log in order. @type {number[]} */
  #places = [];
  /** What was said about a message. @type {Map<number, Map<number, {from: string, body: Body}>>} */
  #changes = new Map();
  /** Places directly before which the server has nothing more. @type {Set<number>} */
  #holes = new Set();
  /** @type {{id: string, body: Body, time: string, refusal: object | null}[]} */
  #outgoing = [];
  #names = new Names();
  /** @type {Row[] | null} */
  #rows = null;

  /** @param {Member} you */
  constructor(you) {
    this.#you = you;
    this.#self = you.id;
    this.#mine.add(you.id);
    this.#see(you);
  }

  get you() {
    return this.#you;
  }

  /** @param {string} id */
  isMine(id) {
    return this.#mine.has(id);
  }

  /** Takes note of what has happened. @param {any} event what a server says, or one of sent, failed, reset */
  apply(event) {
    this.#rows = null;
    switch (event.type) {
      case "joined":
        this.#mine.add(event.you.id);
        this.#you = event.you;
        this.#see(event.you);
        event.members?.forEach((/** @type {Member} */ member) => this.#see(member));
        break;
      case "message":
        this.#append(event);
        break;
      case "history":
        this.#addPage(event.messages);
        break;
      case "sent": {
        const at = this.#outgoing.findIndex((one) => one.id === event.id);
        if (at < 0) break;
        const [{ id, body }] = this.#outgoing.splice(at, 1);
        this.#addPage([{ ...body, seq: event.seq, time: event.time, from: this.#you, id }]);
        break;
      }
      case "failed": {
        const failed = this.#outgoing.find((one) => one.id === event.id);
        if (failed) failed.refusal = event;
        break;
      }
      case "truncated":
        this.#holes.add(event.next);
        break;
      case "reset":
        this.#log.clear();
        this.#places = [];
        this.#changes.clear();
        this.#holes.clear();
        break;
      case "renamed":
        this.#you = event.members.find((/** @type {Member} */ member) => member.id === this.#you.id) ?? this.#you;
        event.members.forEach((/** @type {Member} */ member) => this.#see(member));
        break;
      case "entered":
      case "members":
      case "typing":
        event.members.forEach((/** @type {Member} */ member) => this.#see(member));
        break;
    }
  }

  /** Shows a message of ours at once, as on its way. @param {string} id @param {Body} body @param {string} time */
  say(id, body, time) {
    this.#rows = null;
    this.#outgoing.push({ id, body, time, refusal: null });
  }

  /** Takes away a message of ours that has failed, and gives back what it said. @param {string} id */
  dismiss(id) {
    const at = this.#outgoing.findIndex((one) => one.id === id && one.refusal !== null);
    if (at < 0) return null;
    this.#rows = null;
    return this.#outgoing.splice(at, 1)[0].body;
  }

  /** The rows from the oldest to the newest, then what is still to be said. @returns {Row[]} */
  rows() {
    if (this.#rows) return this.#rows;
    const changing = new Set(this.#outgoing.filter((one) => one.refusal === null).map((one) => targetOf(one.body)));
    const rows = [];
    for (const [index, seq] of this.#places.entries()) {
      const kept = this.#log.get(seq);
      if (!kept || !("message" in kept)) continue;
      const row = this.#stored(kept, index, changing.has(seq));
      rows.push(row);
    }
    for (const one of this.#outgoing) {
      const row = this.#unsettled(one);
      if (row) rows.push(row);
    }
    this.#rows = rows;
    return rows;
  }

  /** The row of the message at this place, for showing what another one answers. @param {number} seq */
  row(seq) {
    const kept = this.#log.get(seq);
    if (!kept || !("message" in kept)) return null;
    const changing = this.#outgoing.some((one) => one.refusal === null && targetOf(one.body) === seq);
    return this.#stored(kept, position(this.#places, seq), changing);
  }

  /** The `before` with which to ask for older messages, or null where there is nothing older. */
  historyBefore() {
    let at = this.#places.length - 1;
    if (at < 0) return null;
    while (at > 0 && (this.#places[at - 1] + 1 === this.#places[at] || this.#holes.has(this.#places[at]))) at -= 1;
    return this.#places[at] > 1 ? this.#places[at] : null;
  }

  /** The place of the newest message that has a row of its own; 0 where there is none. */
  newestRow() {
    for (let at = this.#places.length - 1; at >= 0; at -= 1) {
      const kept = this.#log.get(this.#places[at]);
      if (kept && "message" in kept) return this.#places[at];
    }
    return 0;
  }

  /** Whether the name alone does not say who it is. @param {Member} member */
  needsBadge(member) {
    return this.#names.isShared(member.name);
  }

  /** Takes note of a name that somebody could be taken for. @param {Member} member */
  alsoCalled(member) {
    this.#see(member);
  }

  /** @param {Member} member */
  #see(member) {
    this.#names.see(member.name, this.#mine.has(member.id) ? this.#self : member.id);
  }

  /** @param {Message} message */
  #append(message) {
    const target = this.#insert(message);
    if (target !== null) this.#fold(target);
    while (this.#places.length > MESSAGES_KEPT_MAX) this.#dropOldest();
  }

  /** @param {Message[]} messages */
  #addPage(messages) {
    const targets = new Set(messages.map((message) => this.#insert(message)));
    for (const target of targets) if (target !== null) this.#fold(target);
  }

  /** Adds a message that is not there yet. Returns the place that has to be folded anew, or null. @param {Message} message @returns {number | null} */
  #insert(message) {
    if (this.#mine.has(message.from.id)) this.#outgoing = this.#outgoing.filter((one) => one.id !== message.id);
    if (this.#log.has(message.seq)) return null;
    this.#see(message.from);
    this.#places.splice(position(this.#places, message.seq), 0, message.seq);
    const target = targetOf(message);
    if (target === null) {
      this.#log.set(message.seq, { message, text: null, deleted: false, reactions: new Map(), row: null });
      return message.seq;
    }
    this.#log.set(message.seq, { target });
    // Nothing can be about what was said later.
    if (target >= message.seq) return null;
    const changes = this.#changes.get(target) ?? new Map();
    this.#changes.set(target, changes.set(message.seq, { from: message.from.id, body: message }));
    return target;
  }

  /** Works out what is to be shown of a message. @param {number} target */
  #fold(target) {
    const kept = this.#log.get(target);
    if (!kept || !("message" in kept)) return;
    const changes = this.#changes.get(target);
    if (!changes) return;
    kept.row = null;
    kept.text = null;
    kept.reactions = new Map();
    for (const [, change] of [...changes].sort(([one], [other]) => one - other)) {
      apply(kept, change);
      if (kept.deleted) {
        // What was taken back is not kept either, and nothing that follows can bring it back.
        const { seq, time, from, id } = kept.message;
        kept.message = { seq, time, from, id };
        kept.text = null;
        kept.reactions = new Map();
        this.#changes.delete(target);
        return;
      }
    }
  }

  #dropOldest() {
    const seq = this.#places.shift() ?? 0;
    const logged = this.#log.get(seq);
    this.#log.delete(seq);
    const changes = logged && "target" in logged ? this.#changes.get(logged.target) : undefined;
    changes?.delete(seq);
    if (logged && "target" in logged && changes?.size === 0) this.#changes.delete(logged.target);
    this.#holes.delete(seq);
  }

  /** @param {Kept} kept @returns {Row} @param {number} index @param {boolean} isChanging */
  #stored(kept, index, isChanging) {
    const gapBefore = this.#isGapBefore(index);
    const { row } = kept;
    if (row && Boolean(row.changing) === isChanging && Boolean(row.gap_before) === gapBefore) return row;
    const { message } = kept;
    /** @type {Row} */
    const made = { seq: message.seq, id: message.id, time: message.time, from: message.from };
    if (this.#mine.has(message.from.id)) made.own = true;
    if (kept.deleted) made.deleted = true;
    else if (kept.text !== null) Object.assign(made, { text: kept.text, edited: true });
    else if (typeof message.text === "string") made.text = message.text;
    else if (message.act) made.act = message.act;
    else made.unknown = true;
    if (typeof message.reply === "number") made.reply = message.reply;
    if (kept.reactions.size > 0) {
      made.reactions = [...kept.reactions].map(([emoji, members]) => ({ emoji, members: [...members].sort() }));
    }
    if (isChanging) made.changing = true;
    if (gapBefore) made.gap_before = true;
    kept.row = made;
    return made;
  }

  /** @param {number} index */
  #isGapBefore(index) {
    for (let at = index; at > 0; at -= 1) {
      if (this.#places[at - 1] + 1 !== this.#places[at]) return true;
      if ("message" in (this.#log.get(this.#places[at - 1]) ?? {})) return false;
    }
    return false;
  }

  /** The row of a message of ours that the room does not have; a change or an act shows only once it has failed. @param {{id: string, body: Body, time: string, refusal: object | null}} one @returns {Row | null} */
  #unsettled({ id, body, time, refusal }) {
    if (refusal === null && (targetOf(body) !== null || body.act)) return null;
    /** @type {Row} */
    const row = { id, time, from: this.#you, own: true };
    if (typeof body.text === "string") row.text = body.text;
    else if (body.act) row.act = body.act;
    else row.change = body;
    if (typeof body.edit === "number") row.edited = true;
    if (typeof body.reply === "number") row.reply = body.reply;
    row.delivery = refusal === null ? "pending" : "failed";
    if (refusal !== null) Object.defineProperty(row, "refusal", { value: refusal });
    return row;
  }
}

/** The message that a body changes, or null. @param {Body} body @returns {number | null} */
export function targetOf(body) {
  if (body.react) return body.react.to;
  return body.delete ?? body.edit ?? null;
}

/** Applies one change to a message. @param {Kept} kept @param {{from: string, body: Body}} change */
function apply(kept, { from, body }) {
  if (body.react) {
    const { emoji, remove } = body.react;
    const members = kept.reactions.get(emoji);
    if (remove) {
      members?.delete(from);
      if (members?.size === 0) kept.reactions.delete(emoji);
    } else if (members) members.add(from);
    else if (kept.reactions.size < EMOJI_PER_MESSAGE_MAX) kept.reactions.set(emoji, new Set([from]));
    return;
  }
  // Anybody can send these, about anything; only the sender's own count.
  if (from !== kept.message.from.id) return;
  if (typeof body.delete === "number") kept.deleted = true;
  else if (typeof body.text === "string") kept.text = body.text;
}

/** Where a place stands, or would stand, in a list in order. @param {number[]} places @param {number} seq */
function position(places, seq) {
  let [low, high] = [0, places.length];
  if (high === 0 || places[high - 1] < seq) return high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle] < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
