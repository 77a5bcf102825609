// The part of the last picture that the next render repaints: its hatching on the stage, and the controls of the selected
// region. The plan comes from the render panel: {keeps, rects, grow, changed, whole}, see `Plan.to_json`.
const plan = () => window.repaintPlan || {};
const isRepainted = (region, index) => Boolean(plan().keeps && (region.repaint || plan().changed.includes(index)));

const SVG = "http://www.w3.org/2000/svg";
const HATCH = "hatched-cells";
// Two nodes for the stage: the hatching, and the clip path that limits it to the cells.
const makeHatch = () => {
  const svg = document.createElementNS(SVG, "svg");
  const cells = document.createElementNS(SVG, "clipPath");
  cells.id = HATCH;
  cells.setAttribute("clipPathUnits", "objectBoundingBox");
  svg.setAttribute("width", "0");
  svg.setAttribute("height", "0");
  svg.setAttribute("aria-hidden", "true");
  svg.append(cells);
  const hatch = make("div", "hatch");
  hatch.style.clipPath = `url(#${HATCH})`;
  hatch.setAttribute("aria-hidden", "true");
  // `moved`: the old and new rectangle of a region that is being dragged.
  const draw = (moved = []) => {
    const { keeps, rects = [], grow = 3 } = plan();
    const all = keeps ? [...rects, ...moved] : [];
    hatch.hidden = !all.length;
    cells.replaceChildren(
      ...all.map(([top, bottom, left, right]) => {
        const cell = document.createElementNS(SVG, "rect");
        const [y, x] = [Math.max(0, top - grow), Math.max(0, left - grow)];
        const size = { x, y, width: Math.min(GRID, right + grow) - x, height: Math.min(GRID, bottom + grow) - y };
        for (const [name, value] of Object.entries(size)) cell.setAttribute(name, String(value / GRID));
        return cell;
      }),
    );
  };
  return { nodes: [svg, hatch], draw };
};

// The controls that repaint the selected region.
const makeRepaint = (actions) => {
  const box = make("div", "repaint");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Repaint this region");
  const again = make("button", "again", "Repaint");
  again.type = "button";
  again.title = "Repaint this region of the last picture with new seeds";
  const count = make("select", "variations");
  count.setAttribute("aria-label", "Variations");
  for (const number of [1, 2, 3, 4]) {
    const option = make("option", "", number === 1 ? "1 variation" : `${number} variations`);
    option.value = number;
    count.append(option);
  }
  again.addEventListener("click", () => actions.repaint(Number(count.value)));
  const label = make("label", "check");
  const too = make("input");
  too.type = "checkbox";
  too.dataset.field = "repaint";
  too.addEventListener("change", () => actions.mark(too.checked));
  label.append(too, make("span", "", "Repaint too"));
  label.title = "Render the change also repaints this region";
  box.append(again, count, label);
  const draw = (state) => {
    const region = state.selected >= 0 ? state.canvas?.regions[state.selected] : null;
    box.hidden = !region || !plan().keeps;
    if (box.hidden) return;
    const changed = plan().changed.includes(state.selected);
    too.checked = changed || Boolean(region.repaint);
    for (const input of [again, count, too]) input.disabled = !state.editable;
    too.disabled = too.disabled || changed || Boolean(plan().whole); // repainted anyway
  };
  return { box, draw };
};
