// What a hostile member writes: nothing of it executes, is loaded, or stands anywhere else than as text.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Server, browser, calm, enter, say, visitor } from "./harness.js";

const TEXTS = [
  "<script>globalThis.owned=1</script>", "<img src=x onerror=globalThis.owned=1>", "<svg onload=globalThis.owned=1>",
  '"><script>globalThis.owned=1</script>', "javascript:globalThis.owned=1", "[x](javascript:globalThis.owned=1)",
  "[x](JaVaScRiPt:globalThis.owned=1)", "[x](data:text/html,<script>globalThis.owned=1</script>)", "[x](https://a.org\" onclick=\"globalThis.owned=1)",
  "[x](vbscript:x)", "![x](https://evil.example/pixel.png)", "<https://a.org>", "```<script>globalThis.owned=1</script>\n```",
  "```x\n</code></pre><script>globalThis.owned=1</script>\n```", "> <iframe src=javascript:globalThis.owned=1>", "- <b onmouseover=globalThis.owned=1>x",
  "@<img/src/onerror=globalThis.owned=1>", "{{constructor.constructor('globalThis.owned=1')()}}", "${globalThis.owned=1}",
  "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=globalThis.owned=1&gt;\">",
  "<style>@import 'https://evil.example'</style>", "<link rel=stylesheet href=https://evil.example>", "<base href=https://evil.example>",
  "<form action=https://evil.example><input name=x>", "&lt;script&gt;globalThis.owned=1&lt;/script&gt;", "\u202egnp.exe", "a\u0000b\u001b[31mc",
  "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030d", "https://bank.example@evil.example/", "x".repeat(20_000), "\n".repeat(3000) + "end",
];

let opened;
before(async () => {
  opened = await browser();
});
after(() => opened.close());

test("nothing that somebody writes executes or is loaded", { timeout: 120_000 }, async () => {
  const server = await Server.start();
  const { context, complaints } = await visitor(opened);
  const asked = [];
  context.on("request", (request) => asked.push(request.url()));
  const page = await enter(context, server.page(), "<b>Ana</b>");
  for (const text of TEXTS) {
    await say(page, text);
  }
  await page.waitForFunction((count) => document.querySelectorAll(".m").length === count && !document.querySelector(".is-pending"), TEXTS.length);
  const found = await page.evaluate(() => ({
    owned: globalThis.owned,
    violations: globalThis.violations,
    foreign: [...document.querySelectorAll(".log *")].filter((one) =>
      ["SCRIPT", "IMG", "SVG", "IFRAME", "STYLE", "LINK", "BASE", "FORM", "INPUT", "OBJECT", "EMBED", "MATH"].includes(one.tagName.toUpperCase())).length,
    handlers: [...document.querySelectorAll(".log *")].flatMap((one) => one.getAttributeNames().filter((name) => name.startsWith("on"))),
    links: [...document.querySelectorAll(".log a")].map((link) => [link.protocol, link.rel, link.target]),
  }));
  assert.equal(found.owned, undefined);
  assert.deepEqual(found.violations, [], "the policy had nothing to stop");
  assert.equal(found.foreign, 0);
  assert.deepEqual(found.handlers, []);
  for (const [protocol, rel, target] of found.links) {
    assert.ok(["https:", "http:", "mailto:"].includes(protocol), protocol);
    assert.deepEqual([rel, target], ["noopener noreferrer", "_blank"]);
  }
  const origin = new URL(server.page()).origin;
  assert.deepEqual(asked.filter((url) => !url.startsWith(origin)), [], "nothing is loaded from elsewhere");
  const safe = await page.locator(".m").nth(TEXTS.indexOf("\u202egnp.exe")).innerText();
  assert.match(safe, /U\+202E/, "what turns the direction round is shown");
  const marks = await page.locator(".m").nth(27).innerText();
  assert.equal([...marks].filter((letter) => /\p{M}/u.test(letter)).length, 8, "marks are bounded");
  await calm({ context, complaints });
  await context.close();
  await server.stop();
});

test("names and reasons are text wherever they stand", { timeout: 120_000 }, async () => {
  const server = await Server.start();
  const one = await visitor(opened);
  const page = await enter(one.context, server.page(), '"><img src=x onerror=globalThis.owned=1>');
  const names = ["<script>globalThis.owned=1</script>", "<svg/onload=globalThis.owned=1>", "${globalThis.owned=1}", "'-globalThis.owned=1-'", "x".repeat(64)];
  const guests = await Promise.all(names.map((name) => server.guest(name)));
  await page.waitForFunction((count) => document.querySelectorAll(".people li").length === count, names.length + 1);
  guests[0].say("a");
  await page.locator(".m .text").first().waitFor();
  const [you] = (await server.everything()).filter(({ from }) => from.id).map(({ from }) => from);
  assert.ok(you);
  const id = await page.locator(".one", { hasText: "onerror" }).getAttribute("data-id");
  await server.operator(["op", id, "owner"]);
  await page.locator(".app[data-role=owner]").waitFor();
  await say(page, `/mute ${you.id} 10m <img src=x onerror=globalThis.owned=1>\u202e`);
  await page.locator(".done", { hasText: "U+202E" }).waitFor();
  await page.locator("textarea").pressSequentially("@");
  await page.locator(".offer li").first().waitFor();
  await page.keyboard.press("Escape");
  await page.locator("textarea").fill("");
  await page.locator(".one", { hasText: "<script>" }).click();
  await page.locator("dialog").waitFor();
  await page.keyboard.press("Escape");
  await say(page, "/audit");
  await page.locator("dialog li", { hasText: "onerror" }).first().waitFor();
  await page.keyboard.press("Escape");
  for (const guest of guests) guest.leave();
  await page.locator(".event", { hasText: "left" }).waitFor();
  const found = await page.evaluate(() => ({
    owned: globalThis.owned,
    foreign: [...document.querySelectorAll("body *")].filter((element) => ["SCRIPT", "IFRAME", "OBJECT"].includes(element.tagName) || (element.tagName === "IMG" && !element.closest(".brand"))).length,
    handlers: [...document.querySelectorAll("body *")].flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith("on"))),
  }));
  assert.deepEqual(found, { owned: undefined, foreign: 0, handlers: [] });
  await calm(one);
  await one.context.close();
  await server.stop();
});

test("whatever markup is made of, its nodes are text", { timeout: 120_000 }, async () => {
  const server = await Server.start();
  const { context, complaints } = await visitor(opened);
  const page = await enter(context, server.page(), "Ana");
  const seed = Number(process.env.PAPO_SEED ?? Date.now() % 1_000_000);
  console.log(`# seed ${seed}`);
  const result = await page.evaluate(async (begin) => {
    const folder = document.querySelector("script[src]").getAttribute("src").replace("main.js", "");
    const { textNodes } = await import(`${folder}view/text.js`);
    const parts = ["<", ">", "&", '"', "'", "`", "```", "*", "**", "_", "~~", "[", "](", ")", "\\", "\n", "> ", "- ", "1. ", "@", "#", "https://",
      "javascript:", "mailto:", "data:", "script", "onerror=", "img", " ", "a", "é", "\u202e", "\u0000", "😀", "\ud800", "http://x"];
    let state = begin || 1;
    const next = (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const allowed = ["DIV", "P", "UL", "LI", "PRE", "CODE", "BLOCKQUOTE", "A", "SPAN", "S", "EM", "STRONG", "BUTTON"];
    for (let round = 0; round < 20_000; round += 1) {
      const text = Array.from({ length: 1 + next(24) }, () => parts[next(parts.length)]).join("");
      for (const node of textNodes(text, () => false)) {
        for (const one of [node, ...node.querySelectorAll("*")]) {
          if (!allowed.includes(one.tagName)) return `${JSON.stringify(text)} makes ${one.tagName}`;
          if (one.getAttributeNames().some((name) => name.startsWith("on") || name === "style")) return `${JSON.stringify(text)} makes an attribute`;
          if (one.tagName === "A" && !/^(https?|mailto):/i.test(one.getAttribute("href"))) return `${JSON.stringify(text)} leads to ${one.href}`;
        }
      }
    }
    return null;
  }, seed);
  assert.equal(result, null);
  await calm({ context, complaints });
  await context.close();
  await server.stop();
});
