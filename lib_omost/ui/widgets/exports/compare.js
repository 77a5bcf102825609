// Two pictures: the first, the second, or both, with a slider for the opacity of the second. With `wipe` both are opaque
// and the slider moves a divider between them. `names` replaces the labels.
const NAMES = {
  layout: "Layout", layoutAlt: "The layout", picture: "Picture", pictureAlt: "The picture", share: "Opacity of the picture",
};
let mode = "both";
let share = 50;
const cover = (stage, image, wipe) => {
  if (wipe) {
    image.style.clipPath = `inset(0 0 0 ${share}%)`;
    stage.style.setProperty("--wiped", `${share}%`);
  } else image.style.opacity = String(share / 100);
};

const redraw = () => {
  const place = root();
  const value = props.value || {};
  const { wipe = false } = value;
  const names = { ...NAMES, ...value.names };
  if (!place) return;
  const parts = [];
  if (value.hint) parts.push(make("p", "hint", value.hint));
  if (!value.layout) {
    place.replaceChildren(...parts);
    return;
  }
  const both = Boolean(value.picture);
  const seen = both ? mode : "layout";
  const stage = make("div", "compared");
  const image = (source, name) => {
    const node = make("img");
    node.src = String(source.url || source);
    node.alt = name;
    stage.append(node);
    return node;
  };
  image(value.layout, names.layoutAlt);
  if (both && seen !== "layout") {
    const over = image(value.picture, names.pictureAlt);
    if (seen === "both") cover(stage, over, wipe);
  }
  stage.classList.toggle("wiped", wipe && seen === "both");
  if (both) {
    const bar = make("div", "switches");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Show");
    for (const [name, title] of [["layout", names.layout], ["picture", names.picture], ["both", "Both"]]) {
      const button = make("button", "", title);
      button.type = "button";
      button.setAttribute("aria-pressed", String(seen === name));
      button.addEventListener("click", () => {
        mode = name;
        redraw();
        root().querySelector(`button[aria-pressed="true"]`).focus();
      });
      bar.append(button);
    }
    parts.push(bar);
  }
  parts.push(stage);
  if (seen === "both") {
    const label = make("label", "share", names.share);
    const slider = make("input");
    slider.type = "range";
    slider.min = 0;
    slider.max = 100;
    slider.value = share;
    slider.addEventListener("input", () => {
      share = Number(slider.value);
      cover(stage, stage.lastElementChild, wipe);
    });
    label.append(slider);
    parts.push(label);
  }
  place.replaceChildren(...parts);
};
watch(["value"], redraw);
redraw();
