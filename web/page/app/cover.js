// What lies over the room, such as a dialog or a drawer, is closed by the browser's Back key before anything else is. While
// something is open there is one entry more in the window's history. Not here: what lies there.

/** What is open, the topmost last. @type {{close: () => void}[]} */
const open = [];
/** Whether the entry is there. */
let isGuarded = false;
/** Whether we are on the way back from the entry ourselves. */
let isReturning = false;

/**
 * Something is open from now on. Returns what is to be called once it is closed.
 * @param {() => void} close called when the Back key closes it
 */
export function cover(close) {
  const layer = { close };
  open.push(layer);
  guard();
  return () => {
    const at = open.indexOf(layer);
    if (at >= 0) open.splice(at, 1);
    // What opens in its place, such as the next dialog, has the same entry.
    setTimeout(uncover);
  };
}

/** The history has moved. Returns whether that was about what lay over the room, or else about where one is. */
export function wentBack() {
  const wasReturning = isReturning;
  if (!wasReturning && !isGuarded) return false;
  isReturning = false;
  isGuarded = false;
  if (!wasReturning) open.pop()?.close();
  if (open.length > 0) guard();
  return true;
}

/** Goes to another room; the way back does not lead over what was open here. @param {string} url */
export function go(url) {
  if (isGuarded) location.replace(url);
  else location.assign(url);
}

function guard() {
  if (isGuarded || isReturning) return;
  isGuarded = true;
  history.pushState(history.state, "");
}

function uncover() {
  if (open.length > 0 || !isGuarded) return;
  isGuarded = false;
  isReturning = true;
  history.back();
}
