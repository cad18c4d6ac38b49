// Bytes as text and back: base64url, base32, hexadecimal. Nothing of what they mean.

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** @param {Uint8Array} bytes */
export function toBase64Url(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of an unpadded base64url text. @param {string} text */
export function fromBase64Url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("not base64url");
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(plain, (character) => character.charCodeAt(0));
  if (toBase64Url(bytes) !== text) throw new Error("not base64url");
  return bytes;
}

/** @param {Uint8Array} bytes */
export function toBase32(bytes) {
  let [text, bits, count] = ["", 0, 0];
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    for (count += 8; count >= 5; count -= 5) text += BASE32[(bits >> (count - 5)) & 31];
    bits &= 255;
  }
  return count > 0 ? text + BASE32[(bits << (5 - count)) & 31] : text;
}

/** The bytes of a base32 text in capital or small letters, or nothing. @param {string} text */
export function fromBase32(text) {
  const bytes = [];
  let [bits, count] = [0, 0];
  for (const character of text.toLowerCase()) {
    const value = BASE32.indexOf(character);
    if (value < 0) return null;
    bits = ((bits << 5) | value) & 0xfff;
    count += 5;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 255);
    }
  }
  return Uint8Array.from(bytes);
}

/** @param {Uint8Array} bytes */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
