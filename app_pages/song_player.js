// The song player: its waveform, what was predicted at each moment, and lanes over the same time
// axis.  Streamlit calls the default export again whenever the page has run: what is shown is
// built again only if the data have changed, and the sound goes on.

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const N_LARGE = 3; // genres that are not folded away
const NARROWEST_SEGMENT = 6; // pixels; narrower ones would be all marks
const DEMO_SECONDS = 30; // in which a silent demonstration comes around
const shown = new WeakMap(); // what each place on the page shows

const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  loop: "M7 7h10v3l4-4-4-4v3H5v6h2zm10 10H7v-3l-4 4 4 4v-3h12v-6h-2z",
  volume: "M3 9v6h4l5 5V4L7 9zm13.5 3A4.5 4.5 0 0 0 14 8v8a4.5 4.5 0 0 0 2.5-4z",
};
const icon = (name) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[name]}"/></svg>`;

const makeButton = (parent, className, label, content) => {
  const button = make("button", className, parent, "", { type: "button" });
  nameButton(button, label, content);
  return button;
};
const nameButton = (button, label, content) => {
  if (button.getAttribute("aria-label") === label) return;
  button.setAttribute("aria-label", label);
  button.title = label;
  button.innerHTML = content;
};

// ---------------------------------------------------------------- the controls

const makeBar = (root, song, words, clockOf) => {
  const bar = make("div", "bar", root);
  const button = makeButton(bar, "play", words.play, icon("play"));
  button.onclick = () => clockOf.toggle();
  const time = make("span", "time", bar);
  const what = make("span", "what", bar, "", { "aria-live": "off" });
  const loop = makeButton(bar, "loop wide", words.loop, icon("loop"));
  loop.onclick = () => {
    sound.loop = sound.loop ? null : loopAround(song, sound.seconds);
    sound.redraw();
  };
  const speed = make("select", "speed wide", bar, "", { "aria-label": words.speed, title: words.speed });
  for (const rate of SPEEDS) make("option", "", speed, `${rate}×`, { value: rate });
  speed.onchange = () => (sound.audio.defaultPlaybackRate = sound.audio.playbackRate = +speed.value);
  const label = make("label", "volume wide", bar);
  label.innerHTML = icon("volume");
  const volume = make("input", "", label, "", {
    type: "range", min: 0, max: 1, step: 0.05, "aria-label": words.volume, title: words.volume,
  }); // prettier-ignore
  volume.oninput = () => (sound.audio.volume = volume.value);
  const draw = () => {
    const name = sound.isPlaying ? "pause" : "play";
    nameButton(button, words[name], icon(name));
    loop.setAttribute("aria-pressed", Boolean(sound.loop));
    speed.value = sound.audio.playbackRate;
    volume.value = sound.audio.volume;
  };
  return { element: bar, time, what, draw };
};

const loopAround = (song, seconds) => {
  const length = song.segmentSeconds ?? Math.min(3, song.seconds);
  const start = Math.min(Math.floor(seconds / length) * length, Math.max(0, song.seconds - length));
  return [start, Math.min(song.seconds, start + length)];
};

// ---------------------------------------------------------------- the stage

const makeStage = (parent, song, words) => {
  const stage = make("div", "stage", parent, "", {
    tabindex: 0, role: "slider", "aria-label": words.position, "aria-valuemin": 0,
    "aria-valuemax": song.seconds,
  }); // prettier-ignore
  const wave = make("canvas", "", make("div", "wave", stage));
  const lanes = make("div", "lanes", stage);
  const loop = make("div", "stretch", stage);
  loop.hidden = true;
  const ends = ["loopStart", "loopEnd"].map((end) =>
    make("span", `end ${end}`, loop, "", {
      tabindex: 0, role: "slider", "aria-label": words[end], "aria-valuemin": 0,
      "aria-valuemax": song.seconds,
    }), // prettier-ignore
  );
  const playhead = make("div", "playhead", stage);
  return { stage, wave, lanes, loop, ends, playhead };
};

const drawLanes = (parts, song, words, canSwitch, ink) => {
  if (song.bands) {
    parts.read = makeStrips(parts.lanes, song, words, ink);
    markSegments(parts.stage, song);
    return;
  }
  parts.lanes.replaceChildren();
  const isOn = (title, byDefault) => sound.lanes.get(title) ?? byDefault;
  const row = (title, className) => {
    const holder = make("div", `row ${className}`, parts.lanes);
    make("div", "title", holder, title);
    return make("canvas", "", make("div", "picture", holder));
  };
  if (canSwitch && song.segments.length && isOn(words.timeline, false)) {
    drawTimeline(row(words.timeline, "timeline"), song);
  }
  for (const lane of song.lanes) {
    if (!isOn(lane.title, lane.isOn)) continue;
    const canvas = row(lane.title, lane.rows.length > 24 && !lane.isOn ? "tall" : "");
    const columns = lane.values.length / lane.rows.length;
    canvas.style.width = `${Math.min(100, (100 * columns * lane.columnSeconds) / song.seconds)}%`;
    drawHeat(canvas, lane);
    canvas.lane = lane;
  }
  markSegments(parts.stage, song);
};

const markSegments = (stage, song) => {
  const share = (song.segmentSeconds ?? song.seconds) / song.seconds;
  const isWide = stage.clientWidth * share >= NARROWEST_SEGMENT;
  stage.style.setProperty("--segment", isWide ? `${100 * share}%` : "200%");
};

const makeSwitches = (root, song, words, changed) => {
  const titles = song.lanes.map((lane) => [lane.title, lane.isOn]);
  if (song.segments.length) titles.unshift([words.timeline, false]);
  if (!titles.some(([, isOn]) => !isOn)) return;
  const group = make("div", "switches wide", root, "", { role: "group", "aria-label": words.lanes });
  for (const [title, byDefault] of titles) {
    if (byDefault) continue; // what the page itself is about
    const button = make("button", "switch", group, "", { type: "button" });
    button.textContent = title;
    const mark = () => button.setAttribute("aria-pressed", sound.lanes.get(title) ?? false);
    button.onclick = () => {
      sound.lanes.set(title, !(sound.lanes.get(title) ?? false));
      mark();
      changed();
    };
    mark();
  }
};

// ---------------------------------------------------------------- what is heard now

const makeNow = (parent, song, words) => {
  if (song.bands) {
    const bands = make("div", "bands", parent);
    const draws = song.bands.map((band) => makeBand(bands, band, song, words));
    return (seconds) => draws.map((draw) => draw(seconds))[0];
  }
  if (!song.segments.length) return () => "";
  const now = make("div", "now", parent);
  const line = (place, className) => fillGenreRow(make("div", `genre ${className}`, place));
  const top = make("div", "top", now);
  const rows = Array.from({ length: Math.min(N_LARGE, song.genres.length) }, () => line(top, "large"));
  if (song.genres.length > N_LARGE) {
    const others = make("details", "others wide", now);
    make("summary", "", others, words.others);
    for (let i = N_LARGE; i < song.genres.length; i++) rows.push(line(others, ""));
  }
  const tags = make("div", "tags", now);
  let drawn = -1;
  return (seconds) => {
    const index = Math.max(0, indexAt(song, seconds));
    const segment = song.segments[index];
    const [best] = segment.ranking;
    const said = best ? `${best.genre} ${percent(best.share)}` : "";
    if (index === drawn) return said;
    drawn = index;
    now.classList.toggle("silent", !segment.isAudible);
    const ranking = segment.isAudible ? segment.ranking : segment.shares;
    rows.forEach((showGenre, i) => {
      const { genre, colour, share } = ranking[i];
      showGenre(genre, segment.isAudible ? share : null, colour);
    });
    const heard = segment.tags && `${words.tags}: ${segment.tags}`;
    tags.textContent = segment.isAudible ? heard : words.silent;
    return said;
  };
};

// ---------------------------------------------------------------- pointer and keyboard

const listen = (parts, song, words, clockOf, what, choose) => {
  const { stage, ends } = parts;
  const secondsAt = (event) => {
    const box = stage.getBoundingClientRect();
    return clamp(((event.clientX - box.left) / box.width) * song.seconds, 0, song.seconds);
  };
  let drag = null; // "position", "second", or which end of the loop
  stage.onpointerdown = (event) => {
    if (event.button) return;
    const end = ends.indexOf(event.target);
    const isChoice = song.silenced && parts.wave.contains(event.target);
    drag = end >= 0 ? end : isChoice ? "second" : "position";
    const mayScroll = event.pointerType === "touch" && end < 0; // until the finger is lifted
    if (!mayScroll) stage.setPointerCapture(event.pointerId);
    if (!mayScroll && drag === "position") clockOf.seek(secondsAt(event));
    stage.focus({ preventScroll: true });
  };
  stage.onpointermove = (event) => {
    if (drag === "position") clockOf.seek(secondsAt(event));
    else if (typeof drag === "number") moveEnd(song, drag, secondsAt(event));
    else if (drag === null) {
      what.textContent = aboutPoint(event, words);
      const row = rowAt(event);
      if (row !== null) parts.choose(row);
    }
  };
  stage.onpointerup = stage.onpointercancel = (event) => {
    if (drag === "position" && event.type === "pointerup") {
      clockOf.seek(secondsAt(event));
      clockOf.play();
    }
    if (drag === "second" && event.type === "pointerup") choose(secondsAt(event));
    else if (drag !== null) clockOf.report();
    drag = null;
  };
  stage.onpointerleave = () => (what.textContent = "");
  const keys = (event, actions) => {
    if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault(); // or the page would scroll
    event.stopPropagation();
    actions[event.key]();
  };
  const seek = (seconds) => {
    clockOf.seek(clamp(seconds, 0, song.seconds));
    clockOf.report();
  };
  const move = (event) => {
    keys(event, {
      ...parts.rowKeys,
      " ": clockOf.toggle,
      ArrowLeft: () => seek(clockOf.seconds() - 1),
      ArrowRight: () => seek(clockOf.seconds() + 1),
      Home: () => seek(0),
      End: () => seek(song.seconds),
    });
  };
  stage.onkeydown = (event) => event.target === stage && move(event);
  // What a page is about has the keys where nothing else has them.
  const onPage = (event) => event.target === document.body && move(event);
  if (song.bands) document.addEventListener("keydown", onPage);
  ends.forEach((end, i) => {
    end.onkeydown = (event) =>
      keys(event, {
        ArrowLeft: () => moveEnd(song, i, sound.loop[i] - 0.5),
        ArrowRight: () => moveEnd(song, i, sound.loop[i] + 0.5),
      });
  });
  return () => document.removeEventListener("keydown", onPage);
};

const SHORTEST_LOOP = 0.25;

const moveEnd = (song, end, seconds) => {
  const [start, stop] = sound.loop;
  sound.loop = end
    ? [start, clamp(seconds, start + SHORTEST_LOOP, song.seconds)]
    : [clamp(seconds, 0, stop - SHORTEST_LOOP), stop];
  sound.redraw();
};

const aboutPoint = (event, words) => {
  const { lane } = event.target;
  if (!lane) return "";
  const [x, y] = [event.offsetX / event.target.clientWidth, event.offsetY / event.target.clientHeight];
  return x < 0 || x >= 1 || y < 0 || y >= 1 ? "" : valueAt(lane, x, y, words);
};

const rowAt = (event) => {
  const { lane } = event.target;
  if (lane?.style !== "heat") return null;
  const row = Math.floor((event.offsetY / event.target.clientHeight) * lane.rows.length);
  return clamp(row, 0, lane.rows.length - 1);
};

// ---------------------------------------------------------------- the sound's clock, or a silent one

const soundClock = (song, host) => ({
  seconds: () => Math.min(sound.seconds, song.seconds),
  toggle: () => {
    sound.toggle();
    if (!sound.isPlaying) host.report();
  },
  play: () => sound.play(),
  seek: (seconds) => sound.seek(seconds),
  report: () => host.report(),
});

const demoClock = (song, draw) => {
  let frame = 0;
  const begin = performance.now();
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const seconds = () =>
    isStill ? 0 : (((performance.now() - begin) / 1000) % DEMO_SECONDS) % song.seconds;
  const follow = () => {
    draw();
    if (!isStill) frame = requestAnimationFrame(follow);
  };
  return { seconds, begin: follow, end: () => cancelAnimationFrame(frame) };
};

// ---------------------------------------------------------------- all of it

const show = (root, data, host) => {
  const { words } = data;
  root.replaceChildren();
  root.className = `player ${data.size}`;
  if (data.size === "compact") return showControls(root, words, host);
  const song = readSong(data.song);
  if (!song.silenced) sound.gap = null;
  const clockOf = data.size === "demo" ? demoClock(song, () => draw()) : soundClock(song, host);
  const bar = data.size === "demo" ? null : makeBar(root, song, words, clockOf);
  // Heard at once; what the network makes of it comes when Python has read it.
  const choose = (seconds) => {
    const second = Math.min(Math.floor(seconds), song.silenced.last);
    const length = song.segmentSeconds ?? 1;
    sound.gap = [second, second + 1];
    sound.seek(Math.floor(second / length) * length);
    sound.play();
    host.choose(second);
  };
  const drawVersions = song.silenced ? makeVersions(bar.element, song, words, choose) : () => {};
  const body = make("div", "body", root);
  const parts = makeStage(body, song, words);
  const drawGap = song.silenced ? makeGap(parts.stage, song, words) : () => {};
  const drawNow = makeNow(body, song, words);
  readRows(parts, song, () => draw());
  let unlisten = () => {};
  if (data.size === "demo") {
    root.setAttribute("aria-hidden", true);
    parts.stage.removeAttribute("tabindex");
  } else unlisten = listen(parts, song, words, clockOf, bar.what, choose);
  const paint = () => {
    const style = getComputedStyle(root);
    drawWaveform(parts.wave, song, style.getPropertyValue("--wave").trim() || "#888");
    drawLanes(parts, song, words, canSwitch, style.color);
    if (song.bands) draw();
  };
  const canSwitch = data.size === "full";
  if (canSwitch) makeSwitches(root, song, words, () => drawLanes(parts, song, words, canSwitch));
  const draw = () => {
    const seconds = clockOf.seconds();
    const share = clamp(seconds / song.seconds, 0, 1);
    parts.playhead.style.left = `${100 * share}%`;
    const best = drawNow(seconds);
    parts.read?.(seconds, parts.row);
    drawVersions();
    drawGap();
    if (!bar) return;
    const times = { now: clock(seconds), length: clock(song.seconds) };
    const said = fill(words.time, times);
    if (parts.stage.getAttribute("aria-valuetext")?.startsWith(said) !== true) {
      bar.time.textContent = data.size === "slim" ? clock(seconds) : said;
      parts.stage.setAttribute("aria-valuenow", seconds.toFixed(1));
      parts.stage.setAttribute("aria-valuetext", best ? `${said}, ${best}` : said);
    }
    bar.draw();
    if (sound.failed && sound.isOf(data.identity)) bar.what.textContent = words.failed;
    drawLoop(parts, song);
  };
  const resized = new ResizeObserver(paint);
  resized.observe(parts.wave.parentElement);
  if (song.bands) resized.observe(parts.lanes);
  addEventListener("resize", paint); // also once the page has turned light or dark
  if (data.size === "demo") {
    clockOf.begin();
  } else {
    sound.attach(host);
    host.draw = draw;
    draw();
  }
  return () => {
    resized.disconnect();
    removeEventListener("resize", paint);
    unlisten();
    if (data.size === "demo") clockOf.end();
    else sound.detach(host);
  };
};

// Of a heat map one row is read where the playhead stands: Up and Down choose another.
const readRows = (parts, song, redraw) => {
  const nRows = Math.max(0, ...song.lanes.map((lane) => (lane.style === "heat" ? lane.rows.length : 0)));
  parts.row = 0;
  parts.choose = (row) => {
    parts.row = clamp(row, 0, nRows - 1);
    redraw();
  };
  if (!song.bands || !nRows) return;
  parts.rowKeys = {
    ArrowUp: () => parts.choose(parts.row - 1),
    ArrowDown: () => parts.choose(parts.row + 1),
  };
};

// On a page that is not about the song: what stops its sound, while there is one.
const showControls = (root, words, host) => {
  const bar = makeBar(root, { seconds: Infinity }, words, { toggle: sound.toggle });
  host.draw = () => {
    root.hidden = !sound.isOpen;
    bar.time.textContent = clock(sound.seconds);
    bar.draw();
  };
  sound.attach(host);
  host.draw();
  return () => sound.detach(host);
};

const drawLoop = ({ loop, ends }, song) => {
  loop.hidden = !sound.loop;
  if (!sound.loop) return;
  const [start, end] = sound.loop;
  loop.style.left = `${(100 * start) / song.seconds}%`;
  loop.style.width = `${(100 * (end - start)) / song.seconds}%`;
  ends.forEach((element, i) => element.setAttribute("aria-valuenow", sound.loop[i].toFixed(1)));
};

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  // Before anything is drawn: the sound is on its way meanwhile.
  if (data.url !== undefined) {
    sound.open(data.identity, data.url, data.nBytes, data.startSeconds);
    playFrom(data);
  }
  const root = parentElement.querySelector(".player");
  const before = shown.get(parentElement);
  if (before?.version !== data.version || before?.root !== root) {
    before?.end();
    const host = { draw: () => {} };
    shown.set(parentElement, { version: data.version, root, host, end: show(root, data, host) });
  }
  const { host } = shown.get(parentElement);
  host.report = () => {
    if (data.reports) setStateValue("seconds", Math.round(sound.seconds * 100) / 100);
  };
  host.choose = (second) => setStateValue("second", second);
  host.fail = (identity) => {
    if (data.canDecode && identity === data.identity) setTriggerValue("failed", identity);
  };
  return () => {
    shown.get(parentElement)?.end();
    shown.delete(parentElement);
  };
}

// A moment that Python asked for is played once, by whichever player is there first.
const playFrom = ({ playFrom: asked }) => {
  const [seconds, nPlays] = asked;
  if (sound.nPlays === nPlays) return;
  const isFirst = sound.nPlays === null && nPlays === 0;
  sound.nPlays = nPlays;
  if (isFirst || seconds === null) return;
  sound.seek(seconds);
  sound.play();
};
