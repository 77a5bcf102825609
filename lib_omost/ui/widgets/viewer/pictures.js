// Parts of the viewer: one picture in large, and several as a grid.
const picture = (item, name = "") => {
  const node = make("img", name);
  if (item.file?.url) node.src = String(item.file.url);
  node.alt = item.alt || `Picture ${item.number}`;
  node.draggable = false;
  return node;
};
const press = (title, label, act, pressed) => {
  const button = make("button", "press", title);
  button.type = "button";
  button.title = label;
  if (label !== title) button.setAttribute("aria-label", label);
  if (pressed !== undefined) button.setAttribute("aria-pressed", String(pressed));
  button.addEventListener("click", act);
  return button;
};
// The frame has the proportions of the picture as soon as they are known, so that small pictures are enlarged, too.
const frame = (image) => {
  const node = make("div", "picture-frame");
  const fit = () => image.naturalWidth && node.style.setProperty("--ratio", image.naturalWidth / image.naturalHeight);
  image.addEventListener("load", fit);
  fit();
  node.append(image);
  return node;
};
const large = (item, all, actions) => {
  const figure = make("figure", "large");
  const line = make("figcaption");
  const at = all.indexOf(item);
  const number = all.length > 1 ? `Picture ${item.number} of ${all.length}` : "";
  line.append(make("span", "caption", [number, item.change, item.caption].filter(Boolean).join(" · ")));
  if (!item.current) line.append(press("Continue from this picture", "Continue from this picture", () => actions.use(item)));
  line.append(press("Use its seed", "Use the seed of this picture from now on", () => actions.reuse(item)));
  const stage = frame(picture(item));
  if (all.length > 1) {
    const step = (sign, label, by) => {
      const button = press(sign, label, () => actions.look(all[at + by], by < 0 ? ".back" : ".forth"));
      button.classList.add("step", by < 0 ? "back" : "forth");
      button.disabled = !all[at + by];
      return button;
    };
    stage.append(step("‹", "Previous picture", -1), step("›", "Next picture", 1));
  }
  figure.append(stage, line);
  return figure;
};
const grid = (items, actions) => {
  const list = make("ul", "grid");
  list.setAttribute("aria-label", "New pictures");
  for (const item of items) {
    const entry = make("li");
    const button = press("", `Show picture ${item.number} in large. ${item.caption}`, () => actions.look(item, ".forth, .views button"));
    button.append(picture(item));
    entry.append(button);
    list.append(entry);
  }
  return list;
};
