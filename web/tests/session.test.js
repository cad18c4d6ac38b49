// What the page's session does when connections break: the rules of docs/PROTOCOL.md, sections 13 and 16.

import assert from "node:assert/strict";
import { test } from "node:test";

import { layout } from "../page/app/layout.js";
import { Session } from "../page/app/session.js";
import { safe } from "../page/app/text.js";

const EPOCH = "9f3c01e7a24b5d68";
const ANA = { id: "25njqamcweflpvkl73j4szah", name: "Ana" };
const BOB = { id: "hvabpq7iioevvevxbktu2g36", name: "Bob" };
const WELCOME = { type: "welcome", protocol: 1, server: "papo/0.1.0", nonce: "AAECAwQFBgcICQoLDA0ODw" };
const joined = (head, you = ANA, epoch = EPOCH) => ({ type: "joined", you, room: "lobby", epoch, first: 1, head, count: 1, members: [you] });
const message = (seq, from, id, text = id) => ({ type: "message", seq, time: "2026-11-22T14:06:57.042Z", from, id, text });

/** A session that is in a room. */
function inRoom(head, options = {}) {
  const session = new Session({ name: "Ana", room: "lobby", hasKey: true, random: () => 0.5, ...options });
  join(session, joined(head, options.hasKey === false ? { ...ANA, id: "guest-aaaaaaaaaaaaa" } : ANA));
  return session;
}

function join(session, answer) {
  session.connecting();
  session.opened(0);
  hear(session, WELCOME);
  session.proved("key", "proof");
  return hear(session, answer);
}

const hear = (session, said, now = 0) => session.heard(JSON.stringify(said), now);
const sent = (effects) => effects.filter((effect) => effect.do === "send").map((effect) => effect.message);
const told = (effects) => effects.filter((effect) => effect.do === "tell").map((effect) => effect.event.type);

test("an outbox is sent again after every join, until its echo", () => {
  const session = inRoom(0);
  assert.deepEqual(sent(session.say("1", { text: "a" })), [{ type: "say", id: "1", text: "a" }]);
  session.say("2", { text: "b" });
  const [, { afterMs }] = session.closed(0);
  assert.equal(afterMs, 500);
  const again = sent(join(session, joined(1))).filter(({ type }) => type === "say");
  assert.deepEqual(again.map(({ id }) => id), ["1", "2"]);
  const echo = hear(session, message(1, ANA, "1"));
  assert.deepEqual(echo.map((effect) => effect.do), ["settled", "tell"]);
  session.closed(0);
  assert.deepEqual(sent(join(session, joined(1))).filter(({ type }) => type === "say").map(({ id }) => id), ["2"]);
});

test("what was heard already acknowledges, and is not shown twice", () => {
  const session = inRoom(5);
  session.say("1", { text: "a" });
  assert.deepEqual(told(hear(session, message(3, ANA, "1"))), ["sent"]);
  assert.deepEqual(told(hear(session, message(6, BOB, "x"))), ["message"]);
  assert.deepEqual(told(hear(session, message(6, BOB, "x"))), ["sent"]);
  session.say("2", { text: "b" });
  assert.deepEqual(told(hear(session, message(9, ANA, "2"))), ["sent"], "ahead of the stream");
  assert.equal(session.position.seq, 6);
  assert.deepEqual(hear(session, message(11, BOB, "y")).map((effect) => effect.do), ["close"], "a gap");
});

test("a join resumes where the last connection ended, and another log begins anew", () => {
  const session = inRoom(5);
  hear(session, message(6, BOB, "x"));
  session.closed(0);
  session.connecting();
  session.opened(0);
  hear(session, WELCOME);
  const [{ after, epoch }] = sent(session.proved("key", "proof"));
  assert.deepEqual([after, epoch], [6, EPOCH]);
  const effects = hear(session, joined(2, ANA, "0000000000000000"));
  assert.equal(told(effects)[0], "reset");
  assert.deepEqual(sent(effects).filter(({ type }) => type === "history"), [{ type: "history", before: 3, limit: 60 }]);
});

test("a guest sends again only what is not there under a former id", () => {
  const session = inRoom(0, { hasKey: false });
  session.say("1", { text: "a" });
  session.say("2", { text: "b" });
  session.closed(0);
  const effects = join(session, joined(1, { id: "guest-bbbbbbbbbbbbb", name: "Ana" }));
  assert.deepEqual(sent(effects).filter(({ type }) => type === "say"), [], "first it reads");
  assert.deepEqual(sent(session.say("3", { text: "c" })), [], "and keeps the order");
  const read = hear(session, message(1, { ...ANA, id: "guest-aaaaaaaaaaaaa" }, "1"));
  assert.deepEqual(sent(read).map(({ id }) => id), ["2", "3"]);
});

test("waiting doubles up to half a minute, and a server's wish counts", () => {
  const session = new Session({ name: "Ana", room: "lobby", hasKey: true, random: () => 0.5 });
  const waits = Array.from({ length: 9 }, () => session.closed(0).at(-1).afterMs + (session.connecting(), 0));
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  const other = inRoom(0);
  hear(other, { type: "closing", code: "full", text: "x", after: 30 });
  assert.equal(other.closed(0).at(-1).afterMs, 30_500);
});

test("whoever loses a server goes to another one within five seconds, and only from there on waits longer", () => {
  const session = inRoom(0, { random: () => 0.9 });
  session.serverCount = 2;
  hear(session, { type: "closing", code: "stopping", text: "x", after: 60 });
  assert.equal(session.closed(0)[1].afterMs, 4500);
  session.connecting();
  assert.equal(session.closed(0)[1].afterMs, 1400, "what the first one has asked for does not hold for the second");
});

test("where every server lets people in and drops them again soon, they wait longer each time, and as long as it asks for", () => {
  const session = inRoom(0, { random: () => 0.9 });
  session.serverCount = 2;
  const waits = Array.from({ length: 9 }, () => {
    hear(session, { type: "closing", code: "stopping", text: "x", after: 5 });
    const [, { afterMs }] = session.closed(1000);
    join(session, joined(0));
    return afterMs;
  });
  assert.deepEqual(waits, [4500, 4500, 5900, 5900, 11_200, 22_400, 42_000, 42_000, 42_000]);
  assert.equal(session.closed(30_000)[1].afterMs, 4500, "after half a minute in a room that is over");
});

test("silence is asked about and then ends the connection", () => {
  const session = inRoom(0);
  hear(session, { type: "pong" });
  assert.deepEqual(session.tick(19_999), []);
  assert.deepEqual(sent(session.tick(20_000)), [{ type: "ping" }]);
  assert.deepEqual(session.tick(45_000), [{ do: "close" }]);
});

test("a refusal for good leaves the outbox, a passing one does not", () => {
  const session = inRoom(0);
  session.say("1", { text: "a" });
  session.say("2", { text: "b" });
  assert.deepEqual(told(hear(session, { type: "error", code: "bad_body", text: "x", about: "1" })), ["failed"]);
  hear(session, { type: "error", code: "log_failed", text: "x", about: "2", retry_after: 5 }, 0);
  assert.deepEqual(sent(session.tick(5000)).filter(({ type }) => type === "say").map(({ id }) => id), ["2"]);
});

test("what is said behind something that waits does not overtake it", () => {
  const session = inRoom(0);
  session.say("1", { text: "a" });
  hear(session, { type: "error", code: "log_failed", text: "x", about: "1", retry_after: 5 }, 0);
  assert.deepEqual(sent(session.say("2", { text: "b" })), []);
  assert.deepEqual(sent(session.tick(5000)).filter(({ type }) => type === "say").map(({ id }) => id), ["1", "2"]);
  assert.deepEqual(sent(session.say("3", { text: "c" })).map(({ id }) => id), ["3"]);
});

test("a server that cannot open the room just now is come back to", () => {
  const session = new Session({ name: "Ana", room: "lobby", hasKey: true, random: () => 0 });
  session.opened(0);
  hear(session, WELCOME);
  assert.deepEqual(told(hear(session, { type: "error", code: "log_failed", text: "x", retry_after: 5 })), ["refused"]);
  assert.deepEqual(told(hear(session, { type: "closing", code: "stopping", text: "x", after: 5 })), ["closing"]);
  assert.deepEqual(session.closed(0).at(-1), { do: "connect", afterMs: 5000 });
});

test("who leaves without a connection does not come back", () => {
  const session = inRoom(0);
  assert.deepEqual(sent(session.leave()), [{ type: "leave" }]);
  session.closed(0);
  assert.deepEqual(told(session.leave()), ["ended"]);
  assert.deepEqual([session.leave(), session.closed(0), session.connecting()], [[], [], []]);
});

test("what cannot get better is not tried again", () => {
  const rows = [{ ...WELCOME, protocol: 2 }, { type: "closing", code: "left", text: "x" }];
  for (const said of rows) {
    const session = new Session({ name: "Ana", room: "lobby", hasKey: true });
    session.opened(0);
    assert.ok(told(hear(session, said)).includes("ended"));
    assert.deepEqual(session.closed(0), []);
  }
});

test("rows are laid out by day and by person", () => {
  const row = (seq, from, time) => ({ seq, id: String(seq), from, time, text: "x" });
  const rows = [
    row(1, ANA, "2026-11-20T12:00:00Z"), row(2, ANA, "2026-11-20T12:01:00Z"), row(3, { ...BOB, name: "Ana" }, "2026-11-20T12:02:00Z"),
    row(4, { ...BOB, name: "Ana" }, "2026-11-20T12:09:00Z"), row(5, ANA, "2026-11-22T12:00:00Z"),
  ];
  const kinds = layout(rows, 4).map((item) => (item.kind === "row" ? item.isMore : item.kind));
  assert.deepEqual(kinds, ["day", false, true, false, "new", false, "day", false]);
});

test("what is not to be obeyed is shown", () => {
  assert.equal(safe("a\u001b[31m\u0000\u202eb\n\tc\u0085"), "a\u241b[31m\u2400\u27eaU+202E\u27ebb\n\tc\u27eaU+0085\u27eb");
  assert.equal([...safe(`a${"\u0300".repeat(100)}`)].length, 9);
  assert.equal(safe("\ud800"), "\ufffd");
});
