// The drawing of the way: the stages of the network, and what is inside a recurrent layer.

const GATES = ["forget_gate", "input_gate", "output_gate"];

const makeLinks = (parent, links, words, host) => {
  const row = make("p", "links", parent);
  for (const [scene, place] of links) {
    const button = make("button", "link", row, words.open[scene], { type: "button" });
    button.onclick = () => host.open({ scene, ...place() });
  }
};

const makeNetworkStages = ({ way, words, host, hiddenOf, inputsOf, denseOf, top, nColumns }) => {
  const { diverging } = way.colours;
  const { verdict } = way;
  const isLstm = way.cell === "lstm";
  const place = (layer, unit) => () => {
    const { units } = way.layers[layer - 1];
    const { segment, step } = host.now();
    const direction = unit < units ? "forward" : "backward";
    return { layer, unit: unit % units, direction, step: segment * way.nSteps + step };
  };

  // ------------------------------------------------------------ cells, coloured by their state

  // Buttons of all units: each leads into its cell.
  const makeCells = (parent, title, n, toOf, nameOf) => {
    const figure = make("figure", "cells", parent);
    const caption = make("figcaption", "", figure);
    make("span", "", caption, title);
    const grid = make("div", "grid", figure, undefined, { role: "group", "aria-label": title });
    grid.style.setProperty("--columns", Math.ceil(Math.sqrt(n)));
    const cells = Array.from({ length: n }, (_, i) => {
      const cell = make("button", "cell", grid, undefined, { type: "button", title: nameOf(i) });
      const to = toOf(i);
      if (to) cell.dataset.to = to;
      return cell;
    });
    return {
      figure,
      draw: (values, reach = 1) =>
        cells.forEach((cell, i) => {
          cell.style.backgroundColor = colourOf(diverging, values[i], -reach, reach);
          cell.setAttribute("aria-label", `${nameOf(i)}: ${number(values[i], 2)}`);
        }),
      choose: (chosen) => cells.forEach((cell, i) => cell.classList.toggle("chosen", i === chosen)),
      cells,
    };
  };
  const unitName = (layer) => (i) => {
    const { units } = way.layers[layer - 1];
    const isBack = i >= units;
    return fill(isBack ? words.unitBack : words.unit, { n: isBack ? i - units : i, layer });
  };

  // ------------------------------------------------------------ recurrent layers

  const layerHeat = (heat, layer, m) => {
    const { hidden } = way.layers[layer - 1];
    heat.draw(m.w, hidden.width, nColumns, (y, x) => hidden.row(m.w, x)[y], diverging, -1, 1);
    heat.mark(m.column, 1, nColumns);
    setText(heat.said, fill(words.step, { n: m.step + 1, total: way.nSteps }));
  };
  const recurrent = (layer) => {
    const { width } = way.layers[layer - 1].hidden;
    const isLast = layer === way.layers.length;
    return {
      mini: (canvas, m) => drawCells(canvas, hiddenOf(layer, m), diverging, 1),
      line: (m) => `h₀ ${number(hiddenOf(layer, m)[0], 2)}`,
      detail: (body) => {
        const two = make("div", "two", body);
        const heat = makeHeat(two, fill(words.statesOfSegment, { n: width, steps: way.nSteps }), "grow");
        heat.canvas.dataset.to = `recurrent_${layer}/step`;
        heat.canvas.onpointerdown = (event) =>
          host.seekStep(Math.floor((event.offsetX / heat.canvas.clientWidth) * nColumns) * way.stride);
        const cells = makeCells(two, words.unitsNow, width, (i) => `recurrent_${layer}/unit_${i}`, unitName(layer));
        const row = make("p", "links", body);
        make("button", "link", row, words.thisStep, { type: "button" }).dataset.to = `recurrent_${layer}/step`;
        make("p", "numbers", body, isLast ? (way.returnsSequences ? words.allStates : words.lastState) : words.nextLayer);
        makeLinks(body, [["cell", place(layer, 0)], ["cinema", place(layer, 0)], ["forgetting", () => ({})]], words, host);
        return (m) => {
          layerHeat(heat, layer, m);
          cells.draw(hiddenOf(layer, m));
        };
      },
      inside: (parts, body) => {
        if (parts[0] === "step") return stepOf(layer, body);
        const unit = /^unit_(\d+)$/.exec(parts[0])?.[1];
        if (unit === undefined || +unit >= width) return null;
        if (parts.length === 1) return unitOf(layer, +unit, body);
        return GATES.includes(parts[1]) && isLstm ? gateOf(layer, +unit, parts[1], body) : null;
      },
      titleOf: (parts) => {
        if (parts[0] === "step") return words.oneStep;
        if (parts.length === 2) return words.gates[parts[1]];
        return unitName(layer)(+parts[0].slice(5));
      },
      siblings: (parts) => {
        if (parts.length === 2) return GATES.map((gate) => [parts[0], gate]);
        if (parts[0] === "step") return null; // the step itself moves
        return Array.from({ length: width }, (_, i) => [`unit_${i}`]);
      },
    };
  };
  const before = (layer, m) => {
    const { hidden } = way.layers[layer - 1];
    return m.column > 0 ? hidden.row(m.w, m.column - 1) : new Float32Array(hidden.width);
  };
  const stepOf = (layer, body) => {
    const { width } = way.layers[layer - 1].hidden;
    const input = makeBars(body, fill(words.input, { n: inputsOf(layer, host.now()).length }), "grow");
    const two = make("div", "two", body);
    const toOf = (i) => `recurrent_${layer}/unit_${i}`;
    const old = makeCells(two, words.stateBefore, width, () => "", unitName(layer));
    make("p", "by", two, "→", { "aria-hidden": "true" });
    const now = makeCells(two, words.stateNow, width, toOf, unitName(layer));
    for (const cell of old.cells) cell.disabled = true;
    return (m) => {
      input.draw(inputsOf(layer, m));
      old.draw(before(layer, m));
      now.draw(hiddenOf(layer, m));
    };
  };
  const curve = (layer, unit, name, m) => {
    const { units, hidden, directions } = way.layers[layer - 1];
    const array = name === "hidden" ? hidden : directions[Math.floor(unit / units)][name];
    const at = name === "hidden" ? unit : unit % units;
    return Array.from({ length: nColumns }, (_, x) => array.row(m.w, x)[at]);
  };
  const unitOf = (layer, unit, body) => {
    const flow = make("div", "flow", body);
    const token = (symbol, title, gate) => {
      const box = make(gate ? "button" : "span", `token ${gate ? "valve" : ""}`, flow, undefined, gate ? { type: "button" } : {});
      if (gate) box.dataset.to = `recurrent_${layer}/unit_${unit}/${gate}`;
      make("b", "", box, symbol);
      const level = make("i", "level", box, undefined, { "aria-hidden": "true" });
      const value = make("span", "figure", box, "");
      box.title = title;
      return (x) => {
        setText(value, number(x));
        if (!gate) level.style.backgroundColor = colourOf(diverging, x, -1, 1);
        else {
          level.style.setProperty("--open", x);
          box.setAttribute("aria-label", `${title}: ${number(x)}`);
        }
      };
    };
    const sign = (text) => make("span", "sign", flow, text);
    const { units } = way.layers[layer - 1];
    const isBack = unit >= units;
    const last = isBack ? 1 : -1; // what it has read before
    const figureOf = (title) => makeFigure(body, title, "grow");
    if (!isLstm) {
      const old = token("hₜ₋₁", words.stateBefore);
      sign("→ tanh →");
      const now = token("hₜ", words.stateNow);
      const states = figureOf(words.hiddenOfSegment);
      return (m) => {
        const hidden = curve(layer, unit, "hidden", m);
        old(hidden[m.column + last] ?? 0);
        now(hidden[m.column]);
        setText(states.said, number(hidden[m.column]));
        drawLine(states.canvas, hidden, { reach: 1, mark: m.column });
      };
    }
    const set = {};
    set.before = token("Cₜ₋₁", words.cellBefore);
    sign("×");
    set.forget_gate = token("fₜ", words.gates.forget_gate, "forget_gate");
    sign("+");
    set.input_gate = token("iₜ", words.gates.input_gate, "input_gate");
    sign("×");
    set.candidate = token("C′ₜ", words.candidate);
    sign("=");
    set.cell = token("Cₜ", words.cellNow);
    sign("→ tanh ×");
    set.output_gate = token("oₜ", words.gates.output_gate, "output_gate");
    sign("=");
    set.hidden = token("hₜ", words.stateNow);
    const [cells, states] = [figureOf(words.cellOfSegment), figureOf(words.hiddenOfSegment)];
    makeLinks(body, [["cell", place(layer, unit)], ["cinema", place(layer, unit)]], words, host);
    return (m) => {
      const curves = Object.fromEntries(["cell", "hidden", "candidate", ...GATES].map((name) => [name, curve(layer, unit, name, m)]));
      set.before(curves.cell[m.column + last] ?? 0);
      for (const [name, values] of Object.entries(curves)) set[name](values[m.column]);
      setText(cells.said, number(curves.cell[m.column]));
      setText(states.said, number(curves.hidden[m.column]));
      drawLine(cells.canvas, curves.cell, { mark: m.column });
      drawLine(states.canvas, curves.hidden, { reach: 1, mark: m.column });
    };
  };
  const gateOf = (layer, unit, gate, body) => {
    const large = make("div", "valve large", body);
    const level = make("i", "level", large, undefined, { "aria-hidden": "true" });
    const said = make("output", "", large, "", { "aria-live": "off" });
    make("p", "", body, words.whatGates[gate]);
    const over = makeFigure(body, words.gateOfSegment, "grow");
    makeLinks(body, [["cell", place(layer, unit)], ["cinema", place(layer, unit)]], words, host);
    return (m) => {
      const values = curve(layer, unit, gate, m);
      level.style.setProperty("--open", values[m.column]);
      setText(said, fill(words.isOpen, { share: percent(values[m.column]), value: number(values[m.column]) }));
      setText(over.said, number(values[m.column]));
      drawLine(over.canvas, values.map((value) => 2 * value - 1), { reach: 1, mark: m.column });
    };
  };

  // ------------------------------------------------------------ after the recurrent layers

  const nLast = way.layers.at(-1).hidden.width;
  const stepsRead = (m) => way.prefixes[m.prefix];
  const pooledName = (i) => {
    if (i < nLast) return way.pooling === "last" ? words.last : words.mean;
    return way.pooling === "mean_max" ? words.maximum : words.meanOfSteps;
  };
  let pooledChosen = 0;
  const pooling = {
    mini: (canvas, m) => drawCells(canvas, way.pooled.row(m.w, m.prefix), diverging, 1),
    line: (m) => number(way.pooled.row(m.w, m.prefix)[0], 2),
    detail: (body) => {
      const heat = makeHeat(body, fill(words.statesOfSegment, { n: nLast, steps: way.nSteps }), "grow");
      const bars = makeBars(body, words.pooled[way.pooling], "grow");
      const sum = make("p", "numbers", body);
      return (m) => {
        layerHeat(heat, way.layers.length, m);
        heat.mark(0, Math.ceil(stepsRead(m) / way.stride), nColumns); // the steps that are read
        const values = way.pooled.row(m.w, m.prefix);
        bars.draw(values, { chosen: pooledChosen, onChoose: (i) => ((pooledChosen = i), host.redraw()) });
        setText(sum, fill(words.pooledIs, { what: pooledName(pooledChosen), n: pooledChosen < nLast ? pooledChosen : pooledChosen - nLast, steps: stepsRead(m), value: number(values[pooledChosen]) }));
      };
    },
  };
  const inputsOfDense = (number, m) => (number === 1 ? way.pooled.row(m.w, m.prefix) : denseOf(number - 1, m));
  const productsOf = (number, unit, inputs) => {
    const { kernel, bias } = way.weights.layers[number - 1];
    const products = inputs.map((value, i) => value * kernel.row(i)[unit]);
    return { products, bias: bias.values[unit], sum: products.reduce((a, b) => a + b, bias.values[unit]) };
  };
  const showProducts = (body, layer, title) => {
    if (!way.weights.layers) return () => {};
    const bars = makeBars(body, title, "grow");
    const sum = make("p", "numbers", body);
    return (m, unit, result, name) => {
      const found = productsOf(layer, unit, inputsOfDense(layer, m));
      bars.draw(found.products);
      setText(sum, `${name}: Σ wx + b = ${brief(found.sum - found.bias)} + ${found.bias < 0 ? `(${brief(found.bias)})` : brief(found.bias)} = ${brief(found.sum)}${result(found.sum)}`);
    };
  };
  const dense = (layer) => {
    let chosen = 0;
    return {
      mini: (canvas, m) => drawBars(canvas, denseOf(layer, m)),
      line: (m) => brief(Math.max(...denseOf(layer, m))),
      detail: (body) => {
        const inputs = makeBars(body, words.inputsOfDense, "grow");
        const products = showProducts(body, layer, words.products);
        const outputs = makeBars(body, words.outputsOfDense, "grow");
        return (m) => {
          const values = denseOf(layer, m);
          inputs.draw(inputsOfDense(layer, m));
          outputs.draw(values, { chosen, onChoose: (i) => ((chosen = i), host.redraw()) });
          products(m, chosen, () => ` → relu → ${brief(values[chosen])}`, fill(words.denseUnit, { n: chosen }));
        };
      },
    };
  };
  const genreRows = (body, onChoose) => {
    const table = make("div", "genres", body, undefined, { role: "group", "aria-label": words.genres });
    const rows = verdict.genres.map((genre, g) => {
      const row = make(onChoose ? "button" : "div", "genre", table, undefined, onChoose ? { type: "button" } : {});
      make("span", "name", row, genre);
      const first = make("span", "logit", row);
      const fillBar = make("i", "fill", make("span", "track", row));
      fillBar.style.backgroundColor = verdict.colours[g];
      const p = make("span", "share", row);
      if (onChoose) row.onclick = () => onChoose(g);
      return (value, said, isChosen) => {
        fillBar.style.width = `${100 * value}%`;
        setText(p, percent(value));
        setText(first, said);
        row.classList.toggle("chosen", isChosen);
        if (onChoose) row.setAttribute("aria-label", `${genre}: ${percent(value)}`);
      };
    });
    return rows;
  };
  const drawGenres = (canvas, values) =>
    drawBars(canvas, values, { reach: 1, colour: (g) => verdict.colours[g] });
  let genreChosen = null;
  const softmax = {
    mini: (canvas, m) => drawGenres(canvas, way.probabilities.row(m.w, m.prefix)),
    line: (m) => `${verdict.genres[top(m)]} ${percent(way.probabilities.row(m.w, m.prefix)[top(m)])}`,
    detail: (body) => {
      make("p", "numbers", body, words.softmaxIs);
      const rows = genreRows(body, (g) => ((genreChosen = g), host.redraw()));
      const products = showProducts(body, way.dense.length + 1, words.products);
      makeLinks(body, [["verdict", () => ({ step: host.now().segment * way.nSteps + host.now().step })]], words, host);
      return (m) => {
        const [logits, values] = [way.logits.row(m.w, m.prefix), way.probabilities.row(m.w, m.prefix)];
        const chosen = genreChosen ?? top(m);
        rows.forEach((row, g) => row(values[g], number(logits[g], 2), g === chosen));
        products(m, chosen, () => "", verdict.genres[chosen]);
      };
    },
  };
  const best = verdict.genres.indexOf(verdict.genre);
  const verdictStage = {
    mini: (canvas) => drawGenres(canvas, verdict.probabilities),
    line: () => `${verdict.genre} ${percent(verdict.probabilities[best])}`,
    detail: (body) => {
      const n = verdict.audible.reduce((a, b) => a + b, 0);
      make("p", "numbers", body, fill(words.meanOver, { n, genre: verdict.genre, share: percent(verdict.probabilities[best]) }));
      const heat = makeHeat(body, words.segmentsOfSong);
      const rows = genreRows(body);
      makeLinks(body, [["verdict", () => ({ step: host.now().segment * way.nSteps + host.now().step })]], words, host);
      const { segments } = verdict;
      return (m) => {
        heat.draw("song", segments.width, way.nSegments, (y, x) => segments.row(x)[y], way.colours.sequential, 0, 1);
        heat.mark(m.segment, 1, way.nSegments);
        setText(heat.said, fill(words.segment, { n: m.segment + 1, total: way.nSegments }));
        verdict.genres.forEach((_, g) => rows[g](verdict.probabilities[g], number(segments.row(m.segment)[g], 2), g === best));
      };
    },
  };
  return { recurrent, pooling, dense, softmax, verdict: verdictStage };
};
