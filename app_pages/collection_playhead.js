// A dot on the map of songs that moves with the sound of the current song: another view of the sound
// that `song_sound.js` keeps for the whole tab.

const WAIT_MS = 200; // until the player of the song is there
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
  plot.style.position = "relative";
  return plot.appendChild(dot);
};

const move = (state, seconds) => {
  const plot = document.querySelector(`.st-key-${state.chart} .js-plotly-plot`);
  const area = plot?.querySelector(".nsewdrag")?.getBoundingClientRect();
  if (!area?.width) return;
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

const start = () => {
  const state = {};
  // Nothing moves before the song was played: its place as a whole is the star.
  const view = {
    draw: () => {
      const sound = globalThis.genreLabSound;
      if (sound.isOf(state.identity) && (sound.isPlaying || sound.seconds > 0)) {
        move(state, sound.seconds);
      } else {
        state.dot?.remove();
      }
    },
  };
  const attach = () => {
    globalThis.genreLabSound.attach(view);
    view.draw();
  };
  const waiting = setInterval(() => {
    if (!globalThis.genreLabSound) return;
    clearInterval(waiting);
    attach();
  }, WAIT_MS);
  state.stop = () => {
    clearInterval(waiting);
    globalThis.genreLabSound?.detach(view);
    state.dot?.remove();
  };
  state.draw = () => globalThis.genreLabSound && view.draw();
  return state;
};

export default function ({ data, parentElement }) {
  const state = playheads.get(parentElement) ?? start();
  playheads.set(parentElement, state);
  Object.assign(state, data);
  state.draw();
  return () => {
    state.stop();
    playheads.delete(parentElement);
  };
}
