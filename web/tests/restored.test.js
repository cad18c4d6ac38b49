// A room whose log goes back to a backup, as the manual says it is put back: the page drops what it had of it and shows what is
// there now, whether it was open meanwhile or not.

import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Server, browser, calm, enter, say, shows, visitor } from "./harness.js";

let opened;
before(async () => {
  opened = await browser();
});
after(() => opened.close());

test("a room that was put back from a backup is another one", { timeout: 180_000 }, async () => {
  const server = await Server.start();
  const ana = await visitor(opened);
  const [log, copy] = ["log.db", "copy.db"].map((name) => join(server.folder, name));
  const putBack = () => {
    copyFileSync(copy, log);
    for (const end of ["-wal", "-shm"]) rmSync(log + end, { force: true });
    execFileSync("sqlite3", [log, "UPDATE log SET epoch = random()"]);
  };
  try {
    const page = await enter(ana.context, server.page(), "Ana");
    const kept = ["one of the backup", "two of the backup"];
    for (const text of kept) await say(page, text);
    await shows(page, kept);
    execFileSync("sqlite3", [log, `.backup ${copy}`]);
    await say(page, "three, which is lost");
    await shows(page, [...kept, "three, which is lost"]);

    await server.restart(putBack);
    await shows(page, kept);
    await server.send("three in its place");
    await shows(page, [...kept, "three in its place"]);
    await page.reload();
    await shows(page, [...kept, "three in its place"]);

    await page.goto("about:blank");
    await server.restart(putBack);
    await page.goto(server.page());
    await shows(page, kept);
    await say(page, "another three");
    await shows(page, [...kept, "another three"]);
    await calm(ana);
  } finally {
    await ana.context.close();
    await server.stop();
  }
});
