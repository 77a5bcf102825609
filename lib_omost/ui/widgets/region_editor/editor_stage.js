// The plane of the picture: boxes from far to near, the frame of the selected one, and the pointer gestures.
const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
const percent = (cells) => `${(100 * cells) / GRID}%`;
const lay = (node, [top, bottom, left, right]) => {
  node.style.top = percent(top);
  node.style.left = percent(left);
  node.style.width = percent(right - left);
  node.style.height = percent(bottom - top);
};

// Labels start in the top left corner of their box; one that would cover another moves to the next free corner.
const spread = (stage) => {
  const placed = [];
  const free = (label) => {
    const a = label.getBoundingClientRect();
    return placed.every((b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top);
  };
  for (const label of [...stage.querySelectorAll(".label")].reverse()) {
    for (const corner of ["", "right", "bottom", "right bottom", "middle"]) {
      label.className = `label ${corner}`;
      if (free(label)) break;
    }
    placed.push(label.getBoundingClientRect());
  }
};

const makeStage = (actions) => {
  const stage = make("div", "stage");
  stage.tabIndex = -1;
  const resized = new ResizeObserver(() => spread(stage));
  resized.observe(stage);
  let drawn = new Set(); // boxes that are already shown: only new ones are animated
  let gesture = null;
  let restoring = false;
  const hatch = makeHatch();

  const cellAt = (event) => {
    const plane = stage.getBoundingClientRect();
    return [
      clamp(((event.clientX - plane.left) / plane.width) * GRID, 0, GRID),
      clamp(((event.clientY - plane.top) / plane.height) * GRID, 0, GRID),
    ];
  };

  const makeBox = (state, index) => {
    const region = state.canvas.regions[index];
    const box = make("div", "box");
    box.dataset.index = String(index);
    box.tabIndex = 0;
    box.setAttribute("role", "button");
    box.setAttribute("aria-pressed", String(state.selected === index));
    const off = `${region.enabled ? "" : ", switched off"}${isRepainted(region, index) ? ", will be repainted" : ""}`;
    box.setAttribute(
      "aria-label",
      // The name contains the visible text word for word, for users of voice control.
      `Region ${index + 1} ${region.description || "(not described)"}, ${whereIs(region)}, depth ${region.distance}${off}`,
    );
    const key = JSON.stringify([index, region.description.slice(0, 300)]);
    if (!drawn.has(key)) box.classList.add("new");
    drawn.add(key);
    box.classList.toggle("off", !region.enabled);
    lay(box, region.rect);
    const bare = state.preview || state.backdrop === "picture" || !region.enabled;
    const color = colorOf(region.color_name);
    box.style.backgroundColor = bare ? "transparent" : rgb(color, state.opacity);
    if (state.backdrop === "picture") box.style.borderColor = rgb(color);
    const label = make("span", "label");
    label.append(make("b", "", index + 1), " ", make("span", "words", region.description.slice(0, 300)));
    box.append(label);
    return box;
  };

  const makeFrame = (state) => {
    const frame = make("div", "frame");
    lay(frame, state.canvas.regions[state.selected].rect);
    for (const side of HANDLES) {
      const handle = make("span", `handle ${side}`);
      handle.dataset.side = side;
      frame.append(handle);
    }
    return frame;
  };

  const draw = (state) => {
    if (gesture) return; // a gesture draws itself, and everything when it ends
    const held = stage.contains(document.activeElement) ? document.activeElement.dataset.index : undefined;
    const parts = [];
    const canvas = state.canvas;
    stage.className = "stage";
    stage.classList.toggle("empty", !canvas);
    stage.classList.toggle("drawing", state.drawing);
    stage.classList.toggle("locked", !state.editable);
    stage.setAttribute("role", "group");
    stage.setAttribute("aria-label", canvas ? `Layout with ${canvas.regions.length} regions` : "No layout yet");
    stage.style.backgroundColor = canvas ? rgb(colorOf(canvas.global.color_name)) : "";
    if (!canvas && !state.preview) {
      parts.push(make("p", "", "The layout appears here, box by box, while the reply is written. Or draw the first box."));
    }
    const source = state.preview || (state.backdrop === "picture" && state.picture);
    if (source) {
      const image = make("img", "preview");
      image.src = String(source);
      image.alt = state.preview ? "The unfinished picture" : "The last picture";
      image.draggable = false;
      parts.push(image);
      stage.classList.toggle("previewing", Boolean(state.preview));
    }
    if (canvas) {
      for (const index of farToNear(canvas.regions)) parts.push(makeBox(state, index));
      hatch.draw();
      parts.push(...hatch.nodes);
      if (state.editable && state.selected >= 0) parts.push(makeFrame(state));
    } else {
      drawn = new Set();
    }
    stage.replaceChildren(...parts);
    spread(stage);
    // The focus follows the selection; here it must not trigger a selection.
    if (held !== undefined) {
      restoring = true;
      focusBox(state.selected >= 0 ? state.selected : held);
      restoring = false;
    }
  };
  const boxAt = (index) => stage.querySelector(`.box[data-index="${Number(index)}"]`);
  const focusBox = (index) => boxAt(index)?.focus({ preventScroll: true });

  // -- pointers: one gesture at a time, for mouse, pen and touch alike ------------------------------------------

  const moved = (kind, side, rect, dx, dy) => {
    let [top, bottom, left, right] = rect;
    if (kind === "move") {
      const x = clamp(dx, -left, GRID - right);
      const y = clamp(dy, -top, GRID - bottom);
      return [top + y, bottom + y, left + x, right + x];
    }
    if (side.includes("n")) top = clamp(top + dy, 0, bottom - LEAST);
    if (side.includes("s")) bottom = clamp(bottom + dy, top + LEAST, GRID);
    if (side.includes("w")) left = clamp(left + dx, 0, right - LEAST);
    if (side.includes("e")) right = clamp(right + dx, left + LEAST, GRID);
    return [top, bottom, left, right];
  };

  // The rectangle that the pointer currently draws or moves, and the one to which it would snap.
  const follow = (event) => {
    const [x, y] = cellAt(event);
    const [dx, dy] = [Math.round(x - gesture.x), Math.round(y - gesture.y)];
    gesture.far = gesture.far || Math.hypot(event.clientX - gesture.clientX, event.clientY - gesture.clientY) > 4;
    if (!gesture.far) return;
    const corner = [gesture.y, y, gesture.x, x].map(Math.round);
    gesture.rect =
      gesture.kind === "draw"
        ? [Math.min(corner[0], corner[1]), Math.max(corner[0], corner[1]), Math.min(corner[2], corner[3]), Math.max(corner[2], corner[3])]
        : moved(gesture.kind, gesture.side, gesture.from, dx, dy);
    lay(gesture.node, gesture.rect);
    const still = gesture.kind === "move";
    const settled = gesture.free ? gesture.rect : (still ? movedTo(gesture, gesture.rect) : nearest(gesture.rect)).rect;
    lay(gesture.ghost, settled);
    if (gesture.box) lay(gesture.box, settled);
    hatch.draw(gesture.from ? [gesture.from, settled] : [settled]);
  };

  const begin = (event, kind, options) => {
    const [x, y] = cellAt(event);
    gesture = { kind, x, y, clientX: event.clientX, clientY: event.clientY, pointer: event.pointerId, far: false, ...options };
    gesture.ghost = make("div", "ghost");
    stage.append(gesture.ghost);
    if (kind === "draw") {
      gesture.node = make("div", "frame");
      stage.append(gesture.node);
    } else {
      gesture.node = stage.querySelector(".frame");
    }
    stage.setPointerCapture(event.pointerId);
    stage.classList.add("busy");
  };

  stage.addEventListener("pointerdown", (event) => {
    const state = actions.state();
    if (!state.editable || event.button !== 0 || gesture) return;
    // Keys are for the layout from now on, not for the field in which the user wrote before.
    if (!stage.contains(document.activeElement)) stage.focus({ preventScroll: true });
    const box = event.target.closest(".box");
    const handle = event.target.closest(".handle");
    const onFrame = event.target.closest(".frame");
    const free = state.canvas?.regions[state.selected]?.free;
    if (state.drawing || !(box || onFrame)) {
      // Outside the boxes a finger scrolls the page; it draws only after Add.
      if (!state.drawing && (event.pointerType === "touch" || !state.canvas)) return actions.select(NONE);
      event.preventDefault();
      begin(event, "draw", { free: state.free });
      return;
    }
    if (onFrame) {
      event.preventDefault();
      const rect = state.canvas.regions[state.selected].rect;
      const kind = handle ? "resize" : "move";
      begin(event, kind, { side: handle?.dataset.side || "", from: rect, free, box: boxAt(state.selected), again: true });
      return;
    }
    const index = Number(box.dataset.index);
    actions.select(index);
    focusBox(index);
    if (event.pointerType === "touch") return; // the first touch selects, so that a swipe can still scroll the page
    event.preventDefault();
    const region = state.canvas.regions[index];
    begin(event, "move", { side: "", from: region.rect, free: region.free, box: boxAt(index), again: false });
  });
  stage.addEventListener("pointermove", (event) => {
    if (gesture && event.pointerId === gesture.pointer) follow(event);
  });
  const end = (event, done) => {
    if (!gesture || event.pointerId !== gesture.pointer) return;
    const { kind, rect, far, again } = gesture;
    gesture.ghost.remove();
    if (kind === "draw") gesture.node.remove();
    gesture = null;
    stage.classList.remove("busy");
    if (!done || !far) {
      // A click inside the frame selects the box below, so that every box can be reached.
      if (done && again && kind === "move") actions.select(below(event));
      else actions.redraw();
    } else if (kind === "draw") {
      actions.add(rect);
    } else {
      actions.put(rect, kind);
    }
  };
  stage.addEventListener("pointerup", (event) => end(event, true));
  stage.addEventListener("pointercancel", (event) => end(event, false));
  const below = (event) => {
    const under = document.elementsFromPoint(event.clientX, event.clientY).filter((node) => node.matches(".box") && stage.contains(node));
    const indexes = under.map((node) => Number(node.dataset.index));
    const at = indexes.indexOf(actions.state().selected);
    return indexes.length ? indexes[(at + 1) % indexes.length] : NONE;
  };
  stage.addEventListener("focusin", (event) => {
    const box = event.target.closest(".box");
    if (box && !gesture && !restoring && actions.state().selected !== Number(box.dataset.index)) actions.select(Number(box.dataset.index));
  });

  return { stage, draw, focusBox, hatch, busy: () => gesture !== null };
};
