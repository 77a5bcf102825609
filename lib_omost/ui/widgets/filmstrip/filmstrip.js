// The pictures of the chat in order. A click returns to a picture.
const MARKED = "current";
const button = (item) => {
  const node = make("button", `frame${item.current ? ` ${MARKED}` : ""}${item.variation ? " variation" : ""}`);
  node.type = "button";
  node.dataset.name = item.name;
  const now = `${item.variation ? ", a variation" : ""}${item.current ? ", the current one" : ""}`;
  const told = [item.change, item.caption].filter(Boolean).join(" · ");
  node.setAttribute("aria-label", `Picture ${item.number}${now}. ${told}`);
  node.title = item.current ? told : `Return to picture ${item.number}. ${told}`;
  if (item.current) node.setAttribute("aria-current", "true");
  if (item.file?.url) {
    const image = make("img");
    image.src = String(item.file.url);
    image.alt = "";
    image.loading = "lazy";
    image.draggable = false;
    node.append(image);
  }
  node.append(make("span", "number", item.number));
  node.addEventListener("click", () => trigger("chosen", { name: item.name }));
  return node;
};
const redraw = () => {
  const place = root();
  if (!place) return;
  const items = (props.value || {}).pictures || [];
  const held = place.contains(document.activeElement) ? document.activeElement.dataset.name : undefined;
  place.replaceChildren();
  if (items.length < 2) return; // nothing to choose from
  const list = make("ol", "strip");
  list.setAttribute("aria-label", "Pictures of this chat");
  for (const item of items) {
    const entry = make("li");
    entry.append(button(item));
    list.append(entry);
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...list.querySelectorAll("button")];
    all[all.indexOf(document.activeElement) + step]?.focus();
  });
  place.append(list);
  const current = list.querySelector(`.${MARKED}`);
  if (current) list.scrollLeft = current.offsetLeft - (list.clientWidth - current.offsetWidth) / 2;
  const again = [...list.querySelectorAll("button")].find((node) => node.dataset.name === held);
  if (held !== undefined) (again || current)?.focus({ preventScroll: true });
};
watch(["value"], redraw);
redraw();
