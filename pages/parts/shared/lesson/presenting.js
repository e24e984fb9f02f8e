// Steps through the states of a page with the arrow keys: each state is an address, which the page follows as it
// follows the browser's Back and Forward.

const TYPED_INTO = 'input:not([type="checkbox"], [type="button"]), textarea, select, [contenteditable="true"]';
const OWN_KEYS = '[role="slider"], [role="listbox"], [role="radiogroup"], [role="tablist"], [role="combobox"], [role="menu"]';
const state = (globalThis.lossLabSteps ??= { at: 0, of: "" });

export default function (component) {
  const root = component.parentElement;
  const find = (name) => root.querySelector(`.${name}`);
  const { steps } = component.data;
  if (state.of !== location.pathname) Object.assign(state, { at: 0, of: location.pathname });
  const findHere = () => {
    const here = steps.findIndex((step) => sorted(step.query) === sorted(location.search));
    if (here >= 0) state.at = here;
  };
  findHere();

  const show = () => {
    find("says").textContent = `${state.at + 1} of ${steps.length}: ${steps[state.at].label}`;
    find("back").disabled = state.at === 0;
    find("on").disabled = state.at === steps.length - 1;
  };
  const go = (by) => {
    const to = Math.min(Math.max(state.at + by, 0), steps.length - 1);
    if (to === state.at) return;
    state.at = to;
    show();
    follow(`${location.pathname}?${steps[to].query}`);
  };
  const onMove = () => {
    findHere();
    show();
  };
  const onKey = (event) => {
    const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || isElsewhere(event)) return;
    event.preventDefault();
    event.stopPropagation();
    go(by);
  };
  find("back").onclick = () => go(-1);
  find("on").onclick = () => go(1);
  find("leave").onclick = leave;
  document.addEventListener("keydown", onKey, true);
  window.addEventListener("popstate", onMove);
  show();
  (root.host ?? root).dataset.listening = "ArrowLeft ArrowRight";
  return () => {
    document.removeEventListener("keydown", onKey, true);
    window.removeEventListener("popstate", onMove);
  };
}

function isElsewhere(event) {
  const target = event.composedPath()[0];
  return target instanceof Element && (target.closest(TYPED_INTO) || target.closest(OWN_KEYS)) !== null;
}

function leave() {
  const address = new URL(location.href);
  address.searchParams.delete("present");
  follow(address);
}

function follow(address) {
  history.pushState({}, "", address);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

function sorted(query) {
  const parameters = new URLSearchParams(query);
  parameters.sort();
  return parameters.toString();
}
