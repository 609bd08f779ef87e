// What the components share, before them in one script: elements, canvases, numbers and sentences.

const SVG = "http://www.w3.org/2000/svg";

const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// ---------------------------------------------------------------- numbers and sentences

// With a minus sign, but none before a zero.
const number = (value, digits = 3) => {
  const text = value.toFixed(digits).replace("-", "−");
  return /[1-9]/.test(text) ? text : text.replace("−", "");
};
const percent = (share) => `${Math.round(100 * share)}%`;
const clock = (seconds) => {
  const tenths = Math.floor(seconds * 10 + 1e-6);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${Math.floor(tenths / 600)}:${rest}`;
};
// A sentence with its named fields filled in.
const fill = (sentence, fields) =>
  sentence.replace(/\{(\w+)\}/g, (field, name) => fields[name] ?? field);

// ---------------------------------------------------------------- elements

const make = (tag, className, parent, text, attributes = {}) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return parent ? parent.appendChild(element) : element;
};

const svgPart = (parent, tag, attributes = {}, text) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return parent.appendChild(element);
};

const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

// What a row of a genre has, its share as a bar and in percent; returns what shows another one.
const fillGenreRow = (row) => {
  const [name, track, share] = ["name", "track", "share"].map((part) => make("span", part, row));
  const bar = make("span", "fill", track);
  return (genre, value, colour) => {
    const isKnown = value !== null;
    setText(name, genre);
    setText(share, isKnown ? percent(value) : "");
    bar.style.width = isKnown ? `${100 * value}%` : 0;
    bar.style.background = colour;
  };
};

// An empty canvas, as large as it is on the screen.
const sized = (canvas) => {
  const scale = globalThis.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * scale));
  const height = Math.max(1, Math.round(canvas.clientHeight * scale));
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  return { context, width, height, scale };
};
