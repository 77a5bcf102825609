// The conversations: search, open, rename, export, delete. The list is not redrawn while a title is being edited.
const send = (act, id, title) => trigger("chosen", { act, id, title: title || "" });
let renaming = null;
let deleting = null;

const day = (updated) => {
  const time = new Date(updated);
  return Number.isNaN(time.getTime()) ? "" : time.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
};
const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

const tool = (sign, name, act) => {
  const button = make("button", "tool", sign);
  button.type = "button";
  button.title = name;
  button.setAttribute("aria-label", name);
  button.addEventListener("click", act);
  return button;
};

const titleBox = (item) => {
  const form = make("form", "rename");
  const box = make("input");
  box.value = item.title;
  box.maxLength = 80;
  box.setAttribute("aria-label", "New title");
  const done = (keep) => {
    if (renaming !== item.id) return;
    renaming = null;
    if (keep && box.value.trim() !== item.title) send("rename", item.id, box.value.trim());
    redraw();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    done(true);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") done(false);
  });
  box.addEventListener("blur", () => done(true));
  form.append(box);
  setTimeout(() => box.select());
  return form;
};

const row = (item, current) => {
  const line = make("li", item.id === current ? "session current" : "session");
  if (renaming === item.id) {
    line.append(titleBox(item));
    return line;
  }
  const open = make("button", "open");
  open.type = "button";
  if (item.id === current) open.setAttribute("aria-current", "true");
  const image = make(item.file?.url ? "img" : "span", "thumbnail");
  if (item.file?.url) {
    image.src = String(item.file.url);
    image.alt = "";
  }
  const pictures = item.pictures ? `, ${count(item.pictures, "picture")}` : "";
  const words = make("span", "words");
  words.append(make("span", "title", item.title));
  words.append(make("small", "", `${count(item.prompts, "prompt")}${pictures} · ${day(item.updated)}`));
  open.title = item.title;
  open.append(image, words);
  open.addEventListener("click", () => send("open", item.id));
  line.append(open);
  if (deleting === item.id) {
    const sure = make("button", "sure", "Delete?");
    sure.type = "button";
    sure.setAttribute("aria-label", `Really delete ${item.title}`);
    sure.addEventListener("click", () => send("delete", item.id));
    sure.addEventListener("blur", () => setTimeout(() => { deleting = null; redraw(); }, 200));
    setTimeout(() => sure.focus());
    line.append(sure);
    return line;
  }
  line.append(
    tool("✎", `Rename ${item.title}`, () => { renaming = item.id; redraw(); }),
    tool("⤓", `Export ${item.title}`, () => send("export", item.id)),
    tool("✕", `Delete ${item.title}`, () => { deleting = item.id; redraw(); }),
  );
  return line;
};

const search = make("input", "search");
search.type = "search";
search.placeholder = "Search conversations";
search.setAttribute("aria-label", "Search conversations");
search.addEventListener("input", () => redraw());
const results = make("div");

const redraw = () => {
  const place = root();
  const value = props.value || {};
  if (!place) return;
  const parts = (value.notices || []).map((notice) => {
    const line = make("p", "problem", notice);
    line.setAttribute("role", "alert");
    return line;
  });
  const sessions = value.sessions || [];
  if (!value.kept) parts.push(make("p", "hint", "Conversations are not saved here; your browser keeps the last one."));
  else if (!sessions.length) parts.push(make("p", "hint", "Conversations are saved here automatically."));
  if (!place.contains(search)) place.replaceChildren(search, results);
  search.hidden = sessions.length < 2 && !search.value;
  const sought = search.value.trim().toLowerCase();
  const found = sessions.filter((item) => item.title.toLowerCase().includes(sought));
  const list = make("ul", "sessions");
  list.append(...found.map((item) => row(item, value.current)));
  if (found.length) parts.push(list);
  else if (sessions.length) parts.push(make("p", "hint", "No conversation has these words in its title."));
  results.replaceChildren(...parts);
};
watch(["value"], () => {
  const known = new Set(((props.value || {}).sessions || []).map((item) => item.id));
  if (deleting && !known.has(deleting)) deleting = null;
  if (!renaming || !known.has(renaming)) redraw();
});
redraw();

// A picture or an exported conversation that is dropped anywhere on the page is opened like an uploaded one.
const files = (event) => [...((event.dataTransfer || {}).types || [])].includes("Files");
if (!window.omostDrop) {
  window.omostDrop = true;
  const hint = make("div", "", "Drop a picture of this program or an exported conversation to open it");
  // Styled here, because the page's style sheets apply only inside gradio's element.
  hint.style.cssText = "position: fixed; inset: 0; z-index: 9999; display: grid; place-items: center; padding: 2rem;" +
    "text-align: center; font: 600 1.2rem system-ui, sans-serif; background: rgba(15, 15, 25, 0.72); color: #fff;" +
    "border: 4px dashed #a5b4fc; pointer-events: none";
  const show = (on) => (on ? document.body.append(hint) : hint.remove());
  window.addEventListener("dragover", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    show(true);
  }, true);
  window.addEventListener("dragleave", (event) => { if (!event.relatedTarget) show(false); }, true);
  window.addEventListener("drop", (event) => {
    show(false);
    if (!files(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const box = document.querySelector("#sidebar input[type=file]");
    const file = event.dataTransfer.files[0];
    if (!box || !file) return;
    const transfer = new DataTransfer();
    transfer.items.add(file);
    box.files = transfer.files;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }, true);
}
