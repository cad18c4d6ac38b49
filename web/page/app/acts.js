// Acts: what changes a room besides what is said in it. What each says in a sentence, and which role it takes. Pure. Not
// here: what follows from them, which is in standing.js.

import { badge } from "./codec.js";
import { nameOf, petname } from "./petnames.js";
import { safeLine } from "./text.js";
import { t } from "./words.js";

/** @import { Act, Member, Message, Whom } from "./codec.js" */
/** @typedef {"guest" | "member" | "moderator" | "owner" | "operator"} Role */

/** Whoever runs the server, who is no member of the room. */
const OPERATOR = "operator2222222222222222";

/** How high each role is. @type {Record<string, number>} */
const RANKS = { guest: 0, member: 1, moderator: 2, owner: 3, operator: 4 };

const OF_OWNERS = new Set(["op", "deop"]);

/** So many characters name an invite to a person. */
export const INVITE_LETTERS = 8;

/** How high a role is; one that a later version has is nothing. @param {string} role */
export function rank(role) {
  return Object.hasOwn(RANKS, role) ? RANKS[role] : 0;
}

/** Whether a role may do such acts at all. @param {string} role @param {string} verb what stands in an act's `do` */
export function mayDo(role, verb) {
  return rank(role) >= (OF_OWNERS.has(verb) ? RANKS.owner : RANKS.moderator);
}

/** Whether one may act upon somebody: they must be lower. @param {string} role @param {string} theirs */
export function mayActUpon(role, theirs) {
  return rank(role) >= RANKS.moderator && rank(role) > rank(theirs);
}

/** Seconds as a person says them: in the largest unit that fits. @param {number} seconds */
export function timeSaid(seconds) {
  const unit = /** @type {[number, string][]} */ ([[86_400, "d"], [3600, "h"], [60, "min"], [1, "s"]])
    .find(([each]) => seconds % each === 0) ?? [1, "s"];
  return `${seconds / unit[0]} ${unit[1]}`;
}

/** What somebody is called in a sentence about an act. @param {Whom} whom */
export function whomName(whom) {
  if (whom.id === OPERATOR) return t("operator");
  return whom.name === undefined && petname(whom.id) === null ? `#${badge(whom.id)}` : nameOf({ name: "", ...whom });
}

/**
 * An act in a sentence, with its reason.
 * @param {Message} message with an `act` @param {(whom: Whom) => string} [nameOf] how somebody is shown
 */
export function actText({ from, act }, nameOf = whomName) {
  const who = nameOf(from);
  const text = sentence(/** @type {Act} */ (act), who, nameOf);
  return act?.why ? `${text}: \u2068${safeLine(act.why)}\u2069` : text;
}

/** @param {Act} act @param {string} who @param {(whom: Whom) => string} nameOf */
function sentence(act, who, nameOf) {
  const whom = act.whom ? nameOf(act.whom) : "";
  const time = timeSaid(act.seconds ?? 0);
  const invite = (act.invite ?? "").slice(0, INVITE_LETTERS);
  switch (act.do) {
    case "kick": return t("act_kick", { who, whom });
    case "ban": return act.seconds === undefined ? t("act_ban", { who, whom }) : t("act_ban_for", { who, whom, time });
    case "unban": return t("act_unban", { who, whom });
    case "mute": return act.seconds === undefined ? t("act_mute", { who, whom }) : t("act_mute_for", { who, whom, time });
    case "unmute": return t("act_unmute", { who, whom });
    case "slow":
      if (act.seconds === undefined) return t("act_slow_auto", { who });
      return act.seconds === 0 ? t("act_slow_off", { who }) : t("act_slow", { who, time });
    case "announce": return act.on ? t("act_announce", { who }) : t("act_announce_off", { who });
    case "lock": return act.on ? t("act_lock", { who }) : t("act_unlock", { who });
    case "op": return act.role === "owner" ? t("act_own", { who, whom }) : t("act_op", { who, whom });
    case "deop": return t("act_deop", { who, whom });
    case "invite": return t("act_invite", { who, invite });
    case "revoke": return t("act_revoke", { who, invite });
    case "enter": return act.role === "owner" ? t("act_enter_owner", { who }) : t("act_enter", { who, invite });
    default: return t("act_unknown", { who });
  }
}
