// The room on the screen: connects what is shown with what happens, and does what the person asks for. Not here: the
// parts themselves.

import { parseName } from "./codec.js";
import { go } from "./cover.js";
import { Identity } from "./identity.js";
import { ignore, isIgnored } from "./ignored.js";
import { isMention } from "./names.js";
import { Notifier } from "./notify.js";
import { call, petnamed } from "./petnames.js";
import { Room } from "./room.js";
import { forgetRoom, keepNews, knownRooms, newsOf, rememberRoom, roomUrl } from "./rooms.js";
import { keep, setting } from "./store.js";
import { Unread, isForYou } from "./unread.js";
import { Composer } from "./view/composer.js";
import { Door } from "./view/door.js";
import { Log, isSpoken } from "./view/log.js";
import { People } from "./view/people.js";
import { signed } from "./view/row.js";
import { Shell } from "./view/shell.js";
import { asset } from "./view/start.js";
import { choose, locale, setLanguage, t } from "./words.js";

/** @import { Audit } from "../later/audit.js" */
/** @import { Invites } from "../later/invites.js" */
/** @import { Act, Member } from "./codec.js" */
/** @import { Order } from "../later/orders.js" */
/** @import { Store } from "./store.js" */
/** @import { Row } from "./timeline.js" */
/** @typedef {{name: string, room: string, secret: string | null, fingerprint: string | null, identity: Identity | null, store: Store,
 *   at?: number | null}} Options `at` is the place of a message to begin at */

/** How often a page that nobody looks at is brought up to date, in milliseconds. */
const HIDDEN_FRAME_MS = 200;
/** What a server says before it hangs up without having let anybody in. */
const WAITS = new Set(["full", "too_many"]);
/** How often it is kept up to where one has read, in milliseconds. */
const KEEP_SEEN_MS = 500;

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
    this.unread = new Unread(room.name);
    /** The newest message for the person when Alt+M was last pressed, and where it led. @type {{newest: number, at: number} | null} */
    this.mention = null;
    this.notifier = new Notifier(room.name, asset("icon-180.png"), (where, seq) => (where === room.name ? void this.#goTo(seq) : go(roomUrl(where, seq))));
    this.log = new Log({
      room, isYou: (mention) => isMention(mention, room.timeline.you), act: (action, row, detail) => this.#act(action, row, detail),
      onSeen: () => this.#drawUnread(), onLeave: () => this.composer.focus(),
    });
    this.composer = new Composer({
      room, onSay: (body) => void room.say(body), onEnd: () => this.log.toEnd(),
      onOrder: (order, typing) => this.#order(order, typing),
    });
    this.people = new People({ room, onPerson: (member) => this.#openPerson(member) });
    this.shell = new Shell({
      room, log: this.log.element, say: this.composer.element, people: this.people.element, onInvite: () => this.#openInvites(),
      onSettings: () => this.#openSettings(), onSwitch: () => this.#openSwitcher(), onFind: (text, step) => this.#find(text, step), onFindEnd: () => this.log.unmark(),
    });
    /** @type {Invites | null} */
    this.invites = null;
    /** @type {Audit | null} */
    this.audit = null;
    this.isDue = false;
    this.found = { text: "", at: 0 };
    /** The message to go to once it is there. @type {{seq: number, isAsked: boolean, isAnswered: boolean} | null} */
    this.goal = options.at ? { seq: options.at, isAsked: false, isAnswered: false } : null;
    this.isWatching = false;
    /** What is shown instead of the room, to whoever is not let in. @type {Door | null} */
    this.door = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.keeping = undefined;
  }

  /** Shows the room and comes in. */
  async start() {
    rememberRoom(this.room.name);
    navigator.locks?.request(`papo in ${this.room.name}`, { mode: "shared" }, () => new Promise(() => {}));
    navigator.storage?.persist?.().catch(() => {});
    document.body.replaceChildren(this.shell.element);
    this.composer.focus();
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.log.update();
      this.#drawUnread();
    });
    addEventListener("focus", () => this.#drawUnread());
    addEventListener("pagehide", () => this.unread.keep());
    addEventListener("papo-news", () => this.shell.drawSide());
    addEventListener("storage", ({ key }) => {
      if (key === `papo.seen.${this.room.name}`) this.unread.reread();
      if (key === "papo.news" || key === "papo.rooms") this.shell.drawSide();
    });
    await this.room.start();
    this.#happened({ type: "started" });
  }

  /** Whatever happens is drawn once a frame, however much it is. @param {any} event */
  #happened(event) {
    const { log, shell } = this;
    if (event.type === "message") this.#came(event);
    if (event.type === "joined") this.#joined(event);
    if (event.type === "missed") log.missed(event.after);
    if (event.type === "ended") this.#ended(event);
    // With something to read one waits in the room.
    const isWaiting = event.type === "closing" ? WAITS.has(event.code) : event.type === "refused" && this.room.session.stage === "joining";
    if (isWaiting && this.room.headAtJoin === 0 && this.room.timeline.rows().length === 0) this.#showDoor(event);
    if (event.type === "history") this.#answered(event.messages);
    if (event.type === "access") this.#standingTold();
    // What is wanted later is on this server: fetched now, it is there when the server is not.
    if (event.type === "servers") import("../later/all.js").catch(() => {});
    if (event.type === "audit" && this.audit?.isOpen) this.audit.told(event);
    shell.tell(event);
    this.door?.draw();
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
    const { room, notifier } = this;
    // What was said while there was no connection is no news any more.
    const isNews = isSpoken(message) && !room.timeline.isMine(message.from.id) && message.seq > room.headAtJoin && !isIgnored(message.from.id);
    if (isNews && !isSeen) notifier.came(room.name, message, isForYou(message, room.timeline));
  }

  /** @param {{epoch: string, head: number}} joined */
  #joined(joined) {
    const { unread, log, room, options } = this;
    if (this.door !== null) {
      this.door = null;
      document.body.replaceChildren(this.shell.element);
      this.composer.focus();
    }
    const seen = unread.joined(joined);
    if (seen !== null && seen < joined.head) log.missed(seen);
    if (this.isWatching || options.identity === null || !knownRooms().some((one) => one !== room.name)) return;
    this.isWatching = true;
    // The other rooms can wait, also for as long as there is no network.
    import("../later/watch.js").then(({ watch }) => watch(room.name, options, (where, message, isForMe) => this.notifier.came(where, message, isForMe)), () => {});
  }

  /** @param {import("./view/door.js").Refusal} event */
  #ended(event) {
    if (["left", "kicked", "banned", "no_entry"].includes(event.code)) forgetRoom(this.room.name);
    this.#showDoor(event);
  }

  /** @param {import("./view/door.js").Refusal} event */
  #showDoor(event) {
    const onRename = () => {
      keep("name", null);
      location.reload();
    };
    this.door = new Door({ room: this.room, event, onRename });
    document.querySelector("dialog[open]")?.remove();
    document.body.replaceChildren(this.door.element);
    this.door.focus();
  }

  /** What nobody has looked at yet; whoever looks at the end has seen everything. */
  #drawUnread() {
    const { unread, room, log } = this;
    if (!document.hidden && document.hasFocus() && log.isAtEnd && room.state.state === "joined") {
      unread.saw(room.session.position);
      this.keeping ??= setTimeout(() => {
        this.keeping = undefined;
        unread.keep();
      }, KEEP_SEEN_MS);
    }
    const news = unread.news(room.timeline);
    keepNews(room.name, news);
    this.notifier.show(news.count);
  }

  /** Shows a message, which may have to be fetched first. @param {number} seq */
  #goTo(seq) {
    if (this.log.show(seq)) return;
    this.goal = { seq, isAsked: false, isAnswered: false };
    this.#draw();
  }

  /** Goes to the newest loaded message for the person, each further time to the one before it, and behind the oldest to the end. */
  #toMention() {
    this.#later(import("../later/typing.js"), ({ nextMention }) => {
      this.mention = nextMention(this.room.timeline, this.mention);
      if (this.mention) return this.#goTo(this.mention.at);
      this.log.unmark();
      this.log.toEnd();
    });
  }

  /** A page of history, which may be the one that was asked for on the way, or another. @param {import("./codec.js").Message[]} messages */
  #answered(messages) {
    const { goal } = this;
    if (goal?.isAsked && messages.length > 0 && messages[0].seq <= goal.seq && goal.seq <= messages[messages.length - 1].seq) goal.isAnswered = true;
  }

  /** Goes to where one wanted to, once the way there is loaded. */
  #reachGoal() {
    const { goal, room, log } = this;
    if (goal === null || room.state.state !== "joined" || room.isLoading) return;
    if (log.show(goal.seq) || goal.isAnswered) this.goal = null;
    else if (!goal.isAsked) {
      goal.isAsked = true;
      room.loadAround(goal.seq);
    }
  }

  #standingTold() {
    if (this.invites?.isOpen) this.invites.draw();
    if (this.audit?.isOpen) this.audit.drawStanding();
  }

  #draw() {
    this.isDue = false;
    this.log.update();
    this.#reachGoal();
    this.#drawUnread();
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

  /** What is done with a message. @param {string} action @param {any} row @param {string} [detail] */
  #act(action, row, detail) {
    const { room, composer, log, shell } = this;
    switch (action) {
      case "reply": return composer.reply(row);
      case "edit": return row.text === undefined ? undefined : composer.edit(row);
      case "delete": return void room.say({ delete: row.seq });
      case "react": return void room.say({ react: { to: row.seq, emoji: detail ?? "" } });
      case "unreact": return void room.say({ react: { to: row.seq, emoji: detail ?? "", remove: true } });
      case "choose": return log.chooseEmoji(row);
      case "copy": return void navigator.clipboard.writeText(row.text ?? "").catch(() => {});
      case "link": return void navigator.clipboard.writeText(new URL(roomUrl(room.name, row.seq), location.origin).href).then(() => shell.note(t("link_copied")), () => {});
      case "show": return this.#goTo(row.reply);
      case "dismiss": return composer.putBack(room.dismiss(row.id)?.text ?? "");
      case "retry": {
        const body = room.dismiss(row.id);
        if (body) room.say(body);
      }
    }
  }

  /** What a command asks for. Returns what is wrong with it, if anything. @param {Order} order @param {typeof import("../later/typing.js")} typing */
  #order(order, { aboutMessage, actAbout, findMember }) {
    const { room } = this;
    switch (order.kind) {
      case "wrong": return order.text;
      case "rename": this.#rename(order.name); break;
      case "leave": room.leave(); break;
      case "join": go(roomUrl(order.room)); break;
      case "older": room.loadOlder(order.count); this.log.toTop(); break;
      case "act": return this.#does(order.act);
      case "invite": this.#openInvites(order); break;
      case "show": this.#show(order.what); break;
      case "revoke": {
        const meant = room.standing.invites.filter(({ invite }) => invite.startsWith(order.invite));
        return meant.length === 1 ? this.#does({ do: "revoke", invite: meant[0].invite }) : t("order_no_invite", { invite: order.invite });
      }
      case "message": {
        const done = aboutMessage(order, room.timeline);
        if ("wrong" in done) return done.wrong;
        if ("body" in done) room.say(done.body);
        // Once the box has lost the command.
        else queueMicrotask(() => this.#act(done.action, done.row));
        break;
      }
      case "calls": return petnamed().length === 0 ? t("calls_none") : petnamed().map(signed).join(", ");
      case "about": case "whois": case "ignore": case "call": {
        const found = findMember(order.whom, this.#known());
        if ("wrong" in found) return found.wrong;
        if (order.kind === "about") return this.#does(actAbout(order.verb, found.id, order));
        if (order.kind === "call") return this.#call(found.id, order.name);
        if (order.kind === "ignore") this.#ignore(found.id, order.isOn);
        else this.#openPerson(this.#known().find(({ id }) => id === found.id) ?? { id: found.id, name: found.id });
      }
    }
    return "";
  }

  /** Everybody whom a word can mean. @returns {Member[]} */
  #known() {
    const { members, standing: { staff, bans, mutes }, timeline } = this.room;
    const others = [...staff.values(), ...bans, ...mutes].filter(({ name }) => name !== undefined);
    return [...petnamed(), ...members.values(), .../** @type {Member[]} */ (others), ...timeline.rows().map(({ from }) => from)];
  }

  /** @param {string} id @param {string | null} name @returns what is wrong with it, if anything */
  #call(id, name) {
    const { room, log, people } = this;
    const outcome = room.timeline.isMine(id) ? "guest" : call(id, name);
    if (outcome === "taken") return t("petname_taken");
    if (outcome === "guest") return t("petname_guest");
    if (name !== null) room.timeline.alsoCalled({ id, name });
    log.update();
    people.draw();
    return "";
  }

  /** @param {string} id @param {boolean} isOn */
  #ignore(id, isOn) {
    if (this.room.timeline.isMine(id)) return;
    ignore(id, isOn);
    this.log.update();
    this.people.draw();
    this.shell.note(isOn ? t("ignored") : t("not_ignored"));
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
        onMention: (word) => composer.mention(word), onAct: (act) => this.#does(act), onIgnore: (isOn) => this.#ignore(member.id, isOn),
        onCall: (name) => this.#call(member.id, name),
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

  #openSwitcher() {
    this.#later(import("../later/switcher.js"), ({ switcherDialog }) => switcherDialog(this.room.name, (room) => go(roomUrl(room))));
  }

  /** Goes to the next room with something new. */
  #toNews() {
    const rooms = knownRooms().filter((room) => room !== this.room.name && newsOf(room).count > 0);
    const next = rooms.find((room) => newsOf(room).mentions > 0) ?? rooms[0];
    if (next !== undefined) go(roomUrl(next));
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
        return inviteLink(room.hosts.origin, room.name, fingerprint, secret, room.hosts.others);
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
      room: this.room.name, onForget: () => void this.#forget(), hasKey: identity !== null, isLasting: store.isLasting,
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
    if (document.querySelector("dialog[open]") || this.door !== null) return;
    const isTyped = /** @type {Element | null} */ (event.target)?.matches?.("input, textarea, select");
    if (event.key === "F1" || (control && event.key === "/") || (event.key === "?" && !isTyped)) this.#openKeys();
    else if (control && event.key === "k") this.#openSwitcher();
    else if (event.altKey && event.key.toLowerCase() === "a") this.#toNews();
    else if (event.altKey && event.key.toLowerCase() === "m") this.#toMention();
    else if (control && event.key === "f") this.shell.openFind();
    else if (control && event.key === ",") this.#openSettings();
    else if (event.altKey && event.key.toLowerCase() === "u") this.shell.openPeople();
    else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) this.shell.toRoom(event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
  }
}
