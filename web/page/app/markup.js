// The small subset of Markdown that messages have: text to blocks and spans, as plain data. Pure; its work is bounded by
// the text's length. The same cases as papo's other clients pass: crates/client/vectors/markup.json.

/** @typedef {{text: string, bold?: true, italic?: true, struck?: true, code?: true, link?: string,
 *   mention?: {name: string, badge?: string}}} Span */
/** @typedef {{depth: number, number?: number, spans: Span[]}} Item */
/** @typedef {{paragraph: Span[]} | {quote: Span[]} | {list: Item[]} | {code: string, language?: string}} Block */

/** More spans than this are no text that somebody has written: it is shown as it stands. */
const SPANS_MAX = 4096;
const LIST_DEPTH_MAX = 3;
const MENTION_CHARS_MAX = 64;
const TARGET_BYTES_MAX = 2048;
const SCHEMES = ["https://", "http://", "mailto:"];
const TRAILING = ".,;:!?'*_~…";
const PUNCTUATION = /[!-/:-@[-`{-~]/;
const ALPHANUMERIC = /[\p{Alphabetic}\p{N}]/u;
const BLANK = /\p{White_Space}/u;
const NO_PART_OF_LINK = /[\p{White_Space}\p{Cc}<>"\\`\u27ea\u27eb]/u;

/** What a message's text looks like. @param {string} text @returns {Block[]} */
export function parse(text) {
  const blocks = parseBlocks(text.replaceAll("\r\n", "\n"));
  const count = blocks.reduce((sum, block) => sum + spansOf(block), 0);
  return count > SPANS_MAX ? [{ paragraph: [{ text }] }] : blocks;
}

/** Where a link leads, which is what a person has to look at. @param {string} target */
export function destination(target) {
  const scheme = schemeOf(target) ?? "";
  const behind = target.slice(scheme.length);
  if (scheme === "mailto:") return behind.split("?")[0];
  return behind.split(/[/?#]/)[0].split("@").at(-1);
}

/** @param {Block} block */
function spansOf(block) {
  if ("list" in block) return block.list.reduce((sum, item) => sum + item.spans.length + 1, 0);
  if ("code" in block) return 1;
  return ("paragraph" in block ? block.paragraph : block.quote).length;
}

/** @param {string} text @returns {Block[]} */
function parseBlocks(text) {
  const lines = text.split("\n").map((line) => line.replace(/\p{White_Space}+$/u, ""));
  const blocks = [];
  let open = null;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line.startsWith("```") && !line.slice(3).includes("`")) {
      const close = lines.indexOf("```", at + 1);
      const end = close < 0 ? lengthWithoutLast(lines) : close;
      blocks.push(code(lines.slice(at + 1, Math.max(end, at + 1)), line.slice(3).trim()));
      at = close < 0 ? lines.length : close;
      open = null;
    } else if (line === "") {
      open = null;
    } else {
      open = addLine(blocks, open, line);
    }
  }
  return blocks;
}

/** A line feed at the very end ends the last line and begins none. @param {string[]} lines */
function lengthWithoutLast(lines) {
  return lines.at(-1) === "" ? lines.length - 1 : lines.length;
}

/** @param {string[]} lines @param {string} behindFence @returns {Block} */
function code(lines, behindFence) {
  const isLanguage = /^[A-Za-z0-9+\-#._]{1,32}$/.test(behindFence);
  return isLanguage ? { code: lines.join("\n"), language: behindFence } : { code: lines.join("\n") };
}

/** A line with something on it, outside of code. Returns the block that it stands in. @param {Block[]} blocks @param {any} open @param {string} line */
function addLine(blocks, open, line) {
  const item = line.startsWith(">") ? null : parseItem(line);
  const kind = line.startsWith(">") ? "quote" : item ? "list" : "paragraph";
  let block = open && kind in open ? open : null;
  const isNew = block === null;
  if (isNew) {
    block = { [kind]: [] };
    blocks.push(block);
  }
  if (item) {
    block.list.push(item);
  } else {
    const spans = inline(kind === "quote" ? line.replace(/^> ?/, "") : line);
    if (!isNew) push(block[kind], { text: "\n" });
    for (const span of spans) push(block[kind], span);
  }
  return block;
}

/** @param {string} line @returns {Item | null} */
function parseItem(line) {
  const [, blanks, bullet, digits, text] = /^( *)(?:([-*+])|(\d{1,9})[.)]) (.+)$/su.exec(line) ?? [];
  if (text === undefined) return null;
  const item = { depth: Math.min(blanks.length >> 1, LIST_DEPTH_MAX), spans: inline(text) };
  return bullet ? item : { ...item, number: Number(digits) };
}

/** Appends a span, as one piece with the last where both are plain and look alike. @param {Span[]} spans @param {Span} span */
function push(spans, span) {
  if (span.text === "") return;
  const last = spans.at(-1);
  const isPlain = (/** @type {Span} */ one) => !one.code && one.link === undefined && one.mention === undefined;
  const alike = last && isPlain(last) && isPlain(span)
    && last.bold === span.bold && last.italic === span.italic && last.struck === span.struck;
  if (alike) last.text += span.text;
  else spans.push({ ...span });
}

/** @param {string} line @returns {Span[]} */
function inline(line) {
  if (!/[*_~`\\@[:]/.test(line)) return [{ text: line }];
  const pieces = new Reader(line).read();
  pair(pieces);
  return toSpans(pieces);
}

class Reader {
  /** @param {string} line */
  constructor(line) {
    this.line = line;
    this.at = 0;
    /** @type {any[]} */
    this.pieces = [];
    this.text = "";
    this.nextTicks = nextTicks(line);
    /** Where the next `](` is, and what follows it if that is a target: found once for all brackets before it. */
    this.close = -1;
    this.target = null;
    this.targetEnd = -1;
  }

  read() {
    while (this.at < this.line.length) {
      const character = String.fromCodePoint(this.line.codePointAt(this.at) ?? 0);
      if (this.special(character)) continue;
      this.text += character;
      this.at += character.length;
    }
    this.endText();
    return this.pieces;
  }

  /** @param {string} character */
  special(character) {
    switch (character) {
      case "\\": return this.escaped();
      case "`": return this.code();
      case "*": case "_": case "~": return this.marks(character);
      case "[": return this.labelled();
      case "@": return this.mention();
      case "h": case "H": case "m": case "M": return this.bareLink();
      default: return false;
    }
  }

  /** The character before this place. */
  before() {
    return characterBefore(this.line, this.at);
  }

  endText() {
    if (this.text !== "") this.pieces.push({ text: this.text });
    this.text = "";
  }

  /** @param {Span} span @param {number} length */
  whole(span, length) {
    this.endText();
    this.pieces.push(span);
    this.at += length;
    return true;
  }

  /** @param {number} length */
  asText(length) {
    this.text += this.line.slice(this.at, this.at + length);
    this.at += length;
    return true;
  }

  escaped() {
    const sign = this.line[this.at + 1] ?? "";
    if (!PUNCTUATION.test(sign)) return false;
    this.text += sign;
    this.at += 2;
    return true;
  }

  code() {
    const ticks = runLength(this.line, this.at);
    const close = this.nextTicks.get(this.at);
    if (close === undefined) return this.asText(ticks);
    const inside = this.line.slice(this.at + ticks, close);
    // A blank on either side makes room for a backtick in the code.
    const isPadded = inside.length > 1 && inside.startsWith(" ") && inside.endsWith(" ") && inside.trim() !== "";
    return this.whole({ text: isPadded ? inside.slice(1, -1) : inside, code: true }, close + ticks - this.at);
  }

  /** @param {string} sign */
  marks(sign) {
    const count = runLength(this.line, this.at);
    const [before, after] = [this.before(), characterAt(this.line, this.at + count)];
    /** @type {number[]} */
    let lengths = [];
    if (count === 1 && sign !== "~") lengths = [1];
    else if (count === 2) lengths = [2];
    else if (count === 3 && sign !== "~") lengths = [2, 1];
    if (lengths.length === 0) return this.asText(count);
    this.endText();
    for (const length of lengths) {
      const mark = sign.repeat(length);
      this.pieces.push({
        mark,
        canOpen: after !== "" && !BLANK.test(after) && mayStandAfter(mark, before),
        canClose: before !== "" && !BLANK.test(before) && mayStandAfter(mark, after),
        role: "literal",
      });
    }
    this.at += count;
    return true;
  }

  labelled() {
    const from = this.at + 1;
    if (this.close < from) {
      const close = this.line.indexOf("](", from);
      this.close = close < 0 ? Infinity : close;
      this.target = close < 0 ? null : this.targetAt(close + 2);
    }
    if (this.target === null) return false;
    const label = this.line.slice(from, this.close);
    if (label.includes("[") || label.trim() === "") return false;
    const text = label.replace(/\\([!-/:-@[-`{-~])/g, "$1");
    return this.whole({ text, link: this.target.link }, this.target.end - this.at);
  }

  /** @param {number} from */
  targetAt(from) {
    if (this.targetEnd < from) {
      const length = this.line.slice(from).search(/[) ]/);
      this.targetEnd = length < 0 ? Infinity : from + length;
    }
    if (this.line[this.targetEnd] !== ")") return null;
    const link = this.line.slice(from, this.targetEnd);
    return isLink(link) ? { link, end: this.targetEnd + 1 } : null;
  }

  bareLink() {
    if (ALPHANUMERIC.test(this.before())) return false;
    const scheme = schemeOf(this.line.slice(this.at, this.at + 8));
    if (scheme === null) return false;
    const rest = this.line.slice(this.at);
    const length = rest.search(NO_PART_OF_LINK);
    const run = length < 0 ? rest : rest.slice(0, length);
    // Passed over as a whole, or what is in it would be looked through again and again.
    if (utf8Length(run) > TARGET_BYTES_MAX) return this.asText(run.length);
    const link = trimmed(run);
    if (link.length <= scheme.length || !isLink(link)) return false;
    return this.whole({ text: link, link }, link.length);
  }

  mention() {
    const before = this.before();
    if (before === "." || ALPHANUMERIC.test(before)) return false;
    const behind = this.line.slice(this.at + 1, this.at + 1 + 4 * MENTION_CHARS_MAX);
    const [letters] = /** @type {RegExpExecArray} */ (/^[\p{Alphabetic}\p{N}_\-.]*/u.exec(behind));
    const name = letters.replace(/[.-]+$/, "");
    if (name === "" || [...name].length > MENTION_CHARS_MAX) return false;
    const [, found = ""] = /^#([a-z2-7]*)/.exec(this.line.slice(this.at + 1 + name.length, this.at + 30 + name.length)) ?? [];
    const hasBadge = found.length >= 4 && found.length <= 24;
    const length = 1 + name.length + (hasBadge ? 1 + found.length : 0);
    const mention = hasBadge ? { name, badge: found } : { name };
    return this.whole({ text: this.line.slice(this.at, this.at + length), mention }, length);
  }
}

/** For each run of backticks, by its beginning, where the next one of the same length begins. @param {string} line */
function nextTicks(line) {
  const [nearest, next] = [new Map(), new Map()];
  for (const { 0: run, index } of [...line.matchAll(/`+/g)].reverse()) {
    if (nearest.has(run.length)) next.set(index, nearest.get(run.length));
    nearest.set(run.length, index);
  }
  return next;
}

/** Finds for each mark that closes the one that it closes. @param {any[]} pieces */
function pair(pieces) {
  /** @type {number[]} */
  const open = [];
  /** @type {Record<string, number>} */
  const counts = {};
  for (const [at, piece] of pieces.entries()) {
    if (!("mark" in piece)) continue;
    const closed = closes(pieces, at, open, counts);
    if (closed === null) {
      if (!piece.canOpen) continue;
      open.push(at);
      counts[piece.mark] = (counts[piece.mark] ?? 0) + 1;
      continue;
    }
    piece.mark = closed;
    piece.role = "closes";
    for (let opener = open.pop(); opener !== undefined; opener = open.pop()) {
      counts[pieces[opener].mark] -= 1;
      if (pieces[opener].mark === closed) {
        pieces[opener].role = "opens";
        break;
      }
    }
  }
}

/** The mark that this one closes as, or null. @param {any[]} pieces @param {number} at @param {number[]} open @param {Record<string, number>} counts @returns {string | null} */
function closes(pieces, at, open, counts) {
  const { mark, canClose } = pieces[at];
  if (!canClose) return null;
  const other = mark.length === 2 ? mark[0] : mark + mark;
  const next = pieces[at + 1];
  const isFirstOfTwo = mark.length === 2 && mark !== "~~" && next?.mark === other;
  const last = pieces[open.at(-1) ?? -1]?.mark ?? null;
  if (isFirstOfTwo && last === other) {
    // Three signs close in the order in which they were opened.
    next.mark = mark;
    return other;
  }
  return (counts[mark] ?? 0) > 0 ? mark : null;
}

/** @param {any[]} pieces */
function toSpans(pieces) {
  /** @type {Span[]} */
  const spans = [];
  /** @type {Record<string, number>} */
  const depths = {};
  const isOn = (/** @type {string[]} */ ...marks) => marks.some((mark) => (depths[mark] ?? 0) > 0);
  /** @type {{bold?: true, italic?: true, struck?: true}} */
  let look = {};
  for (const piece of pieces) {
    if (!("mark" in piece)) {
      push(spans, { ...piece, ...look });
    } else if (piece.role === "literal") {
      push(spans, { text: piece.mark, ...look });
    } else {
      depths[piece.mark] = Math.max((depths[piece.mark] ?? 0) + (piece.role === "opens" ? 1 : -1), 0);
      look = {};
      if (isOn("**", "__")) look.bold = true;
      if (isOn("*", "_")) look.italic = true;
      if (isOn("~~")) look.struck = true;
    }
  }
  return spans;
}

/** Whether a target may be followed: a page or a mail, and nothing in it that deceives. @param {string} target */
function isLink(target) {
  const scheme = schemeOf(target);
  return scheme !== null && target.length > scheme.length && utf8Length(target) <= TARGET_BYTES_MAX
    && !NO_PART_OF_LINK.test(target) && !/^[/?#]/.test(target.slice(scheme.length));
}

/** @param {string} text */
function schemeOf(text) {
  const start = text.slice(0, 8).toLowerCase();
  return SCHEMES.find((scheme) => start.startsWith(scheme)) ?? null;
}

/** A link without what ends its sentence. @param {string} link */
function trimmed(link) {
  const count = (/** @type {string} */ sign) => link.split(sign).length - 1;
  /** @type {Record<string, number>} */
  const surplus = { ")": count(")") - count("("), "]": count("]") - count("[") };
  let length = link.length;
  while (length > 0) {
    const last = link[length - 1];
    if ((surplus[last] ?? 0) > 0) surplus[last] -= 1;
    else if (!TRAILING.includes(last)) break;
    length -= 1;
  }
  return link.slice(0, length);
}

/** @param {string} mark @param {string} outer */
function mayStandAfter(mark, outer) {
  if (mark[0] === "_") return !ALPHANUMERIC.test(outer);
  if (mark === "*") return !/[A-Za-z0-9]/.test(outer);
  return true;
}

/** @param {string} line @param {number} at */
function runLength(line, at) {
  let end = at;
  while (line[end] === line[at]) end += 1;
  return end - at;
}

/** @param {string} line @param {number} at */
function characterAt(line, at) {
  return at < line.length ? String.fromCodePoint(line.codePointAt(at) ?? 0) : "";
}

/** @param {string} line @param {number} at */
function characterBefore(line, at) {
  if (at === 0) return "";
  const low = line.charCodeAt(at - 1) >= 0xdc00 && line.charCodeAt(at - 1) < 0xe000;
  return characterAt(line, low && at > 1 ? at - 2 : at - 1);
}

/** @param {string} text */
function utf8Length(text) {
  return new TextEncoder().encode(text).length;
}
