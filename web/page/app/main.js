// The page's beginning: reads the address, shows the start or the room, and connects what is shown with what happens.

import { badge, parseFragment, parseName, parseRoom } from "./codec.js";
import { Identity } from "./identity.js";
import { look } from "./names.js";
import { Notifier } from "./notify.js";
import { Room } from "./room.js";
import { Store, keep, setting } from "./store.js";
import { Composer } from "./view/composer.js";
import { copy, inviteDialog, keysDialog, settingsDialog } from "./view/dialogs.js";
import { Log } from "./view/log.js";
import { Shell } from "./view/shell.js";
import { asset, startScreen } from "./view/start.js";
import { choose, locale, setLanguage, t } from "./words.js";

const ROOMS_REMEMBERED = 12;

/** What the address says: the room, and the invite behind the `#`, whose secret does not stay there. */
function readAddress() {
  const path = location.pathname.slice(1);
  const room = path === "" ? null : parseRoom(decodeURIComponent(path));
  const invite = parseFragment(location.hash);
  const secret = invite?.secret ?? null;
  if (secret !== null) history.replaceState(null, "", `${location.pathname}#${invite.fingerprint}`);
  return { room, fingerprint: invite?.fingerprint ?? null, secret };
}

function applySettings() {
  setLanguage(setting("language", choose(navigator.languages)));
  document.documentElement.lang = locale();
  const theme = setting("theme", "system");
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

async function begin() {
  applySettings();
  const address = readAddress();
  const store = await Store.open();
  const identity = await Identity.load(store);
  const known = { ...address, hasKey: identity !== null, isLasting: store.isLasting };
  const name = parseName(setting("name", ""));
  if (address.room !== null && name !== null) {
    enter({ ...known, name, room: address.room, store, identity });
  } else {
    const join = (chosen, room) => {
      if (room !== address.room) history.pushState(null, "", `/${room}${location.hash}`);
      enter({ ...known, name: chosen, room, store, identity });
    };
    document.body.replaceChildren(startScreen(known, join));
  }
  addEventListener("popstate", () => location.reload());
  registerWorker();
}

/** Shows the room and comes in. */
async function enter(options) {
  const { room: roomName, store, identity, fingerprint } = options;
  remember(roomName);
  navigator.storage?.persist?.();
  const notifier = new Notifier(roomName, asset("icon-180.png"));
  const isYou = (mention) => isMention(mention, room.timeline.you);
  const room = new Room(options, (event) => happened(event));
  const log = new Log({ room, isYou, act, onSeen: () => notifier.seen() });
  const composer = new Composer({ room, onSay: (body) => room.say(body), onEnd: () => log.toEnd() });
  const shell = new Shell({
    room, log: log.element, say: composer.element, onInvite: () => inviteDialog(roomName, fingerprint),
    onSettings: () => settingsDialog({
      onName: rename, onForget: forget, hasKey: identity !== null, isLasting: store.isLasting,
      // The texts are everywhere: another language begins anew, and nothing is lost by that.
      onChange: () => (setting("language", locale().slice(0, 2)) === locale().slice(0, 2) ? applySettings() : location.reload()),
    }),
    onFind: (text, step) => find(text, step), onFindEnd: () => log.unmark(),
  });
  document.body.replaceChildren(shell.element);
  composer.focus();
  let isDue = false;
  const found = { text: "", at: 0 };

  /** Whatever happens is drawn once a frame, however much it is. */
  function happened(event) {
    if (event.type === "message") {
      const isSeen = !document.hidden && document.hasFocus();
      log.came(event, isSeen);
      if (!room.timeline.isMine(event.from.id) && !isSeen) notifier.came(event, mentions(event.text ?? ""));
    }
    shell.tell(event);
    if (event.type === "tick") {
      shell.drawState();
      composer.drawTyping([...room.typing.values()].map(({ member }) => member));
      return;
    }
    if (isDue) return;
    isDue = true;
    const frame = document.hidden ? (draw) => setTimeout(draw, 200) : requestAnimationFrame;
    frame(draw);
  }

  function draw() {
    isDue = false;
    log.update();
    shell.drawState();
    shell.drawPeople();
    shell.drawSide();
    composer.drawTyping([...room.typing.values()].map(({ member }) => member));
  }

  function mentions(text) {
    const spoken = [...text.matchAll(/@([\p{Alphabetic}\p{N}_\-.]+)(?:#([a-z2-7]{4,24}))?/gu)];
    return spoken.some(([, name, sign]) => isYou({ name, badge: sign }));
  }

  function act(action, row, detail) {
    switch (action) {
      case "reply": return composer.reply(row);
      case "edit": return row.text === undefined ? undefined : composer.edit(row);
      case "delete": return void room.say({ delete: row.seq });
      case "react": return void room.say({ react: { to: row.seq, emoji: detail } });
      case "unreact": return void room.say({ react: { to: row.seq, emoji: detail, remove: true } });
      case "choose": return log.chooseEmoji(row);
      case "copy": return void copy(row.text ?? "", document.activeElement ?? document.body).catch(() => {});
      case "show": return void log.show(row.reply);
      case "dismiss": return composer.putBack(room.dismiss(row.id)?.text ?? "");
      case "retry": {
        const body = room.dismiss(row.id);
        if (body) room.say(body);
      }
    }
  }

  /** Goes from one message with these words to the next; the newest first. */
  function find(text, step) {
    const wanted = text.trim().toLowerCase();
    const hits = wanted === "" ? [] : room.timeline.rows().filter((row) => row.seq !== undefined && row.text?.toLowerCase().includes(wanted));
    if (hits.length === 0) {
      log.unmark();
      return wanted === "" ? "" : t("found_none");
    }
    found.at = step === 0 || found.text !== wanted ? hits.length - 1 : (found.at + step + hits.length) % hits.length;
    found.text = wanted;
    log.show(hits[found.at].seq);
    return t("found", { at: found.at + 1, count: hits.length });
  }

  function rename(typed) {
    const name = parseName(typed);
    if (name === null) return false;
    keep("name", name);
    room.rename(name);
    return true;
  }

  async function forget() {
    await Identity.forget(store);
    keep("name", null);
    location.assign("/");
  }

  document.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    if (event.key === "F1" || (control && event.key === "/")) keysDialog();
    else if (control && event.key === "f") shell.openFind();
    else return;
    event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    log.update();
    if (log.isAtEnd) notifier.seen();
  });
  await room.start();
  happened({ type: "started" });
}

/** Whether somebody is spoken to who could be us: by name, and by badge where one is said. */
function isMention({ name, badge: sign }, you) {
  const plain = (text) => look(text).replace(/[\s_]/g, "");
  return plain(name) === plain(you.name) && (sign === undefined || badge(you.id) === sign.slice(0, 4));
}

function remember(room) {
  const rooms = setting("rooms", []).filter((one) => one !== room);
  keep("rooms", [room, ...rooms].slice(0, ROOMS_REMEMBERED));
}

/** The service worker, where the browser takes the certificate for good. The one address that may become a script. */
function registerWorker() {
  if (!("serviceWorker" in navigator)) return;
  const url = asset("worker.js");
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("papo-worker", {
    createScriptURL(text) {
      if (text !== url) throw new TypeError("not the page's own worker");
      return text;
    },
  });
  navigator.serviceWorker.register(policy ? policy.createScriptURL(url) : url, { scope: "/" }).catch(() => {
    // A certificate that was only clicked through is not good enough for it; the page does without.
  });
}

begin();
