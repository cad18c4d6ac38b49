// Where the page looks for its room: at the server that it came from, and at those that have the same rooms. What is kept
// here (the key, drafts, what is unsent) belongs to the page and stays with it, so it goes there by its connection and not by
// opening another page. Not here: connecting, and when.

import { SERVERS_MAX } from "./limits.js";
import { keep, setting } from "./store.js";

const KEPT = "servers";

export class Hosts {
  /** @param {string} home the host of the page @param {string[]} others */
  constructor(home, others) {
    this.home = home;
    this.ring = [home, ...others.filter((one) => one !== home)];
    this.isTried = false;
    this.isTold = false;
    /** The other server that was tried last and did not answer; a browser does not tell why. @type {string | null} */
    this.failed = null;
  }

  /** The page's own server, and those that it named at the last visit. */
  static ofPage() {
    return new Hosts(location.host, parseHosts(setting(KEPT, [])));
  }

  /** Where the room is looked for now. */
  get current() {
    return this.ring[0];
  }

  get isHome() {
    return this.current === this.home;
  }

  /** What an invite begins with: a server that is there. A browser leaves out the port 443, papo does not guess it. */
  get origin() {
    return `https://${withPort(this.current)}`;
  }

  /** The further servers, as an invite names them: always with their port. */
  get others() {
    return this.ring.slice(1).map(withPort);
  }

  get hasOthers() {
    return this.ring.length > 1;
  }

  /** The next one, unless the first was not tried yet. */
  turn() {
    if (this.isTried) this.ring.push(...this.ring.splice(0, 1));
    this.isTried = true;
    return this.current;
  }

  /** A connection could not be made. */
  missed() {
    if (!this.isHome) this.failed = this.current;
  }

  /** The next attempt goes to the one that did not answer before: its certificate may have been accepted meanwhile. */
  aim() {
    if (this.failed === null || !this.ring.includes(this.failed)) return;
    while (this.current !== this.failed) this.ring.push(...this.ring.splice(0, 1));
    this.isTried = false;
  }

  /** Somebody is in the room: what failed before does not matter any more. */
  joined() {
    this.failed = null;
    this.isTold = false;
  }

  /** The server says where else the room is. @param {string[]} servers */
  told(servers) {
    this.isTold = true;
    const others = parseHosts(servers);
    for (const one of others) if (!this.ring.includes(one)) this.ring.push(one);
    keep(KEPT, [...new Set([...others, this.current])].filter((one) => one !== this.home));
  }

  /** All that the server says to whoever comes in is said: where it named nobody, there is nobody any more. */
  settled() {
    if (this.isTold || !this.isHome || !this.hasOthers) return;
    this.ring = [this.home];
    keep(KEPT, null);
  }
}

/** The addresses among these that a page may connect to, as browsers write them. No policy can name an IPv6 address. @param {unknown} servers */
export function parseHosts(servers) {
  const listed = Array.isArray(servers) ? servers.slice(0, SERVERS_MAX) : [];
  const named = listed.filter((one) => typeof one === "string" && /^[a-z0-9._-]+(?::\d{1,5})?$/i.test(one));
  const hosts = named.map((one) => URL.parse?.(`https://${one}`)?.host);
  return [...new Set(hosts.filter((host) => host !== undefined))];
}

/** @param {string} host */
function withPort(host) {
  return /:\d+$/.test(host) ? host : `${host}:443`;
}
