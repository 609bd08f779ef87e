// What the pictures of a cell share: numbers, colours, and the two strips to choose from, all units
// at one moment and one unit at all moments.

const floatsOf = (base64) => new Float32Array(bytesOf(base64).buffer);

// "0.263 − 0.105": a sum of numbers with their signs between them.
const sumOf = (values, digits) =>
  values
    .map((value, i) => {
      const text = number(value, digits);
      if (i === 0) return text;
      return text.startsWith("−") ? ` − ${text.slice(1)}` : ` + ${text}`;
    })
    .join("");

// Blue above zero, red below it, as everywhere.
const SIGNS = { above: "#2b7bba", below: "#c8413f" };
const signOf = (value) => (value < 0 ? SIGNS.below : SIGNS.above);

// ---------------------------------------------------------------- canvases

const inkOf = (element) => getComputedStyle(element).color;

const makeSlider = (parent, className, label, last, choose) => {
  const slider = make("div", `strip ${className}`, parent, "", {
    tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": last,
  }); // prettier-ignore
  const canvas = make("canvas", "", slider, "", { "aria-hidden": true });
  const at = (event) => {
    const box = slider.getBoundingClientRect();
    const share = (size, from, whole) => clamp((size - from) / whole, 0, 0.999999);
    choose(share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height));
  };
  slider.onpointerdown = (event) => {
    if (event.button) return;
    if (event.pointerType !== "touch") slider.setPointerCapture(event.pointerId); // else it scrolls
    at(event);
  };
  slider.onpointermove = (event) => {
    if (event.buttons & 1 && slider.hasPointerCapture?.(event.pointerId)) at(event);
  };
  const tell = (now, text) => {
    slider.setAttribute("aria-valuenow", now);
    slider.setAttribute("aria-valuetext", text);
  };
  return { slider, canvas, tell };
};

// ---------------------------------------------------------------- all units at one moment

const PER_ROW = 64;

// Above each unit's state, below how far its forget gate is open.
const makeTiles = (parent, label, nUnits, colours, chosen) => {
  const perRow = Math.min(PER_ROW, nUnits);
  const nRows = Math.ceil(nUnits / perRow);
  const strip = makeSlider(parent, "tiles", label, nUnits - 1, (x, y) => {
    const unit = Math.floor(y * nRows) * perRow + Math.floor(x * perRow);
    if (unit < nUnits) chosen(unit);
  });
  strip.slider.style.setProperty("--rows", nRows);
  return {
    ...strip,
    // `states` and `gates` are bytes of all units; 0 to 255 is from the lowest to the highest.
    update: (states, gates, unit, told) => {
      strip.tell(unit, told);
      const { context, width, height, scale } = sized(strip.canvas);
      const [wide, high] = [width / perRow, height / nRows];
      const share = gates ? 0.5 : 0.85;
      const ink = inkOf(strip.slider);
      for (let u = 0; u < nUnits; u++) {
        const [x, y] = [(u % perRow) * wide, Math.floor(u / perRow) * high];
        const c = 3 * states[u];
        context.globalAlpha = 1;
        context.fillStyle = `rgb(${colours[c]}, ${colours[c + 1]}, ${colours[c + 2]})`;
        context.fillRect(x, y + 2 * scale, wide - scale, share * high - 2 * scale);
        if (gates) {
          const open = (gates[u] / 255) * (0.5 * high - 6 * scale);
          context.fillStyle = ink;
          context.globalAlpha = 0.12;
          context.fillRect(x, y + share * high + 2 * scale, wide - scale, 0.5 * high - 6 * scale);
          context.globalAlpha = 0.75;
          context.fillRect(x, y + high - 4 * scale - open, wide - scale, open);
        }
        if (u === unit) {
          context.globalAlpha = 1;
          context.strokeStyle = ink;
          context.lineWidth = 2 * scale;
          context.strokeRect(x - 0.5 * scale, y + scale, wide, high - 3 * scale);
        }
      }
    },
  };
};

// ---------------------------------------------------------------- one unit at all moments

const makeMoments = (parent, label, chosen) => {
  const strip = makeSlider(parent, "moments", label, 0, (x) => chosen(x));
  const playhead = make("div", "playhead", strip.slider);
  return {
    ...strip,
    // A bar for each step from zero; `line`, if given, is drawn over them.
    paint: (values, line, reach, nSegments) => {
      const { context, width, height, scale } = sized(strip.canvas);
      const n = values.length;
      const middle = height / 2;
      const tall = (value) => clamp(value / reach, -1, 1) * (middle - scale);
      const wide = width / n;
      for (let i = 0; i < n; i++) {
        const size = tall(values[i]);
        context.fillStyle = signOf(values[i]);
        context.fillRect(i * wide, middle - Math.max(size, 0), Math.max(wide * 0.9, 1), Math.abs(size));
      }
      context.fillStyle = inkOf(strip.slider);
      context.globalAlpha = 0.35;
      context.fillRect(0, middle, width, scale);
      for (let s = 1; s < nSegments; s++) context.fillRect((s * width) / nSegments, 0, scale, height);
      context.globalAlpha = 1;
      if (!line) return;
      context.strokeStyle = context.fillStyle;
      context.lineWidth = 1.5 * scale;
      context.beginPath();
      line.forEach((value, i) => context.lineTo((i + 0.5) * wide, middle - tall(value)));
      context.stroke();
    },
    update: (index, n, last, step, told) => {
      strip.slider.setAttribute("aria-valuemax", last);
      strip.tell(step, told);
      playhead.hidden = index < 0 || index >= n;
      playhead.style.left = `${(100 * index) / n}%`;
      playhead.style.width = `max(3px, ${100 / n}%)`;
    },
  };
};
