// The drawing of the way: each stage as a small picture and, zoomed, as a large one with its numbers.
// A picture is made once and returns what draws it at a moment.

const makeFigure = (parent, title, className = "") => {
  const figure = make("figure", className, parent);
  const caption = make("figcaption", "", figure);
  make("span", "", caption, title);
  const said = make("output", "", caption, "", { "aria-live": "off" });
  const holder = make("div", "holder", figure);
  const canvas = make("canvas", "", holder, undefined, { role: "img", "aria-label": title });
  return { figure, canvas, said, holder };
};

// A row of values as bars; the one under the pointer, or the chosen one, is said beside the title.
const makeBars = (parent, title, className) => {
  const { figure, canvas, said } = makeFigure(parent, title, `bars ${className ?? ""}`);
  let [over, values, options] = [-1, [], {}];
  const draw = (next, more = {}) => {
    [values, options] = [next, more];
    const chosen = over >= 0 ? over : (more.chosen ?? -1);
    drawBars(canvas, values, { ...more, chosen });
    const shown = chosen >= 0 && chosen < values.length;
    setText(said, shown ? `${chosen}: ${brief(values[chosen])}` : Array.from(values.slice(0, 4), brief).join("  ") + (values.length > 4 ? " …" : ""));
  };
  const indexAt = (event) =>
    Math.min(values.length - 1, Math.floor((event.offsetX / canvas.clientWidth) * values.length));
  canvas.onpointermove = (event) => {
    over = indexAt(event);
    draw(values, options);
  };
  canvas.onpointerleave = () => {
    over = -1;
    draw(values, options);
  };
  canvas.onclick = (event) => options.onChoose?.(indexAt(event));
  return { figure, draw };
};

// A heat map over the steps or frames of a segment, with the present one marked.
const makeHeat = (parent, title, className) => {
  const { figure, canvas, said, holder } = makeFigure(parent, title, `heat ${className ?? ""}`);
  const mark = make("div", "mark", holder);
  mark.hidden = true;
  let drawn = "";
  return {
    figure,
    canvas,
    said,
    draw: (key, rows, columns, get, table, low, high) => {
      if (drawn === key) return;
      drawn = key;
      drawHeat(canvas, rows, columns, get, table, low, high);
    },
    mark: (from, width, columns) => {
      mark.hidden = false;
      mark.style.left = `${(100 * from) / columns}%`;
      mark.style.width = `${(100 * width) / columns}%`;
    },
  };
};

const makeStages = ({ way, words, host }) => {
  const { features, colours } = way;
  const { diverging, sequential } = colours;
  const isMfcc = features.kind === "mfcc";
  const size = isMfcc ? features.sr * way.segmentSeconds : 3 * features.sr; // samples of a segment
  const standard = {
    steps: standardiser(way.steps),
    shown: way.sound?.shown && standardiser(way.sound.shown),
    frames: way.sound?.frames && standardiser(way.sound.frames),
    deltas: way.sound?.deltas && standardiser(way.sound.deltas),
  };
  const segmentFrom = (m) => Math.round(m.w * size);
  const segmentLength = Math.min(size, way.sound?.samples.length ?? size);
  const frameSamples = (m) => {
    const { hop, nFft } = features.shown;
    const start = segmentFrom(m) + m.shownFrame * hop - Math.floor(nFft / 2);
    const [low, high] = [segmentFrom(m), segmentFrom(m) + segmentLength];
    return Float32Array.from({ length: nFft }, (_, i) => {
      const at = start + i;
      return at < low || at >= high ? 0 : (way.sound.samples[at] / 127) * way.sound.loudest;
    });
  };
  const windowed = (samples) =>
    samples.map((value, i) => value * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / samples.length)));
  const thinned = (samples, n) => {
    const by = Math.max(1, Math.floor(samples.length / n));
    return samples.filter((_, i) => i % by === 0);
  };
  const frameBand = (m) => {
    if (!isMfcc) return [(m.step * features.hop) / 187, (m.step * features.hop + features.window) / 187];
    const { hop, nFft } = features.shown;
    const middle = m.shownFrame * hop;
    return [Math.max(0, middle - nFft / 2) / segmentLength, Math.min(segmentLength, middle + nFft / 2) / segmentLength];
  };
  const hiddenOf = (layer, m) => way.layers[layer - 1].hidden.row(m.w, m.column);
  const inputsOf = (layer, m) =>
    layer === 1 ? way.scaled.row(m.w, m.column) : hiddenOf(layer - 1, m);
  const denseOf = (number, m) => way.dense[number - 1].row(m.w, m.prefix);
  const top = (m) => {
    const row = way.probabilities.row(m.w, m.prefix);
    return row.reduce((best, p, i) => (p > row[best] ? i : best), 0);
  };
  const noSound = (body) => make("p", "missing", body, words.noSound);
  const nColumns = way.layers[0].hidden.shape[1];

  // ------------------------------------------------------------ sound

  const waveform = {
    mini: (canvas, m) =>
      m.hasSound && drawSamples(canvas, way.sound.samples, segmentFrom(m), segmentFrom(m) + segmentLength, { band: frameBand(m) }),
    line: (m) => clock(m.seconds),
    detail: (body) => {
      if (!way.sound) return void noSound(body);
      const one = makeFigure(body, words.samplesOfSegment, "grow");
      const all = makeFigure(body, words.samplesOfWindow);
      return (m) => {
        if (!m.hasSound) return;
        const at = Math.min(segmentLength - 1, Math.floor(m.within * features.sr));
        const value = (way.sound.samples[segmentFrom(m) + at] / 127) * way.sound.loudest;
        setText(one.said, fill(words.sample, { n: whole(at + 1), total: whole(segmentLength), value: number(value, 2) }));
        setText(all.said, fill(words.segment, { n: m.segment + 1, total: way.nSegments }));
        drawSamples(one.canvas, way.sound.samples, segmentFrom(m), segmentFrom(m) + segmentLength, { band: frameBand(m) });
        const total = way.sound.samples.length;
        drawSamples(all.canvas, way.sound.samples, 0, total, {
          band: [segmentFrom(m) / total, (segmentFrom(m) + segmentLength) / total],
        });
      };
    },
  };
  const frames = {
    mini: (canvas, m) => m.hasSound && drawLine(canvas, thinned(windowed(frameSamples(m)), 240)),
    line: (m) => fill(words.frame, { n: m.shownFrame + 1, total: features.shown.nFrames }),
    detail: (body) => {
      if (!way.sound) return void noSound(body);
      const one = makeFigure(body, words.samplesOfFrame, "grow");
      const where = makeFigure(body, words.frameInSegment);
      const some = make("p", "numbers", body);
      return (m) => {
        if (!m.hasSound) return;
        const samples = frameSamples(m);
        const reach = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
        drawLine(one.canvas, thinned(windowed(samples), 1024), { pale: thinned(samples, 1024), reach });
        setText(one.said, fill(words.frame, { n: m.shownFrame + 1, total: features.shown.nFrames }));
        drawSamples(where.canvas, way.sound.samples, segmentFrom(m), segmentFrom(m) + segmentLength, { band: frameBand(m) });
        const middle = samples.length / 2;
        setText(some, `${words.middleSamples}: ${Array.from(samples.slice(middle, middle + 8), (v) => number(v, 2)).join("  ")} …`);
      };
    },
  };
  const mfcc = {
    mini: (canvas, m) => m.hasSound && drawBars(canvas, standard.shown(way.sound.shown.row(m.w, m.shownFrame)), { reach: 2.5 }),
    line: (m) => (m.hasSound ? brief(way.sound.shown.row(m.w, m.shownFrame)[0]) : ""),
    detail: (body) => {
      if (!way.sound) return void noSound(body);
      const bands = makeBars(body, words.bands, "grow");
      const arrow = make("p", "by", body, words.dct);
      arrow.setAttribute("aria-hidden", "true");
      const bars = makeBars(body, words.coefficients, "grow");
      const heat = makeHeat(body, words.coefficientsOfSegment);
      const { nMfcc, nFrames } = features.shown;
      return (m) => {
        if (!m.hasSound) return;
        const row = way.sound.bands.row(m.w, m.shownFrame);
        const floor = way.sound.bands.low;
        bands.draw(row.map((value) => value - floor), { reach: way.sound.bands.high - floor });
        const values = way.sound.shown.row(m.w, m.shownFrame);
        bars.draw(values, { reach: Math.max(...values.slice(1).map(Math.abs), 1e-9) });
        const rows = Array.from({ length: nFrames }, (_, x) => x);
        heat.draw(m.w, nMfcc, nFrames, ((all) => (y, x) => all[x][nMfcc - 1 - y])(
          rows.map((x) => standard.shown(way.sound.shown.row(m.w, x)))), sequential, -2.5, 2.5);
        heat.mark(m.shownFrame, 1, nFrames);
        setText(heat.said, fill(words.frame, { n: m.shownFrame + 1, total: nFrames }));
      };
    },
  };
  const melHeat = (heat, m) => {
    const [, nFrames, nMels] = way.sound.bands.shape;
    const { low, high } = way.sound.bands;
    heat.draw(m.w, nMels, nFrames, (y, x) => way.sound.bands.row(m.w, x)[nMels - 1 - y], sequential, low, high);
    heat.mark(m.step * features.hop, features.window, nFrames);
  };
  const mel = {
    mini: (canvas, m) => {
      if (!m.hasSound || canvas.shown === m.w) return;
      canvas.shown = m.w;
      const [, nFrames, nMels] = way.sound.bands.shape;
      drawHeat(canvas, nMels, nFrames, (y, x) => way.sound.bands.row(m.w, x)[nMels - 1 - y], sequential, way.sound.bands.low, way.sound.bands.high);
    },
    line: (m) => fill(words.segment, { n: m.segment + 1, total: way.nSegments }),
    detail: (body) => {
      if (!way.sound) return void noSound(body);
      const heat = makeHeat(body, words.melOfSegment, "grow");
      return (m) => {
        if (!m.hasSound) return;
        melHeat(heat, m);
        setText(heat.said, fill(words.window, { n: m.step + 1, total: way.nSteps }));
      };
    },
  };
  const stepHeat = (heat, m, array, standardise) => {
    const width = array.width;
    const rows = Array.from({ length: nColumns }, (_, x) => standardise(array.row(m.w, x)));
    heat.draw(m.w, width, nColumns, (y, x) => rows[x][width - 1 - y], sequential, -2.5, 2.5);
    heat.mark(m.column, 1, nColumns);
    setText(heat.said, fill(words.step, { n: m.step + 1, total: way.nSteps }));
  };
  const musicnn = {
    mini: (canvas, m) => drawBars(canvas, standard.steps(way.steps.row(m.w, m.column)), { reach: 2.5 }),
    line: (m) => fill(words.step, { n: m.step + 1, total: way.nSteps }),
    detail: (body) => {
      const bars = makeBars(body, words.valuesOfStep, "grow");
      const heat = makeHeat(body, words.valuesOfSegment, "grow");
      return (m) => {
        bars.draw(way.steps.row(m.w, m.column));
        stepHeat(heat, m, way.steps, standard.steps);
      };
    },
  };

  // ------------------------------------------------------------ from frames to steps

  let coefficient = 1; // whose slope is drawn
  const frameRow = (m, f) => way.sound.frames.row(m.w, f);
  const deltas = {
    mini: (canvas, m) => m.hasSound && drawBars(canvas, standard.deltas(way.sound.deltas.row(m.w, m.frame)), { reach: 2.5 }),
    line: (m) => (m.hasSound ? `Δ ${brief(way.sound.deltas.row(m.w, m.frame)[coefficient])}` : ""),
    detail: (body) => {
      if (!way.sound) return void noSound(body);
      const line = makeFigure(body, words.nineFrames, "grow");
      const bars = makeBars(body, words.slopes, "grow");
      const sum = make("p", "numbers", body);
      return (m) => {
        if (!m.hasSound) return;
        // At the ends of a segment the slope of the nearest nine whole frames is held.
        const middle = Math.max(4, Math.min(features.nFrames - 5, m.frame));
        const values = Array.from({ length: 9 }, (_, i) => frameRow(m, middle - 4 + i)[coefficient]);
        const mean = values.reduce((total, value) => total + value / 9, 0);
        const slope = way.sound.deltas.row(m.w, m.frame)[coefficient];
        const fitted = values.map((_, i) => slope * (i - 4));
        const around = values.map((value) => value - mean);
        const reach = Math.max(...around.map(Math.abs), ...fitted.map(Math.abs), 1e-9);
        drawLine(line.canvas, fitted, { pale: around, reach, mark: 4 });
        setText(line.said, `${words.mfcc} ${coefficient}: ${values.map((v) => number(v, 1)).join("  ")}`);
        bars.draw(way.sound.deltas.row(m.w, m.frame), {
          chosen: coefficient,
          onChoose: (i) => {
            coefficient = i;
            host.redraw();
          },
        });
        setText(sum, fill(words.slopeIs, { n: coefficient, value: brief(slope), total: features.nMfcc, all: 2 * features.nMfcc }));
      };
    },
  };
  const perFrame = features.nMfcc * (features.deltas ? 2 : 1);
  const textureColumns = (m) => {
    const both = (f) => [
      ...standard.frames(frameRow(m, f)),
      ...(features.deltas ? standard.deltas(way.sound.deltas.row(m.w, f)) : []),
    ];
    return Array.from({ length: features.texture }, (_, i) => both(m.step * features.texture + i));
  };
  const textures = {
    mini: (canvas, m) => {
      if (!m.hasSound) return void drawBars(canvas, standard.steps(way.steps.row(m.w, m.column)), { reach: 2.5 });
      const columns = [...textureColumns(m), [], ...[0, 1].map((half) =>
        Array.from(standard.steps(way.steps.row(m.w, m.column)).slice(half * perFrame, (half + 1) * perFrame)))];
      drawHeat(canvas, perFrame, columns.length, (y, x) => columns[x][perFrame - 1 - y] ?? NaN, sequential, -2.5, 2.5);
    },
    line: (m) => fill(words.step, { n: m.step + 1, total: way.nSteps }),
    detail: (body) => {
      const picture = make("div", "texture", body);
      const heat = (title) => makeHeat(picture, title, "plain");
      const five = heat(fill(words.framesOfStep, { n: features.texture, values: perFrame }));
      make("p", "by", picture, "→", { "aria-hidden": "true" });
      const [means, deviations] = [heat(fill(words.means, { n: perFrame })), heat(fill(words.deviations, { n: perFrame }))];
      make("p", "by", picture, "→", { "aria-hidden": "true" });
      const vector = makeBars(picture, fill(words.valuesTogether, { n: 2 * perFrame }), "grow");
      const groups = makeFigure(body, fill(words.groups, { frames: features.nFrames, n: features.texture, steps: way.nSteps }), "groups");
      const sum = make("p", "numbers", body);
      let chosen = 0;
      return (m) => {
        const row = way.steps.row(m.w, m.column);
        const standardised = standard.steps(row);
        const of = (half) => (y) => standardised[half * perFrame + perFrame - 1 - y];
        means.draw(`${m.w} ${m.step}`, perFrame, 1, of(0), sequential, -2.5, 2.5);
        deviations.draw(`${m.w} ${m.step}`, perFrame, 1, of(1), sequential, -2.5, 2.5);
        vector.draw(standardised, { reach: 3, chosen, onChoose: (i) => ((chosen = i), host.redraw()) });
        drawGroups(groups.canvas, m);
        setText(groups.said, fill(words.step, { n: m.step + 1, total: way.nSteps }));
        if (!m.hasSound) return void setText(sum, words.noSound);
        const columns = textureColumns(m);
        five.draw(`${m.w} ${m.step}`, perFrame, features.texture, (y, x) => columns[x][perFrame - 1 - y], sequential, -2.5, 2.5);
        five.mark(m.frame - m.step * features.texture, 1, features.texture);
        const i = chosen % perFrame;
        const raw = Array.from({ length: features.texture }, (_, f) => {
          const at = m.step * features.texture + f;
          return i < features.nMfcc ? frameRow(m, at)[i] : way.sound.deltas.row(m.w, at)[i - features.nMfcc];
        });
        const name = i < features.nMfcc ? `${words.mfcc} ${i}` : `Δ ${i - features.nMfcc}`;
        setText(sum, fill(chosen < perFrame ? words.meanIs : words.deviationIs, {
          name, values: raw.map((v) => number(v, 1)).join(", "), value: brief(row[chosen]) }));
      };
    },
  };
  // Frames as ticks, the steps that they become as brackets under them.
  const drawGroups = (canvas, m) => {
    const { context, width, height, scale, ink, accent } = inColours(canvas);
    const pitch = width / features.nFrames;
    for (let f = 0; f < features.nFrames; f++) {
      const isNow = Math.floor(f / features.texture) === m.step;
      context.globalAlpha = isNow ? 1 : 0.45;
      context.fillStyle = isNow ? accent : ink;
      context.fillRect(f * pitch, f === m.frame ? 0 : height * 0.15, Math.max(scale, pitch * 0.55), height * (f === m.frame ? 0.6 : 0.4));
    }
    for (let s = 0; s < way.nSteps; s++) {
      context.globalAlpha = s === m.step ? 1 : 0.45;
      context.fillStyle = s === m.step ? accent : ink;
      context.fillRect(s * pitch * features.texture, height * 0.75, pitch * (features.texture - 0.6), height * 0.25);
    }
    context.globalAlpha = 1;
  };
  const scaling = {
    mini: (canvas, m) => drawBars(canvas, way.scaled.row(m.w, m.column), { reach: 2.5 }),
    line: (m) => brief(way.scaled.row(m.w, m.column)[0]),
    detail: (body) => {
      const before = makeBars(body, words.before, "grow");
      const after = makeBars(body, words.after, "grow");
      const sum = make("p", "numbers", body);
      let chosen = 0;
      const onChoose = (i) => ((chosen = i), host.redraw());
      return (m) => {
        const [raw, scaled] = [way.steps.row(m.w, m.column), way.scaled.row(m.w, m.column)];
        before.draw(raw, { chosen, onChoose });
        after.draw(scaled, { chosen, onChoose });
        const [mean, deviation] = [way.weights.mean[chosen], way.weights.deviation[chosen]];
        setText(sum, `${fill(words.value, { n: chosen })}: (${brief(raw[chosen])} − ${mean < 0 ? `(${brief(mean)})` : brief(mean)}) / ${brief(deviation)} = ${brief(scaled[chosen])}`);
      };
    },
  };

  return {
    waveform, frames, mfcc, mel, musicnn, deltas, textures, scaling,
    ...makeNetworkStages({ way, words, host, hiddenOf, inputsOf, denseOf, top, nColumns }),
  }; // prettier-ignore
};
