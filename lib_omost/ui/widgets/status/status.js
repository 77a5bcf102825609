show(["value"], (props) => {
  const value = props.value || {};
  const list = make("ul", "models");
  const live = make("div");
  live.setAttribute("role", "status");
  live.append(list);
  for (const part of value.parts || []) {
    const item = make("li", part.state);
    item.append(make("span", "dot"), make("b", "", `${part.role}: `), make("span", "", part.message));
    if (part.note) item.title = String(part.note);
    if (part.state === "loading") {
      const bar = make("progress");
      bar.setAttribute("aria-label", `Loading the ${part.role}`);
      if (typeof part.progress === "number") bar.value = part.progress;
      item.append(bar);
    }
    list.append(item);
  }
  return value.reason ? [live, make("p", "reason", value.reason)] : [live];
});
