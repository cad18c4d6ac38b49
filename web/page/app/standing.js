// How a room stands: what one may do in it, who keeps order, and what holds for everybody. Told by the server's `access`
// and kept up by the acts that follow. Pure: times are passed in. Not here: asking, and what is shown.

import { rank } from "./acts.js";

/** @import { Act, Member, Message, Whom } from "./codec.js" */
/** @typedef {{id: string, name?: string, role: string}} Staff */
/** @typedef {{id: string, name?: string, until?: string}} Sanctioned */
/** @typedef {{invite: string, by: Member, used: number, left?: number, until?: string, owner?: boolean}} Invited */

/** Acts after which a client asks again how it stands, where they are about itself. */
const ABOUT_ONE = new Set(["mute", "unmute", "op", "deop"]);
/** While somebody is muted for a time, it is asked again so often whether it is over: clocks cannot be trusted. */
const ASK_AGAIN_MS = 30_000;

export class Standing {
  /** @type {string} */
  role = "member";
  isOpen = true;
  isLocked = false;
  isAnnounce = false;
  slowSeconds = 0;
  isSlowAuto = false;
  /** Whether one may not speak, and until when the server says so. @type {{until: string | null} | null} */
  muted = null;
  /** Who keeps order, by id. @type {Map<string, Staff>} */
  staff = new Map();
  /** @type {Sanctioned[]} */
  bans = [];
  /** @type {Sanctioned[]} */
  mutes = [];
  /** @type {Invited[]} */
  invites = [];
  /** When one may speak again in slow mode, on the clock that is passed in. */
  #speakAtMs = 0;
  #askAtMs = Infinity;

  /** What the server says of it. @param {any} access @param {number} nowMs */
  told(access, nowMs) {
    this.role = access.role;
    this.isOpen = access.open;
    this.isLocked = access.locked ?? false;
    this.isAnnounce = access.announce ?? false;
    this.slowSeconds = access.slow ?? 0;
    this.isSlowAuto = access.slow_auto ?? false;
    this.#mute(access.muted ? { until: access.muted.until ?? null } : null, nowMs);
    // Unasked it comes without lists, which does not mean that they are empty.
    if (access.staff) this.staff = new Map(access.staff.map((/** @type {Staff} */ one) => [one.id, one]));
    this.bans = access.bans ?? [];
    this.mutes = access.mutes ?? [];
    this.invites = access.invites ?? [];
  }

  /**
   * An act has been done. Returns whether the server has to be asked how things are now.
   * @param {Message} message @param {(id: string) => boolean} isMine @param {number} nowMs
   */
  acted(message, isMine, nowMs) {
    const act = /** @type {Act} */ (message.act);
    const { whom } = act;
    if (act.do === "announce") this.isAnnounce = act.on === true;
    if (act.do === "lock") this.isLocked = act.on === true;
    if (act.do === "slow") {
      this.slowSeconds = act.seconds ?? 0;
      this.isSlowAuto = act.seconds === undefined;
      if (this.slowSeconds === 0) this.#speakAtMs = nowMs;
    }
    if (act.do === "op" && whom) this.staff.set(whom.id, { ...whom, role: act.role ?? "moderator" });
    if (act.do === "deop" && whom) this.staff.delete(whom.id);
    if (act.do === "enter" && act.role === "owner") this.staff.set(message.from.id, { ...message.from, role: "owner" });
    if ((act.do === "kick" || act.do === "ban") && whom) this.staff.delete(whom.id);
    if (whom) this.#sanction(act.do, whom);
    if (act.do === "mute" && whom && isMine(whom.id)) this.#mute({ until: null }, nowMs);
    if (act.do === "unmute" && whom && isMine(whom.id)) this.#mute(null, nowMs);
    const isAboutMe = whom !== undefined && isMine(whom.id) && ABOUT_ONE.has(act.do);
    return isAboutMe || this.isSlowAuto && act.do === "slow" || act.do === "enter" && isMine(message.from.id);
  }

  /** Something of ours has got its place, so that slow mode counts from now. @param {number} nowMs */
  spoke(nowMs) {
    if (this.slowSeconds > 0 && !this.isStaff) this.#speakAtMs = nowMs + 1000 * this.slowSeconds;
  }

  /** What a refusal says about how things are. @param {{code: string, retry_after?: number}} error @param {number} nowMs */
  refused({ code, retry_after: seconds = 0 }, nowMs) {
    if (code === "slow_mode") this.#speakAtMs = Math.max(this.#speakAtMs, nowMs + 1000 * seconds);
    if (code === "announce_only") this.isAnnounce = true;
    if (code === "muted" && this.muted === null) this.#mute({ until: null }, nowMs);
    return code === "muted" || code === "announce_only" || code === "slow_mode" && this.slowSeconds === 0;
  }

  /** Whether it is time to ask again. @param {number} nowMs */
  isAskDue(nowMs) {
    if (nowMs < this.#askAtMs) return false;
    this.#askAtMs = nowMs + ASK_AGAIN_MS;
    return true;
  }

  /** Whether we keep order here. */
  get isStaff() {
    return rank(this.role) >= rank("moderator");
  }

  /** How many seconds one still waits before one may speak. @param {number} nowMs */
  waitSeconds(nowMs) {
    return this.isStaff ? 0 : Math.max(0, Math.ceil((this.#speakAtMs - nowMs) / 1000));
  }

  /** What keeps one from speaking, if anything. @returns {"muted" | "announce" | null} */
  get silence() {
    if (this.muted !== null) return "muted";
    return this.isAnnounce && !this.isStaff ? "announce" : null;
  }

  /** What somebody is in the room. @param {string} id */
  roleOf(id) {
    return this.staff.get(id)?.role ?? (id.startsWith("guest-") ? "guest" : "member");
  }

  /** Those who may look at the lists see them change at once. @param {string} verb @param {Whom} whom */
  #sanction(verb, whom) {
    const without = (/** @type {Sanctioned[]} */ list) => list.filter(({ id }) => id !== whom.id);
    if (verb === "mute" || verb === "unmute") this.mutes = [...without(this.mutes), ...(verb === "mute" ? [whom] : [])];
    if (verb === "ban" || verb === "unban") this.bans = [...without(this.bans), ...(verb === "ban" ? [whom] : [])];
  }

  /** @param {{until: string | null} | null} muted @param {number} nowMs */
  #mute(muted, nowMs) {
    this.muted = muted;
    this.#askAtMs = muted === null ? Infinity : nowMs + ASK_AGAIN_MS;
  }
}
