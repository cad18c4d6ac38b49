// How fast the page is and how much it weighs. These run with nothing beside them: two browsers at once would measure each other.

import assert from "node:assert/strict";

import { say, shows, stage } from "./harness.js";

// As it is served, and not as it is on disk.
delete process.env.PAPO_PAGE_FRESH;

const here = stage();

here.inRoom("five thousand messages scroll smoothly, and older ones come as one goes up", [], async (server, come) => {
  const count = 5000;
  const lines = Array.from({ length: count }, (_, index) => `message ${index}, ${"some words ".repeat(index % 9)}`).join("\n");
  await server.papo(["send", server.link, "--lines", "--name", "Many", "--timeout", "120", "--profile", `${server.folder}/many`], lines);
  const { page } = await come("Ana");
  await page.waitForSelector(".m");
  const measured = await page.evaluate(async (wanted) => {
    const log = document.querySelector(".log");
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const [times, seen] = [[], new Set()];
    let [last, idle] = [performance.now(), 0];
    while (seen.size < wanted && idle < 600) {
      const before = seen.size;
      for (const text of document.querySelectorAll(".m .text")) {
        const found = /^message (\d+)/.exec(text.textContent);
        if (found) seen.add(Number(found[1]));
      }
      log.scrollTop -= 400;
      await frame();
      const now = performance.now();
      times.push(now - last);
      last = now;
      idle = seen.size === before ? idle + 1 : 0;
    }
    times.sort((one, other) => one - other);
    const at = (share) => Math.round(times[Math.floor((times.length - 1) * share)] * 10) / 10;
    return { seen: seen.size, frames: times.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), rows: document.querySelectorAll(".m").length };
  }, count);
  console.log(`# scrolling 5,000 messages: ${JSON.stringify(measured)}`);
  assert.equal(measured.seen, count, "every message was on the screen");
  assert.ok(measured.rows <= 320, "the document holds a window only");
  // How fast a machine is says nothing about the page; ten times what was ever measured does.
  assert.ok(measured.p50 <= 170, "no stutter that one sees");
  await page.locator(".jump").click();
  await page.waitForFunction(() => document.querySelector(".m:last-child .text")?.textContent.startsWith("message 4999"));
});

here.inRoom("the first message is there within a second, and the page weighs little", [], async (server, come) => {
  const { page, context } = await come("Ana");
  await say(page, "hello");
  await shows(page, ["hello"]);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.evaluate(async () => {
    for (const one of await navigator.serviceWorker?.getRegistrations() ?? []) await one.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  });
  const begun = performance.now();
  await page.reload({ waitUntil: "commit" });
  await page.waitForSelector(".m .text");
  const ms = Math.round(performance.now() - begun);
  await page.waitForLoadState("networkidle").catch(() => {});
  console.log(`# first message after ${ms} ms, ${Math.round(bytes / 1024)} KiB over the wire`);
  assert.ok(bytes <= 100 * 1024, `${bytes} bytes`);
  assert.ok(ms <= 10_000, `${ms} ms: a second on a quiet machine, ten on a very busy one`);
});
