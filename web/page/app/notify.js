// Tells somebody who looks elsewhere: the title's count, and the system's notifications as far as they are wanted, for each
// room and at each hour. Not here: what counts as seen, and asking the browser for leave.

import { nameOf } from "./petnames.js";
import { setting } from "./store.js";
import { safeLine } from "./text.js";
import { t } from "./words.js";

/** @typedef {"all" | "mentions" | "none"} Level */
/** @typedef {{from: string, to: string}} Quiet hours of the day, as `22:00`; over midnight where `to` is earlier */

/** How much somebody wants to be told of a room. @param {string} room @returns {Level} */
export function levelOf(room) {
  return setting(`notify.${room}`, null) ?? setting("notify", "mentions");
}

/** Whether a message is told of. @param {Level} level @param {boolean} isForMe @param {Quiet | null} quiet @param {Date} now */
export function isWanted(level, isForMe, quiet, now) {
  return (level === "all" || (level === "mentions" && isForMe)) && !isQuiet(quiet, now);
}

/** @param {Quiet | null} quiet @param {Date} now */
function isQuiet(quiet, now) {
  if (quiet === null) return false;
  const minutes = (/** @type {string} */ text) => 60 * Number(text.slice(0, 2)) + Number(text.slice(3, 5));
  const [from, to, at] = [minutes(quiet.from), minutes(quiet.to), 60 * now.getHours() + now.getMinutes()];
  return from <= to ? at >= from && at < to : at >= from || at < to;
}

export class Notifier {
  /** @param {string} room @param {string} icon @param {(room: string, seq: number) => void} onClick */
  constructor(room, icon, onClick) {
    this.room = room;
    this.icon = icon;
    this.onClick = onClick;
    this.show(0);
  }

  /** How much is unread, in the title and on the icon of an installed page. @param {number} count */
  show(count) {
    const title = `${count > 0 ? `(${count}) ` : ""}${this.room} · papo`;
    if (document.title === title) return;
    document.title = title;
    if (count > 0) navigator.setAppBadge?.(count).catch(() => {});
    else navigator.clearAppBadge?.().catch(() => {});
  }

  /** A message that nobody has looked at. @param {string} room @param {any} message @param {boolean} isForMe */
  came(room, message, isForMe) {
    if (globalThis.Notification?.permission !== "granted") return;
    if (!isWanted(levelOf(room), isForMe, setting("quiet", null), new Date())) return;
    const body = setting("notify_hide", false) ? t("somebody_wrote_hidden") : safeLine(message.text ?? "").slice(0, 200);
    const title = setting("notify_hide", false) ? room : t("somebody_wrote", { name: nameOf(message.from), room });
    // Another window of this browser that tells of the same room replaces this one, and does not add to it.
    const notification = new Notification(title, { body, icon: this.icon, tag: `papo ${room}` });
    notification.onclick = () => {
      window.focus();
      notification.close();
      this.onClick(room, message.seq);
    };
  }
}
