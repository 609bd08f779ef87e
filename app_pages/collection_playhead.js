// A dot on the map of songs that moves with the sound of the current song.
// It follows every player of that song: an <audio> element in a container whose key begins with
// "player_", or a component that dispatches on window a CustomEvent "genre-lab-seconds" with
// `detail: { seconds }`.

const playheads = new WeakMap(); // the one that each place on the page shows

const placeAt = (positions, segmentSeconds, seconds) => {
  const last = positions.length - 1;
  const at = Math.min(last, Math.max(0, seconds / segmentSeconds - 0.5)); // middles of segments
  const [from, to] = [positions[Math.floor(at)], positions[Math.ceil(at)]];
  const share = at - Math.floor(at);
  return from.map((value, i) => value + share * (to[i] - value));
};

const makeDot = (plot) => {
  const dot = document.createElement("div");
  dot.className = "map-playhead";
  dot.setAttribute("aria-hidden", "true");
  Object.assign(dot.style, {
    position: "absolute",
    left: "-9px",
    top: "-9px",
    width: "18px",
    height: "18px",
    boxSizing: "border-box",
    borderRadius: "50%",
    border: "3px solid #ffffff",
    background: "#d0105a",
    boxShadow: "0 0 0 2px #1b2530",
    pointerEvents: "none",
    zIndex: 1,
  });
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
    dot.style.transition = "transform 0.3s linear"; // players report four times a second
  }
  plot.style.position = "relative";
  return plot.appendChild(dot);
};

const move = (state, seconds) => {
  const plot = document.querySelector(`.st-key-${state.chart} .js-plotly-plot`);
  const area = plot?.querySelector(".nsewdrag")?.getBoundingClientRect();
  if (!area?.width) {
    return;
  }
  if (state.dot?.parentElement !== plot) {
    state.dot?.remove();
    state.dot = makeDot(plot);
  }
  const outer = plot.getBoundingClientRect();
  const [x, y] = placeAt(state.positions, state.segmentSeconds, seconds);
  const share = (value) => (value + state.edge) / (2 * state.edge);
  const left = area.left - outer.left + share(x) * area.width;
  const top = area.top - outer.top + (1 - share(y)) * area.height;
  state.dot.style.transform = `translate(${left}px, ${top}px)`;
};

export default function ({ data, parentElement }) {
  let state = playheads.get(parentElement);
  if (!state) {
    state = {};
    playheads.set(parentElement, state);
    const follow = (event) => {
      if (event.target.closest?.('[class*="st-key-player_"]')) {
        move(state, event.target.currentTime);
      }
    };
    const hear = (event) => move(state, event.detail.seconds);
    state.stop = () => {
      for (const kind of ["timeupdate", "seeking", "play"]) {
        document.removeEventListener(kind, follow, true);
      }
      window.removeEventListener("genre-lab-seconds", hear);
      state.dot?.remove();
      playheads.delete(parentElement);
    };
    for (const kind of ["timeupdate", "seeking", "play"]) {
      document.addEventListener(kind, follow, true); // media events do not bubble
    }
    window.addEventListener("genre-lab-seconds", hear);
  }
  if (data.identity !== state.identity) {
    state.dot?.remove(); // another song has not been played yet
    state.dot = undefined;
  }
  Object.assign(state, data);
  return state.stop;
}
