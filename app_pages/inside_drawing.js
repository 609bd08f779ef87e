// The whole way of a song as one drawing that is zoomed: the map of all stages, one stage, a step or
// a cell of a layer, a gate.  It follows the sound that `song_sound.js` keeps for the whole tab.
// Nothing of it is asked of Python while the song plays, except another window of a long song.

const ZOOM_MS = 280;
const WHEEL_STEP = 60; // of a wheel or a pinch, until it zooms by one
const [NARROWEST_BOX, LOWEST_ROW, LOWEST_DETAIL] = [6.4, 9, 24]; // in the size of the page's font
const REST_MS = 350; // after which the next one may
const WAIT_MS = 150; // until the player of the song is there
const places = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");

const STAGES_OF_NETWORK = new Set(["recurrent", "pooling", "dense", "softmax", "verdict"]);

const makeDrawing = (root, data, host) => {
  const { words } = data;
  const way = readWay(data.way);
  const kinds = makeStages({ way, words, host });
  const stages = way.stages.map((stage) => {
    const kind = kinds[stage.kind];
    const { mini, line, detail, inside, titleOf, siblings } = typeof kind === "function" ? kind(stage.number) : kind;
    const title = fill(words.titles[stage.kind], { n: stage.number }).trim();
    return { ...stage, title, mini, line, detail, inside, titleOf, siblings };
  });
  const byName = new Map(stages.map((stage) => [stage.name, stage]));

  root.replaceChildren();
  const bar = make("div", "bar", root);
  const path = make("nav", "path", bar, undefined, { "aria-label": words.path });
  const when = make("span", "when", bar, "", { "aria-live": "off" });
  const button = (text, name, act) => {
    const made = make("button", "zoom", bar, text, { type: "button", "aria-label": name, title: name });
    made.onclick = act;
    return made;
  };
  const previous = button("‹", words.previous, () => beside(-1));
  const next = button("›", words.next, () => beside(1));
  const out = button("−", words.zoomOut, () => zoomOut());
  const into = button("+", words.zoomIn, () => zoomIn());
  const room = make("div", "room", root, undefined, { role: "group", "aria-label": words.drawing });

  let at = null; // the path that is shown
  let view = null; // its element, and what draws it at a moment
  let moment = null;

  // ------------------------------------------------------------ the map of all stages

  const makeMap = () => {
    const element = make("div", "map");
    const lines = svgPart(element, "svg", { class: "arrows", "aria-hidden": "true" });
    const boxes = stages.map((stage) => {
      const box = make("button", "box", null, undefined, { type: "button" });
      box.dataset.to = stage.name;
      make("span", "title", box, stage.title);
      const canvas = make("canvas", "", box, undefined, { "aria-hidden": "true" });
      const said = make("span", "said", box);
      box.setAttribute("aria-label", `${stage.title}, ${words.shape} ${shapeText(stage.shape)}`);
      const shape = make("span", `shape ${stage.isAsTrained ? "" : "other"}`, null, shapeText(stage.shape));
      if (!stage.isAsTrained) shape.title = words.notAsTrained;
      return { stage, kind: stage.kind, box, canvas, said, shape };
    });
    const arrange = () => arrangeMap(element, lines, boxes);
    const draw = (m) => {
      for (const { stage, canvas, said } of boxes) {
        stage.mini(canvas, m);
        setText(said, stage.line(m));
      }
    };
    return { element, draw, arrange };
  };

  // ------------------------------------------------------------ one stage, and what is inside it

  const makeDetail = (parts) => {
    const stage = byName.get(parts[0]);
    const element = make("div", `detail ${stage.kind}`, null, undefined, { tabindex: -1 });
    const i = stages.indexOf(stage);
    if (parts.length === 1) {
      const about = make("p", "about", element, words.about[stage.kind]);
      const shapes = i ? `${shapeText(stages[i - 1].shape)} → ${shapeText(stage.shape)}` : shapeText(stage.shape);
      make("span", `shape ${stage.isAsTrained ? "" : "other"}`, about, ` ${shapes}`);
      if (!stage.isAsTrained) make("span", "", about, ` ${words.notAsTrained}`);
      const body = make("div", "body", element);
      return { element, draw: stage.detail(body) ?? (() => {}) };
    }
    const body = make("div", "body", element);
    const draw = stage.inside?.(parts.slice(1), body);
    return draw ? { element, draw } : null;
  };

  const titleOf = (parts) => {
    const stage = byName.get(parts[0]);
    return parts.length === 1 ? stage.title : stage.titleOf(parts.slice(1));
  };

  const showPath = (parts) => {
    path.replaceChildren();
    const crumb = (text, to, isLast) => {
      const one = make(isLast ? "span" : "button", "crumb", path, text, isLast ? { "aria-current": "true" } : { type: "button" });
      if (!isLast) one.onclick = () => go(to);
    };
    crumb(words.whole, "", !parts.length);
    parts.forEach((_, i) => {
      make("span", "sep", path, "›", { "aria-hidden": "true" });
      crumb(titleOf(parts.slice(0, i + 1)), parts.slice(0, i + 1).join("/"), i === parts.length - 1);
    });
    previous.hidden = next.hidden = out.hidden = !parts.length;
  };

  // ------------------------------------------------------------ zooming

  const boxOf = (element) => {
    const [outer, inner] = [room.getBoundingClientRect(), element.getBoundingClientRect()];
    return { x: inner.left - outer.left, y: inner.top - outer.top, w: inner.width, h: inner.height, W: outer.width, H: outer.height };
  };
  const move = (element, frames) => {
    if (!still.matches) element.animate(frames, { duration: ZOOM_MS, easing: "ease-in-out" });
  };
  const small = ({ x, y, w, h, W, H }) => `translate(${x}px, ${y}px) scale(${w / W}, ${h / H})`;
  const large = ({ x, y, w, h, W, H }) =>
    `scale(${W / w}, ${H / h}) translate(${-x}px, ${-y}px)`;

  const go = (to, from = null) => {
    let parts = to ? to.split("/") : [];
    if (parts.length && !byName.has(parts[0])) parts = [];
    if (at === parts.join("/")) return;
    const made = parts.length ? makeDetail(parts) : makeMap();
    if (!made) return go(parts.slice(0, -1).join("/"));
    const [before, old] = [view, at];
    at = parts.join("/");
    fit(false);
    const isInward = before && (old === "" || at.startsWith(`${old}/`));
    const isOutward = before && (at === "" || old.startsWith(`${at}/`));
    const target = isInward && (from ?? before.element.querySelector(`[data-to="${CSS.escape(at)}"]`));
    const source = target ? boxOf(target) : null;
    room.append(made.element);
    view = made;
    showPath(parts);
    made.arrange?.();
    draw(true);
    if (isInward && source) {
      move(made.element, [{ transform: small(source), opacity: 0.3 }, { transform: "none", opacity: 1 }]);
    } else if (isOutward) {
      const origin = made.element.querySelector(`[data-to="${CSS.escape(childOf(at, old))}"]`);
      if (origin) move(made.element, [{ transform: large(boxOf(origin)), opacity: 0.3 }, { transform: "none", opacity: 1 }]);
    }
    before?.element.remove();
    if (before) {
      const focus = isOutward && made.element.querySelector(`[data-to="${CSS.escape(childOf(at, old))}"]`);
      (focus || (at ? made.element : made.element.querySelector(".box"))).focus({ preventScroll: true });
      host.zoomed(at);
    }
  };
  const childOf = (parent, path) => {
    const depth = parent ? parent.split("/").length : 0;
    return path.split("/").slice(0, depth + 1).join("/");
  };
  const zoomOut = () => at && go(at.split("/").slice(0, -1).join("/"));
  // Into what has the focus, else what is under the pointer, else the first.
  const zoomIn = (under = null) => {
    const focused = root.getRootNode().activeElement;
    const target = under ?? (view.element.contains(focused) && focused.closest("[data-to]")) ?? null;
    const chosen = target || view.element.querySelector("[data-to]");
    if (chosen) go(chosen.dataset.to, chosen);
  };
  const beside = (by) => {
    const parts = at.split("/");
    const stage = byName.get(parts[0]);
    if (!stage) return;
    if (parts.length === 1) {
      const other = stages[stages.indexOf(stage) + by];
      if (other) go(other.name);
      return;
    }
    const all = stage.siblings(parts.slice(1));
    if (!all) return host.seekBy(by);
    const i = all.findIndex((one) => one.join("/") === parts.slice(1).join("/"));
    const other = all[i + by];
    if (other) go([parts[0], ...other].join("/"));
  };

  // ------------------------------------------------------------ pointer and keys

  const targetOf = (event) => event.composedPath().find((one) => one.dataset?.to && room.contains(one)) ?? null;
  room.addEventListener("click", (event) => {
    const target = targetOf(event);
    if (target) go(target.dataset.to, target);
  });
  let [turned, rested] = [0, 0];
  room.addEventListener(
    "wheel",
    (event) => {
      const isOut = event.deltaY > 0;
      if (isOut && !at) return; // the page may scroll
      event.preventDefault();
      if (event.timeStamp < rested) return;
      turned = Math.sign(turned) === Math.sign(event.deltaY) ? turned + event.deltaY : event.deltaY;
      if (Math.abs(turned) * (event.ctrlKey ? 6 : 1) < WHEEL_STEP) return;
      [turned, rested] = [0, event.timeStamp + REST_MS];
      if (isOut) zoomOut();
      else if (targetOf(event)) zoomIn(targetOf(event));
    },
    { passive: false },
  );
  let spread = 0;
  const spreadOf = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  room.addEventListener("touchstart", (event) => (spread = event.touches.length === 2 ? spreadOf(event.touches) : 0), { passive: true });
  room.addEventListener(
    "touchmove",
    (event) => {
      if (!spread || event.touches.length !== 2) return;
      event.preventDefault();
      const ratio = spreadOf(event.touches) / spread;
      if (ratio > 1.3) zoomIn(targetOf(event));
      else if (ratio < 0.77) zoomOut();
      else return;
      spread = 0; // one level a pinch
    },
    { passive: false },
  );
  const focusTowards = (dx, dy) => {
    const here = root.getRootNode().activeElement;
    if (!here?.dataset?.to || !view.element.contains(here)) return false;
    const middle = (one) => {
      const box = one.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    };
    const [x, y] = middle(here);
    let [best, least] = [null, Infinity];
    for (const other of view.element.querySelectorAll("button[data-to]")) {
      const [ox, oy] = middle(other);
      const along = (ox - x) * dx + (oy - y) * dy;
      const across = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
      if (other === here || along < 2) continue;
      if (along + 3 * across < least) [best, least] = [other, along + 3 * across];
    }
    best?.focus({ preventScroll: true });
    return true;
  };
  const towards = (dx, dy) => {
    if (focusTowards(dx, dy)) return true;
    if (dx && at) beside(dx);
    return Boolean(dx && at);
  };
  const keys = {
    ArrowLeft: () => towards(-1, 0),
    ArrowRight: () => towards(1, 0),
    ArrowUp: () => towards(0, -1),
    ArrowDown: () => towards(0, 1),
    Escape: zoomOut,
    "-": zoomOut,
    "+": () => zoomIn(),
    "=": () => zoomIn(),
  };
  root.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    if (keys[event.key]() === false) return;
    event.preventDefault();
    event.stopPropagation();
  };

  // ------------------------------------------------------------ what moves with the sound

  const draw = (isForced) => {
    moment = host.now();
    if (!moment.isHere) return host.ask(moment.segment);
    const said = fill(words.when, {
      time: clock(moment.seconds), segment: moment.segment + 1, segments: way.nSegments, step: moment.step + 1, steps: way.nSteps,
    });
    setText(when, said);
    view.draw(moment, isForced);
  };
  const fit = (redraws = true) => {
    const top = room.getBoundingClientRect().top + (document.querySelector('[data-testid="stMain"]')?.scrollTop ?? 0);
    const least = at ? LOWEST_DETAIL : rowsOf(stages, room.clientWidth).length * LOWEST_ROW;
    room.style.height = `max(${least}rem, ${Math.floor(innerHeight - top - 20)}px)`;
    if (!redraws) return;
    view?.arrange?.();
    if (view) draw(true);
  };
  const refit = () => fit();
  const resized = new ResizeObserver(refit);
  return {
    way,
    draw,
    begin: (zoom) => {
      fit();
      go(zoom ?? "");
      resized.observe(root);
      addEventListener("resize", refit);
    },
    path: () => at ?? "",
    end: () => {
      resized.disconnect();
      removeEventListener("resize", refit);
    },
  };
};

// Rows of stages: first what is done to the sound, then the network, each in as many as it needs.
const remSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const rowsOf = (stages, width) => {
  const most = Math.max(2, Math.floor((width / remSize() + 0.6) / NARROWEST_BOX));
  const isNetwork = ({ kind }) => STAGES_OF_NETWORK.has(kind);
  const groups = [stages.filter((stage) => !isNetwork(stage)), stages.filter(isNetwork)];
  return groups.flatMap((group) => {
    const nRows = Math.ceil(group.length / most);
    const each = Math.ceil(group.length / nRows);
    return Array.from({ length: nRows }, (_, r) => group.slice(r * each, (r + 1) * each));
  });
};

const arrangeMap = (element, lines, boxes) => {
  const rem = remSize();
  const rows = rowsOf(boxes, element.clientWidth);
  element.querySelectorAll(".row").forEach((row) => row.remove());
  boxes.forEach(({ shape }) => shape.remove());
  const focused = element.getRootNode().activeElement;
  rows.forEach((row) => {
    const place = make("div", "row", element);
    row.forEach(({ box }) => place.append(box));
  });
  if (element.contains(focused)) focused.focus({ preventScroll: true });
  const outer = element.getBoundingClientRect();
  if (!outer.width) return;
  const at = new Map();
  boxes.forEach(({ box }) => at.set(box, { x: box.offsetLeft, y: box.offsetTop, w: box.offsetWidth, h: box.offsetHeight }));
  lines.setAttribute("width", element.clientWidth);
  lines.setAttribute("height", element.clientHeight);
  lines.replaceChildren();
  boxes.slice(0, -1).forEach((one, i) => {
    const [from, to] = [at.get(one.box), at.get(boxes[i + 1].box)];
    const [x, y] = [from.x + from.w / 2 + rem * 0.4, from.y + from.h];
    const isSameRow = Math.abs(from.y - to.y) < 2;
    const lane = y + rem * (isSameRow ? 0.95 : 2.35);
    const [tx, ty] = [to.x + to.w / 2 - (isSameRow ? rem * 0.4 : 0), isSameRow ? to.y + to.h : to.y];
    svgPart(lines, "path", { d: `M${x} ${y} V${lane} H${tx} V${ty}`, class: "arrow" });
    const tip = isSameRow ? 1 : -1;
    svgPart(lines, "path", { d: `M${tx} ${ty} l${-rem * 0.25} ${tip * rem * 0.4} h${rem * 0.5} z`, class: "tip" });
    one.shape.style.left = `${(x + tx) / 2}px`;
    one.shape.style.top = `${lane}px`;
    element.append(one.shape);
  });
};

// ---------------------------------------------------------------- the sound, and Python

const attachTo = (state) => {
  const wait = setInterval(() => {
    if (!globalThis.genreLabSound) return;
    clearInterval(wait);
    globalThis.genreLabSound.attach(state.follower);
    state.draw(true);
  }, WAIT_MS);
  return () => {
    clearInterval(wait);
    globalThis.genreLabSound?.detach(state.follower);
  };
};

const start = (root) => {
  const state = { asked: -1, shown: "", wasPlaying: false, reported: -1 };
  const heard = () => {
    const sound = globalThis.genreLabSound;
    return sound?.isOf(state.data.identity) ? sound : null;
  };
  const host = {
    now: () => {
      const sound = heard();
      const { way } = state.drawing ?? state.made;
      const isMoved = sound && (sound.isPlaying || sound.seconds > 0);
      const [segment, step] = [Math.floor(state.data.startStep / way.nSteps), state.data.startStep % way.nSteps];
      return momentAt(way, isMoved ? sound.seconds : secondsOf(way, segment, step));
    },
    redraw: () => state.drawing?.draw(true),
    seekStep: (step) => {
      const { way } = state.drawing;
      heard()?.seek(secondsOf(way, host.now().segment, clamp(step, 0, way.nSteps - 1)));
    },
    seekBy: (by) => {
      const { way } = state.drawing;
      const { segment, step } = host.now();
      const index = clamp(segment * way.nSteps + step + by, 0, way.nSegments * way.nSteps - 1);
      heard()?.seek(secondsOf(way, Math.floor(index / way.nSteps), index % way.nSteps));
    },
    ask: (segment) => {
      if (state.asked === segment) return;
      state.asked = segment;
      state.setStateValue("window", segment);
    },
    zoomed: (path) => state.setStateValue("zoom", path),
    open: (place) => state.setTriggerValue("open", place),
  };
  let [drawn, pending] = [-1, 0];
  state.draw = (isForced) => {
    const { drawing } = state;
    if (!drawing) return;
    const isPlaying = Boolean(heard()?.isPlaying);
    if (isPlaying && still.matches && !isForced) return; // it stands still while the song plays
    const m = host.now();
    const key = m.segment * 1e6 + Math.floor(m.within * 50);
    if (key !== drawn || isForced) drawing.draw(isForced);
    drawn = key;
    // Where it stopped is told once the visitor has come to rest.
    clearTimeout(pending);
    const step = m.segment * drawing.way.nSteps + m.step;
    if (!isPlaying && state.reported >= 0 && step !== state.reported) {
      pending = setTimeout(() => {
        state.reported = step;
        state.setStateValue("step", step);
      }, 400);
    }
    if (state.reported < 0) state.reported = step;
  };
  state.follower = { draw: () => state.draw(false) };
  state.detach = attachTo(state);
  state.update = (component) => {
    const { data, setStateValue, setTriggerValue } = component;
    Object.assign(state, { data, setStateValue, setTriggerValue });
    if (state.version === data.version) return;
    const path = state.drawing ? state.drawing.path() : data.zoom;
    state.version = data.version;
    state.drawing?.end();
    state.asked = -1;
    state.drawing = null;
    state.made = { way: data.way };
    state.drawing = makeDrawing(root, data, host);
    state.drawing.begin(path);
  };
  state.end = () => {
    clearTimeout(pending);
    state.detach();
    state.drawing?.end();
  };
  return state;
};

export default function (component) {
  const { parentElement } = component;
  const root = parentElement.querySelector(".way");
  let state = places.get(parentElement);
  if (state?.root !== root) {
    state?.end();
    state = start(root);
    state.root = root;
    places.set(parentElement, state);
  }
  state.update(component);
  return () => {
    state.end();
    places.delete(parentElement);
  };
}
