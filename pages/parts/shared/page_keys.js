// Listens to a few keys while nobody types into anything, and tells Python which were pressed, in order. What Python
// has not yet answered for is told again with the next press, so that quick typing loses nothing.

const MOST_WAITING = 60;
const TYPED_INTO = 'input:not([type="checkbox"], [type="button"], [type="submit"]), textarea, select, iframe, [contenteditable="true"]';
const OWN_KEYS = '[role="listbox"], [role="dialog"], [role="menu"], [role="slider"], [role="combobox"], dialog';
const ARROWS_OF_ITS_OWN = '[role="radiogroup"], [role="tablist"], [role="grid"]';
const PRESSABLE = 'button, a, summary, label, [role="button"], [role="checkbox"], input[type="checkbox"]';
const listeners = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!listeners.has(root)) listeners.set(root, listen());
  const listener = listeners.get(root);
  listener.tell = (presses) => component.setStateValue("pressed", { presses });
  listener.watched = new Set(component.data.watched);
  listener.waiting = listener.waiting.filter((press) => press.n > component.data.echo);
  (root.host ?? root).dataset.listening = component.data.watched.join(" ");
  return () => {
    listener.stop();
    listeners.delete(root);
  };
}

// Keys are taken on their way down: a button that has the focus would keep Enter for itself.
function listen() {
  const listener = { watched: new Set(), waiting: [], last: 0, tell: () => {} };
  let byPointer = !document.querySelector(":focus-visible"); // a click may have led here before anybody listened
  const onPointer = () => (byPointer = true);
  const onKey = (event) => {
    if (event.key === "Tab") byPointer = false;
    const name = nameOf(event);
    if (!listener.watched.has(name) || event.isComposing || event.altKey || isElsewhere(event, byPointer)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat && !event.key.startsWith("Arrow")) return;
    listener.last = Math.max(Date.now(), listener.last + 1);
    listener.waiting = [...listener.waiting, { n: listener.last, key: name }].slice(-MOST_WAITING);
    listener.tell(listener.waiting);
  };
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("pointerdown", onPointer, true);
  listener.stop = () => {
    document.removeEventListener("keydown", onKey, true);
    document.removeEventListener("pointerdown", onPointer, true);
  };
  return listener;
}

// Letters are small whatever Caps Lock says; Shift counts with keys that write nothing; Ctrl and Command are one.
function nameOf(event) {
  const writes = event.key.length === 1;
  const before = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.shiftKey && !writes ? "Shift+" : "");
  return before + (writes ? event.key.toLowerCase() : event.key);
}

// Whether the key belongs to whatever has the focus: a field, a list, or a button that was reached with Tab. A button
// or a closed list that was clicked keeps the focus, but who clicked it does not mean it with the next key.
function isElsewhere(event, byPointer) {
  const target = event.composedPath()[0];
  if (!(target instanceof Element)) return false;
  if (byPointer && target.matches('[role="combobox"][aria-expanded="false"]')) return false;
  if (target.closest(TYPED_INTO) || target.closest(OWN_KEYS)) return true;
  if (byPointer) return false;
  if (event.key.startsWith("Arrow")) return target.closest(ARROWS_OF_ITS_OWN) !== null;
  return (event.key === "Enter" || event.key === " ") && target.closest(PRESSABLE) !== null;
}
