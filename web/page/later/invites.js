// Invites: the room's link as it stands, new ones with a secret, and those that still let somebody in. Not here: making them.

import "./texts.js";
import { INVITE_LETTERS, mayDo } from "../app/acts.js";
import { inviteLink, newInvite } from "./invite.js";
import { secondsOf } from "./orders.js";
import { qrCode } from "./qr.js";
import { safeLine } from "../app/text.js";
import { t } from "../app/words.js";
import { copy } from "./dialogs.js";
import { button, el, openDialog } from "../app/view/dom.js";
import { formatted } from "../app/view/row.js";

const SVG = "http://www.w3.org/2000/svg";
/** The light edge that a code needs, in squares. */
const QUIET = 4;

export { inviteLink, newInvite };

export class Invites {
  /**
   * @param {{room: import("../app/room.js").Room, fingerprint: string | null,
   *   onMake: (limits: {uses?: number, seconds?: number}) => Promise<string>, onRevoke: (invite: string) => void}} context
   *   `onMake` returns the link
   */
  constructor({ room, fingerprint, onMake, onRevoke }) {
    this.room = room;
    this.fingerprint = fingerprint;
    this.onMake = onMake;
    this.onRevoke = onRevoke;
    this.isStaff = mayDo(room.standing.role, "invite");
    this.made = el("div", { className: "stack", "aria-live": "polite" });
    this.list = el("div", { className: "stack" });
    const link = inviteLink(room.hosts.origin, room.name, fingerprint, undefined, room.hosts.others);
    this.dialog = openDialog(t("invite_title"), t("close"), el("p", { className: "small soft" }, this.#who()), this.isStaff && fingerprint ? null : shownLink(link),
      fingerprint ? null : el("p", { className: "small soft" }, t("invite_fragment")), this.isStaff ? this.#form() : null, this.made, this.list);
    this.draw();
    if (this.isStaff) room.askAccess();
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** Draws the invites that the server has told. */
  draw() {
    const { invites } = this.room.standing;
    if (!this.isStaff) return;
    this.list.replaceChildren(el("h3", {}, t("invites_there")), invites.length === 0 ? el("p", { className: "small soft" }, t("invites_none"))
      : el("ul", { className: "plainlist" }, ...invites.map((one) => this.#item(one))));
  }

  /** For whom a link is good. */
  #who() {
    if (this.room.standing.isOpen) return t("invite_open");
    return this.isStaff ? t("invite_staff") : t("invite_closed");
  }

  #form() {
    const select = (/** @type {string} */ label, /** @type {string[][]} */ options) => {
      const control = el("select", { className: "field" }, ...options.map(([value, text]) => el("option", { value }, text)));
      return { control, row: el("label", {}, el("span", {}, label), control) };
    };
    const uses = select(t("invite_uses"), [["1", t("uses", { count: 1 })], ["5", t("uses", { count: 5 })], ["30", t("uses", { count: 30 })], ["", t("uses_any")]]);
    const time = select(t("how_long"), [
      ["1h", t("time_hours", { count: 1 })], ["1d", t("time_days", { count: 1 })], ["7d", t("time_days", { count: 7 })], ["", t("time_good")],
    ]);
    time.control.value = "7d";
    const make = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const seconds = secondsOf(time.control.value);
      const link = await this.onMake({ ...(uses.control.value === "" ? {} : { uses: Number(uses.control.value) }), ...(seconds === null ? {} : { seconds }) });
      this.showMade(link);
    };
    return el("form", { onsubmit: make }, el("div", { className: "pair" }, uses.row, time.row),
      el("div", { className: "line" }, el("button", { className: "btn go", disabled: this.fingerprint === null }, t("invite_make"))));
  }

  /** @param {string} link */
  showMade(link) {
    this.made.replaceChildren(el("p", { className: "small" }, t("invite_made")), shownLink(link));
  }

  /** @param {import("../app/standing.js").Invited} one */
  #item(one) {
    const left = one.left === undefined ? t("uses_any") : t("uses", { count: one.left });
    const until = one.until === undefined ? t("time_good") : t("until", { time: formatted(one.until, { dateStyle: "short", timeStyle: "short" }) });
    const short = one.invite.slice(0, INVITE_LETTERS);
    const revoke = button(t("do_revoke"), () => {
      revoke.disabled = true;
      this.onRevoke(one.invite);
    }, "btn", { "aria-label": `${t("do_revoke")} ${short}` });
    return el("li", { className: "line" }, el("code", {}, short), el("span", { className: "small soft grow" },
      t("invite_by", { name: safeLine(one.by.name), left, until }), one.owner ? ` ${t("invite_owner")}` : ""), revoke);
  }
}

/** A link to copy, and to photograph. @param {string} link */
function shownLink(link) {
  const copying = button(t("copy"), () => copy(link, copying), "btn go");
  return el("div", { className: "stack" }, el("p", { className: "fp" }, link), el("div", { className: "line" }, copying), drawnCode(link));
}

/** The QR code of a link; nothing where it is too long for one. @param {string} link */
function drawnCode(link) {
  const code = qrCode(link);
  if (code === null) return null;
  const size = code.length + 2 * QUIET;
  const svg = document.createElementNS(SVG, "svg");
  const set = (/** @type {Element} */ element, /** @type {Record<string, string>} */ attributes) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  set(svg, { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": t("invite_code"), class: "qr", "shape-rendering": "crispEdges" });
  const path = code.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : []))).join("");
  svg.append(set(document.createElementNS(SVG, "rect"), { width: String(size), height: String(size), class: "qr-light" }),
    set(document.createElementNS(SVG, "path"), { d: path, class: "qr-dark" }));
  return svg;
}
