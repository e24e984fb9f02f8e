// A chart whose points can be dragged, added, removed and moved by keyboard. It draws lines and squares that
// Python computed; it sends back points as pairs of numbers and computes nothing but places on the screen.

const SVG = "http://www.w3.org/2000/svg";
const REACH_PX = 20;
const SEND_EVERY_MS = 140;
const WAIT_FOR_ANSWER_MS = 1500;
const KEYS_PAUSE_MS = 500;
const charts = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  if (!charts.has(root)) charts.set(root, makeChart(root.querySelector(".chart")));
  const chart = charts.get(root);
  chart.send = (edit) => component.setStateValue("edit", edit);
  chart.release = () => component.setTriggerValue("released", true);
  chart.receive(component.data);
}

function makeChart(holder) {
  const chart = { data: null, scale: null, local: null, sent: 0, sentAt: 0, waiting: false, settled: true, drag: null, focus: null };
  const svg = node("svg", { role: "group" });
  holder.replaceChildren(svg);
  const resize = new ResizeObserver(() => chart.data && draw());
  resize.observe(holder);
  chart.receive = (data) => {
    chart.data = data;
    chart.waiting = false;
    if (!chart.drag && chart.settled && data.echo >= chart.sent) chart.local = null;
    draw();
  };

  const points = () => chart.local ?? chart.data.points;

  function draw() {
    const width = holder.clientWidth || 640;
    const height = Math.round(Math.min(480, Math.max(340, width * 0.56)));
    const scale = makeScale(chart.data, width, height);
    chart.scale = scale;
    const focused = chart.focus;
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    svg.setAttribute("aria-label", chart.data.alt);
    svg.replaceChildren(
      clip(scale),
      ...axes(chart.data, scale),
      ...squares(chart.data, points(), scale),
      ...chart.data.lines.map((line) => drawLine(line, scale)),
      ...points().map((point, place) => drawPoint(point, place, chart, scale)),
      ...lineNames(chart.data.lines, scale),
    );
    if (focused !== null) svg.querySelector(`[data-place="${focused}"]`)?.focus({ preventScroll: true });
  }

  function change(next, gesture, done) {
    chart.local = next;
    chart.settled = done;
    draw();
    const now = performance.now();
    const busy = chart.waiting && now - chart.sentAt < WAIT_FOR_ANSWER_MS;
    if (!done && (busy || now - chart.sentAt < SEND_EVERY_MS)) return;
    chart.sent = Math.max(Date.now(), chart.sent + 1);
    chart.sentAt = now;
    chart.waiting = true;
    chart.send({ sequence: chart.sent, gesture, points: next });
    if (done) chart.release();
  }

  // Arrow keys in quick succession are one gesture, let go of when they pause.
  const nudging = { place: null, gesture: 0, timer: null };
  function nudge(next, place) {
    if (nudging.timer === null || nudging.place !== place) nudging.gesture = Date.now();
    nudging.place = place;
    clearTimeout(nudging.timer);
    change(next, nudging.gesture, false);
    nudging.timer = setTimeout(() => {
      nudging.timer = null;
      change(points(), nudging.gesture, true);
    }, KEYS_PAUSE_MS);
  }

  const here = (event) => {
    const box = svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const moved = (place, point) => points().map((old, at) => (at === place ? point : old));

  function remove(place) {
    if (points().length <= chart.data.fewest) return;
    chart.focus = null;
    change(points().filter((_, at) => at !== place), Date.now(), true);
  }

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [px, py] = here(event);
    const place = nearest(points(), px, py, chart.scale);
    if (place !== null) {
      svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    }
    chart.focus = place;
    const [x, y] = place === null ? [0, 0] : points()[place];
    const grip = [chart.scale.toX(x) - px, chart.scale.toY(y) - py];
    chart.drag = { place, px, py, grip, moved: false, gesture: Date.now() };
    if (place !== null) draw();
  });

  svg.addEventListener("pointermove", (event) => {
    const drag = chart.drag;
    if (!drag) return;
    const [px, py] = here(event);
    drag.moved ||= Math.hypot(px - drag.px, py - drag.py) > 4;
    if (drag.place === null || !drag.moved) return;
    change(moved(drag.place, chart.scale.value(px + drag.grip[0], py + drag.grip[1])), drag.gesture, false);
  });

  svg.addEventListener("pointerup", (event) => {
    const drag = chart.drag;
    chart.drag = null;
    if (!drag) return;
    const [px, py] = here(event);
    if (drag.place !== null) {
      if (drag.moved) change(points(), drag.gesture, true);
      else if (pressedTwice(drag)) remove(drag.place);
    } else if (!drag.moved && chart.scale.holds(px, py) && points().length < chart.data.most) {
      chart.focus = points().length;
      change([...points(), chart.scale.value(px, py)], drag.gesture, true);
    }
  });

  svg.addEventListener("pointercancel", () => {
    const drag = chart.drag;
    chart.drag = null;
    if (drag?.moved && drag.place !== null) change(points(), drag.gesture, true);
  });

  let last = null;
  function pressedTwice(press) {
    const twice = last && last.place === press.place && press.gesture - last.gesture < 450;
    last = twice ? null : press;
    return twice;
  }

  svg.addEventListener("focusin", (event) => (chart.focus = Number(event.target.dataset.place)));
  svg.addEventListener("focusout", () => !chart.drag && (chart.focus = null));
  svg.addEventListener("keydown", (event) => {
    const place = Number(event.target.dataset.place);
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
    if (steps) {
      event.preventDefault();
      const [x, y] = points()[place];
      const [stepX, stepY] = chart.data.keySteps;
      const point = chart.scale.held(x + steps[0] * stepX, y + steps[1] * stepY);
      nudge(moved(place, point), place);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(place);
    }
  });
  return chart;
}

function makeScale(data, width, height) {
  const left = 46, right = 12, top = 8, bottom = 46;
  const [x0, x1] = data.x.range, [y0, y1] = data.y.range;
  const perX = (width - left - right) / (x1 - x0), perY = (height - top - bottom) / (y1 - y0);
  const clamp = (value, low, high) => Math.min(high, Math.max(low, Math.round(value * 10) / 10));
  const held = (x, y) => [clamp(x, x0, x1), clamp(y, y0, y1)];
  return {
    left, top, right: width - right, bottom: height - bottom, width, height, x0, x1, held,
    toX: (x) => left + (x - x0) * perX,
    toY: (y) => height - bottom - (y - y0) * perY,
    value: (px, py) => held(x0 + (px - left) / perX, y0 + (height - bottom - py) / perY),
    holds: (px, py) => px >= left && px <= width - right && py >= top && py <= height - bottom,
  };
}

function nearest(points, px, py, scale) {
  let best = null, least = REACH_PX;
  points.forEach(([x, y], place) => {
    const distance = Math.hypot(scale.toX(x) - px, scale.toY(y) - py);
    if (distance <= least) [best, least] = [place, distance];
  });
  return best;
}

function clip(scale) {
  const path = node("clipPath", { id: "inside" });
  const { left, top, right, bottom } = scale;
  path.append(node("rect", { x: left, y: top, width: right - left, height: bottom - top }));
  return path;
}

function axes(data, scale) {
  const parts = [];
  for (const x of data.x.ticks) {
    const px = scale.toX(x);
    parts.push(node("line", { x1: px, x2: px, y1: scale.top, y2: scale.bottom, class: "grid" }));
    parts.push(text(x, px, scale.bottom + 18, "middle"));
  }
  for (const y of data.y.ticks) {
    const py = scale.toY(y);
    parts.push(node("line", { x1: scale.left, x2: scale.right, y1: py, y2: py, class: "grid" }));
    parts.push(text(y, scale.left - 8, py + 4, "end"));
  }
  const middle = (scale.top + scale.bottom) / 2;
  const across = text(data.x.title, (scale.left + scale.right) / 2, scale.height - 6, "middle");
  const upwards = text(data.y.title, 12, middle, "middle");
  upwards.setAttribute("transform", `rotate(-90 12 ${middle})`);
  return [...parts, across, upwards];
}

// The side of a square is the error, up or down. It lies away from the line where the chart has room for it.
function squares(data, points, scale) {
  return data.lines.filter((line) => line.squares).flatMap((line) =>
    points.map(([x, y]) => {
      const px = scale.toX(x), py = scale.toY(y), onLine = scale.toY(line.slope * x + line.intercept);
      const side = Math.abs(py - onLine);
      const awayIsLeft = (line.slope > 0) === (py < onLine);
      const toTheLeft = awayIsLeft ? px - side >= scale.left : px + side > scale.right;
      return node("rect", {
        x: toTheLeft ? px - side : px, y: Math.min(py, onLine), width: side, height: side,
        fill: line.colour, stroke: line.colour, class: "square", "clip-path": "url(#inside)",
      });
    }),
  );
}

function drawLine(line, scale) {
  return node("line", {
    x1: scale.toX(scale.x0), y1: scale.toY(line.slope * scale.x0 + line.intercept),
    x2: scale.toX(scale.x1), y2: scale.toY(line.slope * scale.x1 + line.intercept),
    stroke: line.colour, class: "fitted", "stroke-dasharray": line.dashed ? "7 5" : "none", "clip-path": "url(#inside)",
  });
}

function lineNames(lines, scale) {
  const places = lines.map((line) => {
    const py = scale.toY(line.slope * scale.x1 + line.intercept);
    return Math.min(scale.bottom - 10, Math.max(scale.top + 16, py - 9));
  });
  if (places.length === 2 && Math.abs(places[0] - places[1]) < 20) {
    const upper = places[0] <= places[1] ? 0 : 1;
    places[1 - upper] = Math.min(scale.bottom - 10, places[upper] + 38);
  }
  return lines.map((line, at) => {
    const name = text(line.name, scale.right - 6, places[at], "end");
    name.setAttribute("class", "name");
    name.style.fill = line.colour;
    return name;
  });
}

function drawPoint([x, y], place, chart, scale) {
  const group = node("g", {
    tabindex: 0, role: "button", "data-place": place, class: "point",
    "aria-label": `point ${place + 1}: ${x} ${chart.data.x.unit}, ${y} ${chart.data.y.unit}`,
  });
  const at = { cx: scale.toX(x), cy: scale.toY(y) };
  group.append(node("circle", { ...at, r: REACH_PX, class: "reach" }), node("circle", { ...at, r: 7, class: "dot" }));
  return group;
}

function node(kind, attributes) {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function text(content, x, y, anchor) {
  const made = node("text", { x, y, "text-anchor": anchor });
  made.textContent = content;
  return made;
}
