// Scrolls to its own place, once for each token.

let shown = "";

export default function ({ parentElement, data }) {
  if (data.token === shown) return;
  shown = data.token;
  const place = parentElement.host ?? parentElement;
  place.style.scrollMarginTop = "4rem"; // below the header
  requestAnimationFrame(() => place.scrollIntoView({ block: "start" }));
}
