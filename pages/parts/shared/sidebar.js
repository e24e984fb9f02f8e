// Tells screen readers which link of the sidebar leads to the page that is open (Home has an empty address), and closes
// the sidebar when a link in it is followed on a phone, where it covers the page.

export default function (component) {
  const bar = component.parentElement.getRootNode().host?.closest("section");
  const markAll = () => mark([...bar.querySelectorAll("a[href]")]);
  // The address may change after this runs, and Streamlit may draw a link later, or anew.
  const waiting = requestAnimationFrame(() => bar && markAll());
  const drawn = new MutationObserver(markAll);
  if (bar) {
    markAll();
    drawn.observe(bar, { childList: true, subtree: true, attributes: true, attributeFilter: ["href"] });
  }
  const close = (event) => {
    const opensTab = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!opensTab && event.target.closest("a[href]") && matchMedia(component.data.narrow).matches)
      bar.querySelector(component.data.closer)?.click();
  };
  bar?.addEventListener("click", close);
  return () => {
    cancelAnimationFrame(waiting);
    drawn.disconnect();
    bar?.removeEventListener("click", close);
  };
}

function mark(links) {
  const here = tail(location.pathname);
  const isNamed = links.some((link) => here && tail(link.getAttribute("href")) === here);
  for (const link of links) {
    const name = tail(link.getAttribute("href"));
    if (isNamed ? name === here : name === "") link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

const tail = (path) => path.split("?")[0].replace(/\/+$/, "").split("/").pop();
