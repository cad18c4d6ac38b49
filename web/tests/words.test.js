// The page's texts: each in both languages, with the same arguments, and each used.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import "../page/later/texts.js";
import { CATALOGUES, choose, refusalText, setLanguage, t } from "../page/app/words.js";

const folder = new URL("../page/", import.meta.url);
const sources = readdirSync(folder, { recursive: true }).map(String).filter((name) => /^(app|later).*\.js$/.test(name));
const source = (name) => readFileSync(new URL(name, folder), "utf8");
const forms = (entry) => (typeof entry === "string" ? [entry] : Object.values(entry));
const values = (entry) => [...new Set(forms(entry).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

test("every text is there in both languages, with the same arguments", () => {
  assert.deepEqual(Object.keys(CATALOGUES.pt).sort(), Object.keys(CATALOGUES.en).sort());
  for (const [key, entry] of Object.entries(CATALOGUES.en)) {
    assert.deepEqual(values(CATALOGUES.pt[key]), values(entry), key);
    assert.ok(forms(entry).every((form) => form.trim() !== ""), key);
  }
});

test("every text is used, and every one that is used is there", () => {
  const all = sources.filter((name) => !["app/words.js", "later/texts.js"].includes(name)).map(source).join("\n");
  const used = new Set([...all.matchAll(/"([a-z]+(?:_[a-z]+)*)"/g)].map(([, key]) => key));
  const unused = Object.keys(CATALOGUES.en).filter((key) => !used.has(key) && !/^(error|closing|stop)_/.test(key) && key !== "refused" && key !== "closing");
  assert.deepEqual(unused, []);
  for (const [, key] of all.matchAll(/\bt\("([^"]+)"/g)) assert.ok(Object.hasOwn(CATALOGUES.en, key), key);
});

test("the worker keeps all that is fetched later", () => {
  const kept = [...source("worker.js").matchAll(/"(\w+\.js)"/g)].map(([, name]) => `later/${name}`);
  assert.deepEqual(kept.sort(), sources.filter((name) => name.startsWith("later/")).sort());
});

test("a page with several servers fetches everything in time", () => {
  const all = [...source("later/all.js").matchAll(/^import ".\/(\w+\.js)";$/gm)].map(([, name]) => `later/${name}`);
  assert.deepEqual([...all, "later/all.js"].sort(), sources.filter((name) => name.startsWith("later/")).sort());
});

test("every code of the protocol's errors has a text of the page's own, or the server's is shown", () => {
  setLanguage("pt");
  assert.equal(refusalText({ code: "bad_name", text: "x" }), CATALOGUES.pt.error_bad_name);
  assert.match(refusalText({ code: "toString", text: "as it is" }), /as it is/);
});

test("texts are put together in either language", () => {
  setLanguage("pt");
  assert.equal(t("people", { count: 1 }), "1 pessoa");
  assert.equal(t("people", { count: 1200 }), "1.200 pessoas");
  setLanguage("en");
  assert.equal(t("people", { count: 2 }), "2 people");
  assert.equal(t("replying", { name: "{count}" }), "Reply to \u2068{count}\u2069:", "a name is no argument");
  assert.equal(choose(["de", "pt-PT", "en"]), "pt");
  assert.equal(choose([]), "en");
});

test("no text for people stands anywhere else", () => {
  for (const name of sources.filter((one) => one.startsWith("app/view/") || one.startsWith("later/"))) {
    for (const [line] of source(name).matchAll(/el\("[a-z0-9]+", \{[^}]*\}, "[A-Z][a-z]+ [^"]*"/g)) assert.fail(`${name}: ${line}`);
  }
});
