// What listens live in the browser: samples in, MFCCs, gates, states and probabilities out.
// Pure functions and classes: no page, no clock, no sound card.  The numbers are those of
// genre.audio and genre.network, in double precision; docs/formats.md has the exported model.
// A segment that is whole is computed exactly as genre does it.  Before that it is computed from
// what was heard so far: its clipping and its level may still change, and the last frames' deltas
// are held as at a segment's end.

const WINDOW_SECONDS = 30; // of whole segments that are kept: at one level, and judged together
const DELTA_REACH = 4;
const MIN_COLUMN_SECONDS = 0.02;
const PASS_SECONDS = 0.25; // a bidirectional network reads all steps again, so more seldom

// ---- The exported model

const readModel = (exported) => {
  if (exported.version !== 1) throw new Error(`version ${exported.version} of a live model`);
  const values = new Float32Array(bytesOf(exported.values).buffer);
  const arrays = {};
  for (const { name, shape, first } of exported.arrays) {
    arrays[name] = values.subarray(first, first + shape.reduce((a, b) => a * b, 1));
  }
  const { features, network } = exported;
  const directions = network.bidirectional ? ["forward", "backward"] : ["forward"];
  const layers = network.units.map((units, i) =>
    directions.map((direction) => {
      const of = (name) => arrays[`recurrent_${i + 1}.${direction}.${name}`];
      const [kernel, recurrent, bias] = ["kernel", "recurrent_kernel", "bias"].map(of);
      return { units, cell: network.cell, kernel, recurrent, bias };
    }),
  );
  const n = Array.isArray(network.dense_units) ? network.dense_units.length : 1;
  const dense = Array.from({ length: n }, (_, i) => (i ? `dense_${i + 1}` : "dense"));
  const head = [...dense, "output"].map((name) => ({
    kernel: arrays[`${name}.kernel`],
    bias: arrays[`${name}.bias`],
  }));
  const scaling = network.scaling && {
    mean: arrays["normalization.mean"],
    deviation: Float64Array.from(arrays["normalization.variance"], (v) =>
      Math.max(Math.sqrt(v), 1e-7),
    ),
  };
  return {
    genres: exported.genres,
    features,
    network,
    layers,
    head,
    scaling,
    window: arrays.window,
    mel: { ...exported.mel, values: arrays.mel },
    dct: dctBasis(features.n_mels, features.n_mfcc),
    fft: makeFft(features.n_fft),
  };
};

// ---- Spectrum and MFCCs

const makeRadix2 = (n) => {
  const cos = Float64Array.from({ length: n / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sin = Float64Array.from({ length: n / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  const reversed = new Uint32Array(n);
  for (let i = 1; i < n; i++) reversed[i] = (reversed[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
  return (re, im) => {
    for (let i = 0; i < n; i++) {
      const j = reversed[i];
      if (j > i) {
        [re[i], re[j]] = [re[j], re[i]];
        [im[i], im[j]] = [im[j], im[i]];
      }
    }
    for (let half = 1; half < n; half *= 2) {
      const stride = n / (2 * half);
      for (let start = 0; start < n; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const a = start + k;
          const b = a + half;
          const c = cos[k * stride];
          const s = sin[k * stride];
          const x = re[b] * c - im[b] * s;
          const y = re[b] * s + im[b] * c;
          re[b] = re[a] - x;
          im[b] = im[a] - y;
          re[a] += x;
          im[a] += y;
        }
      }
    }
  };
};

// The discrete Fourier transform in place; of a length that is no power of two by Bluestein's
// convolution with a chirp.
const makeFft = (n) => {
  if (Number.isInteger(Math.log2(n))) return makeRadix2(n);
  const size = 2 ** Math.ceil(Math.log2(2 * n));
  const transform = makeRadix2(size);
  const angle = (k) => (Math.PI * ((k * k) % (2 * n))) / n;
  const cos = Float64Array.from({ length: n }, (_, k) => Math.cos(angle(k)));
  const sin = Float64Array.from({ length: n }, (_, k) => Math.sin(angle(k)));
  const [chirpRe, chirpIm] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 0; k < n; k++) {
    chirpRe[k] = chirpRe[(size - k) % size] = cos[k];
    chirpIm[k] = chirpIm[(size - k) % size] = sin[k];
  }
  transform(chirpRe, chirpIm);
  const [a, b] = [new Float64Array(size), new Float64Array(size)];
  return (re, im) => {
    a.fill(0);
    b.fill(0);
    for (let k = 0; k < n; k++) {
      a[k] = re[k] * cos[k] + im[k] * sin[k];
      b[k] = im[k] * cos[k] - re[k] * sin[k];
    }
    transform(a, b);
    for (let k = 0; k < size; k++) {
      const x = a[k] * chirpRe[k] - b[k] * chirpIm[k];
      b[k] = -(a[k] * chirpIm[k] + b[k] * chirpRe[k]); // the conjugate: transformed back
      a[k] = x;
    }
    transform(a, b);
    for (let k = 0; k < n; k++) {
      re[k] = (a[k] * cos[k] - b[k] * sin[k]) / size;
      im[k] = (-b[k] * cos[k] - a[k] * sin[k]) / size;
    }
  };
};

const dctBasis = (nMels, nMfcc) => {
  const basis = new Float64Array(nMels * nMfcc);
  for (let band = 0; band < nMels; band++) {
    for (let k = 0; k < nMfcc; k++) {
      const scale = Math.sqrt((k ? 2 : 1) / nMels);
      basis[band * nMfcc + k] = scale * Math.cos((Math.PI * (band + 0.5) * k) / nMels);
    }
  }
  return basis;
};

// Decibels of each mel band of the frame centred on a sample of a segment; zeros lie around it.
const melDecibels = (model, samples, centre) => {
  const { n_fft: n, n_mels: nMels } = model.features;
  const [re, im] = [new Float64Array(n), new Float64Array(n)];
  const start = centre - Math.floor(n / 2);
  for (let i = Math.max(0, -start); i < n && start + i < samples.length; i++) {
    re[i] = samples[start + i] * model.window[i];
  }
  model.fft(re, im);
  const decibels = new Float64Array(nMels);
  for (let band = 0, at = 0; band < nMels; band++) {
    const first = model.mel.first[band];
    let power = 0;
    for (let bin = first; bin < first + model.mel.n_bins[band]; bin++, at++) {
      power += (re[bin] * re[bin] + im[bin] * im[bin]) * model.mel.values[at];
    }
    decibels[band] = 10 * Math.log10(Math.max(power, 1e-10));
  }
  return decibels;
};

const mfccOf = (model, decibels, loudest) => {
  const { n_mfcc: n, top_db: topDb } = model.features;
  const coefficients = new Float64Array(n);
  for (let band = 0; band < decibels.length; band++) {
    const db = Math.max(decibels[band], loudest - topDb);
    for (let k = 0; k < n; k++) coefficients[k] += db * model.dct[band * n + k];
  }
  return coefficients;
};

// ---- Level and steps

// The power of the mel spectrum that some MFCCs describe.
const powerOf = (model, coefficients) => {
  const n = coefficients.length;
  let power = 0;
  for (let band = 0; band < model.features.n_mels; band++) {
    let db = 0;
    for (let k = 0; k < n; k++) db += coefficients[k] * model.dct[band * n + k];
    power += 10 ** (db / 10);
  }
  return power;
};

// Decibels of the mean power of all but the blocks far below the mean of all.
const levelOf = (model, ...parts) => {
  let [sum, nAll] = [0, 0];
  for (const powers of parts) {
    for (let i = 0; i < powers.length; i++) sum += powers[i];
    nAll += powers.length;
  }
  const least = (sum / nAll) * 10 ** (-model.features.gate_db / 10);
  let [loud, n] = [0, 0];
  for (const powers of parts) {
    for (let i = 0; i < powers.length; i++) {
      if (powers[i] < least) continue;
      loud += powers[i];
      n += 1;
    }
  }
  return 10 * Math.log10(loud / n);
};

// What the network reads at a step, of the first n frames of a segment, at a level in dB.
const stepAt = (model, frames, n, step, level) => {
  const { n_mfcc: nMfcc, deltas, n_mels: nMels } = model.features;
  const size = Math.max(1, model.features.texture_frames);
  const nValues = nMfcc * (deltas ? 2 : 1);
  const last = Math.min(n, (step + 1) * size);
  const rows = [];
  for (let t = step * size; t < last; t++) {
    const row = new Float64Array(nValues);
    row.set(frames[t]);
    row[0] -= Math.sqrt(nMels) * level;
    if (deltas) {
      const centre = n > 2 * DELTA_REACH ? clamp(t, DELTA_REACH, n - 1 - DELTA_REACH) : t;
      for (let k = -DELTA_REACH; k <= DELTA_REACH; k++) {
        const frame = frames[clamp(centre + k, 0, n - 1)];
        for (let i = 0; i < nMfcc; i++) row[nMfcc + i] += (k / 60) * frame[i];
      }
    }
    rows.push(row);
  }
  if (model.features.texture_frames <= 1) return rows[0];
  const texture = new Float64Array(2 * nValues);
  for (let i = 0; i < nValues; i++) {
    const mean = rows.reduce((sum, row) => sum + row[i], 0) / rows.length;
    texture[i] = mean;
    const variance = rows.reduce((sum, row) => sum + (row[i] - mean) ** 2, 0) / rows.length;
    texture[nValues + i] = Math.sqrt(variance);
  }
  return texture;
};


// ---- The network

const scaledOf = (model, values) => {
  if (!model.scaling) return values;
  const { mean, deviation } = model.scaling;
  return values.map((value, i) => clamp((value - mean[i]) / deviation[i], -1e30, 1e30));
};

const affine = (inputs, kernel, sums) => {
  const columns = sums.length;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    if (input === 0) continue;
    for (let j = 0, at = i * columns; j < columns; j++, at++) sums[j] += input * kernel[at];
  }
  return sums;
};

const newState = (layer) => ({
  hidden: new Float64Array(layer.units),
  cell: new Float64Array(layer.units),
});

const sigmoid = (x) => 0.5 * Math.tanh(x / 2) + 0.5;

// One step of a recurrent layer: the new state, with the gates where it has them.
const advance = (layer, inputs, state) => {
  const sums = affine(inputs, layer.kernel, Float64Array.from(layer.bias));
  affine(state.hidden, layer.recurrent, sums);
  if (layer.cell === "simple_rnn") return { hidden: sums.map(Math.tanh), cell: state.cell };
  const n = layer.units;
  const gate = (i) => sums.subarray(i * n, (i + 1) * n);
  const [input, forget, candidate, output] = [0, 1, 2, 3].map(gate);
  const cell = new Float64Array(n);
  const hidden = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    input[i] = sigmoid(input[i]);
    forget[i] = sigmoid(forget[i]);
    candidate[i] = Math.tanh(candidate[i]);
    output[i] = sigmoid(output[i]);
    cell[i] = forget[i] * state.cell[i] + input[i] * candidate[i];
    hidden[i] = output[i] * Math.tanh(cell[i]);
  }
  return { hidden, cell, input, forget, candidate, output };
};

// What the dense layers read: outputs of the last recurrent layer, step after step.
class Pool {
  constructor(model) {
    this.model = model;
    this.n = 0;
  }

  copy() {
    const other = Object.assign(new Pool(this.model), this);
    for (const name of ["sum", "most", "shortcut"]) other[name] = this[name]?.slice();
    return other;
  }

  add(output, scaled) {
    this.n += 1;
    if (this.n === 1) {
      this.first = output;
      [this.sum, this.most, this.shortcut] = [output.slice(), output.slice(), scaled.slice()];
    } else {
      output.forEach((value, i) => {
        this.sum[i] += value;
        if (value > this.most[i]) this.most[i] = value;
      });
      scaled.forEach((value, i) => (this.shortcut[i] += value));
    }
    this.last = output;
  }

  value() {
    const { pooling, units } = this.model.network;
    const n = units[units.length - 1];
    if (pooling === "last") return joined(this.last.slice(0, n), this.first.slice(n));
    const mean = this.sum.map((value) => value / this.n);
    if (pooling === "mean_max") return joined(mean, this.most);
    if (pooling === "mean_shortcut") return joined(mean, this.shortcut.map((v) => v / this.n));
    return mean;
  }
}

const joined = (a, b) => {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

const headOf = (model, pooled) => {
  let values = pooled;
  model.head.forEach(({ kernel, bias }, i) => {
    values = affine(values, kernel, Float64Array.from(bias));
    if (i < model.head.length - 1) values = values.map((value) => Math.max(value, 0));
  });
  const highest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
};

// A network that reads forward, step by step; a copy of it may read on by itself.
class Reading {
  constructor(model) {
    this.model = model;
    this.states = model.layers.map(([layer]) => newState(layer));
    this.pool = new Pool(model);
  }

  copy() {
    const other = Object.assign(new Reading(this.model), { states: [...this.states] });
    other.pool = this.pool.copy();
    return other;
  }

  read(step) {
    const scaled = scaledOf(this.model, step);
    let values = scaled;
    this.model.layers.forEach(([layer], i) => {
      this.states[i] = advance(layer, values, this.states[i]);
      values = this.states[i].hidden;
    });
    this.pool.add(values, scaled);
  }

  get lastLayer() {
    return this.states[this.states.length - 1];
  }

  probabilities() {
    return headOf(this.model, this.pool.value());
  }
}

// All steps of a segment, through a network of one direction or both.
const readSegment = (model, steps) => {
  if (!model.network.bidirectional) {
    const reading = new Reading(model);
    steps.forEach((step) => reading.read(step));
    return { probabilities: reading.probabilities(), lastLayer: reading.lastLayer };
  }
  const scaled = steps.map((step) => scaledOf(model, step));
  let inputs = scaled;
  let lastLayer = null;
  for (const [forward, backward] of model.layers) {
    const states = [forward, backward].map((layer, i) => {
      const order = inputs.map((_, t) => (i ? inputs.length - 1 - t : t));
      const found = new Array(inputs.length);
      let state = newState(layer);
      for (const t of order) found[t] = state = advance(layer, inputs[t], state);
      return found;
    });
    lastLayer = states[0][states[0].length - 1]; // of the direction that reads forward
    inputs = states[0].map((state, t) => joined(state.hidden, states[1][t].hidden));
  }
  const pool = new Pool(model);
  inputs.forEach((output, t) => pool.add(output, scaled[t]));
  return { probabilities: headOf(model, pool.value()), lastLayer };
};

// ---- Listening

// Feed it samples at the model's rate.  Memory is bounded: one segment of samples, and what is
// needed of the last 30 s of segments.
class Listener {
  constructor(model) {
    const { sr, hop_length: hop, segment_samples: samples, block_samples: block } = model.features;
    this.model = model;
    this.nKept = Math.max(1, Math.floor((WINDOW_SECONDS * sr) / samples));
    this.nBlocks = Math.max(1, Math.floor((this.nKept * samples) / block));
    this.stride = Math.max(1, Math.ceil((MIN_COLUMN_SECONDS * sr) / hop));
    this.kept = []; // whole segments, the oldest first
    this.left = { sum: new Float64Array(model.genres.length), n: 0 }; // those no longer kept
    this.blocks = []; // mean squares
    this.block = { sum: 0, n: 0 };
    this.peak = 0;
    this.nSamples = 0;
    this.nSegments = 0;
    this.begin();
  }

  begin() {
    const n = this.model.features.segment_samples;
    this.samples = new Float32Array(n);
    this.n = 0;
    this.segmentPeak = 0;
    this.decibels = [];
    this.frames = [];
    this.powers = [];
    this.loudest = -Infinity;
    this.reading = this.model.network.bidirectional ? null : new Reading(this.model);
    this.nRead = 0;
    this.lastPass = -Infinity;
    this.current = null;
    this.swing = [Infinity, -Infinity];
  }

  // Take samples in; return a column for each frame (of tiny hops, for each few of them).
  push(samples) {
    const { n_fft: nFft, hop_length: hop, segment_samples: length } = this.model.features;
    const columns = [];
    for (let i = 0; i < samples.length; ) {
      const wanted = this.frames.length * hop - Math.floor(nFft / 2) + nFft;
      const end = Math.min(length, Math.max(wanted, this.n + 1));
      const taken = samples.subarray(i, i + end - this.n);
      this.take(taken);
      i += taken.length;
      if (this.n === wanted && this.n < length) this.addFrame(columns);
      if (this.n === length) {
        while (this.frames.length < this.model.features.n_frames) this.addFrame(columns);
        this.finish();
      }
    }
    return columns;
  }

  take(samples) {
    this.samples.set(samples, this.n);
    this.n += samples.length;
    this.nSamples += samples.length;
    const { block_samples: block } = this.model.features;
    for (const sample of samples) {
      this.block.sum += sample * sample;
      this.block.n += 1;
      if (this.block.n === block) {
        this.blocks.push(this.block.sum / block);
        if (this.blocks.length > this.nBlocks) this.blocks.shift();
        this.block = { sum: 0, n: 0 };
      }
      this.segmentPeak = Math.max(this.segmentPeak, Math.abs(sample));
      if (sample < this.swing[0]) this.swing[0] = sample;
      if (sample > this.swing[1]) this.swing[1] = sample;
    }
    this.peak = Math.max(this.peak, this.segmentPeak);
  }

  addFrame(columns) {
    const t = this.frames.length;
    const centre = t * this.model.features.hop_length;
    const decibels = melDecibels(this.model, this.samples.subarray(0, this.n), centre);
    for (const db of decibels) this.loudest = Math.max(this.loudest, db);
    this.decibels.push(decibels);
    this.frames.push(mfccOf(this.model, decibels, this.loudest));
    if (this.model.features.level) this.powers.push(powerOf(this.model, this.frames[t]));
    if (this.frames.length % this.stride) return;
    this.readSoFar();
    this.refreshOne();
    const now = this.now();
    columns.push({
      swing: this.swing,
      mfcc: this.frames[t],
      now,
      layer: this.current?.lastLayer,
      sample: this.nSamples - this.n + centre,
      isFirst: t < this.stride, // of its segment: the state began anew
    });
    this.swing = [Infinity, -Infinity];
  }

  // Read the steps that are there; those whose values will not change are read once.
  readSoFar() {
    const { deltas, texture_frames: texture } = this.model.features;
    const [n, size] = [this.frames.length, Math.max(1, texture)];
    const nSteps = Math.min(Math.ceil(n / size), this.model.features.n_steps);
    const level = this.level();
    const at = (step) => stepAt(this.model, this.frames, n, step, level);
    if (!this.reading) {
      const seconds = this.n / this.model.features.sr;
      if (this.current && seconds - this.lastPass < PASS_SECONDS) return;
      this.lastPass = seconds;
      this.current = readSegment(this.model, Array.from({ length: nSteps }, (_, i) => at(i)));
      return;
    }
    const nFuture = deltas ? DELTA_REACH : 0;
    const isFinal = (step) =>
      (step + 1) * size + nFuture <= n && (!deltas || n > 2 * DELTA_REACH);
    while (this.nRead < nSteps && isFinal(this.nRead)) this.reading.read(at(this.nRead++));
    const ahead = this.reading.copy();
    for (let step = this.nRead; step < nSteps; step++) ahead.read(at(step));
    this.current = { probabilities: ahead.probabilities(), lastLayer: ahead.lastLayer };
  }

  // The level of what is kept and of the segment that is heard.
  level(withCurrent = true) {
    if (!this.model.features.level) return 0;
    const parts = this.kept.map((segment) => segment.powers);
    return levelOf(this.model, ...parts, ...(withCurrent ? [this.powers] : []));
  }

  // The segment is whole: compute it as genre does.
  finish() {
    const frames = this.decibels.map((db) => mfccOf(this.model, db, this.loudest));
    const powers = this.model.features.level ? frames.map((f) => powerOf(this.model, f)) : [];
    this.kept.push({ frames, powers, peak: this.segmentPeak, level: null, probabilities: null });
    this.nSegments += 1;
    if (this.kept.length > this.nKept) {
      const oldest = this.kept.shift();
      if (this.isAudible(oldest.peak)) {
        oldest.probabilities.forEach((p, i) => (this.left.sum[i] += p));
        this.left.n += 1;
      }
    }
    this.wholeLevel = this.level(false);
    this.refresh(this.kept[this.kept.length - 1]);
    this.begin();
  }

  refresh(segment) {
    const { frames } = segment;
    const steps = Array.from({ length: this.model.features.n_steps }, (_, i) =>
      stepAt(this.model, frames, frames.length, i, this.wholeLevel),
    );
    segment.probabilities = readSegment(this.model, steps).probabilities;
    segment.level = this.wholeLevel;
  }

  // Bring one earlier segment to the level that is now known.
  refreshOne() {
    const stale = this.kept.find((segment) => segment.level !== this.wholeLevel);
    if (stale) this.refresh(stale);
    return Boolean(stale);
  }

  // Whether a segment of such a peak holds sound, by the level of the last 30 s.
  isAudible(peak) {
    const { silence_db: below, silence_peak: silence } = this.model.features;
    if (this.peak < silence) return false;
    const blocks = this.blocks.length ? this.blocks : [this.block.sum / Math.max(1, this.block.n)];
    const level = levelOf(this.model, blocks);
    return peak >= 10 ** ((level - below) / 20);
  }

  // Probabilities of the last segment's worth of sound: what is heard now counts by its length.
  now() {
    const last = this.kept[this.kept.length - 1];
    const before = last && this.isAudible(last.peak) ? last.probabilities : null;
    const current = this.current && this.isAudible(this.segmentPeak) ? this.current : null;
    if (!current) return before;
    if (!before) return current.probabilities;
    const share = this.frames.length / this.model.features.n_frames;
    return current.probabilities.map((p, i) => share * p + (1 - share) * before[i]);
  }

  // Mean over the whole segments that hold sound, as genre's Prediction; null before the first.
  // Of a recording within 30 s it is genre's own; of more, segments stay as they left.
  verdict() {
    while (this.refreshOne());
    const sum = this.left.sum.slice();
    let n = this.left.n;
    for (const segment of this.kept) {
      if (!this.isAudible(segment.peak)) continue;
      segment.probabilities.forEach((p, i) => (sum[i] += p));
      n += 1;
    }
    return n ? { probabilities: sum.map((value) => value / n), n } : null;
  }
}

// ---- Sound

// From one rate to another by a linear-phase FIR filter in polyphase form: a sinc of 64 zero
// crossings to each side in a Kaiser window (beta 9: 90 dB), flat to 0.91 of the lower half rate.
class Resampler {
  constructor(from, to) {
    const divisor = ((a, b) => {
      while (b) [a, b] = [b, a % b];
      return a;
    })(from, to);
    [this.up, this.down] = [to / divisor, from / divisor];
    const ratio = Math.min(1, to / from);
    this.half = Math.ceil(64 / ratio);
    this.cutoff = 0.955 * ratio;
    this.phases = new Map();
    this.held = new Float32Array(this.half); // silence before the first sample
    this.first = -this.half; // the input's index of the first held sample
    this.next = 0; // index of the next output
  }

  taps(phase) {
    if (!this.phases.has(phase)) {
      const taps = new Float64Array(2 * this.half + 1);
      let sum = 0;
      for (let i = 0; i < taps.length; i++) {
        const x = i - this.half - phase / this.up;
        const inside = 1 - (x / (this.half + 1)) ** 2;
        const sinc = x ? Math.sin(Math.PI * this.cutoff * x) / (Math.PI * x) : this.cutoff;
        taps[i] = sinc * bessel(9 * Math.sqrt(Math.max(0, inside)));
        sum += taps[i];
      }
      this.phases.set(phase, taps.map((tap) => tap / sum));
    }
    return this.phases.get(phase);
  }

  push(samples) {
    if (this.up === this.down) return samples;
    const held = new Float32Array(this.held.length + samples.length);
    held.set(this.held);
    held.set(samples, this.held.length);
    const out = [];
    for (;;) {
      const centre = Math.floor((this.next * this.down) / this.up);
      const start = centre - this.half - this.first;
      if (start + 2 * this.half >= held.length) break;
      const taps = this.taps((this.next * this.down) % this.up);
      let value = 0;
      for (let i = 0; i < taps.length; i++) value += taps[i] * held[start + i];
      out.push(value);
      this.next += 1;
    }
    const used = Math.floor((this.next * this.down) / this.up) - this.half - this.first;
    this.held = held.slice(Math.min(used, held.length));
    this.first += Math.min(used, held.length);
    return Float32Array.from(out);
  }
}

// The modified Bessel function of the first kind, of order 0.
const bessel = (x) => {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};

// The last seconds of a sound.
class Tape {
  constructor(n) {
    this.samples = new Float32Array(n);
    this.n = 0;
  }

  push(samples) {
    for (const sample of samples) this.samples[this.n++ % this.samples.length] = sample;
  }

  get length() {
    return Math.min(this.n, this.samples.length);
  }

  read() {
    const start = this.n - this.length;
    return Float32Array.from(
      { length: this.length },
      (_, i) => this.samples[(start + i) % this.samples.length],
    );
  }
}

// A WAV file: mono, 16 bit.
const encodeWav = (samples, sr) => {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, word) => [...word].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sr, true);
  view.setUint32(28, 2 * sr, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, i) =>
    view.setInt16(44 + 2 * i, Math.round(clamp(sample, -1, 1) * 32767), true),
  );
  return new Uint8Array(view.buffer);
};
