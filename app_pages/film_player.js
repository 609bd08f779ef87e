// The film of a song: pictures over one time axis, and a playhead that moves with the sound.
// Streamlit calls the default export again whenever the page has run; what is shown is built
// again only if `identity` has changed, so the sound goes on.

const NARROWEST_SEGMENT = 6; // pixels; narrower ones would be all marks
const films = new WeakMap(); // the film that each place on the page shows

const clock = (seconds) => {
  const tenths = Math.floor(seconds * 10 + 1e-6);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${Math.floor(tenths / 600)}:${rest}`;
};

const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

const make = (tag, className, parent) => {
  const element = document.createElement(tag);
  element.className = className;
  return parent.appendChild(element);
};

const paint = (canvas, width, height, values, colours) => {
  canvas.width = width;
  canvas.height = height;
  const image = canvas.getContext("2d").createImageData(width, height);
  for (let i = 0; i < values.length; i++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * i + channel] = colours[3 * values[i] + channel];
    }
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
};

const drawWaveform = (stage, film) => {
  const row = make("div", "row", stage);
  make("div", "title", row).textContent = "Waveform";
  const picture = make("div", "picture wave", row);
  const canvas = make("canvas", "", picture);
  const swings = new Int8Array(bytesOf(film.waveform).buffer);
  canvas.width = Math.max(1, swings.length / 2);
  canvas.height = 128;
  canvas.style.width = "100%";
  const context = canvas.getContext("2d");
  context.fillStyle = "#808080"; // stands out from the light page and the dark one
  for (let x = 0; x < canvas.width; x++) {
    const [low, high] = [swings[2 * x], swings[2 * x + 1]];
    context.fillRect(x, 64 - high / 2, 1, Math.max(1, (high - low) / 2));
  }
};

const drawPicture = (stage, film, picture, colours) => {
  const values = bytesOf(picture.values);
  const height = picture.units.length;
  const width = values.length / height;
  const row = make("div", "row", stage);
  const title = make("div", "title", row);
  const digits = picture.low < 0 ? 2 : 0;
  const [low, high] = [picture.low, picture.high].map((v) => v.toFixed(digits).replace("-", "−"));
  make("span", "", title).textContent = picture.title;
  make("span", "", title).textContent = `${low} to ${high}`;
  paint(make("canvas", "", title), 256, 1, Uint8Array.from({ length: 256 }, (_, i) => i), colours);
  const holder = make("div", "picture", row);
  const canvas = make("canvas", "", holder);
  canvas.style.width = `${Math.min(100, (100 * width * film.columnSeconds) / film.seconds)}%`;
  paint(canvas, width, height, values, colours);
  return { canvas, values, width, height, picture };
};

const markSegments = (stage, film) => {
  const pixels = (stage.clientWidth * film.segmentSeconds) / film.seconds;
  if (pixels < NARROWEST_SEGMENT) return;
  for (const holder of stage.querySelectorAll(".picture")) {
    for (let s = film.segmentSeconds; s < film.seconds; s += film.segmentSeconds) {
      make("div", "mark", holder).style.left = `${(100 * s) / film.seconds}%`;
    }
  }
};

const show = (root, data, report) => {
  const { film } = data;
  const stage = root.querySelector(".stage");
  const button = root.querySelector(".play");
  const what = root.querySelector(".what");
  const time = root.querySelector(".time");
  const audio = root.querySelector("audio");
  let frame = 0;
  let wanted = Math.min(Math.max(0, data.startSeconds), film.seconds);

  stage.replaceChildren();
  drawWaveform(stage, film);
  const tables = Object.entries(film.colours).map(([name, table]) => [name, bytesOf(table)]);
  const colours = Object.fromEntries(tables);
  const shown = film.pictures.map((p) => drawPicture(stage, film, p, colours[p.colours]));
  markSegments(stage, film);
  const playhead = make("div", "playhead", stage);
  stage.setAttribute("aria-valuemin", 0);
  stage.setAttribute("aria-valuemax", film.seconds);

  const url = URL.createObjectURL(new Blob([bytesOf(data.sound)], { type: data.mediaType }));
  audio.src = url;

  const draw = () => {
    const seconds = Math.min(wanted, film.seconds);
    playhead.style.left = `${(100 * seconds) / film.seconds}%`;
    time.textContent = `${clock(seconds)} of ${clock(film.seconds)}`;
    stage.setAttribute("aria-valuenow", seconds.toFixed(1));
    stage.setAttribute("aria-valuetext", time.textContent);
  };
  const follow = () => {
    wanted = audio.currentTime;
    draw();
    frame = audio.paused ? 0 : requestAnimationFrame(follow);
  };
  const name = (text) => {
    button.textContent = text;
    button.setAttribute("aria-label", text);
  };
  const seek = (seconds) => {
    wanted = Math.min(Math.max(0, seconds), film.seconds);
    if (audio.readyState > 0) audio.currentTime = wanted;
    draw();
    report(wanted);
  };
  const toggle = () => {
    if (!audio.paused) return audio.pause();
    audio.play().catch(() => {
      what.textContent = "This browser cannot play the sound; the pictures can still be read.";
    });
  };

  audio.onloadedmetadata = () => (audio.currentTime = wanted);
  audio.onplay = () => {
    name("Pause");
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(follow);
  };
  audio.onpause = () => {
    name("Play");
    wanted = audio.currentTime;
    draw();
    report(wanted);
  };
  button.onclick = toggle;

  const secondsAt = (event) => {
    const box = stage.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * film.seconds;
  };
  stage.onclick = (event) => seek(secondsAt(event));
  stage.onpointermove = (event) => {
    const over = shown.find(({ canvas }) => canvas === event.target);
    what.textContent = "";
    if (!over) return;
    const x = Math.floor((event.offsetX / over.canvas.clientWidth) * over.width);
    const y = Math.floor((event.offsetY / over.canvas.clientHeight) * over.height);
    const value = over.values[Math.min(y, over.height - 1) * over.width + x];
    const { picture } = over;
    if (value === undefined || picture.units[y] === undefined) return;
    const real = (picture.low + (value / 255) * (picture.high - picture.low)).toFixed(2);
    what.textContent =
      `${picture.title}, unit ${picture.units[y]} at ` +
      `${clock(x * film.columnSeconds)}: ${real.replace("-", "−")}`;
  };
  stage.onpointerleave = () => (what.textContent = "");
  stage.onkeydown = (event) => {
    const keys = {
      " ": toggle,
      ArrowLeft: () => seek(wanted - 1),
      ArrowRight: () => seek(wanted + 1),
      Home: () => seek(0),
      End: () => seek(film.seconds),
    };
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault(); // or the page would scroll
    event.stopPropagation();
    keys[event.key]();
  };

  name("Play");
  draw();
  return () => {
    cancelAnimationFrame(frame);
    audio.onpause = null; // the page is not notified: the visitor did not pause
    audio.pause();
    audio.removeAttribute("src");
    URL.revokeObjectURL(url);
  };
};

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const root = parentElement.querySelector(".film");
  const before = films.get(parentElement);
  if (before?.identity !== data.identity || before?.root !== root) {
    before?.end();
    const film = { identity: data.identity, root };
    film.end = show(root, data, (seconds) => film.report(seconds));
    films.set(parentElement, film);
  }
  const film = films.get(parentElement);
  film.report = (seconds) => setStateValue("seconds", Math.round(seconds * 100) / 100);
  return () => {
    film.end();
    films.delete(parentElement);
  };
}
