// The first screen: who one wants to be and which room; what the browser's warning means; and what happens to the key.

import { fromBase32, toHex } from "../bytes.js";
import { parseName, parseRoom } from "../codec.js";
import { keep, setting } from "../store.js";
import { t } from "../words.js";
import { el } from "./dom.js";

/** The way to a file of the page. @param {string} name */
export function asset(name) {
  return new URL(`../../${name}`, import.meta.url).pathname;
}

export function brand() {
  return el("div", { className: "brand" }, el("img", { src: asset("icon.svg"), alt: "", width: 24, height: 24 }), "papo");
}

/**
 * @param {{room: string | null, fingerprint: string | null, hasKey: boolean, isLasting: boolean, problem?: string}} known
 * @param {(name: string, room: string) => void} onJoin
 */
export function startScreen({ room, fingerprint, hasKey, isLasting, problem }, onJoin) {
  const error = el("p", { className: "small problem", role: "alert", id: "problem" }, problem ?? "");
  const field = (/** @type {string} */ label, /** @type {string} */ value, /** @type {Record<string, any>} */ properties) => {
    const input = el("input", { className: "field", value, required: true, "aria-describedby": "problem", ...properties });
    return { input, row: el("label", {}, el("span", {}, label), input) };
  };
  const name = field(t("your_name"), setting("name", ""), { autocomplete: "nickname", maxLength: 128, autofocus: true });
  const where = field(t("room_name"), room ?? "lobby", { autocapitalize: "none", spellcheck: false, maxLength: 64 });
  const join = (/** @type {Event} */ event) => {
    event.preventDefault();
    const [goodName, goodRoom] = [parseName(name.input.value), parseRoom(where.input.value)];
    error.textContent = goodName === null ? t("name_bad") : goodRoom === null ? t("room_bad") : "";
    if (goodName === null) name.input.focus();
    else if (goodRoom === null) where.input.focus();
    else {
      keep("name", goodName);
      onJoin(goodName, goodRoom);
    }
  };
  const form = el("form", { className: "card", onsubmit: join, noValidate: true },
    el("h1", {}, room === null ? t("join_title") : t("invite_of", { room })), name.row, room === null ? where.row : null, error,
    el("button", { className: "btn go" }, t("join")),
    el("p", { className: "small soft" }, !hasKey ? t("no_key") : isLasting ? t("key_kept") : t("key_lost")));
  return el("main", { className: "start" }, brand(), el("p", { className: "soft" }, t("lead")), form, recent(), warned(fingerprint));
}

function recent() {
  const rooms = setting("rooms", []);
  if (rooms.length === 0) return null;
  return el("nav", { className: "line small", "aria-label": t("recent_rooms") }, el("span", { className: "soft" }, `${t("recent_rooms")}:`),
    ...rooms.map((/** @type {string} */ room) => el("a", { href: `/${room}` }, room)));
}

/** Why the browser has warned, and what to compare. Browsers write fingerprints in hexadecimal. @param {string | null} fingerprint */
function warned(fingerprint) {
  const bytes = fingerprint === null ? null : fromBase32(fingerprint);
  if (fingerprint === null || bytes === null) return null;
  const grouped = (/** @type {string} */ text) => text.match(/.{1,4}/g)?.join(" ");
  return el("details", { className: "card" }, el("summary", {}, t("warned_title")),
    el("p", { className: "small" }, t("warned")), el("p", { className: "fp" }, grouped(toHex(bytes))),
    el("p", { className: "small" }, t("warned_letters")), el("p", { className: "fp" }, grouped(fingerprint)));
}
