// The form for the properties of the selected element. Typing in a field changes the canvas at once; the panel is rebuilt
// only if another element is selected or the canvas was changed elsewhere.
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
  const text = ({ label, name, rows, most, note }, value, read = (typed) => typed) => {
    const input = make("textarea");
    input.rows = rows;
    input.maxLength = most;
    input.value = value;
    input.spellcheck = true;
    input.addEventListener("input", () => {
      grow(input);
      actions.write(name, read(input.value));
    });
    queueMicrotask(() => input.isConnected && grow(input));
    return field(label, input, name, note);
  };
  const lines = (typed) => typed.split("\n").map((line) => line.trim()).filter(Boolean);
  const choice = ({ label, name, note }, value, values) => {
    const select = make("select");
    for (const one of values) {
      const option = make("option", "", one);
      option.value = one;
      select.append(option);
    }
    select.value = value;
    select.addEventListener("change", () => actions.write(name, select.value));
    return field(label, select, name, note);
  };
  const check = ({ label, name }, value, act) => {
    const row = make("label", `check ${name}`);
    const input = make("input");
    input.type = "checkbox";
    input.dataset.field = name;
    input.checked = value;
    input.addEventListener("change", () => act(input.checked));
    row.append(input, make("span", "", label));
    return row;
  };
  // How each kind of field of the form (form_json in ui/state/editing.py) is drawn.
  const draws = {
    text,
    texts: (item, value) => text(item, value.join("\n"), lines),
    number: ({ label, name, low, high, note }, value) => {
      const input = make("input");
      Object.assign(input, { type: "number", min: low, max: high, step: "any", value });
      input.addEventListener("input", () => {
        const given = input.valueAsNumber;
        input.setAttribute("aria-invalid", String(!(given >= low && given <= high)));
        if (given >= low && given <= high) actions.write(name, given);
      });
      return field(label, input, name, note);
    },
    color: (item, value) => {
      const row = choice(item, value, Object.keys(words.colors).sort());
      const select = row.querySelector("select");
      for (const option of select.options) {
        const swatch = make("span", "swatch");
        swatch.style.backgroundColor = rgb(colorOf(option.value));
        option.prepend(swatch);
      }
      const paint = () => (select.style.borderLeftColor = rgb(colorOf(select.value)));
      select.addEventListener("change", paint);
      paint();
      return row;
    },
    phrase: (item, value) => choice(item, value, item.values),
    check: (item, value) => check(item, value, (on) => actions.write(item.name, on)),
    free: (item, value) => check(item, value, actions.free),
  };
  const formOf = (state) => props.forms[state.selected >= 0 ? "region" : "global"];
  const group = (...rows) => {
    const node = make("div", "row");
    node.append(...rows);
    return node;
  };

  const repaint = makeRepaint(actions);
  const draw = (state) => {
    panel.replaceChildren();
    const element = state.selected === -1 ? state.canvas?.global : state.canvas?.regions[state.selected];
    if (!element) return;
    const region = state.selected >= 0;
    const head = make("div", "head");
    head.append(make("h2", "", region ? `Region ${state.selected + 1}` : "The whole picture"));
    if (region) head.append(make("small", "where", whereIs(element)));
    const rows = region ? [head, repaint.box] : [head];
    for (const line of formOf(state).lines) {
      const fields = line.map((item) => draws[item.kind](item, element[item.name]));
      const wide = line.length === 1 && line[0].kind.startsWith("text");
      rows.push(wide ? fields[0] : group(...fields));
    }
    panel.append(...rows);
    lock(state);
  };
  const lock = (state) => {
    for (const input of panel.querySelectorAll("input, textarea, select")) input.disabled = !state.editable;
    repaint.draw(state);
  };
  // Show what a gesture on the plane has changed, without changing the field that is being typed in.
  const refresh = (state) => {
    const element = state.selected >= 0 ? state.canvas?.regions[state.selected] : null;
    if (!element) return;
    const where = panel.querySelector(".where");
    if (where) where.textContent = whereIs(element);
    for (const { kind, name } of formOf(state).lines.flat()) {
      const input = panel.querySelector(`input[data-field="${name}"]`);
      if (!input) continue;
      if (kind === "number" && input !== document.activeElement) input.value = element[name];
      if (kind === "check" || kind === "free") input.checked = element[name];
    }
  };
  return { panel, draw, refresh, lock, repaint };
};
