// Whether everybody can use the page: axe finds nothing, in every state, light and dark, in both languages, small and large.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { Server, browser, enter, say, visitor } from "./harness.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let [opened, server] = [];
before(async () => {
  opened = await browser();
  server = await Server.start();
});
after(async () => {
  await opened.close();
  await server.stop();
});

/** What axe finds on a page as it is now. */
async function findings(page) {
  const session = await page.context().newCDPSession(page);
  // Through the debugger, since the page's own policy lets no foreign script in.
  await session.send("Runtime.evaluate", { expression: axe });
  const { result } = await session.send("Runtime.evaluate", {
    expression: `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => html.slice(0, 160) + " " + failureSummary)])))`,
    awaitPromise: true, returnByValue: true,
  });
  return JSON.parse(result.value);
}

for (const locale of ["en-US", "pt-BR"]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1180, 320]) {
      test(`axe finds nothing: ${locale}, ${colorScheme}, ${width} pixels`, { timeout: 120_000 }, async () => {
        const { context, complaints } = await visitor(opened, { locale, colorScheme, viewport: { width, height: 640 } });
        const check = async (state) => assert.deepEqual(await findings(page), [], state);
        let page = await context.newPage();
        await page.goto(server.page("axe"));
        await page.waitForSelector("form");
        await page.locator("summary").click();
        await check("start");
        await page.locator("form button").click();
        await check("start with an error");
        await page.close();
        page = await enter(context, server.page("axe"), "Ana");
        const text = "**bold** `code` https://example.org [label](https://example.org) @Ana\n> quote\n- list\n```\nlines\n```";
        const before = await page.locator(".m").count();
        await say(page, text);
        await page.waitForFunction((count) => document.querySelectorAll(".m").length > count && !document.querySelector(".is-pending"), before);
        await page.locator(".m").last().focus();
        await check("room, at a message");
        await page.keyboard.press("r");
        await check("replying");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+f");
        await page.keyboard.type("bold");
        await check("searching");
        await page.keyboard.press("Escape");
        await page.keyboard.press("F1");
        await check("keys");
        await page.keyboard.press("Escape");
        await page.locator(".tools .btn").nth(2).click();
        await check("settings");
        await page.keyboard.press("Escape");
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, "nothing is wider than the screen");
        server.cut();
        await page.waitForSelector(".state.is-broken");
        await check("without a connection");
        server.mend();
        assert.deepEqual(complaints, []);
        await context.close();
      });
    }
  }
}

test("colours have enough contrast in both palettes", () => {
  const css = readFileSync(new URL("../page/style/tokens.css", import.meta.url), "utf8");
  const palettes = css.split(/^ +color-scheme:/m).slice(1).map((part) => Object.fromEntries([...part.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])));
  assert.equal(palettes.length, 3);
  assert.deepEqual(palettes[1], palettes[2], "dark is one palette, however it is chosen");
  const pairs = [
    ["ink", "paper"], ["ink", "panel"], ["ink", "code"], ["ink", "mark"], ["soft", "paper"], ["soft", "panel"], ["soft", "mark"], ["accent", "mark"], ["accent", "paper"], ["accent", "panel"],
    ["accent", "accent-wash"], ["ink", "accent-wash"], ["on-accent", "accent"], ["warn", "paper"], ["warn", "warn-wash"], ["ink", "warn-wash"],
    ...[1, 2, 3, 4, 5, 6].flatMap((index) => [[`n${index}`, "paper"], [`n${index}`, "panel"], [`n${index}`, "mark"], ["paper", `n${index}`]]),
  ];
  for (const palette of palettes) {
    for (const [front, back] of pairs) {
      const ratio = contrast(palette[front], palette[back]);
      assert.ok(ratio >= 4.5, `${front} on ${back}: ${ratio.toFixed(2)}`);
    }
    assert.ok(contrast(palette.edge, palette.paper) >= 3, "the edge of a field");
  }
});

/** The contrast of two colours (WCAG 2.2, section 1.4.3). */
function contrast(one, other) {
  const luminance = (colour) => {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

