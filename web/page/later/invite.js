// Makes invites: the secret stays in the link, the room is told its hash alone (docs/PROTOCOL.md, "Acts").

import { toBase32 } from "../app/bytes.js";

const LABEL = "papo invite 1\0";
const SECRET_BYTES = 20;

/** A new secret and the invite's id. @param {string} room @returns {Promise<{secret: string, invite: string}>} */
export async function newInvite(room) {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return { secret: toBase32(secret), invite: await inviteId(secret, room) };
}

/** What an invite is called in the log. @param {Uint8Array} secret @param {string} room */
export async function inviteId(secret, room) {
  const encoder = new TextEncoder();
  const [label, name] = [encoder.encode(LABEL), encoder.encode(room)];
  const bytes = new Uint8Array(label.length + 4 + name.length + secret.length);
  bytes.set(label);
  new DataView(bytes.buffer).setUint32(label.length, name.length);
  bytes.set(name, label.length + 4);
  bytes.set(secret, label.length + 4 + name.length);
  return toBase32(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** The link of a room. @param {string} origin @param {string} room @param {string | null} fingerprint @param {string} [secret] @param {string[]} [others] where the room is as well, `HOST:PORT` */
export function inviteLink(origin, room, fingerprint, secret, others = []) {
  if (fingerprint === null) return `${origin}/${room}`;
  const parts = [fingerprint, secret ?? "", others.join()];
  return `${origin}/${room}#${parts.join(".").replace(/\.+$/, "")}`;
}
