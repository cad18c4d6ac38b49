// Whether everybody can use the page: axe finds nothing, in every state, light and dark, in both languages, small and large.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { Server, browser, calm, enter, findings, say, visitor } from "./harness.js";

let [opened, server] = [];
before(async () => {
  opened = await browser();
  server = await Server.start();
});
after(async () => {
  await opened.close();
  await server.stop();
});

/** Each language, palette and width beside each other one, in half as many runs as all of them together. */
const LOOKS = /** @type {const} */ ([["en-US", "light", 1180], ["en-US", "dark", 320], ["pt-BR", "light", 320], ["pt-BR", "dark", 1180]]);

for (const [locale, colorScheme, width] of LOOKS) {
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
    await page.keyboard.press("Control+,");
    await page.locator("dialog fieldset").waitFor();
    await check("settings");
    await page.keyboard.press("Escape");
    // A browser closes a dialog a moment after its key, and until then the next keys are the dialog's.
    await page.locator("dialog fieldset").waitFor({ state: "hidden" });
    await page.evaluate(() => {
      localStorage.setItem("papo.rooms", '["axe","sala-2"]');
      localStorage.setItem("papo.news", '{"sala-2":{"count":3,"mentions":1}}');
      dispatchEvent(new Event("papo-news"));
    });
    await page.keyboard.press("Control+k");
    await page.locator("dialog .news").waitFor();
    await check("rooms to go to");
    await page.keyboard.press("Escape");
    await say(page, "/invite");
    await check("invite");
    await page.keyboard.press("Escape");
    await page.locator("textarea").pressSequentially("/");
    await check("commands are offered");
    await page.keyboard.press("Escape");
    await say(page, "/dance");
    await check("a command that there is not");
    await page.locator("textarea").fill("@");
    await page.locator("textarea").press("End");
    await check("somebody is offered");
    await page.locator("textarea").fill("");
    await ordered(page, check, width);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, "nothing is wider than the screen");
    server.cut();
    await page.waitForSelector(".state.is-broken");
    await check("without a connection");
    server.mend();
    await calm({ context, complaints });
    await context.close();
  });
}

/** What those who keep order see, and what they do. */
async function ordered(page, check, width) {
  await page.locator(".called .aside").waitFor({ state: "attached" });
  const id = await page.evaluate(() => document.querySelector(".called .aside").closest(".one").getAttribute("data-id"));
  const guest = await server.guest("Zoë", "axe");
  await server.operator(["op", id, "owner"], "axe");
  await page.locator(".app[data-role=owner]").waitFor();
  await say(page, "/slow 10s");
  await say(page, "/lock");
  await say(page, "/kick nobody");
  await check("what was done");
  if (width < 900) await page.keyboard.press("Alt+u");
  await page.locator(".one", { hasText: "Zoë" }).click();
  await check("somebody");
  await page.locator("dialog [role=group] .btn").nth(1).click();
  await check("a reason is asked for");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await say(page, "/unlock");
  await say(page, "/slow off");
  await say(page, "/invite 1 1h");
  await page.locator("dialog .qr").waitFor();
  await check("a new invite");
  await page.keyboard.press("Escape");
  await say(page, "/audit");
  await page.locator("dialog time").first().waitFor();
  await check("what was done, as a list");
  await page.keyboard.press("Escape");
  guest.leave();
  await server.operator(["mute", id], "axe");
  await page.locator(".notice").waitFor();
  await check("muted");
  await server.operator(["unmute", id], "axe");
  await server.operator(["deop", id], "axe");
}

test("from a small phone to a large screen nothing is cut off", { timeout: 120_000 }, async () => {
  const link = server.page("sizes");
  const guests = await Promise.all(["x".repeat(64), "مرحبا بالجميع كيف حالكم", "👩🏽‍🚀👨‍👩‍👧‍👦", "Ana Maria dos Santos e Silva"].map((name) => server.guest(name, "sizes")));
  for (const [index, guest] of guests.entries()) guest.say(["y".repeat(3000), "كيف حالكم اليوم؟", "👍", "```\n" + "z".repeat(300) + "\n```"][index]);
  for (const [width, height] of [[320, 480], [390, 780], [820, 1180], [1180, 720], [3840, 2160]]) {
    const one = await visitor(opened, { viewport: { width, height } });
    const page = await enter(one.context, link, "Bo");
    await page.waitForFunction(() => document.querySelectorAll(".m").length >= 4);
    const found = await page.evaluate(() => {
      const inView = (selector) => {
        const { left, right, top, bottom } = document.querySelector(selector).getBoundingClientRect();
        return left >= 0 && top >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1;
      };
      const wide = [...document.querySelectorAll(".log > *")].filter((row) => row.getBoundingClientRect().right > innerWidth + 1).length;
      return { overflow: document.documentElement.scrollWidth - innerWidth, box: inView("textarea"), send: inView(".box .btn"), head: inView(".head"), wide };
    });
    assert.deepEqual(found, { overflow: 0, box: true, send: true, head: true, wide: 0 }, `${width} x ${height}`);
    await calm(one);
    await one.context.close();
  }
  for (const guest of guests) guest.leave();
});

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

