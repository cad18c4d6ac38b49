// The page's pure modules against the vectors that every client of papo passes.

import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { fromBase32, fromBase64Url, toBase64Url, toHex } from "../page/app/bytes.js";
import * as codec from "../page/app/codec.js";
import * as limits from "../page/app/limits.js";
import { parse } from "../page/app/markup.js";
import { Timeline } from "../page/app/timeline.js";

const read = (path) => JSON.parse(readFileSync(new URL(`../../crates/${path}`, import.meta.url), "utf8"));
const proto = (file) => {
  const { vectors } = read(`proto/vectors/${file}.json`);
  assert.ok(vectors.length > 0, `${file} has vectors`);
  return vectors;
};

test("what servers say is read, and written back as it was", () => {
  const vectors = [...proto("server_messages"), ...proto("errors"), ...proto("closings")];
  for (const { name, line } of vectors) {
    const message = codec.decodeServer(line);
    assert.equal(codec.encode(message), JSON.stringify(JSON.parse(line)), name);
    assert.notEqual(message, null, name);
  }
});

test("what servers of a later version say is tolerated", () => {
  for (const { name, line, side } of proto("tolerated_lines")) {
    if (side === "server") assert.doesNotThrow(() => codec.decodeServer(line), name);
  }
});

test("what no server says is refused", () => {
  const lines = [
    "", "null", "[]", "3", '"x"', "{}", '{"type":1}', '{"type":"joined"}', '{"type":"message","seq":0}',
    '{"type":"welcome","protocol":"1","server":"x","nonce":"AAECAwQFBgcICQoLDA0ODw"}',
    '{"type":"entered","members":[{"id":"<b>","name":"x"}],"count":1}',
    '{"type":"message","seq":1e99,"time":"2026-11-22T14:06:57.042Z","from":{"id":"25njqamcweflpvkl73j4szah","name":"A"},"id":"1","text":"x"}',
    '{"type":"message","seq":1,"time":"yesterday","from":{"id":"25njqamcweflpvkl73j4szah","name":"A"},"id":"1","text":"x"}',
  ];
  for (const line of lines) assert.throws(() => codec.decodeServer(line), codec.Malformed, line);
  assert.equal(codec.decodeServer('{"type":"__proto__"}'), null, "an unknown type is nothing");
});

test("what the page says is what papo itself would write", () => {
  for (const { name, line } of proto("client_messages")) {
    assert.equal(codec.encode(JSON.parse(line)), line, name);
  }
});

test("names of members and rooms", () => {
  for (const { name, kind, text, becomes } of proto("names")) {
    const typed = Array.isArray(text) ? text.map((part) => part.text.repeat(part.times)).join("") : text;
    const expected = Array.isArray(becomes) ? becomes.map((part) => part.text.repeat(part.times)).join("") : becomes;
    assert.equal((kind === "member" ? codec.parseName : codec.parseRoom)(typed), expected, name);
  }
});

test("ids of members", () => {
  const { bad } = read("proto/vectors/member_ids.json");
  for (const { name, key, key_hex, id, badge, guest } of proto("member_ids")) {
    if (key) {
      assert.equal(codec.memberId(fromBase64Url(key)), id, name);
      assert.equal(toHex(fromBase64Url(key)), key_hex, name);
    }
    assert.equal(codec.badge(id), badge, name);
    assert.equal(codec.isGuest(id), guest, name);
    assert.ok(codec.isMemberId(id), name);
  }
  for (const id of bad) assert.ok(!codec.isMemberId(id), id);
});

test("the proof at join", () => {
  const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
  for (const vector of proto("join_proof")) {
    const seed = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), bytes(vector.seed_hex)]);
    const key = createPrivateKey({ key: seed, format: "der", type: "pkcs8" });
    const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
    assert.equal(toHex(publicKey), vector.key_hex, vector.name);
    const signed = codec.joinProof(bytes(vector.nonce_hex), vector.room, publicKey, bytes(vector.binding_hex));
    assert.equal(toHex(signed), vector.signed_hex, vector.name);
    const signature = sign(null, signed, key);
    assert.equal(toHex(signature), vector.signature_hex, vector.name);
    assert.equal(JSON.parse(vector.line).proof, toBase64Url(signature), vector.name);
  }
});

test("the fragment of an invite", () => {
  for (const { name, link, meaning } of proto("invites")) {
    const found = codec.parseFragment(link.split("#")[1] ?? "");
    if (meaning) assert.equal(toHex(fromBase32(found.fingerprint)), meaning.fingerprint_hex, name);
  }
});

test("the bounds are the protocol's", () => {
  const document = readFileSync(new URL("../../docs/PROTOCOL.md", import.meta.url), "utf8");
  for (const bound of ["NAME_CHARS_MAX", "ROOM_BYTES_MAX", "BODY_BYTES_MAX", "HISTORY_MESSAGES_MAX"]) {
    assert.ok(document.includes(`| \`${bound}\` | ${limits[bound]} |`), bound);
  }
});

test("timelines", () => {
  for (const { name, you, steps, rows, history_before: before, badges } of read("client/vectors/timeline.json").cases) {
    const timeline = new Timeline(you);
    for (const step of steps) tell(timeline, step);
    assert.deepEqual(timeline.rows(), rows, name);
    for (const [index, row] of rows.entries()) {
      if (row.seq) assert.deepEqual(timeline.row(row.seq), timeline.rows()[index], name);
    }
    if (before !== undefined) assert.equal(timeline.historyBefore(), before, name);
    for (const { member, needed } of badges ?? []) assert.equal(timeline.needsBadge(member), needed, name);
  }
});

function tell(timeline, step) {
  if (step.type === "say") {
    const { type, id, time, ...body } = step;
    assert.equal(type, "say");
    timeline.say(id, body, time);
  } else if (step.type === "dismiss") {
    timeline.dismiss(step.id);
  } else {
    timeline.apply(step);
  }
}

test("markup", () => {
  const plain = (span) => (Object.keys(span).length === 1 ? span.text : span);
  const written = (block) => {
    if ("list" in block) {
      return { list: block.list.map(({ depth, spans, ...rest }) => ({ ...rest, ...(depth ? { depth } : {}), spans: spans.map(plain) })) };
    }
    if ("code" in block) return block;
    return "quote" in block ? { quote: block.quote.map(plain) } : { paragraph: block.paragraph.map(plain) };
  };
  for (const { name, text, blocks } of read("client/vectors/markup.json").cases) {
    assert.deepEqual(parse(text).map(written), blocks, name);
  }
});

test("hostile markup takes no longer than other texts", () => {
  const texts = ["*a ", "**", "[", "](", "`", "``` ", "_a*", "https://", "@a.", "> ", "\\", "[a](https://"].map((part) =>
    part.repeat(Math.floor(48_000 / part.length)));
  for (const text of texts) {
    const begun = performance.now();
    parse(text);
    assert.ok(performance.now() - begun < 1000, text.slice(0, 12));
  }
});
