// Layout, picture, or both in each other: three switches, and a slider for the share of the picture.
let mode = "both";
let share = 50;

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
  const image = (source, name, opacity) => {
    const node = make("img");
    node.src = String(source);
    node.alt = name;
    node.style.opacity = String(opacity);
    stage.append(node);
  };
  image(value.layout, "The layout", 1);
  if (both && seen !== "layout") image(value.picture, "The picture", seen === "both" ? share / 100 : 1);
  if (both) {
    const bar = make("div", "switches");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "What is shown");
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
    const label = make("label", "share", "How much of the picture");
    const slider = make("input");
    slider.type = "range";
    slider.min = 0;
    slider.max = 100;
    slider.value = share;
    slider.addEventListener("input", () => {
      share = Number(slider.value);
      stage.lastElementChild.style.opacity = String(share / 100);
    });
    label.append(slider);
    parts.push(label);
  }
  place.replaceChildren(...parts);
};
watch(["value"], redraw);
redraw();
