// Common to all views. `root` finds the only element of the template each time, because gradio may redraw it.
const root = () => element.querySelector(".view");
const make = (tag, name, text) => {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined && text !== null) node.textContent = String(text);
  return node;
};
const rgb = (color, alpha) => {
  const [r, g, b] = color.map((part) => Math.max(0, Math.min(255, Number(part) || 0)));
  return alpha === undefined ? `rgb(${r}, ${g}, ${b})` : `rgba(${r}, ${g}, ${b}, ${alpha})`;
};
const show = (names, draw) => {
  const update = () => {
    const place = root();
    if (place) place.replaceChildren(...draw(props));
  };
  watch(names, update);
  update();
};
