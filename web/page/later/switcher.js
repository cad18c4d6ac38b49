// Goes from room to room by a few letters: the rooms that this browser knows, those with something new first, and any other
// by its whole name. Not here: being in a room.

import "./texts.js";
import { parseRoom } from "../app/codec.js";
import { knownRooms, newsOf } from "../app/rooms.js";
import { t } from "../app/words.js";
import { el, openDialog } from "../app/view/dom.js";
import { newsNode } from "../app/view/shell.js";

/**
 * The rooms that fit what is typed: those with something for us first, then those with something new, then as one was in them.
 * @param {string} typed @param {string} here @param {string[]} known @param {(room: string) => {count: number, mentions: number}} news
 * @returns {{room: string, isNew: boolean}[]}
 */
export function fitting(typed, here, known, news) {
  const wanted = typed.trim().toLowerCase().replace(/^#/, "");
  const weight = (/** @type {string} */ room) => (room === here ? -1 : news(room).mentions > 0 ? 2 : news(room).count > 0 ? 1 : 0);
  const rooms = [...new Set([...known, here])].filter((room) => room.includes(wanted));
  rooms.sort((one, other) => Number(other.startsWith(wanted)) - Number(one.startsWith(wanted)) || weight(other) - weight(one));
  const other = parseRoom(wanted);
  const isOther = other !== null && !rooms.includes(other);
  return [...rooms.map((room) => ({ room, isNew: false })), ...(isOther ? [{ room: other, isNew: true }] : [])];
}

/** @param {string} here @param {(room: string) => void} onRoom */
export function switcherDialog(here, onRoom) {
  let [at, /** @type {{room: string, isNew: boolean}[]} */ rooms] = [0, fitting("", here, knownRooms(), newsOf)];
  const list = el("ul", { className: "rooms", role: "listbox", id: "rooms", "aria-label": t("rooms") });
  const none = el("p", { className: "small soft", role: "status" });
  const input = el("input", {
    className: "field", role: "combobox", "aria-controls": "rooms", "aria-expanded": "true", "aria-autocomplete": "list", autocomplete: "off",
    autocapitalize: "none", spellcheck: false, maxLength: 65, "aria-label": t("switch_find"), placeholder: t("switch_find"), autofocus: true,
    oninput: () => draw(0),
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (event.key === "Enter" && rooms[at]) onRoom(rooms[at].room);
      else if (step !== 0 && rooms.length > 0) draw((at + step + rooms.length) % rooms.length);
      else return;
      event.preventDefault();
    },
  });
  const draw = (/** @type {number} */ chosen) => {
    rooms = fitting(input.value, here, knownRooms(), newsOf);
    at = Math.min(chosen, Math.max(0, rooms.length - 1));
    list.replaceChildren(...rooms.map(({ room, isNew }, index) => el("li", {
      role: "option", id: `room-${index}`, "aria-selected": String(index === at), onclick: () => onRoom(room),
    }, el("span", { className: "grow" }, isNew ? t("switch_to", { room }) : room),
    room === here ? el("span", { className: "aside" }, t("switch_here")) : newsNode(newsOf(room)))));
    none.textContent = rooms.length === 0 ? t("room_bad") : "";
    if (rooms.length > 0) input.setAttribute("aria-activedescendant", `room-${at}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  openDialog(t("switch"), t("close"), input, list, none);
  draw(rooms.length > 1 && rooms[0].room === here ? 1 : 0);
}
