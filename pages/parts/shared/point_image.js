// A picture with a ring at the chosen point and a disc at the proposed one. A click moves the ring at once and tells
// Python the place as shares of the width and the height.

const TALLEST_PX = 600;
const shown = new WeakMap();

export default function (component) {
  const frame = component.parentElement.querySelector(".frame");
  const { source, name, chosen, proposed } = component.data;
  if (shown.get(frame) !== name) {
    const image = document.createElement("img");
    image.alt = name;
    image.draggable = false;
    image.onload = () => (frame.style.maxWidth = `${(TALLEST_PX * image.naturalWidth) / image.naturalHeight}px`);
    image.src = source;
    frame.replaceChildren(image);
    shown.set(frame, name);
  }
  place(frame, "proposed", proposed);
  place(frame, "chosen", chosen);
  frame.onclick = (event) => {
    const box = frame.querySelector("img").getBoundingClientRect();
    const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    if (at.some((share) => !(share >= 0 && share <= 1))) return;
    place(frame, "chosen", at);
    component.setStateValue("clicked", { n: Date.now(), name, x: at[0], y: at[1] });
  };
}

function place(frame, kind, at) {
  let mark = frame.querySelector(`.${kind}`);
  if (!at) return mark?.remove();
  if (!mark) {
    mark = document.createElement("div");
    mark.className = `mark ${kind}`;
    frame.append(mark);
  }
  mark.style.left = `${at[0] * 100}%`;
  mark.style.top = `${at[1] * 100}%`;
}
