// Who is in the room: a list that can be searched, with what each is here. Not here: what can be done about somebody.

import { nameOf } from "../petnames.js";
import { safeLine } from "../text.js";
import { t } from "../words.js";
import { el } from "./dom.js";
import { avatar, person } from "./row.js";

/** @import { Member } from "../codec.js" */

/** How many people are listed: more cost a phone more than they tell. */
const LISTED_MAX = 200;
/** So many letters of an id are a sign, and fewer are nothing. */
const SIGN_LETTERS = 4;
/** From so many on there is something to search with. */
const SEARCH_FROM = 8;

export class People {
  /** @param {{room: import("../room.js").Room, onPerson: (member: Member) => void}} context */
  constructor(context) {
    this.context = context;
    this.title = el("h2", {});
    this.search = el("input", {
      className: "field", type: "search", "aria-label": t("people_search"), placeholder: t("people_search"), hidden: true, autocomplete: "off",
      oninput: () => this.draw(),
    });
    this.list = el("ul", {});
    this.none = el("p", { className: "small soft", role: "status" });
    this.element = el("aside", { className: "people", "aria-label": t("people_title"), id: "people" }, this.title, this.search, this.list, this.none);
    this.drawn = "";
  }

  /** Draws who is there now, where that has changed. */
  draw() {
    const { room } = this.context;
    const { timeline, standing } = room;
    const wanted = plain(this.search.value);
    const all = [...room.members.values()];
    all.sort((one, other) => nameOf(one).localeCompare(nameOf(other)) || (one.id < other.id ? -1 : 1));
    const fitting = wanted === "" ? all : all.filter((one) => plain(one.name).includes(wanted) || plain(nameOf(one)).includes(wanted) || (wanted.length >= SIGN_LETTERS && one.id.replace("guest-", "").startsWith(wanted)));
    const members = fitting.slice(0, LISTED_MAX);
    const rows = members.map((member) => ({
      member, needsBadge: timeline.needsBadge(member), isYou: timeline.isMine(member.id), role: standing.roleOf(member.id), called: nameOf(member),
    }));
    const sign = JSON.stringify([room.count, all.length, wanted, rows]);
    if (sign === this.drawn) return;
    this.drawn = sign;
    this.title.textContent = room.count > all.length ? t("people_many", { count: room.count }) : t("people", { count: room.count });
    this.search.hidden = all.length < SEARCH_FROM && wanted === "";
    this.none.textContent = wanted !== "" && rows.length === 0 ? t("found_none") : "";
    const focused = this.list.contains(document.activeElement) ? document.activeElement?.getAttribute("data-id") : null;
    this.list.replaceChildren(...rows.map((row) => this.#item(row)));
    if (focused) this.list.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  /** @param {{member: Member, needsBadge: boolean, isYou: boolean, role: string}} row */
  #item({ member, needsBadge, isYou, role }) {
    const mark = role === "owner" ? t("role_owner") : role === "moderator" ? t("role_moderator") : "";
    const text = el("span", { className: "called" }, ...person(member, needsBadge), isYou ? el("span", { className: "aside" }, t("you")) : null,
      mark === "" ? null : el("span", { className: "role" }, mark));
    return el("li", {}, el("button", {
      type: "button", className: "one", "data-id": member.id, "aria-haspopup": "dialog", title: safeLine(member.name), onclick: () => this.context.onPerson(member),
    }, avatar(member, true), text));
  }
}

/** Letters without their marks, as one types in a hurry. @param {string} text */
function plain(text) {
  return text.normalize("NFD").replaceAll(/\p{Mn}/gu, "").toLowerCase().trim();
}
