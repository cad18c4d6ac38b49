// What the page makes of commands, acts, comings and goings, and invites: its pure modules, without a browser.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { actText, mayActUpon, mayDo, timeSaid } from "../page/app/acts.js";
import { complete } from "../page/later/completion.js";
import { inviteId, inviteLink } from "../page/later/invite.js";
import { colour } from "../page/app/names.js";
import { layout } from "../page/app/layout.js";
import { actAbout, findMember, readLine, wordOf } from "../page/later/orders.js";
import { Presence } from "../page/app/presence.js";
import { qrCode } from "../page/later/qr.js";
import { Recent } from "../page/app/recent.js";
import { Session } from "../page/app/session.js";
import { Standing } from "../page/app/standing.js";
import { Timeline } from "../page/app/timeline.js";
import { endedText, setLanguage } from "../page/app/words.js";

import jsqr from "jsqr";

const ANA = { id: "25njqamcweflpvkl73j4szah", name: "Ana" };
const OTHER_ANA = { id: "aaaaqamcweflpvkl73j4szah", name: "Ana" };
const ZOE = { id: "hvabpq7iioevvevxbktu2g36", name: "Zoë Maria" };
const GUEST = { id: "guest-aebagbafaydqq", name: "Bo" };
const TIME = "2026-11-22T14:06:57.042Z";
const plain = (text) => text.replaceAll(/[\u2068\u2069]/g, "");

test("each line means one thing, as in the terminal", () => {
  const about = (verb, whom, more = {}) => ({ kind: "about", verb, whom, ...more });
  const rows = [
    ["oi", { kind: "say", text: "oi" }], ["//etc/hosts", { kind: "say", text: "/etc/hosts" }], ["/me waves", { kind: "say", text: "*waves*" }],
    ["/nick Zoë", { kind: "rename", name: "Zoë" }], ["/WHO", { kind: "show", what: "people" }], ["/quit", { kind: "leave" }],
    ["/kick Zoë", about("kick", "Zoë")], ["/kick Zoë 10m of spam", about("kick", "Zoë", { why: "10m of spam" })],
    ["/ban Zoë 7d spam", about("ban", "Zoë", { seconds: 604_800, why: "spam" })], ["/mute @Zoë 30s", about("mute", "@Zoë", { seconds: 30 })],
    ["/mute Zoë 0s", about("mute", "Zoë", { why: "0s" })], ["/op Zoë owner", about("own", "Zoë")], ["/deop Zoë", about("deop", "Zoë")],
    ["/slow auto", { kind: "act", act: { do: "slow" } }], ["/slow off", { kind: "act", act: { do: "slow", seconds: 0 } }],
    ["/slow 2m", { kind: "act", act: { do: "slow", seconds: 120 } }], ["/announce", { kind: "act", act: { do: "announce", on: true } }],
    ["/announce off", { kind: "act", act: { do: "announce", on: false } }], ["/unlock", { kind: "act", act: { do: "lock", on: false } }],
    ["/invite", { kind: "show", what: "invites" }], ["/invite 1 2h", { kind: "invite", uses: 1, seconds: 7200 }],
    ["/invite 7d", { kind: "invite", seconds: 604_800 }], ["/revoke ABC", { kind: "revoke", invite: "abc" }], ["/audit", { kind: "show", what: "audit" }],
  ];
  for (const [line, expected] of rows) assert.deepEqual(readLine(line), expected, line);
  const wrong = ["/", "/etc/hosts", "/dance", "/me", "/nick \u202e", "/kick", "/slow", "/slow x", "/announce x", "/lock x", "/invite 0", "/invite 1 2", "/revoke", "/constructor"];
  for (const line of wrong) assert.equal(readLine(line).kind, "wrong", `${line} is never said`);
});

test("somebody has the same colour in the page and in the window", () => {
  assert.equal(colour("guest-aaaaaaaaaaaaa"), 6, "in every version");
  const theme = readFileSync(new URL("../../crates/desktop/src/theme.rs", import.meta.url), "utf8");
  const window = [...theme.matchAll(/members: \[(rgb[^\]]+)\]/g)].map(([, list]) => [...list.matchAll(/0x([0-9a-f_]+)/g)].map(([, digits]) => `#${digits.replaceAll("_", "")}`));
  const css = readFileSync(new URL("../page/style/tokens.css", import.meta.url), "utf8").split("prefers-color-scheme: dark");
  const page = css.map((part) => [1, 2, 3, 4, 5, 6].map((index) => new RegExp(`--n${index}: (#[0-9a-f]{6})`).exec(part)?.[1]));
  assert.deepEqual(page, window, "light and dark");
});

test("a word means one member, or is asked about", () => {
  const members = [ANA, OTHER_ANA, ZOE, GUEST];
  assert.deepEqual(findMember("zoë_maria", members), { id: ZOE.id });
  assert.ok("wrong" in findMember("Ana", members), "two are called so");
  assert.deepEqual(findMember("Ana#25nj", members), { id: ANA.id });
  assert.deepEqual(findMember("#aebag", members), { id: GUEST.id });
  assert.deepEqual(findMember(ZOE.id, []), { id: ZOE.id });
  assert.ok("wrong" in findMember("Carla", members));
  for (const member of members) assert.deepEqual(findMember(wordOf(member, true), members), { id: member.id }, "what is offered is understood");
  assert.equal(wordOf({ ...ZOE, name: "🎉" }, false), "@#hvab", "a name without letters");
});

test("every act is a sentence of its own in both languages, and one of a later version too", () => {
  const whom = { id: ZOE.id, name: ZOE.name };
  const acts = [
    { do: "kick", whom }, { do: "ban", whom }, { do: "ban", whom, seconds: 3600 }, { do: "unban", whom }, { do: "mute", whom },
    { do: "mute", whom, seconds: 90 }, { do: "unmute", whom }, { do: "slow" }, { do: "slow", seconds: 0 }, { do: "slow", seconds: 10 },
    { do: "announce", on: true }, { do: "announce", on: false }, { do: "lock", on: true }, { do: "lock", on: false }, { do: "op", whom, role: "moderator" },
    { do: "op", whom, role: "owner" }, { do: "deop", whom }, { do: "invite", invite: "a".repeat(52) }, { do: "revoke", invite: "a".repeat(52) },
    { do: "enter", invite: "a".repeat(52), role: "member" }, { do: "enter", invite: "a".repeat(52), role: "owner" }, { do: "dance" },
  ];
  const said = (language) => {
    setLanguage(language);
    return acts.map((act) => plain(actText({ seq: 1, time: TIME, from: ANA, id: "1", act })));
  };
  const [english, portuguese] = [said("en"), said("pt")];
  assert.equal(new Set([...english, ...portuguese]).size, 2 * acts.length, "no two say the same");
  assert.ok([...english, ...portuguese].every((text) => text.includes("Ana") && !text.includes("{")));
  setLanguage("en");
  assert.equal(plain(actText({ seq: 1, time: TIME, from: ANA, id: "1", act: { do: "mute", whom, seconds: 600, why: "spam\u202e" } })),
    "Ana muted Zoë Maria for 10 min: spam⟪U+202E⟫");
  assert.deepEqual([90, 3600, 86_400, 0].map(timeSaid), ["90 s", "1 h", "1 d", "0 d"]);
});

test("roles may what the protocol says", () => {
  for (const [role, keepsOrder, gives] of [["guest", false, false], ["member", false, false], ["moderator", true, false], ["owner", true, true], ["later", false, false], ["constructor", false, false]]) {
    assert.deepEqual([mayDo(role, "kick"), mayDo(role, "op")], [keepsOrder, gives], role);
  }
  assert.ok(mayActUpon("owner", "moderator") && mayActUpon("moderator", "guest"));
  assert.ok(!mayActUpon("owner", "owner") && !mayActUpon("moderator", "moderator") && !mayActUpon("member", "guest"));
  assert.deepEqual(actAbout("mute", ZOE.id, { seconds: 5, why: "x" }), { do: "mute", whom: { id: ZOE.id }, seconds: 5, why: "x" });
  assert.deepEqual(actAbout("own", ZOE.id), { do: "op", whom: { id: ZOE.id }, role: "owner" });
});

test("how a room stands follows the acts", () => {
  const standing = new Standing();
  const isMine = (id) => id === ANA.id;
  const act = (what, from = ZOE, now = 0) => standing.acted({ seq: 1, time: TIME, from, id: "1", act: what }, isMine, now);
  standing.told({ role: "member", open: true, staff: [{ ...ZOE, role: "owner" }] }, 0);
  assert.equal(standing.roleOf(ZOE.id), "owner");
  act({ do: "slow", seconds: 10 });
  standing.spoke(1000);
  assert.equal(standing.waitSeconds(4500), 7);
  act({ do: "slow", seconds: 0 }, ZOE, 5000);
  assert.equal(standing.waitSeconds(5000), 0);
  act({ do: "announce", on: true });
  assert.equal(standing.silence, "announce");
  assert.ok(act({ do: "op", whom: ANA, role: "moderator" }), "what is about ourselves is asked about");
  standing.told({ role: "moderator", open: true, announce: true }, 0);
  assert.equal(standing.silence, null, "those who keep order speak");
  assert.equal(standing.roleOf(ANA.id), "moderator", "an answer without lists takes none away");
  assert.ok(act({ do: "mute", whom: ANA }, ZOE, 1000));
  assert.equal(standing.silence, "muted");
  assert.ok(!standing.isAskDue(30_999) && standing.isAskDue(31_000) && !standing.isAskDue(31_001), "it is asked whether it is over");
  act({ do: "unmute", whom: ANA });
  assert.equal(standing.silence, null);
  standing.told({ role: "member", open: true }, 0);
  assert.ok(standing.refused({ code: "slow_mode", retry_after: 3 }, 6000), "slow mode that was not known is asked about");
  assert.equal(standing.waitSeconds(6000), 3);
  assert.equal(standing.roleOf(GUEST.id), "guest");
});

test("an act is a row of its own and never groups with what is said", () => {
  const timeline = new Timeline(ANA);
  const message = (seq, body) => ({ type: "message", seq, time: TIME, from: ZOE, id: String(seq), ...body });
  timeline.apply(message(1, { text: "a" }));
  timeline.apply(message(2, { act: { do: "lock", on: true } }));
  timeline.apply(message(3, { text: "b" }));
  timeline.say("x", { act: { do: "kick", whom: { id: ZOE.id } } }, TIME);
  assert.deepEqual(timeline.rows().map((row) => row.act?.do ?? row.text), ["a", "lock", "b"], "what is on its way is not shown yet");
  assert.deepEqual(layout(timeline.rows(), null).filter(({ kind }) => kind === "row").map((item) => item.kind === "row" && item.isMore), [false, false, false]);
  timeline.apply({ type: "failed", id: "x", code: "not_allowed", text: "" });
  assert.equal(timeline.rows().at(-1)?.delivery, "failed");
});

test("who comes and goes is folded between the messages", () => {
  const presence = new Presence();
  presence.came([ANA, ZOE], 5);
  presence.left([ANA], 5);
  assert.deepEqual([...presence.rows()[0].came.keys()], [ZOE.id], "who came and went again is not told");
  presence.renamed("Zoë Maria", { ...ZOE, name: "Zoë" }, 5);
  assert.equal(presence.rows()[0].came.get(ZOE.id)?.name, "Zoë");
  presence.left([ZOE], 6);
  presence.came([ZOE], 6);
  assert.equal(presence.rows().length, 1, "who lost the connection for a moment is not told");
  presence.compare([OTHER_ANA], [ANA, OTHER_ANA, ZOE], 7);
  presence.compare([OTHER_ANA], [ANA, OTHER_ANA, ZOE], 7);
  assert.deepEqual(presence.rows()[1].doubles, [{ member: OTHER_ANA, other: ANA }], "a pair is told once");
  const row = (seq, from) => ({ seq, id: String(seq), from, time: TIME, text: "x" });
  const kinds = (rows) => layout(rows, null, presence.rows()).map((item) => (item.kind === "row" ? item.row.seq : item.kind));
  assert.deepEqual(kinds([row(5, ANA), row(7, ANA), row(8, ANA)]), ["day", 5, "presence", 7, "presence", 8]);
  assert.deepEqual(kinds([row(6, ANA)]), ["day", 6, "presence"], "below a message that is not loaded nothing stands");
  const first = new Presence();
  first.came([ZOE], 0);
  assert.deepEqual(layout([row(1, ANA)], null, first.rows()).map(({ kind }) => kind), ["presence", "day", "row"], "before anything was said");
  for (let after = 10; after < 1000; after += 1) presence.came([ANA], after);
  assert.ok(presence.entries.length <= 200, "bounded");
});

test("what is kept for the next visit has nothing that was taken back", () => {
  const recent = new Recent();
  const message = (seq, body) => ({ seq, time: TIME, from: ANA, id: String(seq), ...body });
  recent.add([message(1, { text: "secret" }), message(2, { text: "more", edit: 1 }), message(3, { delete: 1 }), { ...message(4, { delete: 3 }), from: ZOE }]);
  assert.ok(!JSON.stringify(recent.list()).includes("secret") && !JSON.stringify(recent.list()).includes("more"));
  recent.add(Array.from({ length: 400 }, (_, index) => message(10 + index, { text: "x" })));
  assert.deepEqual([recent.list().length, recent.list().at(-1)?.seq], [150, 409]);
  recent.add(Array.from({ length: 50 }, (_, index) => message(500 + index, { text: "y".repeat(40_000) })));
  assert.ok(JSON.stringify(recent.list()).length < 500_000);
});

test("what an earlier visit has kept is shown, and only what is new is asked for", () => {
  const came = (cached, head, epoch = "9f3c01e7a24b5d68") => {
    const session = new Session({ name: "Ana", room: "lobby", hasKey: false, cached });
    session.opened(0);
    session.heard(JSON.stringify({ type: "welcome", protocol: 1, server: "x", nonce: "AAECAwQFBgcICQoLDA0ODw" }), 0);
    const effects = session.heard(JSON.stringify({ type: "joined", you: ANA, room: "lobby", epoch, first: 1, head, count: 1, members: [] }), 0);
    const asked = effects.flatMap((effect) => (effect.do === "send" && effect.message.type === "history" ? [effect.message.limit] : []));
    return [asked, effects.some((effect) => effect.do === "tell" && effect.event.type === "reset")];
  };
  const cached = { seq: 100, epoch: "9f3c01e7a24b5d68" };
  assert.deepEqual(came(cached, 100), [[], false]);
  assert.deepEqual(came(cached, 103), [[3], false]);
  assert.deepEqual(came(cached, 5000), [[60], false]);
  assert.deepEqual(came(cached, 103, "0000000000000000"), [[60], true], "another log voids it");
  assert.deepEqual(came(cached, 7), [[60], true], "so does a log that goes back");
  assert.deepEqual(came(null, 7), [[60], false]);
});

test("slow mode keeps a message and says it again", () => {
  const session = new Session({ name: "Ana", room: "lobby", hasKey: false });
  session.opened(0);
  session.heard(JSON.stringify({ type: "welcome", protocol: 1, server: "x", nonce: "AAECAwQFBgcICQoLDA0ODw" }), 0);
  session.heard(JSON.stringify({ type: "joined", you: ANA, room: "lobby", epoch: "9f3c01e7a24b5d68", first: 1, head: 0, count: 1, members: [] }), 0);
  session.say("1", { text: "a" });
  const told = session.heard(JSON.stringify({ type: "error", code: "slow_mode", text: "x", about: "1", retry_after: 7 }), 0);
  assert.deepEqual(told.map((effect) => effect.do === "tell" && effect.event.type), ["refused"]);
  const said = (now) => session.tick(now).filter((effect) => effect.do === "send" && effect.message.type === "say").length;
  assert.deepEqual([said(6999), said(7000), said(7001)], [0, 1, 0]);
});

test("names and commands are completed", () => {
  const known = { members: [ANA, OTHER_ANA, ZOE, GUEST], needsBadge: ({ name }) => name === "Ana", role: "member", rooms: ["sala-2", "lobby", "sala"] };
  const offered = (text, role = "member") => complete(text, text.length, { ...known, role })?.options.map(({ insert }) => insert);
  assert.deepEqual(offered("hi @zo"), ["@Zoë_Maria "]);
  assert.deepEqual(offered("hi @maria"), ["@Zoë_Maria "], "any word of a name");
  assert.deepEqual(offered("(@ana"), ["@Ana#25nj ", "@Ana#aaaa "]);
  assert.equal(offered("mail@zo"), undefined, "not within a word");
  assert.equal(offered("@nobody"), undefined);
  assert.deepEqual(offered("/he"), ["/help"]);
  assert.equal(offered("/ki"), undefined, "what one may not do is not offered");
  assert.deepEqual(offered("/ki", "moderator"), ["/kick "]);
  assert.deepEqual(offered("/kick zo", "moderator"), ["@Zoë_Maria "]);
  assert.equal(offered("/me zo"), undefined);
  assert.equal(offered("//he"), undefined);
  const { from, to } = complete("hi @zo there", 6, known) ?? {};
  assert.deepEqual([from, to], [3, 6]);
  assert.ok(complete("/help", 5, known)?.isExact, "what is whole is sent by Enter");
});

test("an invite's id is the protocol's hash of its secret", async () => {
  // Worked out by another program from the bytes in docs/PROTOCOL.md.
  assert.equal(await inviteId(Uint8Array.from({ length: 20 }, (_, index) => index), "lobby"), "ktadex35ecvefluormwlouu5zi4a7ojttgwctqomvhgxlzw2yr7q");
  assert.equal(inviteLink("https://a.org", "lobby", "f", "s"), "https://a.org/lobby#f.s");
  assert.equal(inviteLink("https://a.org", "lobby", null, "s"), "https://a.org/lobby", "a secret without a fingerprint goes nowhere");
});

test("a QR code is read back by another program, at every size", () => {
  for (const length of [1, 14, 15, 60, 122, 150, 180, 250, 330, 500, 650]) {
    const text = "https://127.0.0.1:12345/lobby#é".padEnd(length, "abc234").slice(0, length);
    const rows = qrCode(text);
    assert.ok(rows !== null);
    const [scale, quiet] = [4, 4];
    const size = (rows.length + 2 * quiet) * scale;
    const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
    rows.forEach((row, y) => row.forEach((dark, x) => {
      if (!dark) return;
      for (let down = 0; down < scale; down += 1) {
        for (let across = 0; across < scale; across += 1) pixels.fill(0, ...corner((y + quiet) * scale + down, (x + quiet) * scale + across, size));
      }
    }));
    assert.equal(Buffer.from(jsqr(pixels, size, size)?.binaryData ?? []).toString(), text, `${length} characters`);
  }
  assert.equal(qrCode("x".repeat(700)), null, "what does not fit is not drawn");
});

/** Where the three colours of a pixel stand. */
function corner(y, x, size) {
  const at = (y * size + x) * 4;
  return /** @type {const} */ ([at, at + 3]);
}

test("whoever is put out reads why, in the page's language", () => {
  setLanguage("pt");
  assert.match(endedText({ code: "kicked", text: "you were put out of this room: spam\u202e" }), /da sala: “\u2068spam⟪U\+202E⟫\u2069”$/);
  assert.equal(endedText({ code: "banned", text: "you were shut out of this room" }), "Quem cuida da sala baniu você dela.");
  assert.match(endedText({ code: "banned", text: "you were shut out of this room: talk", isRefusal: true }), /^Você foi banido/);
  assert.match(endedText({ code: "no_entry", text: "x", isRefusal: true }), /convite/);
  assert.match(endedText({ code: "later", text: "as it is", isRefusal: true }), /as it is/);
  setLanguage("en");
});
