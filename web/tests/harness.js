// A real server, a real Chromium, and a wire between the two that can be cut. Not a test by itself.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PAPO = process.env.PAPO_PROGRAM ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug/papo");
const CHROMIUM = process.env.CHROMIUM_PROGRAM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** How long anything may take on a busy machine that would else wait for ever, in milliseconds. */
const PATIENCE_MS = 90_000;

/** What is longer is put into the box at once: a browser takes seven seconds to type three thousand lines. */
const TYPED_MAX = 1000;

/** What somebody waits for, or an error that says what did not come. @param {Promise<any>} promise @param {() => string} what */
export function limited(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what()} took longer than ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** What the tests of a file stand on: one browser, opened before the first of them. To be called once, at the top of a file. */
export function stage() {
  const here = {
    /** @type {import("playwright-core").Browser} */
    opened: /** @type {any} */ (undefined),
    /**
     * A test with a server of its own, in which no page may complain. `come` lets somebody in, with a browser of their own.
     * @param {string} name @param {string[]} options @param {(server: Server, come: (as: string, how?: Record<string, any>) => Promise<any>) => Promise<void>} run
     */
    inRoom(name, options, run) {
      test(name, { timeout: 180_000 }, async () => {
        const server = await Server.start(options);
        const visitors = [];
        const come = async (as, { link = server.page(), ...how } = {}) => {
          const one = await visitor(here.opened, how);
          visitors.push(one);
          return { ...one, page: await enter(one.context, link, as) };
        };
        try {
          await run(server, come);
          for (const one of visitors) await calm(one);
        } finally {
          for (const { context } of visitors) await context.close();
          await server.stop();
        }
      });
    },
  };
  before(async () => {
    here.opened = await browser();
  });
  after(() => here.opened.close());
  return here;
}

/** A server with a folder of its own, behind a wire. */
export class Server {
  /** What members have said; nothing of it may be in what the server writes for whoever runs it. */
  words = new Set();

  static async start(options = []) {
    const server = await Server.#wired();
    server.options = options;
    await server.run("0");
    return server;
  }

  /** Servers with one log and one key, each of which names the others as pages reach them: through their wires. @param {string} log @param {number} count @param {(server: Server) => void} onStart told each that has to be stopped */
  static async sharing(log, count, onStart) {
    const servers = await Promise.all(Array.from({ length: count }, () => Server.#wired()));
    const [first] = servers;
    for (const server of servers) {
      const others = servers.filter((one) => one !== server).map(({ host }) => host);
      const key = server === first ? [] : ["--cert", join(first.folder, "server.crt"), "--key", join(first.folder, "server.key")];
      server.options = ["--log", log, "--also", others.join(), ...key];
      await server.run("0");
      onStart(server);
    }
    return servers;
  }

  /** A folder and a wire; nothing runs at its end yet. */
  static async #wired() {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), "papo-page-"));
    await server.#wire();
    return server;
  }

  async run(port) {
    // An engine decides that itself.
    const durability = this.options.includes("--log") ? [] : ["--durability", "os"];
    this.process = spawn(PAPO, ["serve", "-p", port, "--data", this.folder, "--rate", "off", ...durability, ...this.options], {
      stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PAPO_LANG: "en" },
    });
    this.said = "";
    this.process.stderr.on("data", (data) => {
      this.said += data;
    });
    this.link = await limited(new Promise((resolve, reject) => {
      let text = "";
      this.process.stdout.on("data", (data) => {
        text += data;
        const link = /https:\/\/\S+(?=\s)/.exec(text);
        if (link) resolve(link[0]);
      });
      this.process.on("exit", (code) => reject(new Error(`the server ended (${code}): ${this.said}`)));
    }), () => `the server's start: ${this.said}`);
    this.port = Number(new URL(this.link).port);
  }

  /** Where pages reach it. */
  get host() {
    return `127.0.0.1:${this.wirePort}`;
  }

  /** Stops it and starts it again at the same port. @param {() => void} between what is done meanwhile */
  async restart(between = () => {}) {
    await this.#end();
    between();
    await this.run(String(this.port));
  }

  /** The link by which pages come in, through the wire. */
  page(room = "lobby") {
    const fingerprint = new URL(this.link).hash;
    return `https://${this.host}/${room}${fingerprint}`;
  }

  /** Every connection through the wire ends, and no new one is made, until it is mended. */
  cut() {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend() {
    this.isCut = false;
  }

  /** Says something as a terminal client does. */
  async send(text, name = "Terminal", room = "lobby") {
    this.#keep(text);
    await this.papo(["send", this.link, "--name", name, "--room", room, "--profile", join(this.folder, `profile-${name}`), "--", text]);
  }

  /** What whoever runs the server does in a room. @param {string[]} words */
  async operator(words, room = "lobby") {
    return this.papo(["room", room, ...words, "--data", this.folder]);
  }

  /** Somebody without a key and without a program: lines over TLS. Resolves once they are in the room. */
  async guest(name, room = "lobby") {
    const socket = connectTls({ port: this.port, host: "127.0.0.1", rejectUnauthorized: false, ALPNProtocols: ["papo/1"] });
    const tell = (message) => socket.write(`${JSON.stringify(message)}\n`);
    let [text, count] = ["", 0];
    await limited(new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("data", (data) => {
        text = text.slice(-100_000) + data;
        if (text.includes('"type":"joined"')) resolve(undefined);
      });
      socket.on("secureConnect", () => tell({ type: "join", name, room }));
    }), () => `the guest's way in: ${text}`);
    const say = (words) => {
      this.#keep(words);
      tell({ type: "say", id: `g${(count += 1)}`, text: words });
    };
    return { say, tell, leave: () => socket.destroy() };
  }

  /** The SHA-256 of the public key as browsers take it. */
  keyHash() {
    const letters = "abcdefghijklmnopqrstuvwxyz234567";
    const bits = [...new URL(this.link).hash.slice(1, 53)].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
    return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2))).toString("base64");
  }

  /** Everything in the room, read by a terminal client. */
  async everything(room = "lobby") {
    const lines = await this.papo(["tail", this.link, "--json", "--after", "0", "--no-follow", "--room", room, "--profile", join(this.folder, "profile-tail")]);
    const messages = lines.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
    for (const { id, text } of messages) [id, text].forEach((words) => this.#keep(words));
    return messages;
  }

  /** Remembers what must not be written down; what is short may stand in a log by chance. */
  #keep(text = "") {
    if (text.length >= 8) this.words.add(text);
  }

  papo(words, input = "") {
    let [out, err] = ["", ""];
    return limited(new Promise((resolve, reject) => {
      const child = spawn(PAPO, words, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, PAPO_LANG: "en" } });
      child.stdout.on("data", (data) => (out += data));
      child.stderr.on("data", (data) => (err += data));
      child.on("exit", (code) => (code === 0 ? resolve(out) : reject(new Error(`papo ${words.join(" ")}: ${code}: ${err}`))));
      // Who does not read has ended, and says why by its code.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
    }), () => `papo ${words.join(" ")}: ${err}`);
  }

  /** Ends it in order: it says goodbye to everybody. */
  async halt() {
    await this.#end();
  }

  async stop() {
    await this.#end();
    this.cut();
    this.wire.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end() {
    // One that is gone does not say so again.
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.removeAllListeners("exit");
      const over = new Promise((resolve) => this.process.once("close", resolve));
      this.process.kill("SIGTERM");
      await limited(over, () => `the server's end: ${this.said}`);
    }
    for (const words of this.words) assert(!this.said.includes(words), `the server has written down ${words}: ${this.said}`);
  }

  async #wire() {
    this.sockets = new Set();
    this.wire = createServer((near) => {
      if (this.isCut) return near.destroy();
      const far = connect(this.port, "127.0.0.1");
      for (const [one, other] of [[near, far], [far, near]]) {
        this.sockets.add(one);
        one.pipe(other);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.sockets.delete(one);
          other.destroy();
        });
      }
      return undefined;
    });
    await new Promise((resolve) => this.wire.listen(0, "127.0.0.1", () => resolve(undefined)));
    this.wirePort = /** @type {import("node:net").AddressInfo} */ (this.wire.address()).port;
  }
}

/** A NATS server that keeps the log of several servers. Resolves to its address and its end. */
export async function engine() {
  const folder = mkdtempSync(join(tmpdir(), "papo-nats-"));
  const child = spawn("nats-server", ["-a", "127.0.0.1", "-p", "-1", "-js", "-sd", folder], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  let said = "";
  const port = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`nats-server ended (${code}): ${said}`)));
    child.stderr.on("data", (data) => {
      said += data;
      const found = /client connections on 127\.0\.0\.1:(\d+)/.exec(said);
      if (found && said.includes("Server is ready")) resolve(found[1]);
    });
  });
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { log: `nats://127.0.0.1:${port}/room`, stop };
}

export async function browser() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A browser that takes the server's certificate for good, as one does where an authority has signed it. */
export async function trustingBrowser(server, { more = [], ...options } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "papo-browser-"));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: CHROMIUM, args: [...FLAGS, `--ignore-certificate-errors-spki-list=${server.keyHash()}`, ...more], locale: "en-US", ...options,
  });
  const complaints = await watched(context);
  const close = async () => {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { context, complaints, close };
}

/** Somebody with a browser of their own. What the page complains of is gathered in `complaints`. */
export async function visitor(opened, options = {}) {
  // While one works on the page: its files as they are on disk, so that the program need not be built for each change.
  const isFresh = process.env.PAPO_PAGE_FRESH !== undefined;
  const context = await opened.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1180, height: 720 }, locale: "en-US", ...(isFresh ? { serviceWorkers: "block" } : {}), ...options });
  if (isFresh) {
    await context.route(/\/assets\/[0-9a-f]{16}\//, (route) => route.fulfill({
      path: join(root, "web/page", new URL(route.request().url()).pathname.replace(/^\/assets\/[^/]+\//, "")),
    }));
  }
  return { context, complaints: await watched(context) };
}

/** Gathers whatever the pages of a context complain of. */
async function watched(context) {
  const complaints = [];
  context.on("weberror", (error) => complaints.push(String(error.error().stack)));
  await context.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  });
  return complaints;
}

/** Sees that no page of a visitor complained, and that the policy had nothing to stop. */
export async function calm({ context, complaints }) {
  for (const page of context.pages()) assert.deepEqual(await page.evaluate(() => globalThis.violations ?? []), [], "the policy has nothing to report");
  assert.deepEqual(complaints, []);
}

/** Opens the page and comes in under a name. */
export async function enter(context, link, name) {
  const page = await context.newPage();
  await page.goto(link);
  await page.waitForSelector("input, .app");
  if ((await page.locator(".app").count()) === 0) {
    await page.locator("input").first().fill(name);
    await page.keyboard.press("Enter");
  }
  await page.waitForSelector(".state.is-joined");
  return page;
}

export async function say(page, text) {
  const box = page.locator("textarea");
  if (text.length < TYPED_MAX) await box.fill(text);
  else await box.evaluate((area, words) => {
    area.focus();
    area.value = words;
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }, text);
  await page.keyboard.press("Enter");
}

/** Presses a key that leads to another page. The page that is left may never tell that the key went up again: what comes next waits for
 * the page where it leads. @param {import("playwright-core").Page} page @param {string} key */
export function pressAway(page, key) {
  page.keyboard.press(key).catch(() => {});
}

/** The texts that the page shows now, from top to bottom. */
export async function texts(page) {
  return page.locator(".m .text").allInnerTexts();
}

/** Waits until the page shows these texts and nothing more, and nothing is on its way. */
export async function shows(page, expected) {
  await page.waitForFunction((wanted) => {
    const shown = [...document.querySelectorAll(".m .text")].map((element) => element.innerText.trim());
    return !document.querySelector(".is-pending") && JSON.stringify(shown) === JSON.stringify(wanted);
  }, expected, { timeout: 30_000 }).catch(async (error) => {
    throw new Error(`the page shows ${JSON.stringify(await texts(page))}, not ${JSON.stringify(expected)}: ${error.message}`);
  });
}

/** What axe finds on a page as it is now. */
export async function findings(page) {
  const session = await page.context().newCDPSession(page);
  // Through the debugger, since the page's own policy lets no foreign script in.
  const there = await session.send("Runtime.evaluate", { expression: "typeof axe === 'object'", returnByValue: true });
  if (!there.result.value) await session.send("Runtime.evaluate", { expression: axe });
  // A page that goes elsewhere meanwhile never answers.
  const { result } = await limited(session.send("Runtime.evaluate", {
    expression: `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => html.slice(0, 160) + " " + failureSummary)])))`,
    awaitPromise: true, returnByValue: true,
  }), () => "axe's answer");
  await session.detach();
  return JSON.parse(result.value);
}
