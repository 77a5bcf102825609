// The layout, the picture, or both, with a slider for the opacity of the picture.
let mode = "both";
let share = 50;
const cover = (image) => (image.style.opacity = String(share / 100));

const redraw = () => {
  const place = root();
  const value = props.value || {};
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
    node.src = String(source);
    node.alt = name;
    stage.append(node);
    return node;
  };
  image(value.layout, "The layout");
  if (both && seen !== "layout") {
    const over = image(value.picture, "The picture");
    if (seen === "both") cover(over);
  }
  if (both) {
    const bar = make("div", "switches");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Show");
    for (const [name, title] of [["layout", "Layout"], ["picture", "Picture"], ["both", "Both"]]) {
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
    const label = make("label", "share", "Opacity of the picture");
    const slider = make("input");
    slider.type = "range";
    slider.min = 0;
    slider.max = 100;
    slider.value = share;
    slider.addEventListener("input", () => {
      share = Number(slider.value);
      cover(stage.lastElementChild);
    });
    label.append(slider);
    parts.push(label);
  }
  place.replaceChildren(...parts);
};
watch(["value"], redraw);
redraw();
