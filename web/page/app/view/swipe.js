// On a phone the rooms come in from one side and the people from the other, by a swipe; another one sends them back.

const FAR_PX = 60;
/** A swipe goes more across than down. */
const SLOPE = 2;

/**
 * @param {HTMLElement} element @param {(direction: "left" | "right") => void} onSwipe told where the finger went
 */
export function onSwipes(element, onSwipe) {
  /** @type {{x: number, y: number} | null} */
  let begun = null;
  element.addEventListener("touchstart", ({ touches, target }) => {
    const isFree = touches.length === 1 && !scrollsAcross(/** @type {Element} */ (target), element);
    begun = isFree ? { x: touches[0].clientX, y: touches[0].clientY } : null;
  }, { passive: true });
  element.addEventListener("touchend", ({ changedTouches: [touch] }) => {
    if (begun === null) return;
    const [across, down] = [touch.clientX - begun.x, touch.clientY - begun.y];
    begun = null;
    if (Math.abs(across) >= FAR_PX && Math.abs(across) >= SLOPE * Math.abs(down)) onSwipe(across > 0 ? "right" : "left");
  }, { passive: true });
}

/** Whether a finger there moves something else: long lines of code, or text that is being written. @param {Element} target @param {Element} end */
function scrollsAcross(target, end) {
  for (let at = /** @type {Element | null} */ (target); at && at !== end; at = at.parentElement) {
    if (at.matches("textarea, input, select") || (at.scrollWidth > at.clientWidth && getComputedStyle(at).overflowX !== "visible" && getComputedStyle(at).overflowX !== "hidden")) return true;
  }
  return false;
}
