// The LoRAs of the folder, each with its weight. At 0 a LoRA is not used. The event `weighed` reports the weights.
const weights = new Map();
show(["value"], (props) => {
  const value = props.value || {};
  const items = value.loras || [];
  if (!items.length) return [make("p", "hint", `No LoRA files in models/${value.folder || "loras"} yet.`)];
  const list = make("ul", "loras");
  list.setAttribute("aria-label", "LoRAs");
  weights.clear();
  for (const item of items) {
    weights.set(item.name, item.weight);
    const entry = make("li");
    const label = make("label", "use");
    const use = make("input");
    use.type = "checkbox";
    use.checked = item.weight !== 0;
    label.append(use, make("span", "name", item.name));
    label.title = item.name;
    const weight = make("input", "weight");
    Object.assign(weight, { type: "number", step: 0.05, min: -value.most, max: value.most, value: item.weight || 1 });
    weight.setAttribute("aria-label", `Weight of ${item.name}`);
    weight.disabled = !use.checked;
    const tell = () => {
      weight.disabled = !use.checked;
      const given = weight.valueAsNumber;
      const sound = given >= -value.most && given <= value.most;
      weight.setAttribute("aria-invalid", String(!sound));
      if (sound || !use.checked) weights.set(item.name, use.checked ? given : 0);
      trigger("weighed", { chosen: [...weights].map(([name, weight]) => ({ name, weight })) });
    };
    use.addEventListener("change", tell);
    weight.addEventListener("input", tell);
    entry.append(label, weight);
    list.append(entry);
  }
  return [list];
});
