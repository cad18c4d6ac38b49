// Where one writes: what is completed, one's own lines, commands that never get into the room, what is pasted and dropped,
// and that the list of keys tells the truth.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { KEYS } from "../page/later/dialogs.js";
import { COMMANDS, readLine } from "../page/later/orders.js";
import { complete, replaced } from "../page/later/completion.js";
import { EMOJI_NAMED } from "../page/later/emoji.js";
import { Server, browser, calm, enter, findings, pressAway, say, shows, visitor } from "./harness.js";

let [opened, server] = [];
before(async () => {
  opened = await browser();
  server = await Server.start();
});
after(async () => {
  await opened.close();
  await server.stop();
});

function inRoom(name, room, run) {
  test(name, { timeout: 120_000 }, async () => {
    const one = await visitor(opened);
    await run(await enter(one.context, server.page(room), "Ana"), one);
    await calm(one);
    await one.context.close();
  });
}

test("emoji and rooms are completed as names and commands are", () => {
  const known = { members: [], needsBadge: () => false, role: "member", rooms: ["sala-2", "lobby", "sala"] };
  const offered = (text) => complete(text, text.length, known)?.options.map(({ insert }) => insert.trim());
  assert.deepEqual(offered("oi :cafe"), ["☕"]);
  assert.deepEqual(offered(":corac")?.[0], "❤️", "also in Portuguese");
  assert.equal(offered("10:30"), undefined, "not within a word");
  assert.equal(offered("so :D"), undefined, "a sign of two letters is left alone");
  assert.deepEqual(offered("see #sa"), ["#sala", "#sala-2"]);
  assert.deepEqual(offered("/join lo"), ["#lobby"]);
  assert.deepEqual(replaced("ok :tada:", 9), { from: 3, emoji: "🎉" });
  assert.equal(replaced("at 10:30:", 9), null);
  const names = EMOJI_NAMED.flatMap((one) => one.names);
  assert.equal(new Set(names).size, names.length, "no name means two");
  assert.ok(EMOJI_NAMED.every((one) => one.names.length > 0 && one.names.every((name) => /^[a-z0-9_+-]+$/.test(name)) && /\p{Emoji}/u.test(one.emoji)));
  for (const { name } of COMMANDS) assert.notEqual(readLine(`/${name} nobody`).text?.startsWith("There is no"), true, `${name} is offered and known`);
});

inRoom("what is typed is completed by the keyboard", "typed", async (page) => {
  const box = page.locator("textarea");
  const guest = await server.guest("Zoë Maria", "typed");
  const other = await server.guest("Ana", "typed");
  await page.locator(".called", { hasText: "Zoë" }).waitFor();
  await box.pressSequentially("hi @zo");
  await page.locator(".offer li", { hasText: "Zoë Maria" }).waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await box.inputValue(), "hi @Zoë_Maria ");
  await box.pressSequentially("and @an");
  await page.locator(".offer li .aside").first().waitFor();
  const signs = await page.locator(".offer li .aside").allInnerTexts();
  assert.ok(signs.length === 2 && signs.every((sign) => /^[a-z2-7]{4}$/.test(sign)) && signs[0] !== signs[1], "equal names have signs");
  await page.keyboard.press("Escape");
  await box.fill("");
  await box.pressSequentially("nice :tada: and :roc");
  await page.locator(".offer li", { hasText: "🚀" }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await shows(page, ["nice 🎉 and 🚀"]);
  await box.pressSequentially("go to #typ");
  await page.locator(".offer li", { hasText: "#typed" }).waitFor();
  assert.deepEqual(await findings(page), []);
  await page.keyboard.press("Tab");
  assert.equal(await box.inputValue(), "go to #typed ");
  guest.leave();
  other.leave();
});

inRoom("what looks like a command is never said by mistake", "commands", async (page) => {
  await say(page, "//etc/hosts");
  await shows(page, ["/etc/hosts"]);
  await say(page, "/dance on the table");
  await page.locator(".hint.problem", { hasText: "/dance" }).waitFor();
  assert.equal(await page.locator("textarea").inputValue(), "/dance on the table", "it stays to be mended");
  await say(page, "/me waves");
  await shows(page, ["/etc/hosts", "waves"]);
  await say(page, "/shrug who knows");
  await page.locator(".m .text", { hasText: "who knows ¯\\_(ツ)_/¯" }).waitFor();
  assert.deepEqual((await server.everything("commands")).map(({ text }) => text[0]), ["/", "*", "w"]);
  await say(page, "/join #commands-b");
  await page.waitForURL(/commands-b/);
});

inRoom("somebody who is ignored is not seen, here alone, until one looks again", "ignoring", async (page) => {
  const guest = await server.guest("Pest", "ignoring");
  guest.say("buy now");
  await shows(page, ["buy now"]);
  await say(page, "/ignore Pest");
  await shows(page, []);
  guest.say("buy more");
  await say(page, "quiet");
  await shows(page, ["quiet"]);
  await page.reload();
  await shows(page, ["quiet"]);
  await page.locator(".one", { hasText: "Pest" }).click();
  await page.getByRole("button", { name: "Stop ignoring" }).click();
  await shows(page, ["buy now", "buy more", "quiet"]);
  guest.leave();
});

inRoom("an answer shows nothing of whoever is ignored, and takes it up again afterwards", "quoting", async (page) => {
  const [pest, bia] = [await server.guest("Pest", "quoting"), await server.guest("Bia", "quoting")];
  pest.say("buy now");
  await shows(page, ["buy now"]);
  bia.tell({ type: "say", id: "answer", text: "no", reply: 1 });
  await shows(page, ["buy now", "no"]);
  const quote = page.locator(".m .quote");
  assert.equal(await quote.innerText(), "Pest: buy now");
  await say(page, "/ignore Pest");
  await shows(page, ["no"]);
  assert.equal(await quote.innerText(), "A message of an ignored person");
  await say(page, "/unignore Pest");
  await shows(page, ["buy now", "no"]);
  assert.equal(await quote.innerText(), "Pest: buy now");
  for (const guest of [pest, bia]) guest.leave();
});

inRoom("what is done with a message has a command", "pointing", async (page) => {
  const box = page.locator("textarea");
  const guest = await server.guest("Zoë", "pointing");
  await say(page, "/edit nothing");
  await page.getByText("There is no such message of yours here.").waitFor();
  await box.fill("");
  guest.say("which cake?");
  await shows(page, ["which cake?"]);
  guest.say("and when?");
  await shows(page, ["which cake?", "and when?"]);
  await say(page, "teh cake");
  await shows(page, ["which cake?", "and when?", "teh cake"]);
  await say(page, "/edit the cake");
  await shows(page, ["which cake?", "and when?", "the cake"]);
  await say(page, "/reply ^2 that one");
  await shows(page, ["which cake?", "and when?", "the cake", "that one"]);
  assert.equal(await page.locator(".m .quote").innerText(), "Zoë: which cake?");
  await say(page, "/react :tada:");
  const reaction = page.locator(".m", { hasText: "and when?" }).locator(".reactions button");
  await reaction.waitFor();
  assert.equal(await reaction.innerText(), "🎉 1");
  await say(page, "/react 🎉");
  await reaction.waitFor({ state: "detached" });
  await say(page, "/edit");
  await page.waitForFunction(() => document.querySelector("textarea")?.value === "that one");
  await page.keyboard.press("Escape");
  await say(page, "/delete");
  await shows(page, ["which cake?", "and when?", "the cake", "This message was taken back."]);
  for (const [line, why] of [["/delete 2", "/delete ^2 the one before it"], ["/react nonsense", "/react takes an emoji"], ["/msg Zoë oi", "to one person only"], ["/edit ^#1 x", "not yours"]]) {
    await say(page, line);
    await page.locator(".say", { hasText: why }).waitFor();
    assert.equal(await box.inputValue(), line, "it can be mended");
    await box.fill("");
  }
  for (const text of ["@Ana, one", "nobody", "@Ana, two"]) {
    guest.say(text);
    await page.locator(".m .text", { hasText: text }).waitFor();
  }
  for (const text of ["@Ana, two", "@Ana, one"]) {
    await page.keyboard.press("Alt+m");
    await page.locator(".is-found", { hasText: text }).waitFor();
  }
  await page.keyboard.press("Alt+m");
  await page.locator(".is-found").waitFor({ state: "detached" });
  guest.leave();
});

inRoom("a draft survives the change of an earlier message", "drafts", async (page) => {
  const box = page.locator("textarea");
  await say(page, "one");
  await shows(page, ["one"]);
  await box.fill("half a thought");
  await page.locator(".m").first().focus();
  await page.keyboard.press("e");
  assert.equal(await box.inputValue(), "one");
  await say(page, "one and a half");
  await shows(page, ["one and a half"]);
  assert.equal(await box.inputValue(), "half a thought");
});

inRoom("a name of one's own belongs to a key, stays here, and marks whoever takes it", "petnames", async (page, one) => {
  const zoe = await visitor(opened);
  const other = await enter(zoe.context, server.page("petnames"), "Zoë");
  await say(other, "hello");
  await shows(page, ["hello"]);
  await say(page, "/call Zoë Mãe querida");
  await page.locator(".m .who.is-petname", { hasText: "Mãe querida" }).waitFor();
  await page.reload();
  await page.locator(".m .who.is-petname", { hasText: "Mãe querida" }).waitFor();
  assert.equal(await other.locator(".m .who", { hasText: "Zoë" }).count(), 1, "nobody else learns of it");
  const guest = await server.guest("mae querida", "petnames");
  await page.locator(".called", { hasText: "mae querida" }).locator(".badge").waitFor();
  await page.locator("textarea").pressSequentially("@zo");
  await page.locator(".offer li").first().waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.locator("textarea").inputValue(), "@Zoë ", "what others read is the name that they know");
  await page.locator("textarea").fill("");
  await page.locator(".one", { hasText: "Mãe" }).click();
  await page.locator("dialog", { hasText: "They call themselves" }).waitFor();
  assert.deepEqual(await findings(page), []);
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await say(page, "/call #zzzz x");
  await page.locator(".hint.problem", { hasText: "#zzzz" }).waitFor();
  await say(page, "/call Mãe_querida");
  await page.locator(".m .who:not(.is-petname)", { hasText: "Zoë" }).waitFor();
  guest.leave();
  await calm(zoe);
  await zoe.context.close();
  assert.equal(one.complaints.length, 0);
});

inRoom("one's own lines come back, also after a reload", "lines", async (page) => {
  const box = page.locator("textarea");
  await say(page, "one");
  await say(page, "two");
  await shows(page, ["one", "two"]);
  await box.fill("half");
  const press = async (key, expected) => {
    await page.keyboard.press(key);
    assert.equal(await box.inputValue(), expected, key);
  };
  await press("Control+ArrowUp", "two");
  await press("Control+ArrowUp", "one");
  await press("Control+ArrowUp", "one");
  await press("Control+ArrowDown", "two");
  await press("Control+ArrowDown", "half");
  await box.fill("");
  await page.reload();
  await shows(page, ["one", "two"]);
  await box.focus();
  await press("Control+ArrowUp", "two");
});

inRoom("many lines are pasted once one says so, and files are explained", "pasted", async (page) => {
  const box = page.locator("textarea");
  const transfer = (kind, text) => box.evaluate((element, [type, words]) => {
    const data = new DataTransfer();
    if (words === null) data.items.add(new File(["x"], "a.png", { type: "image/png" }));
    else data.setData("text/plain", words);
    const event = type === "paste" ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
      : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    element.dispatchEvent(event);
    return event.defaultPrevented;
  }, [kind, text]);
  assert.equal(await transfer("paste", "a\nb"), false, "a few lines are the browser's business");
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");
  assert.equal(await transfer("paste", lines), true);
  await page.locator("dialog h2", { hasText: "Paste 40 lines?" }).waitFor();
  assert.deepEqual(await findings(page), []);
  await page.keyboard.press("Escape");
  assert.equal(await box.inputValue(), "", "cancelled");
  await transfer("paste", lines);
  await page.getByRole("button", { name: "As a block of code" }).click();
  assert.equal(await box.inputValue(), `\`\`\`\n${lines}\n\`\`\`\n`);
  await box.fill("");
  await transfer("paste", lines);
  await page.locator("dialog .btn.go").waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await box.inputValue(), lines);
  assert.equal(await transfer("paste", null), true);
  await page.locator(".hint.problem", { hasText: "cannot send files" }).waitFor();
  await box.fill("");
  assert.equal(await transfer("dragover", null), true);
  assert.equal(await transfer("drop", null), true, "the browser does not leave the room to show the file");
  await page.locator(".hint.problem", { hasText: "cannot send files" }).waitFor();
});

/** What each key of the list does, seen. Each begins with the box in focus and three messages of one's own. */
const SHOWN = {
  Enter: async (page) => {
    await page.keyboard.type("sent");
    await page.keyboard.press("Enter");
    await page.locator(".m .text", { hasText: "sent" }).waitFor();
  },
  "Shift+Enter": async (page) => {
    await page.keyboard.type("a");
    await page.keyboard.press("Shift+Enter");
    assert.equal(await page.locator("textarea").inputValue(), "a\n");
  },
  Tab: async (page) => {
    await page.keyboard.type("/hel");
    await page.locator(".offer li").waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.locator("textarea").inputValue(), "/help");
  },
  "↑": async (page) => {
    await page.keyboard.press("ArrowUp");
    await page.locator(".about", { hasText: "changing" }).waitFor();
  },
  "Ctrl+↑ ↓": async (page) => {
    await page.keyboard.press("Control+ArrowUp");
    assert.notEqual(await page.locator("textarea").inputValue(), "");
    await page.keyboard.press("Control+ArrowDown");
    assert.equal(await page.locator("textarea").inputValue(), "");
  },
  Esc: async (page) => {
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Escape");
    await page.locator(".about").waitFor({ state: "hidden" });
  },
  "Ctrl+F": async (page) => {
    await page.keyboard.press("Control+f");
    await page.locator(".find input:focus").waitFor();
  },
  "Ctrl+K": async (page) => {
    await page.keyboard.press("Control+k");
    await page.locator("dialog [role=combobox]:focus").waitFor();
  },
  "Alt+↑ ↓": async (page) => {
    pressAway(page, "Alt+ArrowDown");
    await page.waitForURL(/other/);
    await page.waitForSelector(".state.is-joined");
    pressAway(page, "Alt+ArrowUp");
    await page.waitForURL(/\/keys/);
  },
  "Alt+A": async (page) => {
    await page.evaluate(() => localStorage.setItem("papo.news", '{"other":{"count":1,"mentions":0}}'));
    pressAway(page, "Alt+a");
    await page.waitForURL(/other/);
  },
  "Alt+M": async (page) => {
    await page.keyboard.press("Alt+m");
    await page.locator(".is-found", { hasText: "@Ana, look" }).waitFor();
  },
  "Alt+U": async (page) => {
    await page.keyboard.press("Alt+u");
    await page.locator(".people.is-open").waitFor();
  },
  "Ctrl+,": async (page) => {
    await page.keyboard.press("Control+,");
    await page.locator("dialog fieldset").waitFor();
  },
  "Shift+Tab": async (page) => {
    await page.keyboard.press("Shift+Tab");
    await page.locator(".log:focus").waitFor();
  },
  "↑ ↓ PgUp PgDn Home End": async (page) => {
    await page.locator(".log").focus();
    await page.keyboard.press("ArrowUp");
    await page.locator(".m:last-child:focus").waitFor();
    await page.keyboard.press("ArrowUp");
    await page.locator(".m:last-child:not(:focus)").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.locator(".m:last-child:focus").waitFor();
    const top = () => page.locator(".log").evaluate((log) => log.scrollTop);
    const moved = async (key, check) => {
      const before = await top();
      await page.keyboard.press(key);
      await page.waitForFunction(([was, sense]) => Math.sign(document.querySelector(".log").scrollTop - was) === sense, [before, check]);
    };
    await moved("PageUp", -1);
    await moved("PageDown", 1);
    await moved("Home", -1);
    await moved("End", 1);
  },
  "r e + y l Del": async (page) => {
    const at = async (key) => {
      await page.locator(".m").last().focus();
      await page.keyboard.press(key);
    };
    await at("r");
    await page.locator(".about", { hasText: "Reply" }).waitFor();
    await at("e");
    await page.locator(".about", { hasText: "changing" }).waitFor();
    await page.keyboard.press("Escape");
    await at("y");
    await page.waitForFunction(() => navigator.clipboard.readText().then((text) => text.includes("three")));
    await at("l");
    await page.waitForFunction(() => navigator.clipboard.readText().then((text) => text.includes("?at=")));
    await at("+");
    await page.keyboard.press("Enter");
    await page.locator(".reactions").waitFor();
    await at("Delete");
    await page.locator(".is-gone").waitFor();
  },
  "F1 Ctrl+/ ?": async (page) => {
    for (const key of ["F1", "Control+/", "?"]) {
      if (key === "?") await page.locator(".log").focus();
      await page.keyboard.press(key);
      await page.locator("dialog kbd").first().waitFor();
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
    }
  },
};

test("every key of the list does what it says", { timeout: 180_000 }, async () => {
  assert.deepEqual(Object.keys(SHOWN), KEYS.map(({ keys }) => keys), "each key is shown here, and each that is shown is listed");
  const one = await visitor(opened, { permissions: ["clipboard-read", "clipboard-write"], viewport: { width: 800, height: 420 } });
  const setup = await enter(one.context, server.page("other"), "Ana");
  await setup.goto(server.page("keys"));
  await setup.waitForSelector(".state.is-joined");
  const guest = await server.guest("Bia", "keys");
  guest.say("@Ana, look");
  await setup.locator(".m .text", { hasText: "look" }).waitFor();
  for (const text of ["one\n".repeat(20), "two\n".repeat(20), "three"]) await say(setup, text);
  await setup.locator(".m .text", { hasText: "three" }).waitFor();
  for (const [keys, see] of Object.entries(SHOWN)) {
    const page = await one.context.newPage();
    await page.goto(server.page("keys"));
    await page.waitForSelector(".state.is-joined");
    await page.locator(".m .text", { hasText: "three" }).or(page.locator(".is-gone")).first().waitFor();
    await page.evaluate(() => localStorage.removeItem("papo.draft.keys"));
    await page.locator("textarea").fill("");
    await page.locator("textarea").focus();
    await see(page).catch((error) => {
      throw new Error(`${keys}: ${error.message}`);
    });
    await page.close();
  }
  guest.leave();
  await calm(one);
  await one.context.close();
});
