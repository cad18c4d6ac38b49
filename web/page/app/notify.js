// Tells somebody who looks elsewhere: the title's count, and the system's notifications where they are wanted. Never for
// what was said before one came.

import { setting } from "./store.js";
import { safeLine } from "./text.js";
import { t } from "./words.js";

export class Notifier {
  /** @param {string} room @param {string} icon */
  constructor(room, icon) {
    this.room = room;
    this.icon = icon;
    this.count = 0;
    this.seen();
  }

  seen() {
    this.count = 0;
    document.title = `${this.room} · papo`;
  }

  /** A message that nobody has looked at. @param {any} message @param {boolean} isMention */
  came(message, isMention) {
    this.count += 1;
    document.title = `(${this.count}) ${this.room} · papo`;
    const wanted = setting("notify", "none");
    const isWanted = wanted === "all" || (wanted === "mentions" && isMention);
    if (!isWanted || !document.hidden || globalThis.Notification?.permission !== "granted") return;
    const body = setting("notify_hide", false) ? t("new_in", { count: this.count }) : safeLine(message.text ?? "").slice(0, 200);
    const notification = new Notification(t("somebody_wrote", { name: safeLine(message.from.name), room: this.room }), {
      body, icon: this.icon, tag: `papo ${this.room}`,
    });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  }
}
