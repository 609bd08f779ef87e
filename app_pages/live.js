// Listening live: what live_engine.js computes of the sound of live_sound.js, drawn as it comes.
// The engine and the sound stand before this in one script. Streamlit calls the default export
// again whenever the page has run; all goes on unless `identity` has changed.

const LANE_SECONDS = 10;
const KEPT_SECONDS = 30;
const KEPT_RATE = 22050;
const DRAW_MS = 25; // 40 pictures a second
const CALM_MS = 500; // where less motion is asked for
const RANKING_MS = 125;
const QUIET = 1e-3; // -60 dB of full scale
const QUIET_SECONDS = 3;
const UNIT_RANGES = {
  forget: [0, 1],
  input: [0, 1],
  output: [0, 1],
  cell: [-2, 2],
  hidden: [-1, 1],
};
const PARTS = "start source file keep meter player status so-far said ranking lanes lag".split(" ");
const listeners = new WeakMap(); // what listens at each place on the page

const base64Of = (bytes) => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) {
    text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  }
  return btoa(text);
};

// ---- Lanes: the last seconds, the newest at the right

const makeLane = (parent, title, range) => {
  const lane = make("div", "lane", parent);
  const words = make("div", "title", lane);
  make("span", "", words, title);
  if (range) make("span", "range", words, range.replace("-", "−"));
  return make("canvas", "", lane, "", { role: "img", "aria-label": title });
};

// A heat map in a ring of columns.
class HeatLane {
  constructor(parent, title, { rows, columns, colours, low, high, range }) {
    this.canvas = makeLane(parent, title, range);
    this.ring = document.createElement("canvas");
    for (const canvas of [this.canvas, this.ring]) [canvas.width, canvas.height] = [columns, rows];
    this.context = this.canvas.getContext("2d");
    this.inRing = this.ring.getContext("2d");
    this.column = this.inRing.createImageData(1, rows);
    Object.assign(this, { rows, columns, colours, low, high });
  }

  add(at, values, isGap) {
    const { data } = this.column;
    for (let row = 0; row < this.rows; row++) {
      const share = (values[row] - this.low) / (this.high - this.low);
      const colour = 3 * Math.round(255 * clamp(share, 0, 1));
      for (let i = 0; i < 3; i++) data[4 * row + i] = this.colours[colour + i];
      data[4 * row + 3] = isGap ? 0 : 255;
    }
    this.inRing.putImageData(this.column, at % this.columns, 0);
  }

  draw(n) {
    const oldest = n % this.columns;
    this.context.clearRect(0, 0, this.columns, this.rows);
    this.context.drawImage(this.ring, -oldest, 0);
    this.context.drawImage(this.ring, this.columns - oldest, 0);
  }
}

class WaveLane {
  constructor(parent, title, columns, colours) {
    this.canvas = makeLane(parent, title);
    this.canvas.className = "wave";
    [this.canvas.width, this.canvas.height] = [columns, 96];
    this.context = this.canvas.getContext("2d");
    this.ring = Array.from({ length: columns }, () => null);
    Object.assign(this, { columns, colours });
  }

  add(at, { swing, now }) {
    const best = now ? now.indexOf(Math.max(...now)) : -1;
    // The last frames of a segment come at once: the column before stands for them too.
    const before = this.ring[(at + this.columns - 1) % this.columns] ?? { low: 0, high: 0 };
    const [low, high] = swing[0] > swing[1] ? [before.low, before.high] : swing;
    this.ring[at % this.columns] = { low, high, best, share: best < 0 ? 0 : now[best] };
  }

  draw(n) {
    const loudest = this.ring.reduce((m, c) => (c ? Math.max(m, c.high, -c.low) : m), 0.02);
    const { context } = this;
    context.clearRect(0, 0, this.columns, 96);
    for (let x = 0; x < this.columns; x++) {
      const column = this.ring[(n + x) % this.columns];
      if (!column) continue;
      context.globalAlpha = column.best < 0 ? 1 : 0.35 + 0.65 * column.share;
      context.fillStyle = column.best < 0 ? "#808080" : this.colours[column.best];
      const height = (47 * (column.high - column.low)) / loudest;
      context.fillRect(x, 48 - (47 * column.high) / loudest, 1, Math.max(1, height));
    }
    context.globalAlpha = 1;
  }
}

// MFCCs relative to their own mean and deviation so far: the first would hide all others.
class Standardizer {
  constructor(n, most) {
    this.n = 0;
    this.most = most;
    this.mean = new Float64Array(n);
    this.square = Float64Array.from({ length: n }, (_, k) => (k ? 900 / (1 + k) : 3600));
  }

  of(values) {
    this.n = Math.min(this.n + 1, this.most);
    return Float32Array.from(values, (value, k) => {
      const off = value - this.mean[k];
      this.mean[k] += off / this.n;
      if (this.n > 1) this.square[k] += (off * off - this.square[k]) / Math.max(this.n, 40);
      return (value - this.mean[k]) / Math.sqrt(this.square[k] + 1e-6);
    });
  }
}

const makeLanes = (parent, data, model) => {
  parent.replaceChildren();
  const { words, colours, tables, titles, showsGates } = data;
  const { sr, hop_length: hop, n_mfcc: nMfcc } = model.features;
  const stride = new Listener(model).stride;
  const columns = Math.round((LANE_SECONDS * sr) / (hop * stride));
  const wave = new WaveLane(parent, words.waveform, columns, colours);
  const standard = new Standardizer(nMfcc, columns);
  const sequential = bytesOf(tables.sequential);
  const standardized = { rows: nMfcc, columns, colours: sequential, low: -2.5, high: 2.5 };
  const mfcc = new HeatLane(parent, words.mfcc, standardized);
  const { units, cell } = model.layers[model.layers.length - 1][0];
  const shown = cell === "lstm" ? Object.keys(UNIT_RANGES) : ["hidden"];
  const gates = (showsGates ? shown : []).map((quantity) => {
    const [low, high] = UNIT_RANGES[quantity];
    const table = low ? bytesOf(tables.diverging) : sequential;
    const range = fill(words.to, { low, high });
    const options = { rows: units, columns, colours: table, low, high, range };
    return [quantity, new HeatLane(parent, titles[quantity], options)];
  });
  const axis = make("div", "axis", parent);
  make("span", "", axis, words.ago);
  make("span", "", axis, words.now_mark);
  const lanes = [wave, mfcc, ...gates.map(([, lane]) => lane)];
  let n = 0;
  return {
    add(column) {
      wave.add(n, column);
      mfcc.add(n, standard.of(column.mfcc), column.isFirst);
      for (const [quantity, lane] of gates) {
        lane.add(n, column.layer?.[quantity] ?? [], column.isFirst || !column.layer);
      }
      n += 1;
    },
    draw: () => lanes.forEach((lane) => lane.draw(n)),
  };
};

// ---- The ranking

const makeRanking = (parent, data) => {
  parent.replaceChildren();
  const { genres } = data;
  const { segment_seconds: seconds } = data.model.features;
  make("div", "heading", parent, fill(data.words.now, { seconds }));
  const top = make("ol", "top", parent);
  const details = make("details", "", parent);
  make("summary", "", details, data.words.others);
  const others = make("ol", "others", details);
  const row = (list) => fillGenreRow(make("li", "", list));
  const rows = genres.map((_, i) => row(i < 3 ? top : others));
  details.hidden = genres.length <= 3;
  return (probabilities) => {
    const order = genres.map((_, i) => i);
    if (probabilities) order.sort((a, b) => probabilities[b] - probabilities[a]);
    rows.forEach((showGenre, place) => {
      const genre = order[place];
      const name = probabilities || place > 2 ? genres[genre] : "–";
      showGenre(name, probabilities ? probabilities[genre] : null, data.colours[genre]);
    });
  };
};

// ---- The component

class Live {
  constructor(root, data) {
    Object.assign(this, { root, data, sound: null, audio: null, isStarting: false });
    this.parts = Object.fromEntries(PARTS.map((name) => [name, root.querySelector(`.${name}`)]));
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    const { start, source, keep, file } = this.parts;
    start.onclick = () => (this.sound ? this.stop() : this.start());
    keep.onclick = () => this.keep();
    source.onchange = () => this.chooseSource();
    file.onchange = () => this.chooseFile();
    for (const part of [root, ...root.querySelectorAll("[data-label]")]) {
      part.setAttribute("aria-label", data.words[part.dataset.label]);
    }
    for (const part of root.querySelectorAll("[data-words]")) {
      part.textContent = data.words[part.dataset.words];
    }
    this.chooseSource();
    this.rank = makeRanking(this.parts.ranking, data);
    this.rank(null);
    this.show();
  }

  say(name) {
    const text = this.data.words[name] ?? "";
    if (this.parts.status.textContent !== text) this.parts.status.textContent = text;
    this.parts.status.dataset.word = name;
  }

  // Label and enable what can be pressed.
  show() {
    const { words } = this.data;
    const { start, source, keep, file } = this.parts;
    start.textContent = this.sound ? words.stop : this.isStarting ? words.starting : words.start;
    start.disabled = this.isStarting;
    keep.textContent = words.keep;
    keep.disabled = !this.tape || this.tape.length < (this.rate ?? 1);
    source.disabled = file.disabled = Boolean(this.sound) || this.isStarting;
    this.root.dataset.state = this.sound ? "listening" : "idle";
  }

  chooseSource() {
    const { source, file, player } = this.parts;
    file.hidden = player.hidden = source.value !== "file";
    if (this.sound) return;
    this.say({ tab: "ready_tab", file: "ready_file" }[source.value] ?? "ready");
  }

  chooseFile() {
    const [file] = this.parts.file.files;
    this.parts.player.replaceChildren();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = file ? URL.createObjectURL(file) : "";
    this.audio = null;
  }

  async start() {
    this.isStarting = true;
    this.show();
    globalThis.genreLabSound?.pause(); // or the microphone hears the song player
    try {
      const isFile = this.parts.source.value === "file";
      this.parts.player.replaceChildren(); // an element can be tapped once only
      this.audio = isFile && this.url ? make("audio", "", this.parts.player) : null;
      if (this.audio) [this.audio.controls, this.audio.src] = [true, this.url];
      this.model ??= readModel(this.data.model);
      this.listener = this.tape = null;
      const sound = await startSound(
        this.parts.source.value,
        this.audio,
        (samples, time) => this.hear(samples, time),
        () => this.stop("ended"),
      );
      if (this.isOver) return sound.stop();
      this.begin(sound);
    } catch (error) {
      if (!(error instanceof SoundError)) console.error(error);
      this.say(error instanceof SoundError ? error.message : "failed");
    } finally {
      this.isStarting = false;
      this.show();
    }
  }

  begin(sound) {
    this.sound = sound;
    this.rate = sound.context.sampleRate;
    this.resampler = new Resampler(this.rate, this.model.features.sr);
    this.listener = new Listener(this.model);
    this.tape = new Tape(KEPT_SECONDS * this.rate);
    this.lanes = makeLanes(this.parts.lanes, this.data, this.model);
    Object.assign(this, { level: 0, firstTime: null, newest: null, lags: [], loudAt: null });
    Object.assign(this, { dueAt: 0, rankedAt: 0, saidAt: 0, nSaid: 0, leader: -1 });
    this.say("listening");
    const follow = (time) => {
      if (this.sound !== sound) return;
      if (time >= this.dueAt) {
        const every = this.calm.matches ? CALM_MS : DRAW_MS;
        this.dueAt = Math.max(this.dueAt + every, time - every); // on average no more often
        this.draw(time);
      }
      requestAnimationFrame(follow);
    };
    requestAnimationFrame(follow);
  }

  hear(samples, time) {
    if (!this.listener) return; // it is still starting
    this.firstTime ??= time;
    this.loudAt ??= time;
    this.tape.push(samples);
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    this.level = Math.max(peak, this.level * 0.9);
    if (peak >= QUIET) this.loudAt = time;
    this.isQuiet = time - this.loudAt > QUIET_SECONDS;
    for (const column of this.listener.push(this.resampler.push(samples))) {
      this.lanes.add(column);
      this.newest = column;
    }
  }

  draw(time) {
    this.lanes.draw();
    const { meter } = this.parts;
    const decibels = clamp(20 * Math.log10(Math.max(this.level, 1e-6)), -60, 0);
    meter.firstElementChild.style.width = percent(1 + decibels / 60);
    if (this.newest && this.firstTime !== null) {
      const drawn = this.firstTime + this.newest.sample / this.model.features.sr;
      this.lags.push(1000 * (this.sound.context.currentTime - drawn));
      if (this.lags.length > 400) this.lags.splice(0, 200);
    }
    if (time - this.rankedAt < RANKING_MS) return;
    this.rankedAt = time;
    this.rank(this.newest?.now ?? null);
    this.say(this.isQuiet ? "quiet" : "listening");
    if (this.parts.keep.disabled) this.show();
    if (time - this.saidAt < 1000) return;
    this.saidAt = time;
    meter.setAttribute("aria-valuenow", Math.round(decibels));
    this.sayVerdict();
  }

  // Once a second at most: the verdict on all segments, and how late the picture is.
  sayVerdict() {
    const { words } = this.data;
    const lags = [...this.lags].sort((a, b) => a - b);
    if (lags.length > 20) {
      const middle = Math.round(lags[Math.floor(lags.length / 2)]);
      this.parts.lag.textContent = fill(words.lag, { ms: middle });
      this.root.dataset.lag = `${middle} ${Math.round(lags[Math.floor(0.95 * lags.length)])}`;
    }
    if (this.listener.nSegments === this.nSaid) return;
    this.nSaid = this.listener.nSegments;
    const verdict = this.listener.verdict();
    if (!verdict) return;
    const { genres } = this.data;
    const { probabilities } = verdict;
    const order = genres.map((_, i) => i).sort((a, b) => probabilities[b] - probabilities[a]);
    const parts = order.slice(0, 3).map((i) => `${genres[i]} ${percent(probabilities[i])}`);
    const seconds = verdict.n * (this.model.features.segment_samples / this.model.features.sr);
    const fields = { seconds: Math.round(seconds), genres: parts.join(", ") };
    const line = fill(words.so_far, fields);
    this.parts["so-far"].textContent = line;
    if (order[0] !== this.leader) this.parts.said.textContent = line; // for a screen reader
    this.leader = order[0];
  }

  stop(word = "") {
    const { sound } = this;
    this.sound = null;
    sound?.stop();
    this.parts.meter.firstElementChild.style.width = "0";
    if (word) this.say(word);
    else this.chooseSource();
    this.show();
  }

  keep() {
    const { keep } = this.parts;
    [keep.disabled, keep.textContent] = [true, this.data.words.keeping];
    this.stop();
    [keep.disabled, keep.textContent] = [true, this.data.words.keeping];
    setTimeout(() => {
      const samples = this.tape.read();
      const resampler = new Resampler(this.rate, KEPT_RATE);
      const most = Math.floor((samples.length * KEPT_RATE) / this.rate);
      const rest = new Float32Array(2 * resampler.half + 2);
      const kept = [samples, rest].map((part) => resampler.push(part));
      const all = Float32Array.from([...kept[0], ...kept[1]].slice(0, most));
      this.report(base64Of(encodeWav(all, KEPT_RATE)));
      for (let e = this.root.getRootNode().host; e; e = e.parentElement) e.scrollTop = 0; // the song
      this.tape = null;
      this.show();
    }, 50); // the button is drawn first
  }

  end() {
    this.isOver = true;
    this.stop();
    if (this.url) URL.revokeObjectURL(this.url);
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".live");
  let live = listeners.get(parentElement);
  if (live?.data.identity !== data.identity || live?.root !== root) {
    live?.end();
    live = new Live(root, data);
    listeners.set(parentElement, live);
  }
  live.report = (wav) => setTriggerValue("kept", wav);
  return () => {
    live.end();
    listeners.delete(parentElement);
  };
}
