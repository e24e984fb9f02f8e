// Keeps what a learner has done in the browser: reads it once per session, and adds what is new. A browser that
// blocks storage keeps nothing, and nothing else changes.

const NAME = "loss_lab_progress";
const MOST_CHARACTERS = 20000;
const state = (globalThis.lossLabProgress ??= { written: new Set(), session: "", wasRead: false, forgotten: 0 });

export default function (component) {
  const { marks, session, wanted, forgotten } = component.data;
  if (session !== state.session) Object.assign(state, { session, wasRead: false, forgotten: 0 });
  if (forgotten > state.forgotten) forget(forgotten);
  if (wanted && !state.wasRead) {
    state.wasRead = true;
    const stored = read();
    Object.keys(stored).forEach((name) => state.written.add(name));
    if (Object.keys(stored).length) component.setStateValue("stored", stored);
  }
  add(marks);
}

function read() {
  try {
    const text = localStorage.getItem(NAME) ?? "{}";
    const stored = text.length <= MOST_CHARACTERS ? JSON.parse(text) : {};
    return stored && typeof stored === "object" && !Array.isArray(stored) ? stored : {};
  } catch {
    return {};
  }
}

// Only what this tab has not written yet: marks that another tab has forgotten meanwhile do not come back.
function add(marks) {
  const fresh = Object.entries(marks).filter(([name]) => !state.written.has(name));
  if (!fresh.length) return;
  fresh.forEach(([name]) => state.written.add(name));
  try {
    localStorage.setItem(NAME, JSON.stringify({ ...read(), ...Object.fromEntries(fresh) }));
  } catch {
    // storage is blocked or full
  }
}

function forget(count) {
  state.forgotten = count;
  state.written.clear();
  try {
    localStorage.removeItem(NAME);
  } catch {
    // storage is blocked
  }
}
