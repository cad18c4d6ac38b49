// A page whose server is gone, where the room is on other servers as well: it goes on there as the same person, with what it
// has not sent yet, and where the browser does not let it, says so and keeps everything.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";

import { Hosts, parseHosts } from "../page/app/hosts.js";
import { Server, calm, engine, enter, findings, say, shows, stage, trustingBrowser, visitor } from "./harness.js";

const here = stage();
const LATER = readdirSync(new URL("../page/later/", import.meta.url));

test("the servers are tried in turn, from the page's own on", () => {
  const hosts = new Hosts("a.example", ["b.example:1", "a.example"]);
  assert.deepEqual([hosts.turn(), hosts.turn(), hosts.turn()], ["a.example", "b.example:1", "a.example"]);
  hosts.missed();
  assert.equal(hosts.failed, null, "the page's own is no other");
  hosts.turn();
  hosts.missed();
  hosts.turn();
  hosts.aim();
  assert.equal(hosts.turn(), "b.example:1", "a person has accepted its certificate");
  hosts.joined();
  hosts.told(["a.example:443", "c.example:2"]);
  assert.equal(hosts.origin, "https://b.example:1");
  assert.deepEqual(hosts.others, ["a.example:443", "c.example:2"], "as an invite names them");
  hosts.turn();
  hosts.joined();
  hosts.settled();
  assert.equal(hosts.hasOthers, false, "the page's own names nobody any more");
});

test("what is no address of another server is none", () => {
  const bad = ["", "b.example/x", "b.example:1/x", "user@b.example", "b.example:99999", "[2001:db8::1]:9", "b example", "b.example:x", 3, null, "https://b.example"];
  assert.deepEqual(parseHosts(bad), []);
  assert.deepEqual(parseHosts(["B.example:12345", "b.example:12345", "c.example:443", "127.0.0.1:9"]), ["b.example:12345", "c.example", "127.0.0.1:9"]);
  assert.deepEqual(parseHosts("b.example"), []);
  assert.equal(parseHosts(Array.from({ length: 40 }, (_, index) => `h${index}.example`)).length, 16);
});

/** Writes down what the banner says, which may be there for a moment only: how long one waits is chance. */
async function listen(page) {
  await page.evaluate(() => {
    globalThis.told = [];
    const banner = document.querySelector(".banner");
    new MutationObserver(() => globalThis.told.push(banner.textContent)).observe(banner, { childList: true });
  });
}

const hears = (page, words) => page.waitForFunction((wanted) => globalThis.told.some((text) => text.includes(wanted)), words);

test("a page whose server dies or stops goes on at another one", { timeout: 180_000 }, async () => {
  const nats = await engine();
  const stops = [nats.stop];
  try {
    const [first, second] = await Server.sharing(nats.log, 2, (server) => stops.unshift(() => server.stop()));
    const [ana, zoe] = [await visitor(here.opened), await visitor(here.opened, { locale: "pt-BR" })];
    stops.unshift(() => ana.context.close(), () => zoe.context.close());
    const page = await enter(ana.context, first.page(), "Ana");
    const other = await enter(zoe.context, second.page(), "Zoë");
    await say(page, "before");
    await shows(other, ["before"]);
    // What the page needs later comes from its own server, while that is there.
    await page.waitForFunction((count) => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/later/")).length === count, LATER.length);
    await listen(page);
    // As a machine that is switched off: without a word.
    first.process.kill("SIGKILL");
    first.cut();
    await say(page, "said while no server was there");
    await hears(page, "on other servers too");
    await page.locator(".state.is-joined", { hasText: second.host }).waitFor();
    await page.locator(".banner").waitFor({ state: "hidden" });
    const said = ["before", "said while no server was there"];
    await shows(page, said);
    await shows(other, said);
    await page.waitForFunction(() => document.querySelectorAll(".people .one").length === 2);
    assert.deepEqual(await findings(page), []);
    await page.getByRole("button", { name: "Invite" }).click();
    assert.match(await page.locator("dialog .fp").first().innerText(), new RegExp(`^https://${second.host}/lobby#[a-z2-7]{52}\\.\\.${first.host}$`), "an invite leads to where somebody is");
    await page.keyboard.press("Escape");

    // The second one says goodbye, and the first one is there again.
    await first.run(String(first.port));
    first.mend();
    await listen(other);
    const halted = second.halt();
    await hears(other, "em até cinco segundos");
    await say(other, "dito na hora em que ele parou");
    await halted;
    await other.locator(".state.is-joined", { hasText: first.host }).waitFor();
    await page.locator(".state.is-joined").waitFor();
    said.push("dito na hora em que ele parou");
    await shows(page, said);
    await shows(other, said);
    const kept = await first.everything();
    assert.deepEqual(kept.map(({ text }) => text), said, "everything once, in this order");
    assert.equal(kept[0].from.id, kept[1].from.id, "the same person on either server");
    await page.reload();
    await page.locator(".state.is-joined", { hasText: "connected, " }).waitFor();
    for (const one of [ana, zoe]) await calm(one);
  } finally {
    for (const stop of stops) await stop();
  }
});

test("where the browser does not know the other certificate, the page says so and keeps what was written", { timeout: 120_000 }, async () => {
  // Another key, which this browser does not take.
  const stranger = await Server.start();
  const server = await Server.start(["--also", stranger.host]);
  const one = await trustingBrowser(server, { locale: "pt-BR" });
  try {
    const page = await enter(one.context, server.page(), "Ana");
    await say(page, "antes");
    await shows(page, ["antes"]);
    server.cut();
    await page.waitForSelector(".state.is-broken");
    await say(page, "fica aqui");
    const link = page.locator(".banner a.btn", { hasText: stranger.host });
    await link.waitFor();
    assert.match(await link.innerText(), /^Abrir /);
    assert.equal(await link.getAttribute("href"), server.page().replace(server.host, stranger.host).replace(/\.\..*$/, ""), "the same room, by the same key");
    assert.deepEqual([await link.getAttribute("target"), await link.getAttribute("rel")], ["_blank", "noopener"]);
    assert.match(await page.locator(".banner").innerText(), /fica aqui até lá/);
    assert.deepEqual(await findings(page), []);
    server.mend();
    await page.getByRole("button", { name: "Tentar agora" }).click({ timeout: 3000 }).catch(() => {});
    await shows(page, ["antes", "fica aqui"]);
    assert.equal(await page.locator(".banner").isVisible(), false);
    await calm(one);
  } finally {
    await one.close();
    await server.stop();
    await stranger.stop();
  }
});
