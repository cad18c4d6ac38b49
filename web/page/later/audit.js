// What was done in the room, from the newest, with who is shut out. Not here: asking for it.

import "./texts.js";
import { actText } from "../app/acts.js";
import { actAbout } from "./orders.js";
import { t } from "../app/words.js";
import { button, el, openDialog } from "../app/view/dom.js";
import { formatted } from "../app/view/row.js";
import { whomName } from "../app/acts.js";

export class Audit {
  /** @param {{room: import("../app/room.js").Room, onAct: (act: import("../app/codec.js").Act) => void}} context */
  constructor({ room, onAct }) {
    this.room = room;
    this.onAct = onAct;
    this.oldest = Infinity;
    this.list = el("ol", { className: "plainlist" });
    this.none = el("p", { className: "small soft", role: "status" }, t("audit_loading"));
    this.older = button(t("audit_older"), () => room.askAudit(this.oldest), "btn", { hidden: true });
    this.shutOut = el("div", { className: "stack" });
    this.dialog = openDialog(t("audit_title"), t("close"), this.shutOut, this.none, this.list, this.older);
    room.askAudit();
    room.askAccess();
    this.drawStanding();
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** A page of it. @param {{acts: import("../app/codec.js").Message[], more: boolean}} page */
  told({ acts, more }) {
    const isFirst = this.oldest === Infinity;
    for (const message of acts.toReversed()) {
      this.list.append(el("li", { dir: "auto" }, actText(message),
        el("time", { dateTime: message.time }, formatted(message.time, { dateStyle: "short", timeStyle: "short" }))));
      this.oldest = Math.min(this.oldest, message.seq);
    }
    this.older.hidden = !more;
    this.none.textContent = isFirst && acts.length === 0 ? t("audit_none") : "";
  }

  /** Who is banned or muted, with the way back. */
  drawStanding() {
    const { bans, mutes } = this.room.standing;
    const item = (/** @type {import("../app/standing.js").Sanctioned} */ one, /** @type {"unban" | "unmute"} */ verb) => {
      const undo = button(verb === "unban" ? t("do_unban") : t("do_unmute"), () => {
        undo.disabled = true;
        this.onAct(actAbout(verb, one.id));
      });
      const until = one.until === undefined ? "" : ` ${t("until", { time: formatted(one.until, { dateStyle: "short", timeStyle: "short" }) })}`;
      return el("li", { className: "line" }, el("span", { className: "grow", dir: "auto" }, whomName(one), el("span", { className: "aside" },
        `${verb === "unban" ? t("banned_is") : t("muted_is")}${until}`)), undo);
    };
    this.shutOut.replaceChildren(...(bans.length + mutes.length === 0 ? [] : [el("ul", { className: "plainlist" },
      ...bans.map((one) => item(one, "unban")), ...mutes.map((one) => item(one, "unmute")))]));
  }
}
