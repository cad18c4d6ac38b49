// Makes what others have written safe to show. A page has text nodes, so nothing becomes markup; but a text's
// direction can still be turned round, and a hundred marks on one letter paint over the lines around it.

const MARKS_PER_CHARACTER_MAX = 8;
// eslint-disable-next-line no-control-regex
const HARMFUL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u206f\ufff9-\ufffb]/u;
/** Half a character, which UTF-16 can hold and UTF-8 cannot. */
const HALF = /\p{Cs}/gu;
const MARK = /\p{M}/u;

/** The text of a message: lines and tabs stay. @param {string} text */
export function safe(text) {
  const plain = text.replace(HALF, "\ufffd");
  if (!HARMFUL.test(plain) && !MARK.test(plain)) return plain;
  let [shown, marks] = ["", 0];
  for (const character of plain) {
    if (MARK.test(character)) {
      if (marks === MARKS_PER_CHARACTER_MAX) continue;
      if (shown === "" || shown.endsWith("\n")) shown += "\u25cc";
      marks += 1;
      shown += character;
    } else {
      marks = 0;
      shown += HARMFUL.test(character) ? instead(character) : character;
    }
  }
  return shown;
}

/** What stands on one line, such as a name. @param {string} text */
export function safeLine(text) {
  return safe(text.replace(/[\n\t]/g, " "));
}

/** What is shown in place of a character that is not to be obeyed. @param {string} character */
function instead(character) {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `\u27eaU+${code.toString(16).toUpperCase().padStart(4, "0")}\u27eb`;
}
