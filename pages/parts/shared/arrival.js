// What a page writes into its address by itself belongs to the step that led there, and is no step of its own.
//
// Streamlit 1.67 makes an entry of the browser's history of every change of the address that follows a link, so that
// Back would first lead to the same page. Remove this when it replaces the entry that is made by the link.

function joinArrivals() {
  if (history.joinsArrivals) return;
  history.joinsArrivals = true;
  const push = history.pushState;
  let isActedOn = false;
  for (const kind of ["pointerdown", "click", "keydown", "input"])
    document.addEventListener(kind, () => (isActedOn = true), { capture: true, passive: true });
  addEventListener("popstate", () => (isActedOn = false), { capture: true });
  history.pushState = function (state, title, address) {
    const isSamePage = new URL(address ?? location.href, location.href).pathname === location.pathname;
    if (isSamePage && !isActedOn) return history.replaceState(state, title, address);
    if (!isSamePage) isActedOn = false;
    return push.apply(this, [state, title, address]);
  };
}

joinArrivals();
