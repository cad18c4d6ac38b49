// Watches the other rooms that this browser knows, as somebody who is in them: what is new there, and what of it is for
// us. One window of a browser does it for all of them. Not here: what is shown of it.

import { Room } from "../app/room.js";
import { keepNews, knownRooms } from "../app/rooms.js";
import { Unread, isForYou } from "../app/unread.js";
import { isSpoken } from "../app/view/log.js";

/** @import { Identity } from "../app/identity.js" */
/** @import { Store } from "../app/store.js" */
/** @typedef {{name: string, identity: Identity | null, store: Store}} Options */

/** A room is a connection, and a server counts how often a key comes in. */
const ROOMS_WATCHED_MAX = 6;
/** Much may come at once; it is counted this often at most, in milliseconds. */
const COUNT_MS = 200;
const LOCK = "papo watch";

/**
 * Watches as long as this window is there, from when no other window does.
 * @param {string} here the room that is shown @param {Options} options
 * @param {(room: string, message: any, isForMe: boolean) => void} onNews told of messages that came just now and that no window shows
 */
export function watch(here, options, onNews) {
  const begin = () => {
    const rooms = knownRooms().filter((room) => room !== here).slice(0, ROOMS_WATCHED_MAX);
    for (const room of rooms) new Watched(room, options, onNews);
    return new Promise(() => {});
  };
  if (navigator.locks) navigator.locks.request(LOCK, begin);
  else begin();
}

class Watched {
  /** @param {string} name @param {Options} options @param {(room: string, message: any, isForMe: boolean) => void} onNews */
  constructor(name, options, onNews) {
    this.onNews = onNews;
    this.unread = new Unread(name);
    this.room = new Room({ ...options, room: name, secret: null }, (event) => this.#happened(event));
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.counting = undefined;
    addEventListener("storage", ({ key }) => {
      if (key !== `papo.seen.${name}`) return;
      this.unread.reread();
      this.#count();
    });
    this.room.start();
  }

  /** @param {any} event */
  #happened(event) {
    const { room, unread } = this;
    if (event.type === "joined") {
      unread.joined(event);
      unread.keep();
    }
    const isJustNow = event.type === "message" && event.seq > room.headAtJoin;
    if (isJustNow && isSpoken(event) && !room.timeline.isMine(event.from.id)) this.#tell(event);
    if (event.type === "message" || event.type === "history" || event.type === "reset") this.counting ??= setTimeout(() => this.#count(), COUNT_MS);
    if (event.type === "ended") keepNews(room.name, { count: 0, mentions: 0 });
  }

  #count() {
    this.counting = undefined;
    keepNews(this.room.name, this.unread.news(this.room.timeline));
    dispatchEvent(new Event("papo-news"));
  }

  /** A window that shows the room tells of it itself. @param {any} message */
  async #tell(message) {
    const { room, onNews } = this;
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    if (!held.some(({ name }) => name === `papo in ${room.name}`)) onNews(room.name, message, isForYou(message, room.timeline));
  }
}
