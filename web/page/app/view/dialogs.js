// The small windows: settings, invite, keys. Not here: what the settings do.

import { keep, setting } from "../store.js";
import { t } from "../words.js";
import { button, el, openDialog } from "./dom.js";

/** Copies a text and says so on the button. */
export async function copy(text, from) {
  await navigator.clipboard.writeText(text);
  const before = from.textContent;
  from.textContent = t("copied");
  setTimeout(() => {
    from.textContent = before;
  }, 1500);
}

/** @param {string} room @param {string | null} fingerprint */
export function inviteDialog(room, fingerprint) {
  const link = `${location.origin}/${room}${fingerprint ? `#${fingerprint}` : ""}`;
  const copying = button(t("copy"), () => copy(link, copying), "btn go");
  openDialog(t("invite_title"), t("close"), el("p", {}, t("invite_text")), el("p", { className: "fp" }, link),
    fingerprint ? null : el("p", { className: "small soft" }, t("invite_fragment")), el("div", { className: "line" }, copying));
}

export function keysDialog() {
  const rows = [
    ["Enter", t("key_send")], ["Shift+Enter", t("key_newline")], ["↑", t("key_edit")], ["Esc", t("key_end")], ["Ctrl+F", t("key_find")],
    ["↑ ↓ Home End", t("key_rows")], ["r e + y Del", t("key_act")], ["F1 Ctrl+/", t("key_help")],
  ];
  openDialog(t("keys"), t("close"), el("dl", { className: "stack" },
    ...rows.map(([keys, meaning]) => el("div", { className: "line" }, el("dt", {}, el("kbd", {}, keys)), el("dd", {}, meaning)))));
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
  const choice = (key, otherwise, options, after = onChange) => {
    const chosen = setting(key, otherwise);
    const select = el("select", { className: "field", onchange: () => {
      keep(key, select.value);
      after();
    } },
      ...options.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
    return select;
  };
  const check = (key, otherwise, label) => {
    const box = el("input", { type: "checkbox", checked: setting(key, otherwise), onchange: () => keep(key, box.checked) });
    return el("label", { className: "line" }, box, label);
  };
  const labelled = (label, control) => el("label", {}, el("span", {}, label), control);
  const asked = async () => {
    if (setting("notify", "none") === "none") return;
    if ((await globalThis.Notification?.requestPermission()) !== "granted") error.textContent = t("notify_refused");
  };
  openDialog(t("settings"), t("close"), labelled(t("settings_name"), name), error,
    labelled(t("settings_language"), choice("language", document.documentElement.lang.slice(0, 2), [["en", "English"], ["pt", "Português"]])),
    labelled(t("settings_theme"), choice("theme", "system", [["system", t("theme_system")], ["light", t("theme_light")], ["dark", t("theme_dark")]])),
    labelled(t("settings_notify"), choice("notify", "none", [["none", t("notify_none")], ["mentions", t("notify_mentions")], ["all", t("notify_all")]], asked)),
    check("notify_hide", false, t("notify_hide")), check("enter", true, t("settings_enter")),
    el("p", { className: "small soft" }, t("encrypted_more")), el("p", { className: "small soft" }, !hasKey ? t("no_key") : isLasting ? t("key_kept") : t("key_lost")),
    el("details", {}, el("summary", {}, t("forget")), el("p", { className: "small" }, t("forget_text")), button(t("forget"), onForget)));
}
