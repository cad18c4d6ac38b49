// A room as this window has it: the session with its socket, the timeline, who is there, and the outbox in the browser's
// database. Does what the session says is to be done. Not here: anything that is shown.

import { Hosts } from "./hosts.js";
import { TYPING_EVERY_MS, TYPING_MS } from "./limits.js";
import { petnamed } from "./petnames.js";
import { Presence } from "./presence.js";
import { Recent } from "./recent.js";
import { Session } from "./session.js";
import { Standing } from "./standing.js";
import { Timeline } from "./timeline.js";

/** @import { Identity } from "./identity.js" */
/** @import { Store } from "./store.js" */
/** @import { Body, Member } from "./codec.js" */

const HISTORY_PAGE = 100;
const AUDIT_PAGE = 50;
const TICK_MS = 1000;
/** So long after the last message the newest ones are kept for the next visit. */
const KEEP_AFTER_MS = 300;
/** Endings after which nothing of the room stays here. */
const OUT = new Set(["kicked", "banned", "no_entry"]);

export class Room {
  /** What was left unsent is known. @type {() => void} */
  #isReady = () => {};

  /**
   * @param {{name: string, room: string, secret: string | null, identity: Identity | null, store: Store}} options
   * @param {(event: any) => void} onEvent told whatever has happened, after it was taken note of
   */
  constructor({ name, room, secret, identity, store }, onEvent) {
    this.options = { name, room, secret };
    this.identity = identity;
    this.store = store;
    this.onEvent = onEvent;
    this.name = room;
    this.timeline = new Timeline({ id: identity?.id ?? "guest-aaaaaaaaaaaaa", name });
    for (const member of petnamed()) this.timeline.alsoCalled(member);
    /** @type {Map<string, Member>} */
    this.members = new Map();
    this.count = 0;
    /** Who writes, and until when. @type {Map<string, {member: Member, until: number}>} */
    this.typing = new Map();
    this.standing = new Standing();
    this.presence = new Presence();
    this.recent = new Recent();
    this.state = { state: "connecting", untilMs: 0 };
    this.isLoading = false;
    this.headAtJoin = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.keeping = undefined;
    this.typedAt = -Infinity;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.hosts = Hosts.ofPage();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** Until then what is said waits. @type {Promise<void>} */
    this.ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
    /** Made anew in `start`, once it is known what was left unsent. */
    this.session = new Session({ ...this.options, hasKey: identity !== null });
    /** The outbox's entries belong to a window, so that two of them do not send the same. */
    this.windowId = crypto.randomUUID();
    this.counter = 0;
  }

  /** Takes over what an earlier window has left unsent, and connects. */
  async start() {
    holdLock(this.windowId);
    const [mine, cached] = [await this.#adopt(), await this.#remembered()];
    const position = this.identity === null ? mine.find((one) => one.position)?.position ?? null : null;
    const formerIds = [...new Set(mine.flatMap((one) => one.formerIds ?? []))];
    this.session = new Session({
      ...this.options, hasKey: this.identity !== null, position, cached, formerIds,
      outbox: mine.map(({ id, body }) => ({ id, body })),
    });
    this.session.serverCount = this.hosts.ring.length;
    for (const { id, body, time } of mine) this.timeline.say(id, body, time);
    setInterval(() => this.#tick(), TICK_MS);
    addEventListener("online", () => this.retry());
    addEventListener("pageshow", (event) => event.persisted && this.retry());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#keepRecent();
      else this.#looked();
    });
    this.#isReady();
    this.#connect();
  }

  /** Says something: shown at once, on disk before it is on the way. @param {Body} body */
  async say(body) {
    const id = crypto.randomUUID();
    const time = new Date().toISOString();
    this.timeline.say(id, body, time);
    this.onEvent({ type: "said", id });
    this.counter += 1;
    const entry = {
      id, body, time, room: this.name, window: this.windowId, order: `${time} ${String(this.counter).padStart(8, "0")}`,
      ...(this.identity === null ? { position: this.session.position, formerIds: this.session.formerIds } : {}),
    };
    // In the order in which they were said, also where one takes longer to be kept.
    this.saying = (this.saying ?? this.ready).then(async () => {
      await this.store.put("outbox", id, entry);
      this.#do(this.session.say(id, body));
    });
    await this.saying;
  }

  /** Takes a failed message away and gives back what it said. @param {string} id */
  dismiss(id) {
    const body = this.timeline.dismiss(id);
    this.onEvent({ type: "dismissed", id });
    return body;
  }

  /** Asks for older messages, one page at a time. @param {number} [limit] */
  loadOlder(limit = HISTORY_PAGE) {
    const before = this.timeline.historyBefore();
    if (before === null || this.isLoading || this.state.state !== "joined") return;
    this.isLoading = true;
    this.#do(this.session.ask({ type: "history", before, limit }));
  }

  /** Asks for what was said before and after a message that is not loaded. @param {number} seq */
  loadAround(seq) {
    if (this.state.state !== "joined") return;
    this.isLoading = true;
    this.#do(this.session.ask({ type: "history", before: seq + HISTORY_PAGE / 2, limit: HISTORY_PAGE }));
  }

  /** Asks how the room stands; the answer is an event. */
  askAccess() {
    this.#do(this.session.ask({ type: "access" }));
  }

  /** Asks for what was done in the room, older than a place. @param {number} [before] */
  askAudit(before) {
    this.#do(this.session.ask({ type: "audit", limit: AUDIT_PAGE, ...(before === undefined ? {} : { before }) }));
  }

  /** Leaves, and does not come back by itself. */
  leave() {
    this.#do(this.session.leave());
  }

  tellTyping() {
    const now = performance.now();
    if (now - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = now;
    this.#do(this.session.ask({ type: "typing" }));
  }

  /** @param {string} name */
  rename(name) {
    this.#do(this.session.rename(name));
  }

  /** Does not wait any longer. */
  retry() {
    if (this.session.stage !== "waiting") return;
    clearTimeout(this.timer);
    this.#connect();
  }

  /** Somebody looks at the page again, perhaps after having been at the page of another server. */
  #looked() {
    this.#do(this.session.ping(performance.now()));
    if (this.session.stage !== "waiting" || this.hosts.failed === null) return;
    this.hosts.aim();
    this.retry();
  }

  #connect() {
    this.#do(this.session.connecting());
    const socket = new WebSocket(`wss://${this.hosts.turn()}/socket`);
    this.socket = socket;
    let isOpened = false;
    const isCurrent = () => this.socket === socket;
    const gone = () => {
      if (!isCurrent()) return;
      this.socket = null;
      if (!isOpened) this.hosts.missed();
      this.#do(this.session.closed(performance.now()));
    };
    socket.onopen = () => {
      if (!isCurrent()) return;
      isOpened = true;
      this.#do(this.session.opened(performance.now()));
    };
    socket.onmessage = ({ data }) => {
      if (!isCurrent()) return;
      try {
        this.#do(this.session.heard(String(data), performance.now()));
      } catch (error) {
        // No papo server, or a broken one.
        console.error(error);
        socket.close();
        gone();
      }
    };
    socket.onclose = gone;
    this.gone = gone;
  }

  /** @param {import("./session.js").Effect[]} effects */
  #do(effects) {
    for (const effect of effects) {
      switch (effect.do) {
        case "send":
          if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(effect.message));
          break;
        case "prove":
          this.#prove(effect.nonce, this.socket);
          break;
        case "connect":
          clearTimeout(this.timer);
          this.timer = setTimeout(() => this.#connect(), effect.afterMs);
          break;
        case "close":
          // A dead connection closes in its own time; the next one does not wait for it.
          this.socket?.close();
          this.gone?.();
          break;
        case "settled":
          this.store.remove("outbox", effect.id);
          break;
        case "tell":
          this.#told(effect.event);
          break;
      }
    }
  }

  /** @param {string} nonce @param {WebSocket | null} socket */
  async #prove(nonce, socket) {
    if (this.identity === null) return;
    const { key, proof } = await this.identity.prove(nonce, this.name, location.origin);
    if (this.socket === socket) this.#do(this.session.proved(key, proof));
  }

  /** Takes note of what the session tells. @param {any} event */
  #told(event) {
    // Before the timeline knows of it: who came after a message stands below it, also where that is not loaded yet.
    const after = Math.max(this.timeline.newestRow(), this.headAtJoin);
    this.timeline.apply(event);
    switch (event.type) {
      case "state":
        this.state = event;
        if (event.state !== "joined") this.typing.clear();
        break;
      case "ended":
        clearTimeout(this.timer);
        this.state = { state: "ended", untilMs: 0 };
        this.members.clear();
        this.typing.clear();
        this.count = 0;
        if (OUT.has(event.code)) this.#forgetRecent();
        break;
      case "servers":
        this.hosts.told(event.servers);
        this.session.serverCount = this.hosts.ring.length;
        break;
      case "latency":
        // The first answer comes behind all that is said to whoever comes in.
        this.hosts.settled();
        this.session.serverCount = this.hosts.ring.length;
        break;
      case "joined":
        this.hosts.joined();
        this.isLoading = false;
        this.headAtJoin = event.head;
        this.askAccess();
        break;
      case "message":
        this.typing.delete(event.from.id);
        this.#said(event);
        break;
      case "history":
        this.isLoading = false;
        this.#remember(event.messages);
        break;
      case "reset":
        this.#forgetRecent();
        break;
      case "access":
        this.standing.told(event, performance.now());
        break;
      case "failed":
      case "refused":
        // A refusal that is about no message may have been the answer for which older messages wait.
        if (event.about === undefined) this.isLoading = false;
        if (this.standing.refused(event, performance.now())) this.askAccess();
        break;
    }
    this.#present(event, after);
    this.onEvent(event);
  }

  /** A message of the stream. @param {any} message */
  #said(message) {
    const now = performance.now();
    const isMine = (/** @type {string} */ id) => this.timeline.isMine(id);
    if (message.act && this.standing.acted(message, isMine, now)) this.askAccess();
    if (!message.act && isMine(message.from.id)) this.standing.spoke(now);
    this.#remember([message]);
  }

  /** Who is here. @param {any} event @param {number} after the place below which it is told */
  #present(event, after) {
    const isOther = (/** @type {Member} */ member) => !this.timeline.isMine(member.id);
    switch (event.type) {
      case "joined":
        this.members = new Map((event.members ?? []).map((/** @type {Member} */ member) => [member.id, member]));
        this.count = event.count;
        if (!event.members) this.#do(this.session.ask({ type: "members" }));
        break;
      case "members":
        for (const member of event.members) this.members.set(member.id, member);
        this.count = event.count;
        break;
      case "entered":
        this.presence.came(event.members.filter((/** @type {Member} */ one) => isOther(one) && !this.members.has(one.id)), after);
        for (const member of event.members) this.members.set(member.id, member);
        this.presence.compare(event.members.filter(isOther), this.members.values(), after);
        this.count = event.count;
        break;
      case "renamed":
        for (const member of event.members) {
          const before = this.members.get(member.id)?.name;
          if (before !== undefined) this.presence.renamed(before, member, after);
          this.members.set(member.id, member);
        }
        this.presence.compare(event.members.filter(isOther), this.members.values(), after);
        break;
      case "left":
        this.presence.left(event.members.filter((/** @type {Member} */ one) => isOther(one) && this.members.has(one.id)), after);
        for (const { id } of event.members) this.members.delete(id);
        this.count = event.count;
        break;
      case "count":
        this.count = event.count;
        break;
      case "typing":
        for (const member of event.members.filter(isOther)) this.typing.set(member.id, { member, until: performance.now() + TYPING_MS });
        break;
    }
  }

  /** What an earlier visit has kept, shown before anything is asked. */
  async #remembered() {
    const kept = this.identity === null ? null : await this.store.get("history", this.name);
    if (!kept?.messages?.length) return null;
    this.timeline.apply({ type: "history", messages: kept.messages });
    this.recent.add(kept.messages);
    this.onEvent({ type: "remembered" });
    return { epoch: kept.epoch, seq: kept.messages.at(-1).seq };
  }

  /** @param {import("./codec.js").Message[]} messages */
  #remember(messages) {
    if (this.identity === null) return;
    this.recent.add(messages);
    this.keeping ??= setTimeout(() => this.#keepRecent(), KEEP_AFTER_MS);
  }

  #keepRecent() {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    const messages = this.recent.list();
    const epoch = this.session.position?.epoch;
    if (this.identity !== null && epoch && messages.length > 0) this.store.put("history", this.name, { epoch, messages });
  }

  #forgetRecent() {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    this.recent.clear();
    this.store.remove("history", this.name);
  }

  #tick() {
    const now = performance.now();
    for (const [id, { until }] of this.typing) if (until < now) this.typing.delete(id);
    this.#do(this.session.tick(now));
    if (this.standing.isAskDue(now)) this.askAccess();
    this.onEvent({ type: "tick" });
  }

  /** The outbox of this room that no other open window has. @returns {Promise<any[]>} */
  async #adopt() {
    const kept = (await this.store.outbox()).filter((one) => one.room === this.name);
    const open = await openWindows();
    const mine = kept.filter((one) => !open.has(one.window));
    for (const one of mine) await this.store.put("outbox", one.id, { ...one, window: this.windowId });
    return mine.sort((one, other) => (one.order < other.order ? -1 : 1));
  }
}

/** As long as this window is there, others see that it is. @param {string} windowId */
function holdLock(windowId) {
  navigator.locks?.request(`papo ${windowId}`, () => new Promise(() => {}));
}

/** The windows that are open. */
async function openWindows() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.map(({ name = "" }) => name.replace("papo ", "")));
}
