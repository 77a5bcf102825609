// Everything that is said about the selected element. A field changes the canvas as it is typed into; the panel is made
// anew only when another element is selected or the canvas was changed elsewhere.
const makePanel = (actions) => {
  const panel = make("div", "fields");
  let count = 0;

  const field = (title, input, name, note) => {
    const row = make("div", `field ${name}`);
    const label = make("label", "", title);
    input.id = `element-${name}-${(count += 1)}`;
    input.dataset.field = name;
    label.htmlFor = input.id;
    row.append(label, input);
    if (note) {
      const small = make("small", "", note);
      small.id = `${input.id}-note`;
      input.setAttribute("aria-describedby", small.id);
      row.append(small);
    }
    return row;
  };
  const grow = (area) => {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 220)}px`;
  };
  const text = (title, name, value, lines, note) => {
    const input = make("textarea");
    input.rows = lines;
    input.maxLength = name === "detailed_descriptions" ? 60000 : 2000;
    input.value = value;
    input.spellcheck = true;
    input.addEventListener("input", () => {
      grow(input);
      const said = input.value;
      const lines = said.split("\n").map((line) => line.trim()).filter(Boolean);
      actions.write(name, name === "detailed_descriptions" ? lines : said);
    });
    queueMicrotask(() => input.isConnected && grow(input));
    return field(title, input, name, note);
  };
  const number = (title, name, value, low, high, step, note) => {
    const input = make("input");
    Object.assign(input, { type: "number", min: low, max: high, step, value });
    input.addEventListener("input", () => {
      const given = input.valueAsNumber;
      input.setAttribute("aria-invalid", String(!(given >= low && given <= high)));
      if (given >= low && given <= high) actions.write(name, given);
    });
    return field(title, input, name, note);
  };
  const color = (value) => {
    const select = make("select");
    for (const name of Object.keys(words.colors).sort()) {
      const option = make("option", "", name);
      option.value = name;
      select.append(option);
    }
    select.value = value;
    const paint = () => (select.style.borderLeftColor = rgb(colorOf(select.value)));
    select.addEventListener("change", () => {
      paint();
      actions.write("color_name", select.value);
    });
    paint();
    return field("Colour", select, "color_name");
  };
  const check = (title, name, value, act) => {
    const row = make("label", `check ${name}`);
    const input = make("input");
    input.type = "checkbox";
    input.dataset.field = name;
    input.checked = value;
    input.addEventListener("change", () => act(input.checked));
    row.append(input, make("span", "", title));
    return row;
  };
  const group = (...rows) => {
    const node = make("div", "row");
    node.append(...rows);
    return node;
  };

  const draw = (state) => {
    panel.replaceChildren();
    const element = state.selected === -1 ? state.canvas?.global : state.canvas?.regions[state.selected];
    if (!element) return;
    const region = state.selected >= 0;
    const head = make("div", "head");
    head.append(make("h2", "", region ? `Region ${state.selected + 1}` : "The whole picture"));
    if (region) head.append(make("small", "where", whereIs(element)));
    const rows = [head];
    rows.push(text("Description", "description", element.description, 1));
    const details = element.detailed_descriptions.join("\n");
    rows.push(text("Details", "detailed_descriptions", details, 2, "One a line; each should stand on its own."));
    rows.push(text("Tags", "tags", element.tags, 1));
    if (!region) rows.push(group(color(element.color_name)));
    if (region) {
      rows.push(
        group(
          color(element.color_name),
          number("Distance", "distance", element.distance, 0.001, 1000000, "any"),
          number("Weight", "weight", element.weight, 0.1, 10, "any"),
        ),
        group(
          check("Paint this region", "enabled", element.enabled, (on) => actions.write("enabled", on)),
          check("Exact cells (free-form)", "free", element.free, actions.free),
        ),
        group(
          text("Atmosphere", "atmosphere", element.atmosphere, 1),
          text("Style", "style", element.style, 1),
          text("Quality", "quality_meta", element.quality_meta, 1),
        ),
        text("Not in this region", "negative_prompt", element.negative_prompt, 1, "A negative prompt of its own."),
      );
    }
    panel.append(...rows);
    lock(!state.editable);
  };
  const lock = (locked) => {
    for (const input of panel.querySelectorAll("input, textarea, select")) input.disabled = locked;
  };
  // What a hand on the plane has changed meanwhile, without touching what is being typed.
  const refresh = (state) => {
    const element = state.selected >= 0 ? state.canvas?.regions[state.selected] : null;
    if (!element) return;
    const where = panel.querySelector(".where");
    if (where) where.textContent = whereIs(element);
    for (const name of ["distance", "weight"]) {
      const input = panel.querySelector(`input[data-field="${name}"]`);
      if (input && input !== document.activeElement) input.value = element[name];
    }
    for (const name of ["enabled", "free"]) {
      const input = panel.querySelector(`input[data-field="${name}"]`);
      if (input) input.checked = element[name];
    }
  };
  return { panel, draw, refresh, lock };
};
