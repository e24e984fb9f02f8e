// One action of the user makes one entry in the browser's history, however often the server changes the address for it.
//
// Streamlit 1.67 makes an entry of every change of the address: of each widget that a button sets, and of each name that
// a page adds once it is open. Back would then lead through states that the page never showed.

const ACTIONS = ["pointerdown", "keydown", "click", "drop", "paste"];

export default function () {
  if (!history.pushState.isOncePerAction) watch();
}

function watch() {
  const push = history.pushState;
  let isNew = false;
  const begin = (event) => {
    const belongsToPointer = event.type === "click" && event.detail > 0;
    if (!event.repeat && !belongsToPointer) isNew = true;
  };
  for (const type of ACTIONS) addEventListener(type, begin, { capture: true, passive: true });
  addEventListener("popstate", () => (isNew = false), true); // what the page changes after Back stays in that entry
  history.pushState = function (state, title, url) {
    if (!isNew || isHere(url)) return history.replaceState(state, title, url);
    isNew = false;
    return push.call(history, state, title, url);
  };
  history.pushState.isOncePerAction = true;
}

const isHere = (url) => new URL(url ?? "", location.href).href === location.href;
