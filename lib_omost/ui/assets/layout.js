const percent = (cells, grid) => `${(100 * cells) / grid}%`;

// Labels start in the top left corner of their box; one that would lie on another moves to the next free corner.
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

// Boxes that are drawn already: only new ones appear with a movement.
let drawn = new Set();

const draw = (props) => {
  const value = props.value || {};
  const boxes = value.boxes || [];
  const seen = new Set();
  const stage = make("div", "stage");
  stage.setAttribute("role", "img");
  if (!value.scene) {
    stage.classList.add("empty");
    stage.setAttribute("aria-label", "No layout yet");
    stage.append(make("p", "", "The layout appears here, box by box, while the reply is written."));
    if (!value.preview) return [stage];
  }
  const list = make("ol", "legend");
  if (value.scene) {
    stage.style.backgroundColor = rgb(value.scene.color);
    stage.setAttribute("aria-label", `Layout with ${boxes.length} regions; they are listed below`);
    const item = make("li", "scene");
    const swatch = make("span", "swatch");
    swatch.style.backgroundColor = rgb(value.scene.color);
    const text = make("span", "text", value.scene.label || "The whole picture");
    text.append(make("small", "", `the whole picture · ${value.scene.color_name}`));
    item.append(swatch, text);
    list.append(item);
  }
  if (value.preview) {
    stage.classList.add("previewing");
    const image = make("img", "preview");
    image.src = String(value.preview);
    image.alt = "The picture as it stands";
    stage.append(image);
  }
  const items = [];
  for (const box of boxes) {
    const [top, bottom, left, right] = box.rect;
    const area = make("div", "box");
    const key = JSON.stringify([box.number, box.label, box.rect]);
    seen.add(key);
    if (!drawn.has(key)) area.classList.add("new");
    area.style.top = percent(top, value.grid);
    area.style.left = percent(left, value.grid);
    area.style.width = percent(right - left, value.grid);
    area.style.height = percent(bottom - top, value.grid);
    area.style.backgroundColor = value.preview ? "transparent" : rgb(box.color, value.opacity);
    const label = make("span", "label");
    label.append(make("b", "", box.number), make("span", "words", box.label));
    area.append(label);
    stage.append(area);

    const item = make("li");
    const swatch = make("span", "swatch", box.number);
    swatch.style.backgroundColor = rgb(box.color);
    const [r, g, b] = box.color;
    swatch.style.color = 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#000" : "#fff";
    const text = make("span", "text", box.label || "(not described)");
    text.append(make("small", "", `${box.where} · distance ${box.distance} · ${box.color_name}`));
    item.append(swatch, text);
    const point = (on) => () => {
      area.classList.toggle("pointed", on);
      item.classList.toggle("pointed", on);
    };
    for (const node of [item, area]) {
      node.addEventListener("pointerenter", point(true));
      node.addEventListener("pointerleave", point(false));
    }
    items.push([box.number, item]);
  }
  drawn = seen;
  items.sort((a, b) => a[0] - b[0]);
  list.append(...items.map(([, item]) => item));
  new ResizeObserver(() => spread(stage)).observe(stage);
  return value.scene ? [stage, list] : [stage];
};
// The picture's width through its height; the sliders set it from here on.
document.documentElement.style.setProperty("--picture-ratio", String(Number(props.ratio) || 1));
show(["value"], draw);
