// Example photographs to click, and photographs that are pasted anywhere on the page.

const started = new WeakMap();

export default function (component) {
  const root = component.parentElement;
  const list = root.querySelector(".examples");
  const { examples, chosen, most } = component.data;
  if (list.dataset.shown !== examples.map((example) => example.name).join("\n")) {
    list.dataset.shown = examples.map((example) => example.name).join("\n");
    list.replaceChildren(...examples.map((example) => button(component, example)));
  }
  [...list.children].forEach((made) => made.setAttribute("aria-pressed", made.dataset.name === chosen));
  started.get(list)?.abort();
  const listening = new AbortController();
  started.set(list, listening);
  document.addEventListener("paste", (event) => paste(component, event, most), { signal: listening.signal });
  list.dataset.listening = "paste";
  return () => listening.abort();
}

function button(component, { name, title, source }) {
  const made = document.createElement("button");
  made.type = "button";
  made.dataset.name = name;
  const image = document.createElement("img");
  image.src = source;
  image.alt = "";
  const says = document.createElement("span");
  says.textContent = title;
  made.append(image, says);
  made.onclick = () => component.setTriggerValue("picked", { name });
  return made;
}

async function paste(component, event, most) {
  const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  if (!files.length) return;
  event.preventDefault();
  const file = files[0];
  if (file.size > most) return component.setTriggerValue("pasted", { name: file.name, bytes: file.size });
  component.setTriggerValue("pasted", { name: file.name, content: await asBase64(file) });
}

function asBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
