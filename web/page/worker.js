// The service worker: keeps the page itself at hand, so that an installed page opens without a connection and says so.
// Messages never pass through it, and what it keeps is thrown away as soon as the server has another page.

const folder = new URL(".", self.location.href).pathname;
const CACHE = `papo${folder}`;
/** What the page fetches when it is wanted, which must be there without a connection too. */
const LATER = [
  "all.js", "audit.js", "completion.js", "dialogs.js", "emoji.js", "invite.js", "invites.js", "orders.js", "paste.js", "person.js", "qr.js", "switcher.js", "texts.js", "typing.js", "watch.js",
].map((name) => `${folder}later/${name}`);

self.addEventListener("install", (event) => {
  event.waitUntil(keepPage());
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const others = (names) => names.filter((name) => name !== CACHE).map((name) => caches.delete(name));
  event.waitUntil(caches.keys().then((names) => Promise.all(others(names))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    // The server's page where there is one, ours where there is no connection.
    event.respondWith(fetch(request).catch(() => caches.match("/", { cacheName: CACHE })));
  } else if (url.pathname.startsWith(folder)) {
    event.respondWith(kept(request));
  }
});

/** The page and all that it names, so that one visit is enough. */
async function keepPage() {
  const cache = await caches.open(CACHE);
  const answer = await fetch(new Request("/", { cache: "reload" }));
  const page = await answer.clone().text();
  const files = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path).filter((path) => path.startsWith(folder));
  await Promise.all([cache.put("/", answer), cache.addAll([...new Set([...files, ...LATER])])]);
}

/** A file of this folder never changes. */
async function kept(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}
