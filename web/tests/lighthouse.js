// Lighthouse's judgement of the page, first as the start and then as a room with messages: `npm run lighthouse`, after the
// program was built and `npm install --no-save lighthouse@12`. No part of the tests: it is large, and its speed is the machine's.

import { createServer } from "node:net";

import { Server, enter, say, trustingBrowser } from "./harness.js";

/** What has to be reached, of 100. */
const WANTED = { accessibility: 95, "best-practices": 95 };

const { default: lighthouse } = await import("lighthouse").catch(() => {
  console.error("Lighthouse is not there: npm install --no-save lighthouse@12");
  process.exit(2);
});

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port: free } = /** @type {import("node:net").AddressInfo} */ (probe.address());
    probe.close(() => resolve(free));
  });
});
const server = await Server.start();
const { context, close } = await trustingBrowser(server, { more: [`--remote-debugging-port=${port}`] });
let isGood = true;

/** Runs it on one state of the page. */
async function judge(state, url) {
  const { lhr } = await lighthouse(url, {
    port, disableStorageReset: true, logLevel: "error", onlyCategories: ["accessibility", "best-practices", "performance"], formFactor: "desktop",
    screenEmulation: { mobile: false, width: 1180, height: 720, deviceScaleFactor: 1, disabled: false }, throttlingMethod: "provided",
  });
  const scores = Object.fromEntries(Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]));
  const paint = Math.round(lhr.audits["largest-contentful-paint"].numericValue ?? NaN);
  const weight = Math.round((lhr.audits["total-byte-weight"]?.numericValue ?? NaN) / 1024);
  console.log(`${state}: ${JSON.stringify(scores)}, largest paint after ${paint} ms, ${weight} KiB`);
  for (const { refs } of [lhr.categories.accessibility, lhr.categories["best-practices"]].map(({ auditRefs }) => ({ refs: auditRefs }))) {
    for (const { id } of refs) if (lhr.audits[id].score !== null && (lhr.audits[id].score ?? 1) < 1) console.log(`  ${id}: ${lhr.audits[id].title}`);
  }
  for (const [name, least] of Object.entries(WANTED)) isGood &&= scores[name] >= least;
}

try {
  await judge("start", server.page());
  const page = await enter(context, server.page(), "Ana");
  const texts = ["**bold** `code` https://example.org", "- a list\n- of two", "> quoted", "hello"];
  for (const text of texts) await say(page, text);
  await page.waitForFunction((count) => document.querySelectorAll(".m").length === count && !document.querySelector(".is-pending"), texts.length);
  await judge("room", server.page());
} finally {
  await close();
  await server.stop();
}
process.exit(isGood ? 0 : 1);
