// The viewer: after a render it shows the picture, and while a reply is written or a picture is painted, the layout.
let mode = "layout"; // what the column shows: "picture", "compare" or "layout"
let shown = null; // the name of the picture in large; null for the grid
let fresh = []; // the names of the pictures of the last render
let before = null; // the names of all pictures when the running render began
let known = null; // the names of all pictures that were there at the last redraw
let sides = {}; // the names of the compared pictures

const items = () => (props.value || {}).pictures || [];
const named = (name) => items().find((item) => item.name === name);
const current = () => items().find((item) => item.current);
const column = () => element.closest("#work");

const set = (to, focus) => {
  mode = to;
  redraw();
  if (focus) root()?.querySelector(focus)?.focus({ preventScroll: true });
};
const actions = {
  use: (item) => trigger("chosen", { name: item.name }),
  reuse: (item) => trigger("seeded", { name: item.name }),
  look: (item, focus) => {
    shown = item.name;
    set("picture", `${focus}:not(:disabled)`);
  },
  left: (item, label) => compare({ left: item.name }, label),
  right: (item, label) => compare({ right: item.name }, label),
};
const compare = (change, label) => {
  sides = { ...sides, ...change };
  redraw();
  root().querySelectorAll(".sides select")[label === "Left" ? 0 : 1].focus({ preventScroll: true });
};

const contents = () => {
  const all = items();
  if (mode === "compare") {
    const right = named(sides.right) || current();
    const earlier = named((props.value || {}).before) || all[all.indexOf(right) - 1] || all.find((item) => item !== right);
    return comparison(named(sides.left) || earlier, right, all, actions);
  }
  const several = fresh.map(named).filter(Boolean);
  if (!named(shown) && several.length > 1) return grid(several, actions);
  return large(named(shown) || current() || all.at(-1), all, actions);
};
const bar = () => {
  const views = make("div", "views");
  views.setAttribute("role", "group");
  views.setAttribute("aria-label", "Show");
  views.append(
    press("Picture", "Picture", () => set("picture", ".views button"), mode === "picture"),
    press("Layout", "Layout (key L)", () => set("layout", ".views button:nth-of-type(2)"), mode === "layout"),
  );
  if (items().length > 1) {
    views.append(press("Compare", "Compare two pictures", () => set("compare", ".views button:nth-of-type(3)"), mode === "compare"));
  }
  if (mode === "picture" && fresh.length > 1 && named(shown)) {
    views.append(press("▦ All", "Show all new pictures", () => { shown = null; set("picture", ".grid button"); }));
  }
  if (mode !== "layout") {
    const full = press("Full screen", "Full screen", () => root().querySelector(".picture-frame, .grid")?.requestFullscreen?.());
    full.classList.add("full");
    views.append(full);
  }
  return views;
};
const redraw = () => {
  const place = root();
  if (!place) return;
  place.classList.add("viewer");
  if (!items().length) mode = "layout";
  if (mode === "compare" && items().length < 2) mode = "picture";
  if (column()) column().dataset.shows = mode === "layout" ? "layout" : "picture";
  place.replaceChildren(...(items().length ? [bar(), ...(mode === "layout" ? [] : [contents()])] : []));
};

const bringIntoView = () => {
  const { top, bottom } = element.getBoundingClientRect();
  const tall = mode === "layout" ? 0 : 200;
  if (top < 0 || Math.max(bottom, top + tall) > window.innerHeight - 80 || window.matchMedia("(max-width: 760px)").matches) {
    column()?.scrollIntoView({ block: "start" });
  }
};
const worked = () => {
  if (window.pageBusy === "render" && before === null) {
    before = new Set(items().map((item) => item.name));
    set("layout"); // with the unfinished picture
    bringIntoView();
  } else if (window.pageBusy === "chat" && mode !== "layout") {
    set("layout");
  }
  finish();
};
// The end of a render and its pictures arrive in any order.
const finish = () => {
  if (window.pageBusy || before === null) return;
  const made = items().map((item) => item.name).filter((name) => !before.has(name));
  before = null;
  if (!made.length) return;
  fresh = made;
  shown = made.length > 1 ? null : made[0];
  set("picture");
  bringIntoView();
};
const load = () => {
  const names = items().map((item) => item.name);
  const same = known !== null && known.some((name) => names.includes(name));
  const now = current()?.name ?? null;
  if (!same && before === null) {
    // Another chat was opened.
    [fresh, shown, sides] = [[], null, {}];
    mode = names.length && !window.pageBusy && (props.value || {}).finished ? "picture" : "layout";
  } else if (now !== load.current && before === null && mode !== "layout") {
    shown = now;
  }
  load.current = now;
  known = names;
  redraw();
  finish();
};
document.addEventListener("page-busy", worked);
document.addEventListener("keydown", (event) => {
  if (!element.isConnected || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest?.("input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || !items().length) return;
  if (event.key.toLowerCase() === "l") set(mode === "layout" ? "picture" : "layout");
  else if (mode === "picture" && element.contains(event.target) && event.key === "ArrowLeft") root().querySelector(".back")?.click();
  else if (mode === "picture" && element.contains(event.target) && event.key === "ArrowRight") root().querySelector(".forth")?.click();
  else return;
  event.preventDefault();
});
watch(["value"], load);
load();
