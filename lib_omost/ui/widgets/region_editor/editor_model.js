// The edited canvas as plain values, and the operations on it. Nothing here changes the page.
// Rectangles are [top, bottom, left, right] in cells of the grid, half-open.
const GRID = 90;
const LEAST = 4; // minimum side of a region in cells
const NONE = -2; // no element is selected; -1 is the whole picture
const words = props.vocabulary;
const PHRASES = [];
for (const [offset, [dx, dy]] of Object.entries(words.offsets)) {
  for (const [location, [x, y]] of Object.entries(words.locations)) {
    for (const [area, [width, height]] of Object.entries(words.areas)) {
      PHRASES.push({ location, offset, area, center: [x + dx, y + dy], size: [width, height] });
    }
  }
}
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
for (const phrase of PHRASES) {
  const [x, y] = phrase.center;
  const [width, height] = phrase.size.map((side) => Math.floor(side / 2));
  phrase.rect = [y - height, y + height, x - width, x + width].map((edge) => clamp(edge, 0, GRID));
}
const distance2 = (a, b) => a.reduce((sum, edge, i) => sum + (edge - b[i]) ** 2, 0);

// The phrases nearest to a rectangle, by the same rule as in canvas/snapping.py.
const nearest = (rect, phrases = PHRASES) => {
  let best = phrases[0];
  for (const phrase of phrases) if (distance2(rect, phrase.rect) < distance2(rect, best.rect)) best = phrase;
  return best;
};
const sizeOf = ([top, bottom, left, right]) => [right - left, bottom - top];
const phraseOf = (region) =>
  PHRASES.find((p) => p.location === region.location && p.offset === region.offset && p.area === region.area);

const settle = (region, phrase, rect) => {
  Object.assign(region, { location: phrase.location, offset: phrase.offset, area: phrase.area });
  region.rect = region.free ? rect : [...phrase.rect];
};
// Put a region at a rectangle: at exactly these cells if it is free, otherwise at the nearest phrases.
const place = (region, rect) => {
  if (distance2(rect, region.rect) > 0) settle(region, nearest(rect), [...rect]);
};
// Move a region without a change of its size: to phrases with this size, or to exact cells if none are near.
const MOST_SNAP = 5; // cells in each direction: half the step between two places
const movedTo = (region, rect) => {
  if (!region.free) {
    const alike = PHRASES.filter((phrase) => distance2(sizeOf(phrase.rect), sizeOf(rect)) === 0);
    const phrase = alike.length ? nearest(rect, alike) : null;
    if (phrase && phrase.rect.every((edge, i) => Math.abs(edge - rect[i]) <= MOST_SNAP)) return { phrase, rect: [...phrase.rect] };
  }
  return { phrase: null, rect: [...rect] };
};
const move = (region, rect) => {
  if (distance2(rect, region.rect) === 0) return;
  const goal = movedTo(region, rect);
  if (!goal.phrase) region.free = true;
  settle(region, goal.phrase || nearest(rect), goal.rect);
};
const setFree = (region, free) => {
  region.free = free;
  if (!free) settle(region, nearest(region.rect));
};

// One press of an arrow key: to a phrase ten cells away, or by one cell for a free region.
const nudge = (region, dx, dy) => {
  const [top, bottom, left, right] = region.rect;
  const step = region.free ? 1 : 10;
  const x = clamp(step * dx, -left, GRID - right);
  const y = clamp(step * dy, -top, GRID - bottom);
  move(region, [top + y, bottom + y, left + x, right + x]);
};
// The same for the size: the next area of the vocabulary, or one cell at the right or lower edge.
const resize = (region, dx, dy) => {
  const [top, bottom, left, right] = region.rect;
  if (region.free) {
    place(region, [top, clamp(bottom + dy, top + LEAST, GRID), left, clamp(right + dx, left + LEAST, GRID)]);
    return;
  }
  const now = phraseOf(region);
  const [axis, sign] = dx ? [0, dx] : [1, dy];
  const larger = PHRASES.filter(
    (p) => p.location === now.location && p.offset === now.offset && (p.size[axis] - now.size[axis]) * sign > 0,
  );
  larger.sort((a, b) => distance2(a.size, now.size) - distance2(b.size, now.size));
  if (larger.length) settle(region, larger[0]);
};

const farToNear = (regions) => regions.map((_, i) => i).sort((a, b) => regions[b].distance - regions[a].distance || a - b);

// Bring a region one place forward (+1) or backward (-1), to a distance between those of its new neighbours. Others keep
// theirs, so regions at one distance are passed together. Returns false if there is no place left.
const shiftDistance = (regions, index, by) => {
  const others = farToNear(regions).filter((which) => which !== index).map((which) => regions[which].distance);
  const at = farToNear(regions).indexOf(index);
  for (let to = at + by; to >= 0 && to <= others.length; to += by) {
    const far = to > 0 ? others[to - 1] : null;
    const near = to < others.length ? others[to] : null;
    const wanted = far === null ? near + 1 : near === null ? (far > 1 ? far - 1 : far / 2) : (far + near) / 2;
    for (const digits of [0, 1, 3, 6]) {
      const rounded = clamp(Number(wanted.toFixed(digits)), words.distances[0], words.distances[1]);
      if ((far === null || rounded < far) && (near === null || rounded > near)) {
        regions[index].distance = rounded;
        return true;
      }
    }
  }
  return false;
};

const newRegion = (regions, rect, free) => {
  const taken = new Set(regions.map((region) => region.color_name));
  const colors = ["orange", "teal", "orchid", "gold", "steelblue", "salmon", "seagreen", "slateblue", "tan", "crimson"];
  const distances = regions.map((region) => region.distance);
  const nearestOne = Math.min(...distances);
  const region = {
    ...structuredClone(props.forms.region.blank),
    color_name: colors.find((name) => !taken.has(name)) || "gray",
    distance: !distances.length ? 5 : nearestOne > 1 ? nearestOne - 1 : nearestOne / 2,
    free, rect: [...rect],
  };
  settle(region, nearest(rect), [...rect]);
  return region;
};

const colorOf = (name) => words.colors[name] || [128, 128, 128];
const whereIs = (region) => {
  if (region.free) {
    const [top, bottom, left, right] = region.rect;
    return `free placement: ${right - left} × ${bottom - top} at ${left}, ${top}`;
  }
  return `${region.area} ${region.location}${region.offset === "no offset" ? "" : `, ${region.offset}`}`;
};
