// Plays the race epoch by epoch: the lines of the chart are uncovered, and each head's predictions follow.

const players = new WeakMap();
const EPOCH_MS = 700;

export default function (component) {
  const root = component.parentElement.querySelector(".player");
  if (!players.has(root)) players.set(root, begin(root));
  const player = players.get(root);
  const wasAtEnd = player.frames === null || player.epoch === player.frames.epochs;
  player.frames = component.data;
  player.epoch = wasAtEnd ? component.data.epochs : Math.min(player.epoch, component.data.epochs);
  draw(player);
  return () => {
    pause(player);
    uncover(1, false);
  };
}

function begin(root) {
  const part = (name) => root.querySelector(`.${name}`);
  const player = {
    root, frames: null, epoch: 0, timer: null,
    play: part("play"), back: part("back"), on: part("on"), slider: part("epoch"), says: part("says"),
    image: part("image"), caption: part("caption"), heads: part("heads"),
  };
  player.play.onclick = () => (player.timer === null ? play(player) : pause(player));
  player.back.onclick = () => step(player, player.epoch - 1);
  player.on.onclick = () => step(player, player.epoch + 1);
  player.slider.oninput = () => step(player, Number(player.slider.value));
  return player;
}

function play(player) {
  if (player.epoch >= player.frames.epochs) show(player, 0);
  player.timer = setInterval(() => {
    show(player, player.epoch + 1);
    if (player.epoch >= player.frames.epochs) pause(player);
  }, EPOCH_MS);
  name(player);
}

function pause(player) {
  clearInterval(player.timer);
  player.timer = null;
  name(player);
}

function step(player, epoch) {
  pause(player);
  show(player, epoch);
}

function name(player) {
  const isPlaying = player.timer !== null;
  player.play.textContent = isPlaying ? "❚❚" : "▶";
  player.play.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
  player.play.title = isPlaying ? "Pause" : "Play the epochs";
}

function show(player, epoch) {
  player.epoch = Math.max(0, Math.min(epoch, player.frames.epochs));
  move(player);
}

function draw(player) {
  const { frames } = player;
  player.slider.max = frames.epochs;
  if (player.image.getAttribute("src") !== frames.image) player.image.src = frames.image;
  player.image.alt = frames.alt;
  player.caption.textContent = frames.caption;
  player.heads.replaceChildren(...frames.heads.map(makeHead));
  move(player);
  name(player);
}

function move(player) {
  const { frames, epoch } = player;
  player.slider.value = epoch;
  player.slider.setAttribute("aria-valuetext", `Epoch ${epoch} of ${frames.epochs}`);
  player.says.textContent = epoch === 0 ? "Before training" : `Epoch ${epoch} of ${frames.epochs}`;
  player.back.disabled = epoch === 0;
  player.on.disabled = epoch === frames.epochs;
  frames.heads.forEach((head, at) => update(player.heads.children[at], head, epoch));
  uncover(epoch / frames.epochs, epoch < frames.epochs);
}

function makeHead(head) {
  const row = element("div", "head");
  const title = element("div", "title");
  const dot = element("i", "dot");
  dot.style.background = head.colour;
  title.append(dot, element("span", "name", head.name), element("span", "score"));
  const bar = element("div", "bar");
  bar.append(element("i", "filled"));
  bar.firstChild.style.background = head.colour;
  row.append(title, bar, element("div", "predicted"));
  return row;
}

function update(row, head, epoch) {
  const score = head.scores[epoch];
  row.querySelector(".score").textContent = score === null ? "–" : score.toFixed(2);
  row.querySelector(".filled").style.width = `${100 * Math.max(0, Math.min(score ?? 0, 1))}%`;
  row.querySelector(".predicted").replaceChildren(...head.chips[epoch].map(([kind, text]) => element("span", kind, text)));
}

function uncover(share, isPlaying) {
  // The chart is outside of this component: its curtain follows these two properties (plot_overlay.py).
  document.documentElement.style.setProperty("--played", share);
  document.documentElement.style.setProperty("--is-playing", isPlaying ? 1 : 0);
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
