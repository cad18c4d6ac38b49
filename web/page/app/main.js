// The page's beginning: reads the address, and shows the start or the room. Not here: the room.

import { parseFragment, parseName, parseRoom } from "./codec.js";
import { wentBack } from "./cover.js";
import { Desk, applySettings } from "./desk.js";
import { Identity } from "./identity.js";
import { Store, setting } from "./store.js";
import { asset, startScreen } from "./view/start.js";

/** What the address says: the room, perhaps a message in it, and the invite behind the `#`, whose secret does not stay there. */
function readAddress() {
  const path = location.pathname.slice(1);
  const room = path === "" ? null : parseRoom(decodeURIComponent(path));
  const invite = parseFragment(location.hash);
  const secret = invite?.secret ?? null;
  if (secret !== null) history.replaceState(null, "", `${location.pathname}#${invite?.fingerprint}`);
  const at = Number(new URLSearchParams(location.search).get("at"));
  return { room, fingerprint: invite?.fingerprint ?? null, secret, at: Number.isSafeInteger(at) && at > 0 ? at : null };
}

async function begin() {
  applySettings();
  const address = readAddress();
  const store = await Store.open();
  const identity = await Identity.load(store);
  let here = location.href;
  const known = { ...address, hasKey: identity !== null, isLasting: store.isLasting };
  const name = parseName(setting("name", ""));
  if (address.room !== null && name !== null) {
    new Desk({ ...known, name, room: address.room, store, identity }).start();
  } else {
    const join = (/** @type {string} */ chosen, /** @type {string} */ room) => {
      if (room !== address.room) history.pushState(null, "", `/${room}${location.hash}`);
      here = location.href;
      new Desk({ ...known, name: chosen, room, store, identity }).start();
    };
    document.body.replaceChildren(startScreen(known, join));
  }
  addEventListener("popstate", () => {
    if (!wentBack() && location.href !== here) location.reload();
  });
  registerWorker();
}

/** The service worker, where the browser takes the certificate for good. The one address that may become a script. */
function registerWorker() {
  if (!("serviceWorker" in navigator)) return;
  const url = asset("worker.js");
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("papo-worker", {
    createScriptURL(/** @type {string} */ text) {
      if (text !== url) throw new TypeError("not the page's own worker");
      return text;
    },
  });
  navigator.serviceWorker.register(policy ? policy.createScriptURL(url) : url, { scope: "/" }).catch(() => {
    // A certificate that was only clicked through is not good enough for it; the page does without.
  });
}

begin();
