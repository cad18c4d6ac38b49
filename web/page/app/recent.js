// The newest messages of a room as the server said them, to be shown at once when the page is opened again. What was taken
// back is not among them. Pure. Not here: where they are kept.

/** @import { Message } from "./codec.js" */

const MESSAGES_MAX = 150;
/** So much text at most, in characters: a browser's disk is not ours to fill. */
const TEXT_MAX = 400_000;

export class Recent {
  /** @type {Map<number, Message>} */
  #messages = new Map();

  /** @param {Message[]} messages */
  add(messages) {
    for (const message of messages) this.#messages.set(message.seq, message);
    for (const message of messages) if (typeof message.delete === "number") this.#forget(message.delete, message.from.id);
    const surplus = this.#messages.size - MESSAGES_MAX;
    if (surplus > 0) for (const seq of this.#places().slice(0, surplus)) this.#messages.delete(seq);
  }

  clear() {
    this.#messages.clear();
  }

  /** From the oldest to the newest, as many as may be kept. @returns {Message[]} */
  list() {
    let size = 0;
    const kept = [];
    for (const seq of this.#places().reverse()) {
      const message = /** @type {Message} */ (this.#messages.get(seq));
      size += message.text?.length ?? 0;
      if (size > TEXT_MAX) break;
      kept.push(message);
    }
    return kept.reverse();
  }

  #places() {
    return [...this.#messages.keys()].sort((one, other) => one - other);
  }

  /** @param {number} target @param {string} by */
  #forget(target, by) {
    const found = this.#messages.get(target);
    if (found?.from.id !== by) return;
    const { seq, time, from, id } = found;
    this.#messages.set(target, { seq, time, from, id });
    for (const [place, { edit }] of this.#messages) if (edit === target) this.#messages.delete(place);
  }
}
