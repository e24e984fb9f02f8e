// Small buttons: copy a text or the page's address, or start and end a presentation.

const COPIED_MS = 2000;

export default function (component) {
  const root = component.parentElement;
  const list = root.querySelector(".tools");
  const { buttons } = component.data;
  if (list.dataset.shown === JSON.stringify(buttons)) return;
  list.dataset.shown = JSON.stringify(buttons);
  list.replaceChildren(...buttons.map(button));
}

function button({ kind, label, text }) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.onclick = kind === "copy" ? () => copy(made, label, text ?? address()) : () => present(kind === "present");
  const says = document.createElement("span");
  says.setAttribute("role", "status");
  says.className = "status";
  const both = document.createElement("span");
  both.append(made, says);
  return both;
}

// The page's address. Streamlit writes a slider's 0.05 that the script has set as 0.05000000074505806.
function address() {
  return location.href.replace(/=(-?\d+\.\d{8,})(?=&|#|$)/g, (_, number) => "=" + Number(Number(number).toPrecision(7)));
}

async function copy(made, label, text) {
  const isCopied = (await byClipboard(text)) || bySelection(text);
  made.textContent = isCopied ? "Copied" : "Press Ctrl+C";
  made.nextSibling.textContent = made.textContent;
  if (!isCopied) prompt("Copy this:", text);
  setTimeout(() => {
    made.textContent = label;
    made.nextSibling.textContent = "";
  }, COPIED_MS);
}

async function byClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no clipboard without https
  }
}

function bySelection(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.style.cssText = "position: fixed; opacity: 0";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  return isCopied;
}

function present(isOn) {
  const address = new URL(location.href);
  if (isOn) address.searchParams.set("present", "1");
  else address.searchParams.delete("present");
  history.pushState({}, "", address);
  window.dispatchEvent(new PopStateEvent("popstate"));
}
