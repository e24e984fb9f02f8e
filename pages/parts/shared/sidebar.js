// Tells screen readers which link of the sidebar leads to the page that is open.

export default function (component) {
  const bar = component.parentElement.getRootNode().host?.closest("section") ?? document;
  const mark = () => {
    for (const link of bar.querySelectorAll("a[href]")) {
      const isHere = tail(link.pathname) === tail(location.pathname);
      if (isHere) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
  const waiting = requestAnimationFrame(mark);
  return () => cancelAnimationFrame(waiting);
}

const tail = (path) => path.replace(/\/+$/, "").split("/").pop();
