// Several rooms in one browser: what is new in each, going from one to the other, being told of it, and the way back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { isWanted } from "../page/app/notify.js";
import { fitting } from "../page/later/switcher.js";
import { Server, browser, calm, enter, pressAway, say, shows, visitor } from "./harness.js";

let [opened, server] = [];
before(async () => {
  opened = await browser();
  server = await Server.start();
});
after(async () => {
  await opened.close();
  await server.stop();
});

/** Runs a test with rooms of its own, and sees that no page complained. */
function inRooms(name, run) {
  test(name, { timeout: 120_000 }, async () => {
    const visitors = [];
    const come = async (as, room, more = {}) => {
      const one = await visitor(opened, more);
      visitors.push(one);
      return { ...one, page: await enter(one.context, server.page(room), as) };
    };
    await run(come);
    for (const one of visitors) {
      await calm(one);
      await one.context.close();
    }
  });
}

/** Goes to another room in the same window, as a link does. */
async function goTo(page, room) {
  await page.goto(server.page(room));
  await page.waitForSelector(".state.is-joined");
}

/** Lets the page notify, and gathers what it tells besides. */
async function gatherNotices(context) {
  await context.grantPermissions(["notifications"]);
  await context.addInitScript(() => {
    globalThis.notices = [];
    globalThis.Notification = class extends Notification {
      constructor(title, options) {
        super(title, options);
        globalThis.notices.push({ title, body: this.body, tag: this.tag });
      }
    };
  });
}

const notices = (page) => page.evaluate(() => globalThis.notices.map(({ title, body }) => `${title}: ${body}`.replaceAll(/[\u2068\u2069]/g, "")));
const noticed = (page, count) => page.waitForFunction((wanted) => globalThis.notices.length >= wanted, count);
/** Whether anybody looks at the page is the browser's to say. @param {boolean} isLookedAt */
const look = (page, isLookedAt) => page.evaluate((is) => {
  document.hasFocus = () => is;
  dispatchEvent(new Event(is ? "focus" : "blur"));
}, isLookedAt);

test("what is told of follows the room, who is meant, and the hour", () => {
  const at = (text) => new Date(`2026-11-22T${text}:00`);
  const night = { from: "22:00", to: "07:00" };
  for (const [level, isForMe, quiet, time, expected] of [
    ["all", false, null, "12:00", true], ["mentions", false, null, "12:00", false], ["mentions", true, null, "12:00", true], ["none", true, null, "12:00", false],
    ["all", true, night, "21:59", true], ["all", true, night, "22:00", false], ["all", true, night, "03:00", false], ["all", true, night, "07:00", true],
    ["all", true, { from: "12:00", to: "13:00" }, "12:30", false], ["all", true, { from: "12:00", to: "13:00" }, "13:00", true],
    ["all", true, { from: "12:00", to: "12:00" }, "12:00", true],
  ]) assert.equal(isWanted(level, isForMe, quiet, at(time)), expected, JSON.stringify([level, isForMe, quiet, time]));
});

test("the switcher offers what fits, what is for us first", () => {
  const news = (room) => ({ b: { count: 3, mentions: 0 }, c: { count: 1, mentions: 1 } })[room] ?? { count: 0, mentions: 0 };
  const rooms = (typed) => fitting(typed, "here", ["here", "a", "b", "c"], news).map(({ room, isNew }) => (isNew ? `+${room}` : room));
  assert.deepEqual(rooms(""), ["c", "b", "a", "here"]);
  assert.deepEqual(rooms("#B"), ["b"]);
  assert.deepEqual(rooms("er"), ["here", "+er"]);
  assert.deepEqual(rooms("ação"), [], "no room can be called so");
});

inRooms("what is new in other rooms is counted, and one gets there by the keyboard alone", async (come) => {
  const { page } = await come("Ana", "sala-a");
  await goTo(page, "sala-b");
  await goTo(page, "sala-a");
  await page.waitForFunction(() => navigator.locks.query().then(({ held }) => held.some(({ name }) => name === "papo watch")));
  await server.send("nothing special", "Bo", "sala-b");
  await server.send("look at this, @Ana", "Bo", "sala-b");
  const link = page.locator(".side .room", { hasText: "sala-b" });
  await link.locator(".news.is-for-you", { hasText: "@2" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.locator("dialog [role=option]").first().waitFor();
  assert.match(await page.locator("dialog [role=option]").first().innerText(), /^sala-b\s+@2/);
  await page.keyboard.type("sala-b");
  pressAway(page, "Enter");
  await page.waitForURL(/\/sala-b#/);
  await shows(page, ["nothing special", "look at this, @Ana"]);
  await page.locator(".day.new").waitFor();
  await page.waitForFunction(() => JSON.parse(localStorage["papo.news"] ?? "{}")["sala-b"] === undefined);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("h1")?.innerText === "sala-a");
  await page.waitForSelector(".state.is-joined");
  assert.equal(await link.locator(".news").count(), 0, "what was read is not new any more");
  pressAway(page, "Alt+ArrowDown");
  await page.waitForURL(/\/sala-b/);
  // A room that one has left is watched no more.
  await page.waitForSelector(".state.is-joined");
  await say(page, "/leave");
  await page.waitForFunction(() => JSON.parse(localStorage["papo.rooms"]).join() === "sala-a");
});

inRooms("notifications: for each room what was wanted, nothing that is old, no text where it is not to be shown", async (come) => {
  const one = await visitor(opened);
  await gatherNotices(one.context);
  const page = await enter(one.context, server.page("told"), "Ana");
  await say(page, "my own");
  await shows(page, ["my own"]);
  await look(page, false);
  await server.send("for nobody", "Bo", "told");
  await server.send("for @Ana", "Bo", "told");
  await noticed(page, 1);
  assert.deepEqual(await notices(page), ["Bo in told: for @Ana"]);
  await page.waitForFunction(() => document.title === "(2) told · papo");
  await page.keyboard.press("Control+,");
  await page.locator("dialog select").last().selectOption("all");
  await page.getByLabel("Without the text").check();
  await page.keyboard.press("Escape");
  await server.send("for all", "Bo", "told");
  await noticed(page, 2);
  assert.equal((await notices(page))[1], "told: A new message");
  await page.keyboard.press("Control+,");
  assert.equal(await page.locator("dialog select").last().inputValue(), "all", "it is kept");
  await page.locator("dialog select").last().selectOption("none");
  await page.keyboard.press("Escape");
  await server.send("for @Ana again", "Bo", "told");
  await page.waitForFunction(() => document.title === "(4) told · papo");
  // What was said meanwhile is not told of, whatever is wanted.
  await page.evaluate(() => localStorage.setItem("papo.notify.told", '"all"'));
  server.cut();
  await page.waitForSelector(".state.is-broken");
  await server.send("while the wire was cut", "Bo", "told");
  server.mend();
  await page.waitForFunction(() => document.title === "(5) told · papo");
  assert.equal((await notices(page)).length, 2);
  await look(page, true);
  await page.waitForFunction(() => document.title === "told · papo");
  await calm(one);
  await one.context.close();
});

inRooms("what nobody has looked at is still new after a reload", async (come) => {
  const one = await visitor(opened);
  const page = await enter(one.context, server.page("later"), "Ana");
  await say(page, "first");
  await shows(page, ["first"]);
  await page.waitForFunction(() => localStorage["papo.seen.later"]?.includes('"seq":1'));
  await page.addInitScript(() => {
    document.hasFocus = () => false;
  });
  await look(page, false);
  await server.send("second", "Bo", "later");
  await page.waitForFunction(() => document.title === "(1) later · papo");
  await page.reload();
  await shows(page, ["first", "second"]);
  await page.waitForFunction(() => document.title === "(1) later · papo");
  await page.locator(".day.new").waitFor();
  await calm(one);
  await one.context.close();
});

inRooms("the Back key closes what lies over the room, and only then leaves it", async (come) => {
  const { page } = await come("Ana", "back-a", { viewport: { width: 390, height: 780 } });
  await goTo(page, "back-b");
  await page.keyboard.press("F1");
  await page.locator("dialog[open]").waitFor();
  await page.goBack();
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.equal(await page.locator("h1").innerText(), "back-b");
  await page.getByRole("button", { name: "Rooms" }).click();
  await page.locator(".side.is-open").waitFor();
  await page.goBack();
  await page.locator(".side.is-open").waitFor({ state: "detached" });
  // What is closed by its own button leaves nothing behind in the history.
  await page.keyboard.press("F1");
  await page.locator("dialog[open]").waitFor();
  const before = await page.evaluate(() => history.length);
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => history.length), before);
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("h1")?.innerText === "back-a");
});

inRooms("a link leads to its message, however old it is", async (come) => {
  const lines = Array.from({ length: 400 }, (_, index) => `line ${index + 1}`).join("\n");
  await server.papo(["send", server.link, "--lines", "--name", "Many", "--room", "linked", "--profile", `${server.folder}/many`], lines);
  const { page, context } = await come("Ana", "linked");
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator(".m").last().focus();
  await page.keyboard.press("l");
  await page.locator(".banner", { hasText: "copied" }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /\/linked\?at=400#[a-z2-7]{52}$/);
  await page.goto(server.page("linked").replace("#", "?at=17#"));
  await page.locator(".m.is-found", { hasText: "line 17" }).waitFor();
  assert.ok(await page.locator(".m.is-found").evaluate((row) => row.getBoundingClientRect().top > 0 && row.getBoundingClientRect().bottom < innerHeight));
});
