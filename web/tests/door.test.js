// Whoever is not let in: each refusal has a screen with its cause and what can be done, in both languages, and leads on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Server, browser, calm, findings, say, shows, visitor } from "./harness.js";

let [opened, server] = [];
before(async () => {
  opened = await browser();
  server = await Server.start();
});
after(async () => {
  await opened.close();
  await server.stop();
});

/** Lets the page hear what `?heard=` in its address says instead of the real server, as far as the door. */
async function refuse(context) {
  await context.addInitScript(() => {
    const heard = new URLSearchParams(location.search).get("heard");
    if (heard === null) return;
    globalThis.WebSocket = /** @type {any} */ (class {
      static OPEN = 1;
      readyState = 1;
      constructor() {
        globalThis.connections = (globalThis.connections ?? 0) + 1;
        queueMicrotask(() => {
          this.onopen();
          for (const line of JSON.parse(heard)) this.onmessage({ data: JSON.stringify(line) });
          if (heard.includes("closing")) this.onclose();
        });
      }
      send() {}
      close() {}
    });
  });
}

const WELCOME = { type: "welcome", protocol: 1, server: "x", nonce: "AAECAwQFBgcICQoLDA0ODw" };
const refusal = (code, more = {}) => [WELCOME, { type: "error", code, text: "in the server's words", ...more }];
const ROWS = /** @type {const} */ ([
  ["no_entry", refusal("no_entry"), /need an invite/, /pede convite/], ["expired", refusal("invite_expired"), /no longer holds/, /venceu/],
  ["used", refusal("invite_used"), /As many as may/, /quantas vezes/], ["revoked", refusal("invite_revoked"), /taken back/, /cancelado/],
  ["banned", refusal("banned", { retry_after: 90_000 }), /shut out[^]*try again from/, /banido[^]*a partir de/], ["locked", refusal("locked"), /Nobody new/, /Ninguém novo/],
  ["log", [...refusal("log_failed", { retry_after: 500 }), { type: "closing", code: "stopping", text: "x", after: 500 }], /cannot store[^]*again in/, /não consegue guardar[^]*tentativa em/],
  ["name", refusal("bad_name"), /Choose another/, /Escolha outro/], ["proof", refusal("bad_proof"), /sits in between/, /meio do caminho/],
  ["later", refusal("of_a_later_version"), /in the server's words/, /in the server's words/],
  ["version", [{ ...WELCOME, protocol: 99 }], /another version/, /outra versão/],
  ["full", [{ type: "closing", code: "full", text: "x", after: 300 }], /As many people[^]*again in/, /todas as pessoas[^]*tentativa em/],
  ["rate", [WELCOME, { type: "closing", code: "too_many", text: "x", after: 300 }], /Too much comes[^]*again in/, /coisa demais[^]*tentativa em/],
]);

for (const [locale, colorScheme, width] of /** @type {const} */ ([["en-US", "dark", 1180], ["pt-BR", "light", 320]])) {
  test(`every refusal is a screen of its own: ${locale}`, { timeout: 120_000 }, async () => {
    const one = await visitor(opened, { locale, colorScheme, viewport: { width, height: 640 } });
    await refuse(one.context);
    const page = await one.context.newPage();
    await page.goto(server.page("door"));
    await page.evaluate(() => localStorage.setItem("papo.name", '"Ana"'));
    const shapes = new Set();
    for (const [what, heard, english, portuguese] of ROWS) {
      await page.goto(server.page("door").replace("#", `?heard=${encodeURIComponent(JSON.stringify(heard))}#`));
      await page.locator(".card", { hasText: locale === "en-US" ? english : portuguese }).waitFor();
      assert.equal(await page.locator(".app").count(), 0, "no empty room behind it");
      // What axe looks at is the same where the screens differ in their words alone.
      const shape = await page.evaluate(() => document.body.innerHTML.replace(/>[^<]*</g, "><").replace(/(href|aria-label|id)="[^"]*"/g, "$1"));
      if (!shapes.has(shape)) assert.deepEqual(await findings(page), [], what);
      shapes.add(shape);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.querySelector(".card .btn.go").getBoundingClientRect().bottom <= innerHeight), what);
    }
    assert.ok(shapes.size > 3 && shapes.size < ROWS.length, `${shapes.size} shapes`);
    // Waiting can be cut short, and ends by itself.
    assert.equal(await page.evaluate(() => globalThis.connections), 1);
    await page.locator(".card .btn.go").click();
    await page.waitForFunction(() => globalThis.connections === 2);
    const again = await one.context.newPage();
    await again.goto(server.page("door").replace("#", `?heard=${encodeURIComponent(JSON.stringify(refusal("banned", { retry_after: 1 })))}#`), { waitUntil: "commit" });
    await again.waitForFunction(() => /** @type {any} */ (performance.getEntriesByType("navigation")[0])?.type === "reload");
    await again.close();
    await calm(one);
    await one.context.close();
  });
}

test("another invite, another name and coming back lead into the room", { timeout: 120_000 }, async () => {
  const one = await visitor(opened);
  await refuse(one.context);
  const page = await one.context.newPage();
  await page.goto(server.page("lead"));
  await page.evaluate(() => localStorage.setItem("papo.name", '"Ana"'));
  const refused = (code) => page.goto(server.page("lead").replace("#", `?heard=${encodeURIComponent(JSON.stringify(refusal(code)))}#`));
  await refused("invite_used");
  await page.locator(".card input").fill("not a link");
  await page.keyboard.press("Enter");
  await page.locator(".card .problem", { hasText: "https://" }).waitFor();
  await page.locator(".card input").fill(server.page("lead-b"));
  // By the button: the page leaves at once, and a key that goes up on a page that is gone is never answered.
  await page.locator(".card .btn", { hasText: "Open it" }).click();
  await page.waitForSelector(".state.is-joined");
  assert.equal(await page.locator("h1").innerText(), "lead-b");
  await say(page, "inside");
  await shows(page, ["inside"]);
  await say(page, "/leave");
  await page.locator(".card h1", { hasText: "You have left" }).waitFor();
  assert.deepEqual(await findings(page), []);
  await page.locator(".card .btn.go").click();
  await shows(page, ["inside"]);
  await refused("bad_name");
  await page.getByRole("button", { name: "Choose another name" }).click();
  await page.locator("form input").first().waitFor();
  await calm(one);
  await one.context.close();
});
