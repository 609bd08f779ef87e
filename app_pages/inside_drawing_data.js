// The drawing of the way: reading its data, finding the moment in it, and small means to draw.

const unpack = (packed) => {
  if (!packed) return null;
  const integers = new Int16Array(bytesOf(packed.values).buffer);
  const { shape, low, high } = packed; // the ends of all values, or of each in a row
  const width = shape.at(-1);
  const end = (ends, i) => (Array.isArray(ends) ? ends[i % width] : ends);
  const values = Float32Array.from(
    integers,
    (n, i) => end(low, i) + ((n + 32768) / 65535) * (end(high, i) - end(low, i)),
  );
  // One row of the last axis, at an index of each axis before it.
  const row = (...index) => {
    let at = 0;
    index.forEach((i, axis) => (at = at * shape[axis] + i));
    return values.subarray(at * width, (at + 1) * width);
  };
  return { values, shape, width, low, high, row };
};

const readWay = (data) => {
  const { sound, weights, verdict } = data;
  const way = { ...data };
  for (const name of ["steps", "scaled", "pooled", "logits", "probabilities"]) way[name] = unpack(data[name]);
  way.dense = data.dense.map(unpack);
  way.layers = data.layers.map(({ units, hidden, directions }) => ({
    units,
    hidden: unpack(hidden),
    directions: directions.map((one) =>
      Object.fromEntries(Object.entries(one).map(([name, array]) => [name, unpack(array)])),
    ),
  }));
  way.sound = sound && {
    samples: new Int8Array(bytesOf(sound.samples).buffer),
    loudest: sound.loudest,
    bands: unpack(sound.bands),
    shown: unpack(sound.shown),
    frames: unpack(sound.frames ?? sound.shown),
    deltas: unpack(sound.deltas),
  };
  way.weights = {
    layers: weights.layers?.map(({ kernel, bias }) => ({ kernel: unpack(kernel), bias: unpack(bias) })),
    mean: weights.mean,
    deviation: weights.deviation,
  };
  way.verdict = { ...verdict, segments: unpack(verdict.segments) };
  way.colours = { diverging: bytesOf(data.diverging), sequential: bytesOf(data.sequential) };
  return way;
};

// Where a second of the song lies: its segment, step and frame, and what was computed by then.
const momentAt = (way, seconds) => {
  const at = Math.max(0, seconds) + 1e-3; // a step's beginning is rounded on its way through a player
  const segment = Math.min(way.nSegments - 1, Math.floor(at / way.segmentSeconds));
  const within = at - segment * way.segmentSeconds;
  const step = Math.min(way.nSteps - 1, Math.floor(within / way.stepSeconds));
  const inWindow = segment - way.first;
  let prefix = 0;
  while (prefix + 1 < way.prefixes.length && way.prefixes[prefix + 1] <= step + 1) prefix++;
  const { features } = way;
  const frameOf = ({ nFrames, hop }) => Math.min(nFrames - 1, Math.floor((within * features.sr) / hop));
  return {
    seconds: at,
    within,
    segment,
    step,
    column: Math.floor(step / way.stride),
    prefix,
    w: inWindow,
    isHere: inWindow >= 0 && inWindow < way.nWindow,
    hasSound: Boolean(way.sound) && inWindow >= 0 && inWindow < way.sound.bands.shape[0],
    frame: features.kind === "mfcc" ? frameOf(features) : 0,
    shownFrame: features.kind === "mfcc" ? frameOf(features.shown) : 0,
  };
};

const secondsOf = (way, segment, step) => segment * way.segmentSeconds + step * way.stepSeconds;

// ---------------------------------------------------------------- words

const brief = (value) => number(value, Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 3);
const shapeText = (shape) => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`);
const whole = (n) => n.toLocaleString(document.documentElement.lang || "en");

// ---------------------------------------------------------------- drawing

const inColours = (canvas) => {
  const { color: ink, accentColor: accent } = getComputedStyle(canvas);
  return { ...sized(canvas), ink, accent };
};

const colourOf = (table, value, low, high) => {
  const i = 3 * Math.max(0, Math.min(255, Math.round(((value - low) / (high - low || 1)) * 255)));
  return `rgb(${table[i]},${table[i + 1]},${table[i + 2]})`;
};

// Bars from zero: up in one colour of the diverging table, down in the other.
const drawBars = (canvas, values, { reach, chosen = -1, colour } = {}) => {
  const { context, width, height, ink, accent, scale } = inColours(canvas);
  const n = values.length;
  let most = reach ?? 0;
  if (!reach) for (const value of values) most = Math.max(most, Math.abs(value));
  const isSigned = values.some((value) => value < 0);
  const zero = isSigned ? height / 2 : height;
  const room = isSigned ? height / 2 : height;
  const pitch = width / n;
  for (let i = 0; i < n; i++) {
    const size = Math.min(1, Math.abs(values[i]) / (most || 1)) * room;
    context.fillStyle = i === chosen ? ink : (colour?.(i, values[i]) ?? accent);
    const x = i * pitch;
    const bar = Math.max(1, pitch - (pitch > 3 ? scale : 0));
    context.fillRect(x, values[i] < 0 ? zero : zero - size, bar, Math.max(size, scale / 2));
  }
};

const drawLine = (canvas, values, { reach, mark, pale } = {}) => {
  const { context, width, height, ink, accent, scale } = inColours(canvas);
  const most = reach ?? Math.max(...values.map(Math.abs), 1e-9);
  const y = (value) => height / 2 - (Math.max(-1, Math.min(1, value / most)) * height) / 2.1;
  const trace = (line, colour, size) => {
    context.beginPath();
    line.forEach((value, i) => context.lineTo(((i + 0.5) / line.length) * width, y(value)));
    context.strokeStyle = colour;
    context.lineWidth = size * scale;
    context.stroke();
  };
  context.globalAlpha = 0.35;
  context.fillStyle = ink;
  context.fillRect(0, height / 2, width, scale); // zero
  if (pale) trace(pale, ink, 1);
  context.globalAlpha = 1;
  trace(values, accent, 1.6);
  if (mark !== undefined) drawMark(context, ((mark + 0.5) / values.length) * width, height, scale, ink);
};

const drawMark = (context, x, height, scale, ink, size = 2) => {
  context.fillStyle = ink;
  context.fillRect(x - (size * scale) / 2, 0, size * scale, height);
};

// The swing of samples in each column of pixels.
const drawSamples = (canvas, samples, from, to, { band, colour } = {}) => {
  const { context, width, height, ink, accent, scale } = inColours(canvas);
  const n = to - from;
  if (band) {
    context.globalAlpha = 0.25;
    context.fillStyle = ink;
    context.fillRect(band[0] * width, 0, Math.max(2 * scale, (band[1] - band[0]) * width), height);
    context.globalAlpha = 1;
  }
  context.fillStyle = colour ?? accent;
  const pitch = Math.max(1, Math.floor(scale));
  for (let x = 0; x < width; x += pitch) {
    const first = from + Math.floor((x / width) * n);
    const last = Math.max(first + 1, from + Math.floor(((x + pitch) / width) * n));
    let [low, high] = [127, -127];
    for (let i = first; i < last; i++) {
      low = Math.min(low, samples[i] ?? 0);
      high = Math.max(high, samples[i] ?? 0);
    }
    const top = ((127 - high) / 254) * height;
    context.fillRect(x, top, pitch, Math.max(scale, ((high - low) / 254) * height));
  }
};

// A heat map of get(row, column), one pixel each, which the page enlarges.
const drawHeat = (canvas, rows, columns, get, table, low, high) => {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const value = get(y, x);
      const at = 4 * (y * columns + x);
      const i = 3 * Math.max(0, Math.min(255, Math.round(((value - low) / (high - low || 1)) * 255)));
      image.data.set([table[i], table[i + 1], table[i + 2], Number.isNaN(value) ? 0 : 255], at);
    }
  context.putImageData(image, 0, 0);
};

const drawCells = (canvas, values, table, reach) => {
  const columns = Math.ceil(Math.sqrt(values.length * 1.6));
  const rows = Math.ceil(values.length / columns);
  drawHeat(canvas, rows, columns, (y, x) => values[y * columns + x] ?? NaN, table, -reach, reach);
};

// Each value in deviations from its mean over a window, so that the first does not hide the others.
const standardiser = (array) => {
  const { values, width } = array;
  const n = values.length / width;
  const [mean, square] = [new Float64Array(width), new Float64Array(width)];
  values.forEach((value, i) => {
    mean[i % width] += value / n;
    square[i % width] += (value * value) / n;
  });
  const deviation = mean.map((m, i) => Math.sqrt(Math.max(1e-12, square[i] - m * m)));
  return (row) => Array.from(row, (value, i) => (value - mean[i]) / deviation[i]);
};
