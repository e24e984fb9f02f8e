// Tells screen readers which link of the sidebar leads to the page that is open. Home has an empty address.

export default function (component) {
  const bar = component.parentElement.getRootNode().host?.closest("section");
  const waiting = requestAnimationFrame(() => bar && mark([...bar.querySelectorAll("a[href]")]));
  return () => cancelAnimationFrame(waiting);
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
