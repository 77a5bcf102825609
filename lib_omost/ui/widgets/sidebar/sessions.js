// The conversations: reopen, rename, take out, delete. A redraw waits while a title is being written.
const say = (act, id, title) => trigger("chosen", { act, id, title: title || "" });
let renaming = null;
let doomed = null;

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
    if (keep && box.value.trim() !== item.title) say("rename", item.id, box.value.trim());
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
  const pictures = item.pictures ? `, ${count(item.pictures, "picture")}` : "";
  open.append(make("span", "title", item.title));
  open.append(make("small", "", `${count(item.prompts, "prompt")}${pictures} · ${day(item.updated)}`));
  open.addEventListener("click", () => say("open", item.id));
  line.append(open);
  if (doomed === item.id) {
    const sure = make("button", "sure", "Delete?");
    sure.type = "button";
    sure.setAttribute("aria-label", `Really delete ${item.title}`);
    sure.addEventListener("click", () => say("delete", item.id));
    sure.addEventListener("blur", () => setTimeout(() => { doomed = null; redraw(); }, 200));
    setTimeout(() => sure.focus());
    line.append(sure);
    return line;
  }
  line.append(
    tool("✎", `Rename ${item.title}`, () => { renaming = item.id; redraw(); }),
    tool("⤓", `Export ${item.title}`, () => say("export", item.id)),
    tool("✕", `Delete ${item.title}`, () => { doomed = item.id; redraw(); }),
  );
  return line;
};

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
  if (!value.kept) parts.push(make("p", "hint", "Conversations are not kept here; your browser remembers the last one."));
  else if (!sessions.length) parts.push(make("p", "hint", "What you say is kept here as it happens."));
  const list = make("ul", "sessions");
  list.append(...sessions.map((item) => row(item, value.current)));
  if (sessions.length) parts.push(list);
  place.replaceChildren(...parts);
};
watch(["value"], () => {
  const known = new Set(((props.value || {}).sessions || []).map((item) => item.id));
  if (doomed && !known.has(doomed)) doomed = null;
  if (!renaming || !known.has(renaming)) redraw();
});
redraw();

// A picture or an exported conversation that is dropped anywhere on the page is opened like one that was chosen.
const files = (event) => [...((event.dataTransfer || {}).types || [])].includes("Files");
if (!window.omostDrop) {
  window.omostDrop = true;
  const hint = make("div", "", "Drop a picture of this program or an exported conversation to open it");
  // Styled here: the page's style sheets hold within gradio's own element only.
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
    const handed = new DataTransfer();
    handed.items.add(file);
    box.files = handed.files;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }, true);
}
