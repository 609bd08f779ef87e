// What the film has beside the player: units as curves with their values under the playhead, the
// running prediction as genres that change places, and a second that is silenced.

const N_RANKED = 5; // genres in a band; the others fade out at its end
const RANGE_ROWS = 6; // rows of the film up to which each says its range

// The values of a lane as bars in its colours below a line, a row for each of its rows.
const drawCurves = (canvas, lane, ink) => {
  const { context, width, height, scale } = sized(canvas);
  const nRows = lane.rows.length;
  const nColumns = lane.values.length / nRows;
  const [rowHeight, step] = [height / nRows, width / nColumns];
  const zero = clamp(-lane.low / (lane.high - lane.low), 0, 1);
  context.strokeStyle = ink;
  context.lineWidth = scale * (rowHeight > 24 * scale ? 1.5 : 1);
  for (let row = 0; row < nRows; row++) {
    const inner = rowHeight - 4 * scale;
    const bottom = (row + 1) * rowHeight - 2 * scale;
    context.beginPath();
    for (let column = 0; column < nColumns; column++) {
      const value = lane.values[row * nColumns + column];
      const [x, y, base] = [column * step, bottom - (value / 255) * inner, bottom - zero * inner];
      const [red, green, blue] = lane.colours.subarray(3 * value, 3 * value + 3);
      context.fillStyle = `rgb(${red} ${green} ${blue})`;
      context.fillRect(x, Math.min(y, base), step + 0.5, Math.abs(y - base));
      context.lineTo(x, y);
      context.lineTo(x + step, y);
    }
    if (step >= scale) context.stroke(); // closer ones would be one black band
  }
};

// The value of one row of a lane where the playhead stands.
const readingAt = (lane, row, seconds) => {
  const nColumns = lane.values.length / lane.rows.length;
  const column = clamp(Math.floor(seconds / lane.columnSeconds + 1e-6), 0, nColumns - 1);
  const value = lane.values[row * nColumns + column];
  const real = lane.low + (value / 255) * (lane.high - lane.low);
  return `${number(real, lane.digits)}${lane.unit}`;
};

// A bar to the right of the middle for what speaks for a genre, to the left for what is against it.
const makePull = (parent, pull, lane, song, words) => {
  const bar = make("span", "pull", parent);
  const part = make("span", "pullFill", bar);
  const share = (50 * Math.abs(pull)) / (lane.mostPull || 1);
  part.style.width = `${share}%`;
  part.style.left = `${pull < 0 ? 50 - share : 50}%`;
  if (pull > 0) part.style.background = song.pullColour;
  const text = `${pull > 0 ? "+" : ""}${number(pull, 2)}`;
  const value = make("span", "pullNumber", parent, lane.group ? `${text} ${song.pullGenre}` : text);
  const said = `${fill(words.pull, { genre: song.pullGenre })}: ${text}`;
  for (const element of [bar, value]) element.title = said;
};

const drawPulls = (canvas, lane, song, ink) => {
  canvas.width = 100;
  canvas.height = lane.pulls.length;
  const context = canvas.getContext("2d");
  lane.pulls.forEach((pull, row) => {
    const share = (50 * pull) / (lane.mostPull || 1);
    context.fillStyle = pull > 0 ? song.pullColour : ink;
    context.fillRect(Math.min(50, 50 + share), row, Math.abs(share), 1);
  });
};

// One lane of the film: what its rows are called, its picture, and its values under the playhead.
const makeStrip = (parent, lane, song, words, ink) => {
  const isCurves = lane.style === "curves";
  const strip = make("div", `row strip ${lane.style}`, parent);
  strip.style.setProperty("--rows", isCurves ? lane.rows.length : 1);
  if (lane.group) {
    const group = make("div", "group", strip);
    make("span", "unit", group, lane.group);
    for (const pull of lane.pulls) makePull(group, pull, lane, song, words);
  }
  const heads = make("div", "heads", strip);
  const names = isCurves && lane.rows.length > 1 ? lane.rows : [lane.title];
  names.forEach((name, row) => {
    const head = make("div", "head", heads);
    make("span", "label", head, name);
    if (isCurves && !lane.group && lane.pulls.length) makePull(head, lane.pulls[row], lane, song, words);
  });
  if (isCurves && lane.rows.length === 1) {
    const [low, high] = [lane.low, lane.high].map((end) => number(end, end % 1 ? 1 : 0));
    const said = fill(words.range, { low, high: high + lane.unit });
    make("span", "range", heads.firstChild, said);
  }
  const picture = make("div", "picture", strip);
  const canvas = make("canvas", "", picture, "", { role: "img", "aria-label": lane.title });
  const columns = lane.values.length / lane.rows.length;
  canvas.style.width = `${Math.min(100, (100 * columns * lane.columnSeconds) / song.seconds)}%`;
  canvas.lane = lane;
  if (isCurves) drawCurves(canvas, lane, ink);
  else drawHeat(canvas, lane);
  if (!isCurves && lane.pulls.length) drawPulls(make("canvas", "pulls", strip), lane, song, ink);
  const mark = isCurves ? null : make("div", "mark", picture);
  const values = make("div", "values", strip);
  const spans = (isCurves ? lane.rows : [0]).map(() => make("span", "value", values));
  const unit = isCurves ? null : make("span", "unit", values);
  return (seconds, chosen) => {
    spans.forEach((span, row) => setText(span, readingAt(lane, isCurves ? row : chosen, seconds)));
    if (isCurves) return;
    setText(unit, lane.rows[chosen]);
    mark.style.top = `${(100 * chosen) / lane.rows.length}%`;
    mark.style.height = `${100 / lane.rows.length}%`;
  };
};

// All lanes of the film. Of a heat map one row is read: the one under the pointer, or by the keys.
const makeStrips = (parent, song, words, ink) => {
  parent.replaceChildren();
  const nRows = song.lanes.reduce((n, lane) => n + (lane.style === "curves" ? lane.rows.length : 1), 0);
  parent.style.setProperty("--n", nRows);
  parent.classList.toggle("few", nRows <= RANGE_ROWS);
  const reads = song.lanes.map((lane) => makeStrip(parent, lane, song, words, ink));
  return (seconds, chosen) => reads.forEach((read) => read(seconds, chosen));
};

// ---------------------------------------------------------------- the running prediction

const readBand = (band) => ({ ...band, values: bytesOf(band.values), audible: bytesOf(band.audible) });

const makeBand = (parent, band, song, words) => {
  const holder = make("div", "band", parent);
  const title = make("div", "bandTitle", holder);
  const cells = make("div", "cells", holder);
  const n = song.genres.length;
  const ofGenres = song.genres.map((genre, g) => {
    const cell = make("div", "cell", cells);
    make("span", "name", cell, genre);
    const share = make("span", "share", cell);
    const fill = make("span", "fill", make("span", "track", cell));
    fill.style.background = song.colours[g];
    return { cell, share, fill };
  });
  const nColumns = band.values.length / n;
  let drawn = -1;
  let said = "";
  return (seconds) => {
    const column = clamp(Math.floor(seconds / band.columnSeconds + 1e-6), 0, nColumns - 1);
    if (column === drawn) return said;
    drawn = column;
    const isAudible = band.audible[Math.floor(column / band.perSegment)];
    const shares = band.values.subarray(column * n, (column + 1) * n);
    const order = song.genres.map((_, g) => g).sort((a, b) => shares[b] - shares[a]);
    order.forEach((g, rank) => {
      const { cell, share, fill } = ofGenres[g];
      cell.style.transform = `translateX(${100 * rank}%)`;
      cell.classList.toggle("first", rank === 0);
      cell.classList.toggle("away", !isAudible || rank >= N_RANKED);
      setText(share, percent(shares[g] / 255));
      fill.style.width = `${(100 * shares[g]) / 255}%`;
    });
    setText(title, isAudible ? band.title : `${band.title}: ${words.quiet}`);
    const best = `${song.genres[order[0]]} ${percent(shares[order[0]] / 255)}`;
    return (said = isAudible ? best : words.quiet);
  };
};

// ---------------------------------------------------------------- a second that is silenced

// Buttons that play the song from the segment's start with a second and without it.
const makeVersions = (parent, song, words, choose) => {
  const bar = make("div", "versions", parent);
  const { start, second } = song.silenced;
  const gap = [second, second + 1];
  if (sound.gap) sound.gap = gap;
  const play = (isWithout) => {
    sound.gap = isWithout ? gap : null;
    sound.seek(start);
    sound.play();
    sound.redraw();
  };
  const buttons = ["with", "without"].map((name) => {
    const button = make("button", `version ${name}`, bar, "", { type: "button" });
    button.textContent = words[name];
    button.onclick = () => play(name === "without");
    return button;
  });
  const here = make("button", "here", bar, "", { type: "button" });
  here.textContent = words.silence;
  here.onclick = () => choose(sound.seconds);
  return () => {
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", Boolean(sound.gap) === (i === 1)));
  };
};

const makeGap = (stage, song, words) => {
  const gap = make("div", "gap", stage);
  const { second } = song.silenced;
  gap.style.left = `${(100 * second) / song.seconds}%`;
  gap.style.width = `${(100 * (Math.min(second + 1, song.seconds) - second)) / song.seconds}%`;
  gap.title = words.gap;
  return () => gap.classList.toggle("on", Boolean(sound.gap));
};
