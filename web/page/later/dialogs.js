// The small windows: settings, keys and commands. Not here: what the settings do.

import "./texts.js";
import { mayDo } from "../app/acts.js";
import { COMMANDS } from "./orders.js";
import { keep, setting } from "../app/store.js";
import { t } from "../app/words.js";
import { button, el, openDialog } from "../app/view/dom.js";

/** Copies a text and says so on the button. @param {string} text @param {HTMLElement} from */
export async function copy(text, from) {
  await navigator.clipboard.writeText(text);
  const before = from.textContent;
  from.textContent = t("copied");
  setTimeout(() => {
    from.textContent = before;
  }, 1500);
}

/** Every key that the room has, and what it does. @type {{keys: string, what: () => string}[]} */
export const KEYS = [
  { keys: "Enter", what: () => t("key_send") }, { keys: "Shift+Enter", what: () => t("key_newline") }, { keys: "Tab", what: () => t("key_complete") },
  { keys: "↑", what: () => t("key_edit") }, { keys: "Ctrl+↑ ↓", what: () => t("key_lines") }, { keys: "Esc", what: () => t("key_end") },
  { keys: "Ctrl+F", what: () => t("key_find") }, { keys: "Ctrl+K", what: () => t("key_switch") }, { keys: "Alt+↑ ↓", what: () => t("key_rooms") },
  { keys: "Alt+A", what: () => t("key_news") }, { keys: "Alt+M", what: () => t("key_mentions") }, { keys: "Alt+U", what: () => t("key_people") }, { keys: "Ctrl+,", what: () => t("settings") },
  { keys: "Shift+Tab", what: () => t("key_to_log") }, { keys: "↑ ↓ PgUp PgDn Home End", what: () => t("key_rows") },
  { keys: "r e + y l Del", what: () => t("key_act") }, { keys: "F1 Ctrl+/ ?", what: () => t("key_help") },
];

/** The keys, and the commands that one's role has. @param {string} role */
export function keysDialog(role) {
  const commands = COMMANDS.filter(({ verb }) => verb === undefined || mayDo(role, verb)).map(({ name, what }) => [`/${name}`, what()]);
  const list = (/** @type {string[][]} */ rows) => el("dl", { className: "stack" },
    ...rows.map(([key, meaning]) => el("div", { className: "keyline" }, el("dt", { className: "line" }, ...key.split(" ").map((one) => el("kbd", {}, one))), el("dd", {}, meaning))));
  openDialog(t("keys"), t("close"), list(KEYS.map(({ keys, what }) => [keys, what()])), el("h3", {}, t("commands")), list([...commands, ["//…", t("order_slash")]]));
}

/**
 * @param {{room: string, onName: (name: string) => boolean, onChange: () => void, onForget: () => void, hasKey: boolean, isLasting: boolean}} context
 */
export function settingsDialog({ room, onName, onChange, onForget, hasKey, isLasting }) {
  const error = el("p", { className: "small problem", role: "alert" });
  const name = el("input", {
    className: "field", value: setting("name", ""), maxLength: 128,
    onchange: () => {
      error.textContent = onName(name.value) ? "" : t("name_bad");
    },
  });
  const choice = (/** @type {string} */ key, /** @type {string} */ otherwise, /** @type {string[][]} */ options, after = onChange) => {
    const chosen = setting(key, otherwise);
    const select = el("select", { className: "field", onchange: () => {
      keep(key, select.value);
      after();
    } },
      ...options.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
    return select;
  };
  const check = (/** @type {string} */ key, /** @type {boolean} */ otherwise, /** @type {string} */ label) => {
    const box = el("input", { type: "checkbox", checked: setting(key, otherwise), onchange: () => {
      keep(key, box.checked);
      onChange();
    } });
    return el("label", { className: "line" }, box, label);
  };
  const labelled = (/** @type {string} */ label, /** @type {HTMLElement} */ control) => el("label", {}, el("span", {}, label), control);
  openDialog(t("settings"), t("close"), labelled(t("settings_name"), name), error,
    labelled(t("settings_language"), choice("language", document.documentElement.lang.slice(0, 2), [["en", "English"], ["pt", "Português"]])),
    labelled(t("settings_theme"), choice("theme", "system", [["system", t("theme_system")], ["light", t("theme_light")], ["dark", t("theme_dark")]])),
    noticeSettings(room),
    check("enter", true, t("settings_enter")), check("presence", true, t("settings_presence")),
    el("p", { className: "small soft" }, t("encrypted_more")), el("p", { className: "small soft" }, !hasKey ? t("no_key") : isLasting ? t("key_kept") : t("key_lost")),
    hasKey ? el("p", { className: "small soft" }, t("key_elsewhere")) : null,
    el("details", {}, el("summary", {}, t("forget")), el("p", { className: "small" }, t("forget_text")), button(t("forget"), onForget)));
}

/** What one is told of, here and in the other rooms, and when. @param {string} room */
function noticeSettings(room) {
  const levels = [["all", t("notify_all")], ["mentions", t("notify_mentions")], ["none", t("notify_none")]];
  const select = (/** @type {string} */ label, /** @type {string[][]} */ options, /** @type {string} */ chosen, /** @type {(value: string) => void} */ onchange) => el("label", {}, el("span", {}, label),
    el("select", { className: "field", onchange: (/** @type {any} */ event) => onchange(event.target.value) }, ...options.map(([value, text]) => el("option", { value, selected: value === chosen }, text))));
  const leave = el("div", { className: "line small" });
  const drawLeave = () => {
    const permission = globalThis.Notification?.permission ?? "denied";
    leave.hidden = permission === "granted";
    leave.replaceChildren(el("span", { className: "soft grow" }, permission === "denied" ? t("notify_refused") : t("notify_ask")),
      permission === "denied" ? "" : button(t("notify_allow"), () => Notification.requestPermission().then(drawLeave)));
  };
  drawLeave();
  const quiet = setting("quiet", null);
  const [from, to] = [["from", "22:00"], ["to", "07:00"]].map(([key, otherwise]) => el("input", {
    className: "field", type: "time", value: quiet?.[key] ?? otherwise, required: true, disabled: quiet === null, onchange: () => keepQuiet(), "aria-label": key === "from" ? t("quiet_from") : t("quiet_to"),
  }));
  const isQuiet = el("input", { type: "checkbox", checked: quiet !== null, onchange: () => keepQuiet() });
  const keepQuiet = () => {
    for (const field of [from, to]) field.disabled = !isQuiet.checked;
    if (from.value !== "" && to.value !== "") keep("quiet", isQuiet.checked ? { from: from.value, to: to.value } : null);
  };
  const isHidden = el("input", { type: "checkbox", checked: setting("notify_hide", false), onchange: () => keep("notify_hide", isHidden.checked) });
  return el("fieldset", { className: "stack" }, el("legend", {}, t("settings_notify")), leave,
    select(t("notify_everywhere"), levels, setting("notify", "mentions"), (value) => keep("notify", value)),
    select(t("notify_here", { room }), [["", t("notify_as_everywhere")], ...levels], setting(`notify.${room}`, ""), (value) => keep(`notify.${room}`, value === "" ? null : value)),
    el("label", { className: "line" }, isHidden, t("notify_hide")), el("label", { className: "line" }, isQuiet, t("quiet")), el("div", { className: "pair" }, from, to));
}
