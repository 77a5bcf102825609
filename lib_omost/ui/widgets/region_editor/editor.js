// The region editor: holds the canvas, sends every change to the server, and applies what the server sends.
document.documentElement.style.setProperty("--picture-ratio", String(Number(props.ratio) || 1));

const state = {
  canvas: null, // {global, regions}: regions in the order in which they were written
  selected: NONE, // a region's index, -1 for the whole picture
  editable: false, drawing: false, free: false, preview: null, picture: null, backdrop: "colors", opacity: 0.7,
  turn: null, // the reply to which the canvas belongs
  conversation: null, // the name of the conversation, if it is kept
};
const PAUSE = 350; // milliseconds from the last key press to the message to the server
// The canvases to which undo and redo lead; RENDERED stands for a picture, which the server takes back.
const RENDERED = "rendered";
let past = [];
let future = [];
let typed = null; // the field that the last undo step belongs to
let pending = null;
let count = 0;

const copy = (value) => structuredClone(value);
const region = () => state.canvas?.regions[state.selected] || null;

// -- changes to the server ---------------------------------------------------------------------------------------

const flush = () => {
  if (pending === null) return;
  clearTimeout(pending);
  pending = null;
  trigger("edited", { number: count });
};
// Every other button of the page sends this value as well, so it is updated at once.
const send = (soon) => {
  count += 1;
  props.value = { ...copy(props.value || {}), edit: { turn: state.turn, number: count, ...copy(state.canvas) } };
  clearTimeout(pending);
  pending = setTimeout(flush, soon ? 0 : PAUSE);
};

// -- changing the canvas -----------------------------------------------------------------------------------------

const remember = (what) => {
  if (what !== null && what === typed) return;
  past.push(copy(state.canvas));
  if (past.length > 200) past.shift();
  future = [];
  typed = what;
};
const change = (act, what = null) => {
  if (!state.editable) return;
  remember(what);
  if (!state.canvas) {
    state.canvas = { global: structuredClone(props.forms.global.blank), regions: [] };
  }
  act(state.canvas);
  send(what === null);
  redraw();
  if (what === null) panel.draw(state);
  else panel.refresh(state);
};
// Take one step; returns whether it was the editor's own. The server takes back what else the page did.
const travel = (from, to) => {
  if (!state.editable || !from.length) return false;
  if (from.at(-1) === RENDERED) {
    to.push(from.pop());
    return false;
  }
  to.push(copy(state.canvas));
  state.canvas = from.pop();
  typed = null;
  const regions = state.canvas?.regions || [];
  if (state.selected >= regions.length) state.selected = regions.length ? regions.length - 1 : NONE;
  if (!state.canvas) state.selected = NONE;
  send(true);
  redraw();
  const field = panel.panel.contains(document.activeElement) && document.activeElement.dataset.field;
  panel.draw(state);
  if (field) panel.panel.querySelector(`[data-field="${field}"]`)?.focus({ preventScroll: true });
  return true;
};
document.addEventListener("history-step", (event) => {
  const own = event.detail === "undo" ? travel(past, future) : travel(future, past);
  if (own) event.preventDefault();
});

// The steps outlast a reload of the tab. They apply only to the canvas and the conversation that they belong to.
const STORED = "omost-studio-steps";
const MOST_STORED = 40;
window.addEventListener("pagehide", () => {
  const steps = { past: past.slice(-MOST_STORED), future: future.slice(-MOST_STORED) };
  try {
    sessionStorage.setItem(STORED, JSON.stringify({ ...steps, conversation: state.conversation, canvas: state.canvas }));
  } catch {
    sessionStorage.removeItem(STORED); // too much to store
  }
});
let restored = false;
const restore = () => {
  restored = true;
  const stored = JSON.parse(sessionStorage.getItem(STORED) || "null");
  if (!stored || (stored.conversation !== null && stored.conversation !== state.conversation)) return;
  if (JSON.stringify(stored.canvas) === JSON.stringify(state.canvas)) [past, future] = [stored.past, stored.future];
};

const select = (index) => {
  if (state.selected === index) return redraw();
  state.selected = index;
  typed = null;
  redraw();
  panel.draw(state);
};
const changeRegion = (act) => region() && change(() => act(region()));
const add = (rect) => {
  const free = state.free;
  state.drawing = false;
  if (rect[1] - rect[0] < LEAST || rect[3] - rect[2] < LEAST) return redraw();
  if (state.canvas && state.canvas.regions.length >= props.most) return say(`A canvas has at most ${props.most} regions.`);
  change((canvas) => {
    canvas.regions.push(newRegion(canvas.regions, rect, free));
    state.selected = canvas.regions.length - 1;
  });
  panel.panel.querySelector("textarea")?.focus({ preventScroll: true });
};
const remove = () => {
  if (!region()) return;
  const next = Math.min(state.selected, state.canvas.regions.length - 2);
  change((canvas) => {
    canvas.regions.splice(state.selected, 1);
    state.selected = next >= 0 ? next : NONE;
  });
  if (next >= 0) plane.focusBox(next);
};
const duplicate = () => {
  if (!region() || state.canvas.regions.length >= props.most) return;
  change((canvas) => {
    const twin = copy(region());
    canvas.regions.push(twin);
    state.selected = canvas.regions.length - 1;
    const before = [...twin.rect];
    nudge(twin, twin.free ? 4 : 1, 0);
    if (distance2(before, twin.rect) === 0) nudge(twin, twin.free ? -4 : -1, 0);
  });
  plane.focusBox(state.selected);
};
const shift = (by) => {
  if (!region()) return;
  const order = farToNear(state.canvas.regions);
  const to = order.indexOf(state.selected) + by;
  if (to < 0 || to >= order.length || !state.editable) return;
  if (!shiftDistance(copy(state.canvas.regions), state.selected, by)) return say("No depth is free there: change the depth below.");
  change((canvas) => shiftDistance(canvas.regions, state.selected, by));
  plane.focusBox(state.selected);
};

// -- elements of the page ----------------------------------------------------------------------------------------

const plane = makeStage({
  state: () => state,
  select,
  add,
  put: (rect, kind) => changeRegion((it) => (kind === "move" ? move : place)(it, rect)),
  redraw: () => redraw(),
});
const panel = makePanel({
  write: (name, value) =>
    change((canvas) => {
      const element = state.selected === -1 ? canvas.global : canvas.regions[state.selected];
      if (element) element[name] = value;
    }, `${state.selected}.${name}`),
  free: (on) => changeRegion((it) => setFree(it, on)),
  mark: (on) => changeRegion((it) => (it.repaint = on)),
  repaint: (variations) => state.editable && trigger("repaint", { region: state.selected, variations }),
});
const tools = make("div", "tools");
tools.setAttribute("role", "toolbar");
tools.setAttribute("aria-label", "Regions");
const buttons = {};
const tool = (name, title, label, act) => {
  const button = make("button", `tool ${name}`, title);
  button.type = "button";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", act);
  buttons[name] = button;
  tools.append(button);
};
tool("add", "+ Add", "Add a region: then draw it", (event) => {
  if (event.detail === 0) return add([15, 75, 15, 75]); // pressed by keyboard: a box in the middle
  state.drawing = !state.drawing;
  redraw();
});
tool("duplicate", "Duplicate", "Duplicate the selected region (Ctrl+D)", duplicate);
tool("delete", "Delete", "Delete the selected region (Delete)", remove);
tool("nearer", "Bring forward", "Bring the selected region forward (Page Up)", () => shift(1));
tool("farther", "Send backward", "Send the selected region backward (Page Down)", () => shift(-1));
tool("backdrop", "Picture", "Show the last picture behind the boxes", () => {
  state.backdrop = state.backdrop === "picture" ? "colors" : "picture";
  redraw();
});
const list = make("ol", "legend");
const hint = make("p", "hint");
hint.setAttribute("role", "status");
const say = (text) => (hint.textContent = text);

const drawList = () => {
  list.replaceChildren();
  if (!state.canvas) return;
  const entry = (index, number, color, title, small) => {
    const item = make("li", index === -1 ? "scene" : "");
    const button = make("button", "pick");
    button.type = "button";
    button.setAttribute("aria-pressed", String(state.selected === index));
    const swatch = make("span", "swatch", number);
    swatch.style.backgroundColor = rgb(color);
    const [r, g, b] = color;
    swatch.style.color = 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#000" : "#fff";
    const text = make("span", "text", title.slice(0, 300));
    text.append(make("small", "", small));
    button.append(swatch, text);
    button.addEventListener("click", () => select(state.selected === index ? NONE : index));
    item.classList.toggle("selected", state.selected === index);
    for (const [name, on] of [["pointerenter", true], ["pointerleave", false]]) {
      item.addEventListener(name, () =>
        plane.stage.querySelector(`.box[data-index="${index}"]`)?.classList.toggle("pointed", on),
      );
    }
    item.append(button);
    list.append(item);
  };
  const scene = state.canvas.global;
  entry(-1, "", colorOf(scene.color_name), scene.description || "The whole picture", `the whole picture · ${scene.color_name}`);
  state.canvas.regions.forEach((it, index) => {
    const marks = [whereIs(it), `depth ${it.distance}`, it.color_name];
    if (it.weight !== 1) marks.push(`weight ${it.weight}`);
    if (!it.enabled) marks.push("off");
    if (isRepainted(it, index)) marks.push("will be repainted");
    entry(index, index + 1, colorOf(it.color_name), it.description || "(not described)", marks.join(" · "));
  });
};
const redraw = () => {
  const one = Boolean(region());
  const order = state.canvas ? farToNear(state.canvas.regions) : [];
  const off = {
    add: false, duplicate: !one, delete: !one, backdrop: !state.picture,
    nearer: !one || order.at(-1) === state.selected, farther: !one || order[0] === state.selected,
  };
  for (const [name, button] of Object.entries(buttons)) button.disabled = !state.editable || off[name];
  buttons.backdrop.disabled = off.backdrop;
  buttons.backdrop.setAttribute("aria-pressed", String(state.backdrop === "picture"));
  buttons.add.setAttribute("aria-pressed", String(state.drawing));
  say(state.drawing ? "Draw the new region on the layout." : "");
  plane.draw(state);
  const held = list.contains(document.activeElement) ? [...list.querySelectorAll("button")].indexOf(document.activeElement) : -1;
  drawList();
  if (held >= 0) list.querySelectorAll("button")[held]?.focus({ preventScroll: true });
};

// -- keys --------------------------------------------------------------------------------------------------------

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const keys = (event) => {
  const writing = event.target.closest("textarea, input, select");
  const control = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  let act = null;
  if (!writing && control && key === "d") act = duplicate;
  else if (!writing && !control && event.target.closest(".box")) {
    if (ARROWS[key]) act = () => changeRegion((it) => (event.shiftKey ? resize : nudge)(it, ...ARROWS[key]));
    else if (key === "Delete" || key === "Backspace") act = remove;
    else if (key === "PageUp") act = () => shift(1);
    else if (key === "PageDown") act = () => shift(-1);
    else if (key === "Enter" || key === " ") act = () => panel.panel.querySelector("textarea")?.focus();
    else if (key === "Escape") act = () => select(NONE);
  } else if (key === "Escape" && state.drawing) {
    act = () => {
      state.drawing = false;
      redraw();
    };
  }
  if (!act) return;
  event.preventDefault();
  act();
};

// -- changes from the server -------------------------------------------------------------------------------------

const read = (value) => {
  const canvas = value.canvas || null;
  if (JSON.stringify(canvas) !== JSON.stringify(state.canvas)) {
    if (value.continues) remember(null); // the code was changed, which can be undone
    const still = canvas && state.turn === value.turn && state.selected < canvas.regions.length;
    state.selected = still ? state.selected : NONE;
    state.canvas = copy(canvas);
  }
  if (!value.continues) [past, future] = [[], []];
  typed = null;
  clearTimeout(pending);
  pending = null;
  const picture = value.picture?.url || null;
  if (value.continues && value.rendered) {
    past.push(...Array(value.rendered).fill(RENDERED));
    future = [];
  }
  Object.assign(state, {
    turn: value.turn ?? null, conversation: value.conversation || null,
    editable: Boolean(value.editable), preview: value.preview || null,
  });
  if (!restored && state.canvas) restore();
  if (picture !== state.picture) state.backdrop = picture ? state.backdrop : "colors";
  state.picture = picture;
  state.opacity = Number(value.opacity) || 0.7;
  if (!state.editable) state.drawing = false;
};
let seen = "";
const load = () => {
  const value = props.value || {};
  if (value.edit && value.edit.number === count) return; // the echo of our own change
  const now = JSON.stringify([value.canvas, value.editable, value.turn]);
  const same = now === seen;
  seen = now;
  read(value);
  const place = root();
  if (place && !place.contains(tools)) {
    const held = make("div", "plane");
    held.append(tools, plane.stage, hint);
    new ResizeObserver(() => place.style.setProperty("--plane-height", `${held.offsetHeight}px`)).observe(held);
    place.replaceChildren(held, list, panel.panel);
    place.addEventListener("keydown", keys);
    // After Tab the browser scrolls the focused element into the window, but leaves it behind the plane or the bar below.
    place.addEventListener("keyup", (event) => {
      if (event.key === "Tab" && !held.contains(event.target)) event.target.scrollIntoView({ block: "nearest" });
    });
    place.addEventListener("focusout", (event) => event.target.closest(".fields") && flush());
  }
  redraw();
  if (same) panel.lock(state);
  else panel.draw(state);
};
document.addEventListener("repaint-plan", () => {
  redraw();
  panel.repaint.draw(state);
});
watch(["value"], load);
load();
