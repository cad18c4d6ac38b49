// Makes the pictures of the page in docs/images: `npm run pictures`, after the program was built. A real conversation on a
// real server, on a desk and on a phone, light and dark.

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { memberId } from "../page/app/codec.js";
import { colour } from "../page/app/names.js";
import { Server, browser, enter, say, visitor } from "./harness.js";

const folder = fileURLToPath(new URL("../../docs/images/", import.meta.url));
mkdirSync(folder, { recursive: true });
const opened = await browser();
const server = await Server.start();

/** The key that the page has made, before anybody has come in with it. */
async function keyOf(context) {
  const page = await context.newPage();
  await page.goto(server.page());
  await page.locator("form").waitFor();
  const key = await page.evaluate(() => new Promise((resolve) => {
    const opening = indexedDB.open("papo");
    opening.onsuccess = () => {
      const asked = opening.result.transaction("keys").objectStore("keys").get("me");
      asked.onsuccess = () => {
        opening.result.close();
        resolve([...asked.result.publicKey]);
      };
    };
  }));
  await page.close();
  return Uint8Array.from(key);
}

/** There are six colours, and two people may have the same one by chance. Whoever comes as the second of a colour comes with another key. */
const colours = new Set();
const come = async (name, options) => {
  for (;;) {
    const { context } = await visitor(opened, options);
    const theirs = colour(memberId(await keyOf(context)));
    if (!colours.has(theirs)) {
      colours.add(theirs);
      return enter(context, server.page(), name);
    }
    await context.close();
  }
};
const hear = (page, count) => page.waitForFunction((wanted) => document.querySelectorAll(".m").length >= wanted, count);

const desk = { locale: "pt-BR", viewport: { width: 1180, height: 720 } };
const ana = await come("Ana", desk);
const zoe = await come("Zoë", { ...desk, colorScheme: "dark" });
const other = await come("Ana", desk);
const hassan = await come("حسن Hassan", desk);
const haruto = await come("陽翔 Haruto", { locale: "pt-BR", viewport: { width: 390, height: 780 }, colorScheme: "dark" });
const said = [
  [zoe, "Bom dia! O servidor novo está no ar. Era só `papo serve` mesmo?"],
  [ana, "Só isso. O convite já leva o endereço e a **impressão digital** da chave 🎉"],
  [ana, "Guia: https://exemplo.org/guia"],
  [other, "Sou outra Ana, prazer! Dá para ver pela cor e pelo selo."],
  [hassan, "مرحبا بالجميع، كيف حالكم اليوم؟"],
  [haruto, "日本語も正しく折り返されます。よろしくお願いします。"],
  [zoe, "Para hoje:\n- bolo de milho\n- quentão\n> alguém traz o violão?"],
];
for (const [index, [page, text]] of said.entries()) {
  await say(page, text);
  await hear(ana, index + 1);
}
await ana.locator(".log").focus();
await ana.keyboard.press("ArrowUp");
await ana.keyboard.press("+");
await ana.keyboard.press("Enter");
await ana.waitForSelector(".reactions");
await zoe.waitForSelector(".reactions");
await haruto.waitForSelector(".reactions");
await ana.locator("textarea").fill("Levo o bolo de milho");
await ana.screenshot({ path: `${folder}page-room-light.png` });
await zoe.locator("textarea").focus();
await zoe.screenshot({ path: `${folder}page-room-dark.png` });
await haruto.locator("textarea").focus();
await haruto.screenshot({ path: `${folder}page-phone-dark.png` });
const { context } = await visitor(opened, { locale: "pt-BR", viewport: { width: 390, height: 780 } });
const start = await context.newPage();
await start.goto(server.page());
await start.locator("summary").click();
await start.screenshot({ path: `${folder}page-start-phone.png` });

// Other rooms, with something new in them.
const phone = await come("Bia", { locale: "pt-BR", viewport: { width: 390, height: 780 } });
for (const room of ["festa-junina", "engenharia", "lobby"]) {
  await phone.goto(server.page(room));
  await phone.waitForSelector(".state.is-joined");
}
await phone.waitForFunction(() => navigator.locks.query().then(({ held }) => held.some(({ name }) => name === "papo watch")));
await server.send("Quem traz as bandeirinhas?", "Zoë", "festa-junina");
await server.send("@Bia, a versão nova está no ar", "Haruto", "engenharia");
await phone.waitForFunction(() => Object.keys(JSON.parse(localStorage["papo.news"] ?? "{}")).length === 2);
await phone.getByRole("button", { name: "Salas" }).click();
await phone.locator(".side .news").nth(1).waitFor();
await phone.screenshot({ path: `${folder}page-rooms-phone.png` });
await phone.keyboard.press("Escape");
await phone.keyboard.press("Control+,");
await phone.locator("dialog fieldset").waitFor();
await phone.locator("dialog").evaluate((dialog) => dialog.scrollTo(0, 260));
await phone.screenshot({ path: `${folder}page-notices-phone.png` });

// Who is not let in.
await server.operator(["ban", "Bia"], "engenharia");
await phone.goto(server.page("engenharia"));
await phone.locator(".card.warn").waitFor();
await phone.screenshot({ path: `${folder}page-door-phone.png` });

// Those who keep order, and what they see.
await server.operator(["op", await ana.locator(".one", { hasText: "você" }).getAttribute("data-id"), "owner"]);
await ana.locator(".role").waitFor();
await ana.locator("textarea").fill("");
await say(ana, "/slow 10s");
await ana.locator(".mark").waitFor();
await ana.locator("textarea").pressSequentially("/");
await ana.locator(".offer li").first().waitFor();
await ana.screenshot({ path: `${folder}page-commands.png` });
await ana.keyboard.press("Escape");
await ana.locator("textarea").fill("");
await say(ana, "/invite 5 7d");
await ana.locator("dialog .qr").waitFor();
await ana.locator("dialog .plainlist li").waitFor();
await ana.locator("dialog").evaluate((dialog) => dialog.scrollTo(0, 0));
await ana.screenshot({ path: `${folder}page-invite.png` });
await ana.keyboard.press("Escape");
await ana.locator(".one", { hasText: "Zoë" }).click();
await ana.locator("dialog [role=group] .btn").nth(1).click();
await ana.screenshot({ path: `${folder}page-person.png` });
await ana.keyboard.press("Escape");
await opened.close();
await server.stop();
