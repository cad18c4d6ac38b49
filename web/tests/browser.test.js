// The page in a real Chromium against the real server: that two pages and a terminal talk, and that nothing is lost,
// doubled or reordered whatever happens in between.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Server, calm, enter, limited, say, shows, stage, trustingBrowser, visitor } from "./harness.js";

const here = stage();

here.inRoom("two pages and a terminal talk, over a restart and a cut wire", [], async (server, come) => {
  const [ana, zoe] = [await come("Ana"), await come("Zoë")];
  const said = [];
  const speak = async (page, text) => {
    said.push(text);
    await say(page, text);
    await shows(page, said);
  };
  const empty = ana.page.locator(".day", { hasText: "Nobody has said anything" });
  await empty.waitFor();
  await speak(ana.page, "one");
  await empty.waitFor({ state: "detached" });
  await speak(zoe.page, "two");
  said.push("three");
  await server.send("three");
  await shows(ana.page, said);
  await server.restart();
  await say(ana.page, "four");
  said.push("four");
  await shows(zoe.page, said);
  server.cut();
  await ana.page.waitForSelector(".state.is-broken");
  await say(ana.page, "five, said without a connection");
  await say(ana.page, "six, too");
  await server.send("between");
  server.mend();
  // As a browser says it when the network is back; that pages come back without it too was seen after the restart.
  for (const { page } of [ana, zoe]) await page.evaluate(() => dispatchEvent(new Event("online")));
  said.push("between", "five, said without a connection", "six, too");
  await shows(ana.page, said);
  await shows(zoe.page, said);
  const kept = await server.everything();
  assert.deepEqual(kept.map(({ text }) => text), said, "the log has everything once, in this order");
  assert.deepEqual(kept.map(({ seq }) => seq), said.map((_, index) => index + 1));
});

here.inRoom("a reload in mid-send sends once", [], async (server, come) => {
  const { page } = await come("Ana");
  await say(page, "before");
  await shows(page, ["before"]);
  server.cut();
  await page.waitForSelector(".state.is-broken");
  await say(page, "on its way");
  await page.waitForSelector(".is-pending");
  server.mend();
  await page.reload();
  await shows(page, ["before", "on its way"]);
  assert.deepEqual((await server.everything()).map(({ text }) => text), ["before", "on its way"]);
});

here.inRoom("two tabs are one person, and a draft outlives its page", [], async (server, come) => {
  const { page, context } = await come("Ana");
  const second = await enter(context, server.page(), "Ana");
  await say(page, "from the first tab");
  await shows(second, ["from the first tab"]);
  await say(second, "from the second");
  await shows(page, ["from the first tab", "from the second"]);
  const [one] = await server.everything();
  assert.ok((await server.everything()).every(({ from }) => from.id === one.from.id), "one key, one person");
  await page.waitForFunction(() => document.querySelectorAll(".people li").length === 1);
  await page.locator("textarea").fill("a draft");
  await page.reload();
  await page.waitForSelector(".state.is-joined");
  assert.equal(await page.locator("textarea").inputValue(), "a draft");
});

here.inRoom("edit, reply, reaction and taking back, by the keyboard alone", [], async (server, come) => {
  const { page } = await come("Ana");
  const zoe = await come("Zoë");
  await say(page, "helo");
  await shows(zoe.page, ["helo"]);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("End");
  await page.locator("textarea").fill("hello");
  await page.keyboard.press("Enter");
  await shows(zoe.page, ["hello"]);
  await zoe.page.locator(".log").focus();
  await zoe.page.keyboard.press("ArrowUp");
  await zoe.page.keyboard.press("r");
  await zoe.page.keyboard.type("hello yourself");
  await zoe.page.keyboard.press("Enter");
  await shows(page, ["hello", "hello yourself"]);
  assert.match(await page.locator(".m .quote").innerText(), /Ana.*hello/);
  await page.locator(".log").focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("+");
  await page.keyboard.press("Enter");
  await zoe.page.waitForSelector(".reactions button");
  await page.locator(".m").first().focus();
  await page.keyboard.press("Delete");
  await zoe.page.waitForSelector(".is-gone");
});

here.inRoom("equal names have badges, and lines are grouped by person", [], async (server, come) => {
  const [one, other] = [await come("Ana"), await come("Ana")];
  await say(one.page, "a");
  await say(one.page, "b");
  await shows(other.page, ["a", "b"]);
  await say(other.page, "c");
  await shows(one.page, ["a", "b", "c"]);
  assert.equal(await one.page.locator(".m .badge").count(), 2);
  assert.equal(await one.page.locator(".m.is-more").count(), 1);
});

here.inRoom("a clock a day off, and storage refused: the room works all the same", [], async (server, come) => {
  const { page } = await come("Ana");
  await say(page, "first");
  const refused = await visitor(here.opened);
  await refused.context.addInitScript(() => {
    const refuse = () => {
      throw new DOMException("refused", "SecurityError");
    };
    Object.defineProperty(globalThis, "localStorage", { get: refuse });
    Object.defineProperty(globalThis, "indexedDB", { get: refuse });
    const day = 86_400_000;
    const { now } = Date;
    globalThis.Date = class extends Date {
      constructor(...time) {
        if (time.length === 0) super(now() + day);
        else super(.../** @type {[number]} */ (time));
      }
      static now() {
        return now() + day;
      }
    };
  });
  const start = await refused.context.newPage();
  await start.goto(server.page());
  await start.waitForSelector("form");
  assert.match(await start.locator("form").innerText(), /forgotten when this window closes/);
  const late = await enter(refused.context, server.page(), "Late");
  await say(late, "second");
  await shows(page, ["first", "second"]);
  await shows(late, ["first", "second"]);
  await calm(refused);
  await refused.context.close();
});

here.inRoom("a room that was left is there again before the network is", [], async (server, come) => {
  const { page, context } = await come("Ana");
  await say(page, "kept");
  await say(page, "taken back");
  await shows(page, ["kept", "taken back"]);
  await page.locator(".m").last().focus();
  await page.keyboard.press("Delete");
  await page.waitForSelector(".is-gone");
  await kept(page, 3);
  const silent = await context.newPage();
  await silent.addInitScript(() => {
    globalThis.WebSocket = /** @type {any} */ (class extends EventTarget {
      close() {}
    });
  });
  await silent.goto(server.page());
  await shows(silent, ["kept", "This message was taken back."]);
  assert.equal(await silent.locator(".state.is-joined").count(), 0, "nobody has answered");
  await page.close();
  await server.send("meanwhile");
  const again = await enter(context, server.page(), "Ana");
  await shows(again, ["kept", "This message was taken back.", "meanwhile"]);
  await again.waitForSelector(".day.new");
});

/** Waits until the browser has so many messages of the room for the next visit. */
async function kept(page, count) {
  await limited(page.evaluate(async (wanted) => {
    const length = () => new Promise((resolve) => {
      const opening = indexedDB.open("papo");
      opening.onsuccess = () => {
        const request = opening.result.transaction("history").objectStore("history").get("lobby");
        request.onsuccess = () => {
          opening.result.close();
          resolve(request.result?.messages.length ?? 0);
        };
      };
    });
    while ((await length()) !== wanted) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, count), () => `${count} messages for the next visit`);
}

test("the page can be installed, and opens without a connection", { timeout: 120_000 }, async () => {
  const server = await Server.start();
  const one = await trustingBrowser(server);
  try {
    const page = await enter(one.context, server.page(), "Ana");
    await say(page, "before the train went into the tunnel");
    await shows(page, ["before the train went into the tunnel"]);
    await kept(page, 1);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await page.waitForSelector(".state.is-joined");
    assert.ok(await page.evaluate(() => navigator.serviceWorker.controller !== null), "the worker stands between");
    const session = await one.context.newCDPSession(page);
    const { errors } = await session.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    assert.deepEqual(installabilityErrors, []);
    await calm(one);
    server.cut();
    await page.reload();
    await shows(page, ["before the train went into the tunnel"]);
    await page.waitForSelector(".state.is-broken");
    await say(page, "written in the tunnel");
    await page.waitForSelector(".is-pending");
    server.mend();
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await shows(page, ["before the train went into the tunnel", "written in the tunnel"]);
    await calm(one);
  } finally {
    await one.close();
    await server.stop();
  }
});

here.inRoom("back and forward lead from room to room", [], async (server, come) => {
  const { page } = await come("Ana");
  await page.goto(server.page("sala-2"));
  await page.waitForSelector(".state.is-joined");
  assert.equal(await page.locator("h1").innerText(), "sala-2");
  await page.goBack();
  await page.waitForSelector(".state.is-joined");
  await page.waitForFunction(() => document.querySelector("h1").innerText === "lobby");
});
