// The view of a cell: which unit, layer and moment it shows, and how it follows the sound that
// `song_sound.js` keeps for the whole tab. What it shows of a layer is sent once; only another unit
// or layer comes from Python, which is told by and by where the visitor is.

const WAIT_MS = 200; // until the player of the song is there
const [TELL_STEP_MS, TELL_UNIT_MS] = [450, 120]; // until Python is told: quick presses are one
const OWN_KEYS = "input, textarea, select, [contenteditable], [role=slider], [role=radiogroup], [role=tablist]";
const views = new WeakMap(); // what each place on the page shows
const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const textOf = (place) => JSON.stringify([place.step, place.unit, place.layer, place.direction]);

const makeView = (root) => {
  const view = { place: null, received: "", reported: "" };
  let [data, shape, content, timer, lastSeconds, wasPlaying] = [null, "", null, 0, 0, false];
  const soundOf = () => {
    const sound = globalThis.genreLabSound;
    return sound?.isOf(data.identity) ? sound : null;
  };

  // ---- the place

  const secondsOf = (step) =>
    Math.floor(step / data.nSteps) * data.segmentSeconds + (step % data.nSteps) * data.stepSeconds;
  const stepAt = (seconds) => {
    const segment = Math.min(Math.floor((seconds + 1e-3) / data.segmentSeconds), data.allSegments - 1);
    const within = Math.floor((seconds + 1e-3 - segment * data.segmentSeconds) / data.stepSeconds);
    return segment * data.nSteps + Math.min(within, data.nSteps - 1);
  };
  const tell = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (textOf(view.place) === view.reported) return;
      view.reported = textOf(view.place);
      view.report({ ...view.place });
    }, wait);
  };
  const goTo = (step) => {
    view.place.step = clamp(step, 0, data.last);
    const playing = soundOf();
    if (playing) {
      lastSeconds = secondsOf(view.place.step) + 1e-3;
      playing.seek(lastSeconds);
      lastSeconds = playing.seconds;
    }
    show();
    tell(TELL_STEP_MS);
  };
  const choose = (unit) => {
    view.place.unit = clamp(unit, 0, data.units - 1);
    show();
    tell(TELL_UNIT_MS);
  };
  const chooseLayer = ({ layer, direction }) => {
    Object.assign(view.place, { layer, direction });
    show();
    tell(0);
  };
  const act = {
    unit: choose,
    moment: (x) => goTo(data.first + Math.floor(x * data.n)),
  };

  // ---- what is shown

  const build = () => {
    const focused = root.contains(root.getRootNode().activeElement)
      ? root.getRootNode().activeElement.className.split(" ").pop()
      : "";
    root.replaceChildren();
    const { words } = data;
    const head = make("div", "head top", root);
    const tabs = make("div", "tabs", head, "", { role: "group", "aria-label": words.layers });
    const buttons = data.tabs.map((tab) => {
      const button = make("button", "tab", tabs, "", { type: "button" });
      button.textContent = tab.label;
      button.onclick = () => chooseLayer(tab);
      return button;
    });
    tabs.hidden = data.tabs.length < 2;
    const title = make("strong", "title", head);
    const about = make("span", "about", head);
    content = { title, about, buttons };
    if (data.view === "hold") {
      make("div", "caption", root, words.holdCaption);
      content.hold = makeHold(root, data, act);
    } else {
      const make_ = data.kind === "lstm" ? makeLstm : makeSimple;
      const n = data.strands?.length ?? 1;
      content.picture = make_(root, { n, words, hasSums: !data.strands, hasBeside: !!data.beside });
      if (!data.strands) {
        make("div", "caption", root, words.unitsCaption);
        content.tiles = makeTiles(root, words.units, data.units, data.colours, choose);
        make("div", "caption", root, words.momentsCaption);
        content.moments = makeMoments(root, words.moments, act.moment);
        if (data.beside) {
          make("div", "caption", root, words.besideCaption);
          content.beside = makeMoments(root, words.besideCaption, act.moment);
        }
      }
    }
    root.querySelector(`.${focused || "none"}`)?.focus({ preventScroll: true });
  };
  const told = () => {
    const { step } = view.place;
    return fill(data.words.position, {
      clock: clock(secondsOf(step)), segment: Math.floor(step / data.nSteps) + 1,
      segments: data.allSegments, step: (step % data.nSteps) + 1, steps: data.nSteps,
    }); // prettier-ignore
  };
  const momentAt = (index, { quantities, series, bias, n, direction, kind } = data) => {
    const at = (name, i = index) => series[quantities.indexOf(name) * n + i];
    const within = index % data.nSteps;
    const isBackward = direction === "backward";
    const isFirst = isBackward ? within === data.nSteps - 1 : within === 0;
    const before = (name) => (isFirst ? 0 : at(name, index + (isBackward ? 1 : -1)));
    const sums = Object.fromEntries(
      Object.keys(bias).map((name) => [name, { x: at(`${name}_x`), h: at(`${name}_h`), b: bias[name] }]),
    );
    if (kind !== "lstm") return [{ previous: before("hidden"), hidden: at("hidden") }, sums];
    const one = Object.fromEntries([...GATES, "cell", "hidden"].map((name) => [name, at(name)]));
    one.previous = before("cell");
    one.kept = one.previous * one.forget_gate;
    one.added = one.candidate * one.input_gate;
    one.squashed = Math.tanh(one.cell);
    return [one, sums];
  };
  const showMoment = (index) => {
    const { words, before, units } = data;
    const [one, sums] = momentAt(index);
    const state = one.cell ?? one.hidden;
    const unitTold = fill(words.unitTold, { unit: view.place.unit, state: number(state, 2) });
    const names = Object.keys(sums).map((name) => `${words[name]} ${number(one[name])}`);
    if (data.kind === "lstm") names.push(`${words.cell} ${number(one.cell)}`, `${words.hidden} ${number(one.hidden)}`);
    const beside = data.beside && { ...data.beside, one: momentAt(index, data.beside)[0] };
    if (beside) names.push(`${beside.title}: ${words.cell} ${number(beside.one.cell)}`);
    const about = `${data.title}. ${names.join(", ")}`;
    content.picture([one], { sums, before, told: about, beside }, data.reach);
    const at = (bytes) => bytes?.subarray(index * units, (index + 1) * units);
    content.tiles.update(at(data.states), at(data.gates), view.place.unit, unitTold);
    for (const strip of [content.moments, content.beside]) {
      strip?.update(index, data.n, data.last, view.place.step, told());
    }
  };
  const show = () => {
    const { place } = view;
    content.buttons.forEach((button, i) => {
      const { layer, direction } = data.tabs[i];
      button.setAttribute("aria-pressed", place.layer === layer && place.direction === direction);
    });
    setText(content.title, data.title);
    if (data.strands) {
      content.picture(data.strands, { before: data.before, told: data.told }, data.reach);
      return;
    }
    setText(content.about, told());
    const index = place.step - data.first;
    if (index < 0 || index >= data.n) return tell(0); // it is of another stretch of the song
    if (content.hold) content.hold.update(index, place, told());
    else showMoment(index);
  };
  const statesOf = ({ series, n, quantities, state }) => {
    const start = n * quantities.indexOf(state);
    return series.subarray(start, start + n);
  };
  const paint = () => {
    if (content.hold) content.hold.paint();
    else content.moments?.paint(statesOf(data), null, data.reach, data.segments);
    content.beside?.paint(statesOf(data.beside), null, data.beside.reach, data.segments);
    if (!data.strands) show();
  };

  // ---- what it follows

  view.draw = () => {
    const now = data && !data.strands && soundOf();
    if (!now) return;
    const has = now.isPlaying;
    const moved = now.seconds !== lastSeconds;
    const stopped = wasPlaying && !has;
    wasPlaying = has;
    if (moved && !(has && isStill())) {
      lastSeconds = now.seconds;
      const step = clamp(stepAt(now.seconds), 0, data.last);
      if (step !== view.place.step) {
        view.place.step = step;
        show();
        if (!has) tell(TELL_STEP_MS);
      }
    }
    if (stopped) tell(0);
  };
  const waiting = setInterval(() => {
    const now = globalThis.genreLabSound;
    if (!now?.isOpen || !data) return;
    clearInterval(waiting);
    now.attach(view);
    if (!soundOf() || data.strands) return;
    lastSeconds = now.seconds;
    if (now.isPlaying || (!data.isChosen && now.seconds > 0)) {
      lastSeconds = -1;
      view.draw();
    } else if (data.isChosen) {
      now.seek(secondsOf(view.place.step) + 1e-3);
      lastSeconds = now.seconds;
    }
  }, WAIT_MS);
  const onKey = (event) => {
    if (!data || data.strands || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const [target] = event.composedPath();
    const isInside = root.contains(target);
    if (!isInside && target.closest?.(OWN_KEYS)) return;
    const { step, unit } = view.place;
    const moves = {
      ArrowLeft: () => goTo(step - 1), ArrowRight: () => goTo(step + 1),
      ...(isInside && {
        ArrowUp: () => choose(unit + 1), ArrowDown: () => choose(unit - 1),
        Home: () => goTo(0), End: () => goTo(data.last),
      }),
    }; // prettier-ignore
    if (!moves[event.key]) return;
    event.preventDefault(); // or the page would scroll
    moves[event.key]();
  };
  document.addEventListener("keydown", onKey);
  const resized = new ResizeObserver(() => data && paint());
  resized.observe(root);

  view.take = (given) => {
    if (data?.version !== given.version) {
      const { series, states, gates, audible, beside } = given;
      data = {
        ...given, colours: given.colours && bytesOf(given.colours),
        ...(typeof series === "string" && { series: floatsOf(series), states: bytesOf(states), gates: gates ? bytesOf(gates) : null }),
        ...(audible && { audible: bytesOf(audible) }),
        ...(beside && { beside: { ...beside, series: floatsOf(beside.series) } }),
      }; // prettier-ignore
    }
    const place = textOf(given.place);
    if (!view.place || (place !== view.received && place !== view.reported)) {
      view.place = { ...given.place };
      view.reported = place;
    }
    view.received = place;
    const newShape = JSON.stringify([given.view, given.kind, !!given.beside, given.strands?.length, given.tabs, given.units, given.words]);
    if (newShape !== shape) {
      shape = newShape;
      build();
    }
    content.hold?.take(data);
    paint();
    show();
  };
  view.stop = () => {
    clearTimeout(timer);
    clearInterval(waiting);
    resized.disconnect();
    document.removeEventListener("keydown", onKey);
    globalThis.genreLabSound?.detach(view);
  };
  return view;
};

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".cell-view");
  let view = views.get(parentElement);
  if (view?.root !== root) {
    view?.stop();
    view = makeView(root);
    view.root = root;
    views.set(parentElement, view);
  }
  view.report = (place) => setStateValue("place", place);
  view.take(data);
  return () => {
    views.get(parentElement)?.stop();
    views.delete(parentElement);
  };
}
