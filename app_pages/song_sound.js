// The sound of the current song.  There is one audio element for the whole tab, outside the page:
// it goes on while one page is replaced by another.  What shows it is a view.

const LEAVE_MS = 6000; // as long as a page may take to show a player again
const GAP_LEAD = 0.02; // seconds
const MAX_FETCHED_BYTES = 64e6; // larger files are streamed

const makeSound = () => {
  const audio = new Audio();
  audio.preload = "auto";
  const views = new Set();
  let [identity, url, frame, leaving] = ["", "", 0, 0];

  const isPlaying = () => !audio.paused && !audio.ended;
  const draw = () => views.forEach((view) => view.draw());
  const follow = () => {
    cancelAnimationFrame(frame);
    stayInLoop();
    keepGapSilent();
    draw();
    if (isPlaying()) frame = requestAnimationFrame(follow);
  };
  const stayInLoop = () => {
    const [start, end] = sound.loop ?? [0, Infinity];
    if (isPlaying() && (audio.currentTime >= end || audio.currentTime < start - 0.05)) {
      audio.currentTime = start;
    }
  };
  // Some of the second is over when a frame is drawn: it begins a frame early.
  const keepGapSilent = () => {
    const [from, to] = sound.gap ?? [Infinity, Infinity];
    const isSilent = audio.currentTime >= from - GAP_LEAD && audio.currentTime < to;
    if (audio.muted !== isSilent) audio.muted = isSilent;
  };
  const start = () => {
    wanted.plays = true;
    if (!audio.src) return; // it is on its way
    audio.play().catch((error) => {
      if (error.name === "NotSupportedError") fail();
      if (error.name === "NotAllowedError") wanted.plays = false; // the browser wants a click first
      draw();
    });
  };
  // A whole file: a jump then waits for nothing, and no request is ended by another song.
  const load = async (file, nBytes) => {
    release();
    let source = file;
    if (nBytes <= MAX_FETCHED_BYTES) {
      const reply = await fetch(file).catch(() => null);
      const content = reply?.ok ? await reply.blob().catch(() => null) : null;
      if (file !== url) return; // another song was opened meanwhile
      source = content ? URL.createObjectURL(content) : file;
    }
    audio.src = source;
    if (wanted.plays) start();
  };
  const release = () => {
    audio.pause();
    if (audio.src.startsWith("blob:")) URL.revokeObjectURL(audio.src);
    audio.removeAttribute("src");
    audio.load();
  };
  const fail = () => {
    if (!url || sound.failed === url) return;
    sound.failed = url;
    views.forEach((view) => view.fail?.(identity));
    draw();
  };
  const wanted = { seconds: 0, plays: false }; // until the file is there
  const move = (seconds) => {
    if (seconds !== audio.currentTime) audio.currentTime = seconds; // a needless one costs a second
  };
  audio.onloadedmetadata = () => move(wanted.seconds);
  audio.ontimeupdate = () => {
    stayInLoop(); // no frames are drawn in a tab that is not seen
    keepGapSilent();
  };
  audio.onpause = audio.onseeked = follow;
  audio.onplay = () => {
    document.querySelectorAll("audio").forEach((other) => other.pause()); // one sound at once
    follow();
  };
  document.addEventListener("play", () => sound.pause(), true); // another player of the page
  audio.onended = () => {
    wanted.plays = false;
    follow();
  };
  audio.onerror = fail;

  const sound = {
    audio,
    loop: null, // a stretch that is repeated: its first and last second
    gap: null, // a stretch without sound
    nPlays: null, // how often Python asked for a moment
    failed: "", // the file that could not be played
    lanes: new Map(), // which lanes a visitor switched on or off, by their title
    get seconds() {
      return audio.readyState > 0 ? audio.currentTime : wanted.seconds;
    },
    get isPlaying() {
      return isPlaying();
    },
    get isOpen() {
      return Boolean(identity);
    },
    isOf: (song) => identity === song,
    // Another song stops this one; the same one in another file goes on where it is.
    open(song, file, nBytes, seconds) {
      if (song === identity && file === url) return;
      const goesOn = song === identity;
      wanted.seconds = goesOn ? sound.seconds : seconds;
      wanted.plays = goesOn && wanted.plays;
      if (!goesOn) sound.loop = sound.gap = null;
      [identity, url] = [song, file];
      load(file, nBytes);
      follow();
    },
    seek(seconds) {
      wanted.seconds = seconds;
      if (audio.readyState > 0) move(seconds);
      const [from, to] = sound.loop ?? [0, Infinity];
      if (seconds < from || seconds >= to) sound.loop = null;
      draw();
    },
    play: start,
    pause() {
      wanted.plays = false;
      audio.pause();
    },
    toggle: () => (isPlaying() ? sound.pause() : start()),
    redraw: draw,
    attach(view) {
      clearTimeout(leaving);
      views.add(view);
    },
    detach(view) {
      if (!views.delete(view) || views.size) return; // one that never came cannot leave
      leaving = setTimeout(() => {
        [identity, url, wanted.plays] = ["", "", false];
        release();
      }, LEAVE_MS);
    },
  };
  return sound;
};

const sound = (globalThis.genreLabSound ??= makeSound());
