// Those who keep order, in a real browser: what they do is seen by everybody in words, what it forbids is said before one
// tries, and what one may not do is refused in plain words.

import assert from "node:assert/strict";

import { calm, enter, say, shows, stage, visitor } from "./harness.js";

const here = stage();

const acts = (page) => page.locator(".done").allInnerTexts().then((texts) => texts.map((text) => text.replaceAll(/[\u2068\u2069]/g, "").replace(/\s*\d\d:\d\d.*$/, "")));

/** Waits until an act is shown in these words. */
async function tells(page, words) {
  await page.locator(".done", { hasText: words }).last().waitFor();
}

here.inRoom("kept order is seen, felt and taken back", [], async (server, come) => {
  const ana = (await come("Ana")).page;
  const zoe = (await come("Zoë", { locale: "pt-BR" })).page;
  await ana.locator(".event", { hasText: "Zoë" }).waitFor();
  await server.operator(["op", "Ana", "owner"]);
  await ana.locator(".one .role", { hasText: "owner" }).waitFor();
  await ana.locator(".app[data-role=owner]").waitFor();
  await tells(zoe, "deu a");
  assert.match((await acts(ana))[0], /^whoever runs the server made Ana an owner/);

  await say(zoe, "/kick Ana");
  await zoe.locator(".is-failed", { hasText: "Você não pode fazer isso aqui" }).waitFor();
  await zoe.locator(".is-failed .btn").click();
  await say(zoe, "/dance");
  await zoe.locator(".hint.problem", { hasText: "/dance" }).waitFor();
  await zoe.locator("textarea").fill("");

  await say(ana, "/mute @Zoë 10m spam");
  await tells(zoe, "silenciou");
  await zoe.locator(".notice", { hasText: "não falar" }).waitFor();
  await say(zoe, "may I?");
  await zoe.locator(".hint.problem").waitFor();
  assert.equal(await zoe.locator("textarea").inputValue(), "may I?", "the text stays");
  await ana.locator(".one", { hasText: "Zoë" }).click();
  await ana.locator("dialog .btn", { hasText: "Let speak again" }).click();
  await zoe.locator(".notice").waitFor({ state: "hidden" });
  await zoe.locator("textarea").press("Enter");
  await shows(ana, ["may I?"]);

  await say(ana, "/slow 1s");
  await zoe.locator(".mark", { hasText: "1 s" }).waitFor();
  await say(zoe, "slowly");
  await shows(ana, ["may I?", "slowly"]);
  await say(ana, "/slow 1h");
  await zoe.locator(".mark", { hasText: "1 h" }).waitFor();
  await say(zoe, "/slow off");
  await zoe.locator(".is-failed .btn").click();
  // Whatever the page knows of the pause, what is said too soon waits and is not lost.
  await zoe.locator("textarea").fill("too soon");
  await zoe.waitForFunction(() => !document.querySelector(".box .btn").disabled);
  await zoe.locator("textarea").press("Enter");
  await shows(ana, ["may I?", "slowly", "too soon"]);
  await zoe.locator(".box .btn:disabled").waitFor();
  await say(zoe, "not yet");
  await zoe.locator(".hint.problem", { hasText: "todos esperam" }).waitFor();
  assert.equal(await zoe.locator("textarea").inputValue(), "not yet");
  await say(ana, "/slow off");
  await zoe.waitForFunction(() => !document.querySelector(".box .btn").disabled);

  await say(ana, "/announce");
  await zoe.locator(".notice", { hasText: "só moderadores" }).waitFor();
  await say(ana, "/announce off");
  await zoe.locator(".notice").waitFor({ state: "hidden" });
  await say(ana, "/lock");
  await ana.locator(".mark", { hasText: "locked" }).waitFor();
  const late = await visitor(here.opened);
  const page = await late.context.newPage();
  await page.goto(server.page());
  await page.locator("input").first().fill("Late");
  await page.keyboard.press("Enter");
  await page.locator(".card.warn", { hasText: "Nobody new is let in" }).waitFor();
  await calm(late);
  await late.context.close();

  await say(ana, "/unlock");
  await ana.locator(".mark").waitFor({ state: "detached" });
  await ana.locator(".one", { hasText: "Zoë" }).click();
  await ana.locator("dialog .btn", { hasText: "Put out" }).click();
  await ana.keyboard.type("be nice");
  await ana.keyboard.press("Enter");
  await zoe.locator(".card.warn", { hasText: "be nice" }).waitFor();
  assert.equal(await zoe.locator(".say").isVisible(), false, "nothing can be written any more");
  await tells(ana, "be nice");
  const said = (await server.everything()).filter(({ text }) => text !== undefined).map(({ text }) => text);
  assert.deepEqual(said, ["may I?", "slowly", "too soon"], "what was refused or was a command is not in the log");
});

here.inRoom("an invite is made, shown as a code, used once and taken back", ["0.0.0.0", "--address", "127.0.0.1"], async (server, come) => {
  const ana = (await come("Ana")).page;
  await ana.locator(".app[data-role=owner]").waitFor();
  await ana.locator(".one .role", { hasText: "owner" }).waitFor();
  assert.match(await ana.evaluate(() => location.hash), /^#[a-z2-7]{52}$/, "the secret does not stay in the address");
  await say(ana, "/invite");
  await ana.locator("dialog form .btn.go").click();
  await ana.locator("dialog svg.qr").waitFor();
  const link = await ana.locator("dialog .fp").innerText();
  assert.match(link, /#[a-z2-7]{52}\.[a-z2-7]{32}$/);
  await ana.locator("dialog .plainlist li").first().waitFor();
  await ana.keyboard.press("Escape");
  const zoe = (await come("Zoë", { link })).page;
  await say(zoe, "in");
  await shows(ana, ["in"]);
  const late = await visitor(here.opened);
  const again = await late.context.newPage();
  await again.goto(link);
  await again.locator("input").first().fill("Late");
  await again.keyboard.press("Enter");
  await again.locator(".card.warn", { hasText: "As many as may" }).waitFor();
  await late.context.close();
  await say(ana, "/invite 5 1h");
  await ana.locator("dialog svg.qr").waitFor();
  const revoke = ana.locator("dialog .plainlist li", { hasText: "5 people" }).locator(".btn");
  await revoke.click();
  await revoke.waitFor({ state: "detached" });
  await ana.keyboard.press("Escape");
  await say(ana, "/audit");
  await ana.locator("dialog li", { hasText: "took back the invite" }).waitFor();
});

here.inRoom("names and commands are completed by the keyboard, and people are found", [], async (server, come) => {
  const guests = await Promise.all(["Zoë", "Bia", "Caio", "Duda", "Edu", "Fê", "Gil", "Hugo"].map((name) => server.guest(name)));
  const page = (await come("Ana")).page;
  const box = page.locator("textarea");
  await box.pressSequentially("oi @zo");
  await page.locator(".offer li[aria-selected=true]", { hasText: "Zoë" }).waitFor();
  assert.equal(await box.getAttribute("aria-activedescendant"), "offer-0");
  await page.keyboard.press("Enter");
  assert.equal(await box.inputValue(), "oi @Zoë ");
  await page.keyboard.press("Enter");
  await shows(page, ["oi @Zoë"]);
  await box.pressSequentially("/hel");
  await page.keyboard.press("Tab");
  assert.equal(await box.inputValue(), "/help");
  await page.keyboard.press("Enter");
  await page.locator("dialog kbd", { hasText: "/help" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await box.inputValue(), "", "a command is not said");
  await page.locator(".people input").fill("fe");
  await page.waitForFunction(() => document.querySelectorAll(".people li").length === 1);
  assert.match(await page.locator(".people li").innerText(), /Fê/);
  await page.locator(".people input").fill("");
  await page.locator(".one", { hasText: "Caio" }).click();
  await page.locator("dialog .btn.go").click();
  assert.equal(await box.inputValue(), "@Caio ");
  for (const guest of guests) guest.leave();
  await page.locator(".event", { hasText: /and 6 more.? left/ }).waitFor();
  await say(page, "//slash");
  await shows(page, ["oi @Zoë", "/slash"]);
});

here.inRoom("a swipe brings in the people and the rooms, and sends them back", [], async (server, come) => {
  const page = (await come("Ana", { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true })).page;
  const swipe = (from, to) => page.evaluate(([begin, end]) => {
    const target = document.elementFromPoint(begin, 300);
    const touch = (x) => new Touch({ identifier: 1, target, clientX: x, clientY: 300 });
    target.dispatchEvent(new TouchEvent("touchstart", { bubbles: true, touches: [touch(begin)], changedTouches: [touch(begin)] }));
    target.dispatchEvent(new TouchEvent("touchend", { bubbles: true, changedTouches: [touch(end)] }));
  }, [from, to]);
  await swipe(350, 100);
  await page.locator(".people").waitFor({ state: "visible" });
  await swipe(40, 300);
  await page.locator(".people").waitFor({ state: "hidden" });
  await swipe(40, 300);
  await page.locator(".side").waitFor({ state: "visible" });
});
