// The room on the screen: connects what is shown with what happens, and does what the person asks for. Not here: the
// parts themselves.

import { badge, parseName } from "./codec.js";
import { Identity } from "./identity.js";
import { look } from "./names.js";
import { Notifier } from "./notify.js";
import { actAbout, findMember, wordOf } from "./orders.js";
import { Room } from "./room.js";
import { keep, setting } from "./store.js";
import { Composer } from "./view/composer.js";
import { Log, isSpoken } from "./view/log.js";
import { People } from "./view/people.js";
import { Shell } from "./view/shell.js";
import { asset } from "./view/start.js";
import { choose, locale, setLanguage, t } from "./words.js";

/** @import { Audit } from "../later/audit.js" */
/** @import { Invites } from "../later/invites.js" */
/** @import { Act, Member } from "./codec.js" */
/** @import { Order } from "./orders.js" */
/** @import { Store } from "./store.js" */
/** @import { Row } from "./timeline.js" */
/** @typedef {{name: string, room: string, secret: string | null, fingerprint: string | null, identity: Identity | null, store: Store}} Options */

const ROOMS_REMEMBERED = 12;
/** How often a page that nobody looks at is brought up to date, in milliseconds. */
const HIDDEN_FRAME_MS = 200;

/** Takes over language and colours as they are set. */
export function applySettings() {
  setLanguage(setting("language", choose(navigator.languages)));
  document.documentElement.lang = locale();
  const theme = setting("theme", "system");
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export class Desk {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.room = new Room(options, (event) => this.#happened(event));
    const { room } = this;
    this.notifier = new Notifier(room.name, asset("icon-180.png"));
    this.log = new Log({
      room, isYou: (mention) => isMention(mention, room.timeline.you), act: (action, row, detail) => this.#act(action, row, detail),
      onSeen: () => this.notifier.seen(),
    });
    this.composer = new Composer({
      room, onSay: (body) => void room.say(body), onEnd: () => this.log.toEnd(), onOrder: (order) => this.#order(order),
    });
    this.people = new People({ room, onPerson: (member) => this.#openPerson(member) });
    this.shell = new Shell({
      room, log: this.log.element, say: this.composer.element, people: this.people.element, onInvite: () => this.#openInvites(),
      onSettings: () => this.#openSettings(), onFind: (text, step) => this.#find(text, step), onFindEnd: () => this.log.unmark(),
    });
    /** @type {Invites | null} */
    this.invites = null;
    /** @type {Audit | null} */
    this.audit = null;
    this.isDue = false;
    this.found = { text: "", at: 0 };
  }

  /** Shows the room and comes in. */
  async start() {
    remember(this.room.name);
    navigator.storage?.persist?.().catch(() => {});
    document.body.replaceChildren(this.shell.element);
    this.composer.focus();
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.log.update();
      if (this.log.isAtEnd) this.notifier.seen();
    });
    await this.room.start();
    this.#happened({ type: "started" });
  }

  /** Whatever happens is drawn once a frame, however much it is. @param {any} event */
  #happened(event) {
    const { log, shell } = this;
    if (event.type === "message") this.#came(event);
    if (event.type === "missed") log.missed(event.after);
    if (event.type === "access") this.#standingTold();
    if (event.type === "audit" && this.audit?.isOpen) this.audit.told(event);
    shell.tell(event);
    if (event.type === "tick") {
      shell.drawState();
      this.#drawComposer();
      return;
    }
    if (this.isDue) return;
    this.isDue = true;
    if (document.hidden) setTimeout(() => this.#draw(), HIDDEN_FRAME_MS);
    else requestAnimationFrame(() => this.#draw());
  }

  /** @param {any} message */
  #came(message) {
    const isSeen = !document.hidden && document.hasFocus();
    this.log.came(message, isSeen);
    // What the open lists show may have changed.
    if (message.act && (this.invites?.isOpen || this.audit?.isOpen)) this.room.askAccess();
    const isNews = isSpoken(message) && !this.room.timeline.isMine(message.from.id);
    if (isNews && !isSeen) this.notifier.came(message, this.#mentions(message.text ?? ""));
  }

  #standingTold() {
    if (this.invites?.isOpen) this.invites.draw();
    if (this.audit?.isOpen) this.audit.drawStanding();
  }

  #draw() {
    this.isDue = false;
    this.log.update();
    this.shell.drawState();
    this.shell.drawStanding();
    this.people.draw();
    this.shell.drawSide();
    this.#drawComposer();
  }

  #drawComposer() {
    this.composer.drawStanding();
    this.composer.drawTyping([...this.room.typing.values()].map(({ member }) => member));
  }

  /** Whether a text speaks to us. @param {string} text */
  #mentions(text) {
    const spoken = [...text.matchAll(/@([\p{Alphabetic}\p{N}_\-.]+)(?:#([a-z2-7]{4,24}))?/gu)];
    return spoken.some(([, name, sign]) => isMention({ name, badge: sign }, this.room.timeline.you));
  }

  /** What is done with a message. @param {string} action @param {any} row @param {string} [detail] */
  #act(action, row, detail) {
    const { room, composer, log } = this;
    switch (action) {
      case "reply": return composer.reply(row);
      case "edit": return row.text === undefined ? undefined : composer.edit(row);
      case "delete": return void room.say({ delete: row.seq });
      case "react": return void room.say({ react: { to: row.seq, emoji: detail ?? "" } });
      case "unreact": return void room.say({ react: { to: row.seq, emoji: detail ?? "", remove: true } });
      case "choose": return log.chooseEmoji(row);
      case "copy": return void navigator.clipboard.writeText(row.text ?? "").catch(() => {});
      case "show": return void log.show(row.reply);
      case "dismiss": return composer.putBack(room.dismiss(row.id)?.text ?? "");
      case "retry": {
        const body = room.dismiss(row.id);
        if (body) room.say(body);
      }
    }
  }

  /** What a command asks for. Returns what is wrong with it, if anything. @param {Order} order */
  #order(order) {
    const { room } = this;
    switch (order.kind) {
      case "wrong": return order.text;
      case "rename": this.#rename(order.name); break;
      case "leave": room.leave(); break;
      case "act": return this.#does(order.act);
      case "invite": this.#openInvites(order); break;
      case "show": this.#show(order.what); break;
      case "revoke": {
        const meant = room.standing.invites.filter(({ invite }) => invite.startsWith(order.invite));
        return meant.length === 1 ? this.#does({ do: "revoke", invite: meant[0].invite }) : t("order_no_invite", { invite: order.invite });
      }
      case "about": {
        const { staff, bans, mutes } = room.standing;
        const known = [...staff.values(), ...bans, ...mutes].filter(({ name }) => name !== undefined);
        const found = findMember(order.whom, [...room.members.values(), .../** @type {Member[]} */ (known)]);
        return "wrong" in found ? found.wrong : this.#does(actAbout(order.verb, found.id, order));
      }
    }
    return "";
  }

  /** @param {"help" | "people" | "invites" | "audit" | "search" | "settings"} what */
  #show(what) {
    switch (what) {
      case "help": return this.#openKeys();
      case "people": return this.shell.openPeople();
      case "invites": return void this.#openInvites();
      case "audit": return this.#openAudit();
      case "search": return this.shell.openFind();
      case "settings": return this.#openSettings();
    }
  }

  /** @param {Act} act */
  #does(act) {
    this.room.say({ act });
    return "";
  }

  /** @param {Member} member */
  #openPerson(member) {
    const { room, composer } = this;
    this.#later(import("../later/person.js"), ({ personDialog }) => {
      personDialog(member, room, {
        onMention: (one) => composer.mention(wordOf(one, room.timeline.needsBadge(one))), onAct: (act) => this.#does(act),
      });
      if (room.standing.isStaff) room.askAccess();
    });
  }

  #openKeys() {
    this.#later(import("../later/dialogs.js"), ({ keysDialog }) => keysDialog(this.room.standing.role));
  }

  /**
   * What a visit may well do without is fetched when it is wanted.
   * @template Part @param {Promise<Part>} loading @param {(part: Part) => void} onLoaded
   */
  #later(loading, onLoaded) {
    loading.then(onLoaded, () => this.shell.tell({ type: "unloaded" }));
  }

  #openAudit() {
    this.#later(import("../later/audit.js"), ({ Audit }) => {
      this.audit = new Audit({ room: this.room, onAct: (act) => this.#does(act) });
    });
  }

  /** @param {{uses?: number, seconds?: number} | null} [limits] for a new one at once */
  #openInvites(limits = null) {
    const { room, options: { fingerprint } } = this;
    this.#later(import("../later/invites.js"), async ({ Invites, inviteLink, newInvite }) => {
      const onMake = async (/** @type {{uses?: number, seconds?: number}} */ { uses, seconds }) => {
        const { secret, invite } = await newInvite(room.name);
        this.#does({ do: "invite", invite, ...(uses === undefined ? {} : { uses }), ...(seconds === undefined ? {} : { seconds }) });
        return inviteLink(location.origin, room.name, fingerprint, secret);
      };
      this.invites = new Invites({ room, fingerprint, onMake, onRevoke: (invite) => void this.#does({ do: "revoke", invite }) });
      if (limits !== null && this.invites.isStaff && fingerprint !== null) this.invites.showMade(await onMake(limits));
    });
  }

  #openSettings() {
    const { identity, store } = this.options;
    this.#later(import("../later/dialogs.js"), ({ settingsDialog }) => settingsDialog({
      onName: (typed) => {
        const name = parseName(typed);
        if (name !== null) this.#rename(name);
        return name !== null;
      },
      onForget: () => void this.#forget(), hasKey: identity !== null, isLasting: store.isLasting,
      // The texts are everywhere: another language begins anew, and nothing is lost by that.
      onChange: () => {
        if (setting("language", locale().slice(0, 2)) !== locale().slice(0, 2)) location.reload();
        applySettings();
        this.log.update();
      },
    }));
  }

  /** Goes from one message with these words to the next; the newest first. @param {string} text @param {number} step */
  #find(text, step) {
    const { room, log, found } = this;
    const wanted = text.trim().toLowerCase();
    const hits = wanted === "" ? [] : room.timeline.rows().filter((row) => row.seq !== undefined && row.text?.toLowerCase().includes(wanted));
    if (hits.length === 0) {
      log.unmark();
      return wanted === "" ? "" : t("found_none");
    }
    found.at = step === 0 || found.text !== wanted ? hits.length - 1 : (found.at + step + hits.length) % hits.length;
    found.text = wanted;
    log.show(/** @type {number} */ (hits[found.at].seq));
    return t("found", { at: found.at + 1, count: hits.length });
  }

  /** @param {string} name */
  #rename(name) {
    keep("name", name);
    this.room.rename(name);
  }

  async #forget() {
    const { store } = this.options;
    await Identity.forget(store);
    await store.clear("history");
    keep("name", null);
    location.assign("/");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const control = event.ctrlKey || event.metaKey;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "F1" || (control && event.key === "/")) this.#openKeys();
    else if (control && event.key === "f") this.shell.openFind();
    else if (control && event.key === ",") this.#openSettings();
    else if (event.altKey && event.key.toLowerCase() === "u") this.shell.openPeople();
    else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) this.shell.toRoom(event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
  }
}

/** Whether somebody is spoken to who could be us: by name, and by badge where one is said. @param {{name: string, badge?: string}} mention @param {Member} you */
function isMention({ name, badge: sign }, you) {
  const plain = (/** @type {string} */ text) => look(text).replace(/[\s_]/g, "");
  return plain(name) === plain(you.name) && (sign === undefined || badge(you.id) === sign.slice(0, 4));
}

/** @param {string} room */
function remember(room) {
  const rooms = setting("rooms", []).filter((/** @type {string} */ one) => one !== room);
  keep("rooms", [room, ...rooms].slice(0, ROOMS_REMEMBERED));
}
