// A grid of small pictures that can be ticked, by click or with Space; Shift and a click tick all in between.

const grids = new WeakMap();

export default function (component) {
  const holder = component.parentElement.querySelector(".grid");
  if (!grids.has(holder)) grids.set(holder, { ticked: new Set(), last: null });
  const grid = grids.get(holder);
  const { cells, ticked } = component.data;
  grid.ticked = new Set(ticked);
  const shown = [...holder.children].map((cell) => cell.dataset.name).join("\n");
  if (shown !== cells.map((cell) => cell.name).join("\n")) {
    grid.last = null;
    holder.replaceChildren(...cells.map(makeCell));
  }
  [...holder.children].forEach((element, at) => {
    describe(element, cells[at], grid.ticked.has(cells[at].name));
    element.onclick = (event) => {
      const on = !grid.ticked.has(cells[at].name);
      const [from, to] = event.shiftKey && grid.last !== null ? [grid.last, at].sort((a, b) => a - b) : [at, at];
      for (const cell of cells.slice(from, to + 1)) grid.ticked[on ? "add" : "delete"](cell.name);
      grid.last = at;
      [...holder.children].forEach((other, place) => describe(other, cells[place], grid.ticked.has(cells[place].name)));
      component.setStateValue("ticked", { n: Date.now(), names: [...grid.ticked] });
    };
  });
}

function makeCell(cell) {
  const element = document.createElement("button");
  element.type = "button";
  element.setAttribute("role", "checkbox");
  element.dataset.name = cell.name;
  const image = document.createElement("img");
  image.src = cell.source;
  const says = document.createElement("div");
  const tick = document.createElement("div");
  tick.className = "tick";
  element.append(image, says, tick);
  return element;
}

function describe(element, cell, isTicked) {
  const [image, says, tick] = element.children;
  if (image.src !== cell.source) image.src = cell.source;
  image.alt = `The image ${cell.name.replace(/^.*\//, "").replace(/\.[^.]*$/, "")}, ${cell.says}`;
  element.setAttribute("aria-checked", isTicked);
  element.setAttribute("aria-label", `${cell.name}: ${cell.says}`);
  element.title = cell.name;
  says.className = cell.isFaint ? "says faint" : "says";
  says.textContent = cell.says;
  tick.textContent = isTicked ? "✓" : "";
}
