// QR codes (ISO/IEC 18004): a text as a square of dark and light, for an invite's link. Bytes only, error correction
// level M, up to version 20. Pure. Not here: drawing.

/** Error correction bytes of a block, and blocks, by version; the standard's table 9. */
const CORRECTION = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
const VERSION_MAX = 20;
/** Which squares each mask turns round. @type {((x: number, y: number) => boolean)[]} */
const MASKS = [
  (x, y) => (x + y) % 2 === 0, (_, y) => y % 2 === 0, (x) => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The rows of a text's code, dark as true; null where it is too long. @param {string} text @returns {boolean[][] | null} */
export function qrCode(text) {
  const bytes = new TextEncoder().encode(text);
  let version = 1;
  while (version <= VERSION_MAX && dataBytes(version) * 8 < 4 + lengthBits(version) + bytes.length * 8) version += 1;
  if (version > VERSION_MAX) return null;
  const words = interleaved(dataWords(bytes, version), version);
  const codes = MASKS.map((_, mask) => new Square(version).draw(words, mask));
  const costs = codes.map(cost);
  return codes[costs.indexOf(Math.min(...costs))];
}

/** @param {number} version */
function lengthBits(version) {
  return version < 10 ? 8 : 16;
}

/** All squares that hold data or its correction. @param {number} version */
function rawBits(version) {
  let bits = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const marks = Math.floor(version / 7) + 2;
    bits -= (25 * marks - 10) * marks - 55;
    if (version >= 7) bits -= 36;
  }
  return bits;
}

/** @param {number} version */
function dataBytes(version) {
  return Math.floor(rawBits(version) / 8) - CORRECTION[version] * BLOCKS[version];
}

/** The text with its mode and length, filled up. @param {Uint8Array} bytes @param {number} version */
function dataWords(bytes, version) {
  /** @type {number[]} */
  const bits = [];
  const put = (/** @type {number} */ value, /** @type {number} */ count) => {
    for (let bit = count - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1);
  };
  put(4, 4);
  put(bytes.length, lengthBits(version));
  for (const byte of bytes) put(byte, 8);
  const capacity = dataBytes(version) * 8;
  put(0, Math.min(4, capacity - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  for (let filler = 0xec; bits.length < capacity; filler ^= 0xec ^ 0x11) put(filler, 8);
  return Array.from({ length: capacity / 8 }, (_, at) => bits.slice(at * 8, at * 8 + 8).reduce((word, bit) => (word << 1) | bit, 0));
}

/** Data cut into blocks, each with its correction, one word of each after the other. @param {number[]} words @param {number} version */
function interleaved(words, version) {
  const [count, correction] = [BLOCKS[version], CORRECTION[version]];
  const total = Math.floor(rawBits(version) / 8);
  const short = Math.floor(total / count) - correction;
  const longFrom = count - (total % count);
  const divisor = generator(correction);
  const blocks = [];
  for (let index = 0, at = 0; index < count; index += 1) {
    const data = words.slice(at, at + short + (index >= longFrom ? 1 : 0));
    at += data.length;
    blocks.push({ data, extra: remainder(data, divisor) });
  }
  const result = [];
  for (let at = 0; at <= short; at += 1) for (const { data } of blocks) if (at < data.length) result.push(data[at]);
  for (let at = 0; at < correction; at += 1) for (const { extra } of blocks) result.push(extra[at]);
  return result;
}

/** Multiplies in the field of 256 elements that QR codes use. @param {number} one @param {number} other */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

/** The Reed-Solomon generator polynomial of a degree. @param {number} degree */
function generator(degree) {
  const result = Array.from({ length: degree }, (_, at) => Number(at === degree - 1));
  for (let root = 1, round = 0; round < degree; round += 1) {
    for (let at = 0; at < degree; at += 1) result[at] = times(result[at], root) ^ (result[at + 1] ?? 0);
    root = times(root, 2);
  }
  return result;
}

/** @param {number[]} data @param {number[]} divisor */
function remainder(data, divisor) {
  const result = divisor.map(() => 0);
  for (const word of data) {
    const factor = word ^ /** @type {number} */ (result.shift());
    result.push(0);
    divisor.forEach((coefficient, at) => {
      result[at] ^= times(coefficient, factor);
    });
  }
  return result;
}

class Square {
  /** @param {number} version */
  constructor(version) {
    this.version = version;
    this.size = version * 4 + 17;
    /** @type {boolean[][]} */
    this.dark = Array.from({ length: this.size }, () => Array(this.size).fill(false));
    /** @type {boolean[][]} */
    this.fixed = Array.from({ length: this.size }, () => Array(this.size).fill(false));
  }

  /** @param {number[]} words @param {number} mask */
  draw(words, mask) {
    this.#patterns();
    this.#format(mask);
    this.#data(words, MASKS[mask]);
    return this.dark;
  }

  /** @param {number} x @param {number} y @param {boolean} isDark */
  #set(x, y, isDark) {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y][x] = isDark;
    this.fixed[y][x] = true;
  }

  #patterns() {
    const { size, version } = this;
    for (let at = 0; at < size; at += 1) {
      this.#set(6, at, at % 2 === 0);
      this.#set(at, 6, at % 2 === 0);
    }
    for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]]) this.#rings(x, y, 4, (ring) => ring !== 2 && ring !== 4);
    const marks = this.#marks();
    const last = marks.length - 1;
    marks.forEach((x, column) => marks.forEach((y, row) => {
      const isCorner = (column === 0 && row === 0) || (column === 0 && row === last) || (column === last && row === 0);
      if (!isCorner) this.#rings(x, y, 2, (ring) => ring !== 1);
    }));
    if (version >= 7) this.#version();
  }

  /** Squares around a centre. @param {number} x @param {number} y @param {number} reach @param {(ring: number) => boolean} isDark */
  #rings(x, y, reach, isDark) {
    for (let down = -reach; down <= reach; down += 1) {
      for (let across = -reach; across <= reach; across += 1) {
        this.#set(x + across, y + down, isDark(Math.max(Math.abs(across), Math.abs(down))));
      }
    }
  }

  /** Where the small marks stand. @returns {number[]} */
  #marks() {
    if (this.version === 1) return [];
    const count = Math.floor(this.version / 7) + 2;
    const step = Math.ceil((this.version * 4 + 4) / (count * 2 - 2)) * 2;
    const marks = Array.from({ length: count - 1 }, (_, at) => this.size - 7 - at * step);
    return [6, ...marks.reverse()];
  }

  #version() {
    let rest = this.version;
    for (let round = 0; round < 12; round += 1) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let at = 0; at < 18; at += 1) {
      const [far, near] = [this.size - 11 + (at % 3), Math.floor(at / 3)];
      this.#set(far, near, ((bits >> at) & 1) === 1);
      this.#set(near, far, ((bits >> at) & 1) === 1);
    }
  }

  /** The level, which is 0 for M, and the mask. @param {number} mask */
  #format(mask) {
    let rest = mask;
    for (let round = 0; round < 10; round += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((mask << 10) | rest) ^ 0x5412;
    const bit = (/** @type {number} */ at) => ((bits >> at) & 1) === 1;
    const { size } = this;
    for (let at = 0; at <= 5; at += 1) this.#set(8, at, bit(at));
    this.#set(8, 7, bit(6));
    this.#set(8, 8, bit(7));
    this.#set(7, 8, bit(8));
    for (let at = 9; at < 15; at += 1) this.#set(14 - at, 8, bit(at));
    for (let at = 0; at < 8; at += 1) this.#set(size - 1 - at, 8, bit(at));
    for (let at = 8; at < 15; at += 1) this.#set(8, size - 15 + at, bit(at));
    this.#set(8, size - 8, true);
  }

  /** Upwards and downwards in columns of two, from the right. @param {number[]} words @param {(x: number, y: number) => boolean} mask */
  #data(words, mask) {
    let at = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      const isUp = ((right + 1) & 2) === 0;
      for (let step = 0; step < this.size; step += 1) {
        const y = isUp ? this.size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.fixed[y][x]) continue;
          const bit = at < words.length * 8 && ((words[at >> 3] >> (7 - (at & 7))) & 1) === 1;
          this.dark[y][x] = bit !== mask(x, y);
          at += 1;
        }
      }
    }
  }
}

/** How hard a code is to read, by the standard's rules: long runs, blocks, what looks like a corner, and imbalance. @param {boolean[][]} code */
function cost(code) {
  const size = code.length;
  const lines = [...code, ...code.map((_, x) => code.map((row) => row[x]))].map((row) => row.map((dark) => (dark ? "1" : "0")).join(""));
  let sum = 0;
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    sum += 40 * ((`${line}0000`.match(/(?=10111010000)/g)?.length ?? 0) + (`0000${line}`.match(/(?=00001011101)/g)?.length ?? 0));
  }
  for (let y = 1; y < size; y += 1) {
    for (let x = 1; x < size; x += 1) {
      if (code[y][x] === code[y - 1][x] && code[y][x] === code[y][x - 1] && code[y][x] === code[y - 1][x - 1]) sum += 3;
    }
  }
  const dark = lines.slice(0, size).join("").replaceAll("0", "").length;
  return sum + Math.floor(Math.abs(dark * 20 - size * size * 10) / (size * size)) * 10;
}
