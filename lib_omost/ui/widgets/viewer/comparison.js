// Two pictures of the chat on either side of a divider.
let divider = 50;
const choose = (label, value, all, act) => {
  const row = make("label", "side", label);
  const select = make("select");
  for (const item of all) {
    const option = make("option", "", `Picture ${item.number}${item.current ? " (current)" : ""}${item.change ? ` · ${item.change}` : ""}`);
    option.value = item.name;
    select.append(option);
  }
  select.value = value.name;
  select.addEventListener("change", () => act(all.find((item) => item.name === select.value), label));
  row.append(select);
  return row;
};
const comparison = (left, right, all, actions) => {
  const box = make("div", "comparison");
  const stage = frame(picture(left));
  const over = picture(right, "over");
  const cover = () => {
    over.style.clipPath = `inset(0 0 0 ${divider}%)`;
    stage.style.setProperty("--divider", `${divider}%`);
  };
  stage.append(over);
  const slider = make("input");
  Object.assign(slider, { type: "range", min: 0, max: 100, value: divider });
  slider.setAttribute("aria-label", "Position of the divider");
  slider.addEventListener("input", () => {
    divider = Number(slider.value);
    cover();
  });
  const follow = (event) => {
    const { left: from, width } = stage.getBoundingClientRect();
    divider = Math.round(Math.max(0, Math.min(100, (100 * (event.clientX - from)) / width)));
    slider.value = divider;
    cover();
  };
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    follow(event);
  });
  stage.addEventListener("pointermove", (event) => stage.hasPointerCapture(event.pointerId) && follow(event));
  const sides = make("div", "sides");
  sides.append(choose("Left", left, all, actions.left), choose("Right", right, all, actions.right));
  stage.classList.add("divided");
  cover();
  box.append(stage, slider, sides);
  return box;
};
