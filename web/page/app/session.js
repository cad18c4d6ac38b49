// The conversation with a server, pure: what the server says and the time go in, effects come out. It knows when to say
// what again, so that nothing is lost and nothing said twice. Not here: sockets, storage, keys, and what is shown.

import { badge, decodeServer, isGuest } from "./codec.js";
import { PING_AFTER_MS, PROTOCOL_VERSION, SILENCE_MS_MAX } from "./limits.js";

/** @import { Body, Member } from "./codec.js" */
/**
 * What is to be done.
 * @typedef {{do: "send", message: object}
 *   | {do: "prove", nonce: string}
 *   | {do: "connect", afterMs: number}
 *   | {do: "close"}
 *   | {do: "tell", event: any}
 *   | {do: "settled", id: string}} Effect
 */
/** @typedef {{id: string, body: Body}} Outgoing */

const BACKOFF_MS = 500;
const BACKOFF_MS_MAX = 30_000;
/** After so long in a room the waiting begins anew. */
const STEADY_MS = 30_000;
/** Within this time all who were on a server that is gone are on another one: at once would be all at the same time. */
const MOVING_SPREAD_MS = 5000;
/** Refusals after which a message is still to be said. */
const PASSING = new Set(["too_fast", "log_failed", "slow_mode"]);
/** Those after which it is said again by itself, after a while. */
const TRIED_AGAIN = new Set(["log_failed", "slow_mode"]);
const HISTORY_AT_FIRST = 60;
/** Where no more than this was missed, all of it is asked for. */
const HISTORY_MISSED_MAX = 200;

export class Session {
  /**
   * @param {{name: string, room: string, hasKey: boolean, outbox?: Outgoing[], formerIds?: string[],
   *   position?: {seq: number, epoch: string} | null, cached?: {seq: number, epoch: string} | null, secret?: string | null, random?: () => number}} options
   */
  constructor({ name, room, hasKey, outbox = [], formerIds = [], position = null, cached = null, secret = null, random = Math.random }) {
    this.name = name;
    this.room = room;
    this.hasKey = hasKey;
    this.secret = secret;
    this.random = random;
    /** On how many servers the room is. */
    this.serverCount = 1;
    this.outbox = [...outbox];
    this.formerIds = [...formerIds];
    /** Up to where everything is known, and of which log. */
    this.position = position;
    /** Up to where messages of an earlier visit are shown, and of which log. */
    this.cached = cached;
    /** @type {Member | null} */
    this.you = null;
    /** @type {"connecting" | "greeting" | "joining" | "joined" | "waiting" | "ended"} */
    this.stage = "connecting";
    this.failures = 0;
    this.joinedAt = 0;
    this.heardAt = 0;
    /** @type {number | null} */
    this.pingedAt = null;
    /** @type {number | null} */
    this.latencyMs = null;
    /** A guest's repeats are not known to the server: first it reads up to here, then it sends again. */
    /** @type {number | null} */
    this.resendAt = null;
    /** @type {number | null} */
    this.comeBackAfterMs = null;
    /** @type {number | null} */
    this.retryAt = null;
  }

  /** A connection is there. @param {number} now @returns {Effect[]} */
  opened(now) {
    this.stage = "greeting";
    this.heardAt = now;
    this.pingedAt = null;
    this.comeBackAfterMs = null;
    return [];
  }

  /** The server has said something. @param {string} line @param {number} now @returns {Effect[]} */
  heard(line, now) {
    if (this.stage === "ended" || this.stage === "waiting") return [];
    this.heardAt = now;
    const message = decodeServer(line);
    if (message === null) return [];
    switch (message.type) {
      case "welcome":
        return this.#welcome(message);
      case "joined":
        return this.#joined(message, now);
      case "message":
        return this.#message(message);
      case "truncated":
        this.position = { epoch: this.position?.epoch ?? "", seq: message.next - 1 };
        return [tell(message), ...this.#resendIfRead()];
      case "error":
        return this.#error(message, now);
      case "closing":
        return this.#closing(message);
      case "ping":
        return [send({ type: "pong" })];
      case "pong":
        if (this.pingedAt !== null) this.latencyMs = Math.max(0, Math.round(now - this.pingedAt));
        this.pingedAt = null;
        return [tell({ type: "latency", ms: this.latencyMs })];
      default:
        return [tell(message)];
    }
  }

  /** The proof for this connection is made. @param {string} key @param {string} proof @returns {Effect[]} */
  proved(key, proof) {
    return this.stage === "joining" ? [send({ ...this.#joinFields(), key, proof })] : [];
  }

  /** The connection is gone, or could not be made. @param {number} now @returns {Effect[]} */
  closed(now) {
    if (this.stage === "ended" || this.stage === "waiting") return [];
    const wasJoined = this.stage === "joined";
    if (wasJoined && now - this.joinedAt >= STEADY_MS) this.failures = 0;
    const factor = 0.5 + this.random();
    const backoff = Math.min(BACKOFF_MS * 2 ** Math.min(this.failures, 10), BACKOFF_MS_MAX) * factor;
    const asked = this.comeBackAfterMs === null ? 0 : this.comeBackAfterMs + 1000 * this.random();
    // Once around all of them; where each one ends it again soon, waiting does.
    const moves = wasJoined && this.serverCount > 1 && this.failures < this.serverCount;
    this.failures += 1;
    const afterMs = Math.round(moves ? MOVING_SPREAD_MS * this.random() : Math.max(backoff, asked));
    // What this server has asked for is not for the next one.
    if (moves) this.comeBackAfterMs = null;
    this.stage = "waiting";
    this.resendAt = null;
    this.retryAt = null;
    return [tell({ type: "state", state: "waiting", afterMs, untilMs: now + afterMs, wasJoined }), { do: "connect", afterMs }];
  }

  /** A new attempt begins. @returns {Effect[]} */
  connecting() {
    if (this.stage === "ended") return [];
    this.stage = "connecting";
    return [tell({ type: "state", state: "connecting" })];
  }

  /** Time has passed. @param {number} now @returns {Effect[]} */
  tick(now) {
    if (this.stage !== "joined") return [];
    /** @type {Effect[]} */
    const effects = [];
    if (this.retryAt !== null && now >= this.retryAt) {
      this.retryAt = null;
      effects.push(...this.#resend());
    }
    const silence = now - this.heardAt;
    if (silence >= SILENCE_MS_MAX) return [...effects, { do: "close" }];
    if (silence >= PING_AFTER_MS && this.pingedAt === null) effects.push(...this.ping(now));
    return effects;
  }

  /** Asks how far away the server is. @param {number} now @returns {Effect[]} */
  ping(now) {
    if (this.stage !== "joined" || this.pingedAt !== null) return [];
    this.pingedAt = now;
    return [send({ type: "ping" })];
  }

  /** Something to be said. @param {string} id @param {Body} body @returns {Effect[]} */
  say(id, body) {
    this.outbox.push({ id, body });
    // While something before it waits to be said again, it is not: order is kept.
    return this.stage === "joined" && this.resendAt === null && this.retryAt === null ? [send({ type: "say", id, ...body })] : [];
  }

  /** Leaves for good: where there is no connection that could be told, at once. @returns {Effect[]} */
  leave() {
    if (this.stage === "ended") return [];
    return this.stage === "joined" ? [send({ type: "leave" })] : this.#end({ type: "ended", code: "left", text: "" });
  }

  /** Something that matters only now. @param {object} message @returns {Effect[]} */
  ask(message) {
    return this.stage === "joined" ? [send(message)] : [];
  }

  /** Another name from now on. @param {string} name @returns {Effect[]} */
  rename(name) {
    this.name = name;
    return this.ask({ type: "rename", name });
  }

  /** @returns {Effect[]} @param {any} message */
  #welcome(message) {
    if (message.protocol !== PROTOCOL_VERSION) return this.#end({ type: "ended", code: "version" });
    this.stage = "joining";
    return this.hasKey ? [{ do: "prove", nonce: message.nonce }] : [send(this.#joinFields())];
  }

  #joinFields() {
    /** @type {Record<string, any>} */
    const fields = { type: "join", name: this.name, room: this.room, agent: "papo-page/1" };
    if (this.position) Object.assign(fields, { after: this.position.seq, epoch: this.position.epoch });
    if (this.secret) Object.assign(fields, { invite: this.secret });
    return fields;
  }

  /** @returns {Effect[]} @param {any} message @param {number} now */
  #joined(message, now) {
    /** @type {Effect[]} */
    const effects = [];
    const before = this.position;
    const isFirst = before === null;
    if (before !== null && before.epoch !== message.epoch) effects.push(tell({ type: "reset" }));
    const isSame = before !== null && before.epoch === message.epoch;
    this.position = { epoch: message.epoch, seq: isSame ? Math.min(before.seq, message.head) : message.head };
    const isOtherGuest = isGuest(message.you.id) && this.outbox.length > 0 && this.formerIds.length > 0;
    if (!this.formerIds.includes(message.you.id)) this.formerIds.push(message.you.id);
    this.you = message.you;
    this.stage = "joined";
    this.joinedAt = now;
    effects.push(tell(message), tell({ type: "state", state: "joined" }), ...this.ping(now));
    if (!isSame) effects.push(...this.#catchUp(message, isFirst));
    this.resendAt = isOtherGuest && isSame ? message.head : null;
    return [...effects, ...(this.resendAt === null ? this.#resend() : this.#resendIfRead())];
  }

  /** The newest messages; where those of an earlier visit are shown already, only what has come since. @returns {Effect[]} @param {{head: number, epoch: string}} joined @param {boolean} isFirst */
  #catchUp({ head, epoch }, isFirst) {
    const { cached } = this;
    this.cached = null;
    /** @type {Effect[]} */
    const effects = [];
    const isVoid = cached !== null && (!isFirst || cached.epoch !== epoch || cached.seq > head);
    if (isVoid && isFirst) effects.push(tell({ type: "reset" }));
    const missed = cached === null || isVoid ? Infinity : head - cached.seq;
    if (missed > 0 && Number.isFinite(missed)) effects.push(tell({ type: "missed", after: cached?.seq }));
    const limit = missed <= HISTORY_MISSED_MAX ? missed : HISTORY_AT_FIRST;
    if (head > 0 && limit > 0) effects.push(send({ type: "history", before: head + 1, limit }));
    return effects;
  }

  /** @returns {Effect[]} @param {any} message */
  #message(message) {
    const isOwn = this.formerIds.includes(message.from.id);
    const isWaited = isOwn && this.outbox.some((one) => one.id === message.id);
    /** @type {Effect[]} */
    const effects = [];
    if (isWaited) {
      this.outbox = this.outbox.filter((one) => one.id !== message.id);
      effects.push({ do: "settled", id: message.id });
    }
    const next = (this.position?.seq ?? 0) + 1;
    if (message.seq === next) {
      this.position = { epoch: this.position?.epoch ?? "", seq: next };
      effects.push(tell(message));
    } else if (message.seq < next || isWaited) {
      effects.push(tell({ type: "sent", id: message.id, seq: message.seq, time: message.time }));
    } else {
      // A gap, which a correct server does not make: coming back with `after` fills it.
      effects.push({ do: "close" });
    }
    return [...effects, ...this.#resendIfRead()];
  }

  /** @returns {Effect[]} @param {any} message @param {number} now */
  #error(message, now) {
    // What passes is followed by a closing that says when to come back.
    if (this.stage === "joining" && PASSING.has(message.code)) return [tell({ ...message, type: "refused" })];
    if (this.stage === "joining") return this.#end({ ...message, type: "ended", isRefusal: true });
    const about = this.outbox.find((one) => one.id === message.about);
    const isTriedAgain = message.code === "log_failed" || (about && TRIED_AGAIN.has(message.code));
    if (isTriedAgain) this.retryAt ??= now + 1000 * (message.retry_after ?? 5);
    if (!about || PASSING.has(message.code)) return [tell({ ...message, type: "refused" })];
    this.outbox = this.outbox.filter((one) => one !== about);
    return [{ do: "settled", id: about.id }, tell({ ...message, type: "failed", id: about.id })];
  }

  /** @param {any} message @returns {Effect[]} */
  #closing(message) {
    const isOver = message.code === "left" || message.code === "kicked" || message.code === "banned";
    if (isOver) return this.#end({ ...message, type: "ended" });
    this.comeBackAfterMs = 1000 * (message.after ?? 0);
    return [tell({ ...message, type: "closing" })];
  }

  /** @returns {Effect[]} @param {any} event */
  #end(event) {
    this.stage = "ended";
    return [tell(event), { do: "close" }];
  }

  /** @returns {Effect[]} */
  #resend() {
    return this.outbox.map(({ id, body }) => send({ type: "say", id, ...body }));
  }

  /** A guest has read up to where it was when it came: what is left was not stored. @returns {Effect[]} */
  #resendIfRead() {
    if (this.stage !== "joined" || this.resendAt === null || (this.position?.seq ?? 0) < this.resendAt) return [];
    this.resendAt = null;
    return this.#resend();
  }
}

/** @param {object} message @returns {Effect} */
function send(message) {
  return { do: "send", message };
}

/** @param {any} event @returns {Effect} */
function tell(event) {
  return { do: "tell", event };
}

/** How somebody is called where the name alone is not enough. @param {Member} member */
export function fullName(member) {
  return `${member.name}#${badge(member.id)}`;
}
