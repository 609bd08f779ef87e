// The cell as a picture: its state is a belt, its gates are valves, and beside each valve stands
// the formula that it belongs to, with the numbers of this moment.
// Places are in units of the drawing, 640 of them across.

const WIDE = 640;
const TOP = 40; // of the belt
const [FORGET, PLUS, TAP, OUT] = [100, 300, 490, 556]; // where along the belt things are
const MIDDLES = { lstm: [0, FORGET, PLUS, WIDE], simple_rnn: [0, 130, PLUS, 440, WIDE] };

const makeBands = (svg, stops, n, high) => {
  const strands = Array.from({ length: n }, (_, s) =>
    stops.slice(1).map((end, i) =>
      svgPart(svg, "rect", {
        class: "band", x: stops[i], width: end - stops[i], y: TOP + s * high + 1, height: high - 2,
      }), // prettier-ignore
    ),
  );
  // The more there is of a state, the fuller the belt.
  return (s, values, reach) =>
    values.forEach((value, i) => {
      strands[s][i].style.transform = `scaleY(${clamp(Math.abs(value) / reach, 0.03, 1)})`;
      strands[s][i].style.fill = signOf(value);
    });
};

// A valve across a belt or a pipe: two jaws that meet where it is shut, a pair for each strand.
const makeValve = (svg, x, y, wide, high, n, isUpright) => {
  const group = svgPart(svg, "g", { class: "valve" });
  const pairs = Array.from({ length: n }, (_, s) => {
    const part = isUpright
      ? { x: x + (s * wide) / n, y, width: wide / n, height: high }
      : { x, y: y + (s * high) / n, width: wide, height: high / n };
    const axis = isUpright ? "width" : "height";
    const start = isUpright ? "x" : "y";
    return [0, 1].map((side) =>
      svgPart(group, "rect", {
        ...part, class: `jaw ${isUpright ? "upright" : "level"} ${side ? "last" : "first"}`,
        [axis]: part[axis] / 2, [start]: part[start] + (side * part[axis]) / 2,
      }), // prettier-ignore
    );
  });
  svgPart(group, "rect", { class: "frame", x, y, width: wide, height: high });
  return (s, share) => {
    group.classList.toggle("absent", share === null);
    const closed = 1 - clamp(share, 0, 1);
    for (const jaw of pairs[s]) {
      jaw.style.transform = isUpright ? `scaleX(${closed})` : `scaleY(${closed})`;
    }
  };
};

const makeBox = (svg, x, y, text, wide = 40) => {
  svgPart(svg, "rect", { class: "box", x: x - wide / 2, y: y - 12, width: wide, height: 24, rx: 5 });
  svgPart(svg, "text", { x, y: y + 4, "text-anchor": "middle", class: "sign" }, text);
};
const makeKnot = (svg, x, y, text) => {
  svgPart(svg, "circle", { class: "knot", cx: x, cy: y, r: 10 });
  svgPart(svg, "text", { x, y: y + 5, "text-anchor": "middle", class: "sign" }, text);
};
const makePipe = (svg, path, wide) => {
  svgPart(svg, "path", { class: "pipe", d: path, "stroke-width": wide });
  const flow = svgPart(svg, "path", { class: "flow", d: path });
  return (value, reach) => {
    if (value === null) return flow.style.setProperty("display", "none"); // of several units, or of none
    flow.style.display = "";
    flow.style.stroke = signOf(value);
    flow.style.strokeWidth = clamp(Math.abs(value) / reach, 0.06, 1) * (wide - 2);
  };
};
const wire = (svg, path) => svgPart(svg, "path", { class: "wire", d: path });
const label = (svg, x, y, anchor = "start", className = "") =>
  svgPart(svg, "text", { x, y, "text-anchor": anchor, class: className });

const listOf = (values) => `[${values.map((value) => +value.toFixed(3)).join(", ").replace(/-/g, "−")}]`;
const shortOf = (value) => `${+value.toFixed(3)}`.replace("-", "−");

// ---------------------------------------------------------------- the LSTM cell

const GATES = ["forget_gate", "input_gate", "candidate", "output_gate"];
const LETTERS = { forget_gate: "fₜ", input_gate: "iₜ", candidate: "C′ₜ", output_gate: "oₜ" };

const startPicture = (parent, high, name, top = 0) => {
  const holder = make("div", "picture", parent, "", { tabindex: 0, role: "group", "aria-label": name });
  return svgPart(holder, "svg", { viewBox: `0 ${top} ${WIDE} ${high - top}`, role: "img" });
};

const makeBelt = (svg, n) => {
  const high = n === 1 ? 34 : 16;
  svgPart(svg, "rect", { class: "belt", x: 0, y: TOP, width: WIDE, height: n * high });
  return { high, bottom: TOP + n * high, middle: (s) => TOP + (s + 0.5) * high };
};

const makeLstm = (parent, { n, words, hasSums }) => {
  const strand = n === 1 ? 34 : 16;
  const down = n * strand - 34; // all below the belt moves with its width
  const svg = startPicture(parent, (hasSums ? 268 : 240) + down, words.picture);
  const belt = makeBelt(svg, n);
  const bands = makeBands(svg, MIDDLES.lstm, n, strand);
  const pipe = n === 1 ? 16 : 10 * n;
  const [row, bus] = [130 + down, 192 + down];
  const candidate = makePipe(svg, `M364 ${row}H${PLUS}V${108 + down}`, pipe);
  const added = makePipe(svg, `M${PLUS} ${108 + down}V${belt.bottom}`, pipe);
  const tapped = makePipe(svg, `M${TAP} ${belt.bottom}V${100 + down}`, pipe);
  const squashed = makePipe(svg, `M${TAP} ${100 + down}V${row}H${OUT}`, pipe);
  const hidden = makePipe(svg, `M${OUT} ${row}H${WIDE}`, pipe);
  wire(svg, `M0 ${bus}H${OUT}V${182 + down}M${FORGET} ${bus}V${150 + down}V${belt.bottom}`);
  wire(svg, `M224 ${bus}V${100 + down}H${PLUS - pipe / 2}M364 ${bus}V${row}M${OUT} ${bus}V${row + pipe / 2}`);
  const valves = [
    makeValve(svg, FORGET - 8, TOP, 16, n * strand, n, false),
    makeValve(svg, PLUS - pipe / 2, 92 + down, pipe, 16, n, true),
    makeValve(svg, OUT - 8, row - pipe / 2, 16, pipe, n, false),
  ];
  makeKnot(svg, PLUS, belt.middle(n === 1 ? 0 : (n - 1) / 2), "+");
  makeBox(svg, FORGET, 150 + down, "σ");
  makeBox(svg, 224, 100 + down, "σ");
  makeBox(svg, 364, row, "tanh", 46);
  makeBox(svg, TAP, 100 + down, "tanh", 46);
  makeBox(svg, OUT, 172 + down, "σ");
  const values = Array.from({ length: n }, (_, s) => {
    const y = belt.middle(s) + 4;
    return [label(svg, 6, y, "start", "on"), label(svg, 204, y, "middle", "on"), label(svg, 634, y, "end", "on")];
  });
  const above = [label(svg, 4, 16), label(svg, 116, 16), label(svg, 318, 16), label(svg, 636, 16, "end")];
  const sums = [label(svg, 116, 32), label(svg, 318, 32)];
  const beside = [
    label(svg, 108, 112 + down), label(svg, 216, 84 + down, "end"), label(svg, 392, row + 4),
    label(svg, 564, 156 + down, "start"),
  ]; // prettier-ignore
  const notes = [
    label(svg, PLUS + pipe / 2 + 6, 98 + down), label(svg, TAP + 28, 96 + down),
    label(svg, 548 - 8, row + 20 + pipe / 2, "end"), label(svg, 634, row - pipe / 2 - 5, "end", "strong"),
  ]; // prettier-ignore
  const inputs = label(svg, 4, bus - 5);
  const blocks = GATES.map((name, i) =>
    [0, 1, 2, 3].map((line) => label(svg, 4 + 160 * i, 212 + down + 16 * line, "start", line ? "" : "title")),
  );
  return (strands, moment, reach) => {
    const t = moment.before; // ₜ₋₁, or ₜ₊₁ for a layer that reads backward
    const all = (name) => strands.map((one) => one[name]);
    const [one] = strands;
    const single = n === 1;
    strands.forEach((s, k) => {
      bands(k, [s.previous, s.kept, s.cell], reach);
      valves[0](k, s.forget_gate);
      valves[1](k, s.input_gate);
      valves[2](k, s.output_gate);
      const form = single ? number : shortOf;
      [s.previous, s.kept, s.cell].forEach((value, i) => setText(values[k][i], form(value)));
    });
    const flows = [[candidate, "candidate", 1], [added, "added", 1], [tapped, "cell", reach],
      [squashed, "squashed", 1], [hidden, "hidden", 1]]; // prettier-ignore
    for (const [flow, name, most] of flows) flow(single ? one[name] : null, most);
    setText(above[0], `C${t}`);
    setText(above[1], `C${t} × fₜ`);
    setText(above[2], `C${t} × fₜ + C′ₜ × iₜ`);
    setText(above[3], "Cₜ");
    setText(inputs, `xₜ, h${t}`);
    const value = (name, digits = 3) => number(one[name], digits);
    const isThere = (name) => one[name] !== null && one[name] !== undefined;
    if (single && hasSums) {
      setText(sums[0], `${value("previous")} × ${value("forget_gate")} = ${value("kept")}`);
      setText(sums[1], `${sumOf([one.kept, one.added])} = ${value("cell")}`);
      setText(notes[0], `${value("candidate")} × ${value("input_gate")} = ${value("added")}`);
      setText(notes[1], `tanh Cₜ = ${value("squashed")}`);
      setText(notes[2], `${value("output_gate")} × ${value("squashed")} =`);
      setText(notes[3], `hₜ = ${value("hidden")}`);
      GATES.forEach((name, i) => setText(beside[i], name === "candidate" ? value(name) : `${LETTERS[name]} = ${value(name)}`));
    } else {
      setText(sums[0], `= ${listOf(all("kept"))}`);
      setText(sums[1], `= ${listOf(all("cell"))}`);
      setText(notes[0], isThere("added") ? `${listOf(all("added"))}` : "");
      setText(notes[3], isThere("hidden") ? `hₜ = ${listOf(all("hidden"))}` : "");
    }
    GATES.forEach((name, i) => {
      const [title, formula, parts, result] = blocks[i];
      setText(title, words[name]);
      if (!hasSums) {
        setText(formula, isThere(name) ? `${LETTERS[name]} = ${listOf(all(name))}` : words.absent);
        return;
      }
      const act = name === "candidate" ? "tanh" : "σ";
      const { x, h, b } = moment.sums[name];
      setText(formula, `${LETTERS[name]} = ${act}(xₜ W + h${t} U + b)`);
      setText(parts, `= ${act}(${sumOf([x, h, b])})`);
      setText(result, `= ${act}(${number(x + h + b)}) = ${value(name)}`);
    });
    svg.setAttribute("aria-label", moment.told);
  };
};

// ---------------------------------------------------------------- the simple recurrent cell

// Below it, where there is one, the belt of an LSTM's cell on the same steps, for comparison.
const makeSimple = (parent, { words, hasBeside }) => {
  const svg = startPicture(parent, hasBeside ? 239 : 172, words.picture, 14);
  makeBelt(svg, 1);
  const bands = makeBands(svg, MIDDLES.simple_rnn, 1, 34);
  const input = makePipe(svg, `M${PLUS} 104V74`, 16);
  wire(svg, `M0 130H372V116M${PLUS} 130V104M372 104V88H310`);
  makeBox(svg, 130, 57, "× U", 46);
  makeKnot(svg, PLUS, 57, "+");
  makeBox(svg, 440, 57, "tanh", 46);
  makeBox(svg, PLUS, 106, "× W", 46);
  makeBox(svg, 372, 106, "b");
  const on = [[8, "start"], [215, "middle"], [362, "middle"], [634, "end"]]; // prettier-ignore
  const values = on.map(([x, anchor]) => label(svg, x, 61, anchor, "on"));
  const above = [[4, "start"], [215, "middle"], [362, "middle"], [636, "end"]]; // prettier-ignore
  const names = above.map(([x, anchor]) => label(svg, x, 28, anchor));
  const beside = [label(svg, 270, 96, "end"), label(svg, 400, 110)];
  const inputs = label(svg, 4, 125);
  const block = [label(svg, 4, 148, "start", "title"), label(svg, 4, 165)];
  const compare = hasBeside ? makeBeside(svg, 172) : () => {};
  return ([one], moment, reach) => {
    const t = moment.before;
    const { x, h, b } = moment.sums.hidden;
    const sum = x + h + b;
    bands(0, [one.previous, h, sum, one.hidden], reach);
    input(x, reach);
    [one.previous, h, sum, one.hidden].forEach((value, i) => setText(values[i], number(value)));
    [`h${t}`, `h${t} U`, words.sum, "hₜ"].forEach((text, i) => setText(names[i], text));
    setText(beside[0], `xₜ W = ${number(x)}`);
    setText(beside[1], `b = ${number(b)}`);
    setText(inputs, "xₜ");
    setText(block[0], words.hidden);
    const terms = sumOf([x, h, b]);
    setText(block[1], `hₜ = tanh(xₜ W + h${t} U + b) = tanh(${terms}) = tanh(${number(sum)}) = ${number(one.hidden)}`);
    compare(moment.beside);
    svg.setAttribute("aria-label", moment.told);
  };
};

const makeBeside = (svg, top) => {
  const group = svgPart(svg, "g", { transform: `translate(0 ${top + 22 - TOP})` });
  svgPart(group, "rect", { class: "belt", x: 0, y: TOP, width: WIDE, height: 24 });
  const bands = makeBands(group, MIDDLES.lstm, 1, 24);
  const valve = makeValve(group, FORGET - 8, TOP, 16, 24, 1, false);
  makeKnot(group, PLUS, TOP + 12, "+");
  const title = label(svg, 4, top + 14, "start", "title");
  const places = [[6, "start"], [204, "middle"], [634, "end"]]; // prettier-ignore
  const values = places.map(([x, anchor]) => label(group, x, TOP + 16, anchor, "on"));
  const formula = label(svg, 4, top + 63);
  return ({ one, reach, title: name, before: t }) => {
    bands(0, [one.previous, one.kept, one.cell], reach);
    valve(0, one.forget_gate);
    [one.previous, one.kept, one.cell].forEach((value, i) => setText(values[i], number(value)));
    setText(title, name);
    const [kept, added] = [[one.previous, one.forget_gate], [one.candidate, one.input_gate]].map((pair) =>
      pair.map((value) => number(value)).join(" × "),
    );
    const sum = added.startsWith("−") ? `${kept} − ${added.slice(1)}` : `${kept} + ${added}`;
    setText(formula, `Cₜ = C${t} × fₜ + C′ₜ × iₜ = ${sum} = ${number(one.cell)}`);
  };
};
