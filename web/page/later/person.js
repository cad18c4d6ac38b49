// Somebody, and what one may do about them: speak to them, and for those who keep order the rest. Not here: doing it.

import "./texts.js";
import { mayActUpon, mayDo } from "../app/acts.js";
import { isGuest, parseName } from "../app/codec.js";
import { actAbout, secondsOf, wordOf } from "./orders.js";
import { isIgnored } from "../app/ignored.js";
import { nameOf, petname } from "../app/petnames.js";
import { safeLine } from "../app/text.js";
import { t } from "../app/words.js";
import { button, el, openDialog } from "../app/view/dom.js";
import { copy } from "./dialogs.js";
import { avatar } from "../app/view/row.js";

/** @import { Act, Member } from "../app/codec.js" */
/** @import { Verb } from "./orders.js" */

const WHY_CHARS_MAX = 200;

/**
 * @param {Member} member @param {import("../app/room.js").Room} room
 * @param {{onMention: (word: string) => void, onAct: (act: Act) => void,
 *   onIgnore: (isOn: boolean) => void, onCall: (name: string | null) => string}} actions
 */
export function personDialog(member, room, { onMention, onAct, onIgnore, onCall }) {
  const { standing, timeline } = room;
  const [role, isYou] = [standing.roleOf(member.id), timeline.isMine(member.id)];
  const isRuled = !isYou && mayActUpon(standing.role, role);
  const isHidden = isIgnored(member.id);
  const isMuted = standing.mutes.some(({ id }) => id === member.id);
  const done = (/** @type {Act} */ act) => {
    dialog.close();
    onAct(act);
  };
  const plain = (/** @type {Verb} */ verb, /** @type {string} */ text) => button(text, () => done(actAbout(verb, member.id)));
  const asked = (/** @type {Verb} */ verb, /** @type {string} */ text) => button(text, () => ask(verb, text), "btn", { "aria-expanded": "false" });
  const form = el("div", { hidden: true });
  const ask = (/** @type {Verb} */ verb, /** @type {string} */ text) => {
    form.hidden = false;
    form.replaceChildren(reasonForm(text, verb !== "kick", (more) => done(actAbout(verb, member.id, more))));
    form.querySelector("input").focus();
  };
  const copying = button(t("copy"), () => copy(member.id, copying));
  const dialog = openDialog(nameOf(member), t("close"),
    el("div", { className: "line" }, avatar(member), el("span", { className: "soft" }, isYou ? t("you") : roleText(role))),
    el("p", { className: "fp" }, member.id.match(/guest-|.{1,4}/g)?.join(" ") ?? member.id),
    el("p", { className: "small soft" }, isGuest(member.id) ? t("person_guest") : t("person_key")),
    el("div", { className: "line" }, isYou ? null : button(t("mention"), () => {
      dialog.close();
      onMention(wordOf(member, timeline.needsBadge(member)));
    }, "btn go"), copying, isYou ? null : button(isHidden ? t("do_unignore") : t("do_ignore"), () => {
      dialog.close();
      onIgnore(!isHidden);
    })),
    isYou || isGuest(member.id) ? null : petnameForm(member, onCall),
    isHidden ? el("p", { className: "small soft" }, t("ignored_more")) : null,
    isRuled || (mayDo(standing.role, "op") && !isYou) ? el("div", { className: "line", role: "group", "aria-label": t("keep_order") },
      isRuled ? asked("kick", t("do_kick")) : null,
      isRuled ? (isMuted ? plain("unmute", t("do_unmute")) : asked("mute", t("do_mute"))) : null,
      isRuled ? asked("ban", t("do_ban")) : null,
      isRuled && mayDo(standing.role, "op") && !isGuest(member.id) ? rolesOf(role, plain) : null) : null,
    form);
}

/** One's own name for somebody. @param {Member} member @param {(name: string | null) => string} onCall returns what is wrong with it, if anything */
function petnameForm(member, onCall) {
  const problem = el("p", { className: "small problem", role: "alert" });
  const input = el("input", {
    className: "field", value: petname(member.id) ?? "", maxLength: 128, placeholder: safeLine(member.name), autocomplete: "off",
    onchange: () => {
      const name = parseName(input.value);
      problem.textContent = name === null && input.value.trim() !== "" ? t("name_bad") : onCall(name);
    },
  });
  return el("div", {}, el("label", {}, el("span", {}, t("petname")), input), problem,
    petname(member.id) === null ? null : el("p", { className: "small soft" }, t("petname_theirs", { name: safeLine(member.name) })));
}

/** @param {string} role @param {(verb: Verb, text: string) => HTMLElement} plain */
function rolesOf(role, plain) {
  const list = el("span", { className: "line" });
  if (role === "moderator") list.append(plain("deop", t("do_deop")));
  else list.append(plain("op", t("do_op")));
  list.append(plain("own", t("do_own")));
  return list;
}

/** @param {string} role */
export function roleText(role) {
  switch (role) {
    case "owner": return t("role_owner");
    case "moderator": return t("role_moderator");
    case "guest": return t("guest");
    default: return t("role_member");
  }
}

/** A reason, and for how long. @param {string} text @param {boolean} hasTime @param {(more: {why?: string, seconds?: number}) => void} onDone */
function reasonForm(text, hasTime, onDone) {
  const why = el("input", { className: "field", maxLength: WHY_CHARS_MAX });
  const time = el("select", { className: "field" }, ...[
    ["", t("time_ever")], ["10m", t("time_minutes", { count: 10 })], ["1h", t("time_hours", { count: 1 })], ["1d", t("time_days", { count: 1 })], ["7d", t("time_days", { count: 7 })],
  ].map(([value, words]) => el("option", { value }, words)));
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    const seconds = hasTime ? secondsOf(time.value) : null;
    onDone({ ...(why.value.trim() === "" ? {} : { why: why.value.trim() }), ...(seconds === null ? {} : { seconds }) });
  };
  return el("form", { onsubmit: send }, hasTime ? el("label", {}, el("span", {}, t("how_long")), time) : null,
    el("label", {}, el("span", {}, t("reason")), why), el("div", { className: "line" }, el("button", { className: "btn go" }, text)));
}
