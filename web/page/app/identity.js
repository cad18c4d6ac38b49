// Who one is: an Ed25519 key that the browser makes and never hands out, not even to this page. Not here: when it has to
// be proven, which the session decides.

import { fromBase64Url, toBase64Url } from "./bytes.js";
import { joinProof, memberId } from "./codec.js";

/** @import { Store } from "./store.js" */

const NAME = "me";

export class Identity {
  /** @param {CryptoKey} privateKey @param {Uint8Array} publicKey */
  constructor(privateKey, publicKey) {
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  get id() {
    return memberId(this.publicKey);
  }

  /** The kept key, or a new one. Null where the browser has no Ed25519. @param {Store} store */
  static async load(store) {
    const kept = await store.get("keys", NAME);
    if (kept) return new Identity(kept.privateKey, kept.publicKey);
    try {
      const pair = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]));
      const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
      await store.put("keys", NAME, { privateKey: pair.privateKey, publicKey });
      // Another tab may have made one at the same moment: the one that is kept is ours.
      const last = await store.get("keys", NAME);
      return last ? new Identity(last.privateKey, last.publicKey) : new Identity(pair.privateKey, publicKey);
    } catch {
      return null;
    }
  }

  /** Forgets the kept key for ever. @param {Store} store */
  static async forget(store) {
    await store.remove("keys", NAME);
  }

  /** The key and its proof for one connection. The page's origin is what ties it to this server. @param {string} nonce @param {string} room @param {string} origin */
  async prove(nonce, room, origin) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(origin));
    const signed = joinProof(fromBase64Url(nonce), room, this.publicKey, new Uint8Array(digest));
    const signature = await crypto.subtle.sign("Ed25519", this.privateKey, signed);
    return { key: toBase64Url(this.publicKey), proof: toBase64Url(new Uint8Array(signature)) };
  }
}
