// The small windows: settings, keys and commands. Not here: what the settings do.

import { mayDo } from "../app/acts.js";
import { COMMANDS } from "../app/orders.js";
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

/** The keys, and the commands that one's role has. @param {string} role */
export function keysDialog(role) {
  const keys = [
    ["Enter", t("key_send")], ["Shift+Enter", t("key_newline")], ["Tab", t("key_complete")], ["↑", t("key_edit")], ["Esc", t("key_end")],
    ["Ctrl+F", t("key_find")], ["Alt+↑ ↓", t("key_rooms")], ["Alt+U", t("key_people")], ["Ctrl+,", t("settings")],
    ["↑ ↓ Home End", t("key_rows")], ["r e + y Del", t("key_act")], ["F1 Ctrl+/", t("key_help")],
  ];
  const commands = COMMANDS.filter(({ verb }) => verb === undefined || mayDo(role, verb)).map(({ name, what }) => [`/${name}`, what()]);
  const list = (/** @type {string[][]} */ rows) => el("dl", { className: "stack" },
    ...rows.map(([key, meaning]) => el("div", { className: "keyline" }, el("dt", {}, el("kbd", {}, key)), el("dd", {}, meaning))));
  openDialog(t("keys"), t("close"), list(keys), el("h3", {}, t("commands")), list([...commands, ["//…", t("order_slash")]]));
}

/**
 * @param {{onName: (name: string) => boolean, onChange: () => void, onForget: () => void, hasKey: boolean, isLasting: boolean}} context
 */
export function settingsDialog({ onName, onChange, onForget, hasKey, isLasting }) {
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
  const asked = async () => {
    onChange();
    if (setting("notify", "none") === "none") return;
    if ((await globalThis.Notification?.requestPermission()) !== "granted") error.textContent = t("notify_refused");
  };
  openDialog(t("settings"), t("close"), labelled(t("settings_name"), name), error,
    labelled(t("settings_language"), choice("language", document.documentElement.lang.slice(0, 2), [["en", "English"], ["pt", "Português"]])),
    labelled(t("settings_theme"), choice("theme", "system", [["system", t("theme_system")], ["light", t("theme_light")], ["dark", t("theme_dark")]])),
    labelled(t("settings_notify"), choice("notify", "none", [["none", t("notify_none")], ["mentions", t("notify_mentions")], ["all", t("notify_all")]], asked)),
    check("notify_hide", false, t("notify_hide")), check("enter", true, t("settings_enter")), check("presence", true, t("settings_presence")),
    el("p", { className: "small soft" }, t("encrypted_more")), el("p", { className: "small soft" }, !hasKey ? t("no_key") : isLasting ? t("key_kept") : t("key_lost")),
    el("details", {}, el("summary", {}, t("forget")), el("p", { className: "small" }, t("forget_text")), button(t("forget"), onForget)));
}
