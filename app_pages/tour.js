// The tour: its stops, guesses and reveals.  The browser decides where the tour is, and tells
// Python, which sends what holds there; so quick presses of a key are all counted.  Two windows of
// one browser are on the same stop (BroadcastChannel): one for the room, one for the speaker.

const NEXT = new Set(["PageDown", "ArrowRight", " "]);
const BACK = new Set(["PageUp", "ArrowLeft"]);
const REVEAL = new Set(["Enter", ".", "b"]);
const FROM_A_REMOTE = new Set(["PageDown", "PageUp"]); // heard whatever has the focus
const REPORT_MS = 120; // presses that follow each other are reported as one
const tours = new WeakMap();

class Tour {
  constructor(root, data) {
    this.root = root;
    this.stop = data.stop;
    this.plan = data.plan;
    this.guesses = this.readGuesses(data.identity); // by stop: index of the answer, or -1
    this.began = Date.now();
    this.audio = new Audio();
    this.audio.onended = () => this.showSounds();
    this.channel = new BroadcastChannel("genre-lab-tour");
    this.channel.onmessage = ({ data: message }) => this.hear(message);
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(document.documentElement);
    this.onResize = () => this.fit();
    window.addEventListener("resize", this.onResize);
    this.clock = setInterval(() => this.showClock(), 1000);
    this.build(data);
  }

  end() {
    document.removeEventListener("keydown", this.onKey);
    window.removeEventListener("resize", this.onResize);
    this.resized.disconnect();
    this.channel.close();
    clearInterval(this.clock);
    clearTimeout(this.reporting);
    this.audio.pause();
  }

  // ------------------------------------------------------------ what was guessed

  readGuesses(identity) {
    this.kept = `genre-lab-tour-${identity}`;
    try {
      return JSON.parse(sessionStorage.getItem(this.kept)) ?? {};
    } catch {
      return {};
    }
  }

  guess(index) {
    if (this.stop in this.guesses) return;
    this.guesses[this.stop] = index;
    try {
      sessionStorage.setItem(this.kept, JSON.stringify(this.guesses));
    } catch {
      // A full or forbidden store only means that a reload forgets the guess.
    }
    this.channel.postMessage({ stop: this.stop, guesses: this.guesses });
    this.show();
  }

  // ------------------------------------------------------------ where the tour is

  get numbers() {
    return this.data.ofPlan[this.plan];
  }

  move(by) {
    const { numbers, stop } = this;
    const to =
      by > 0 ? numbers.find((n) => n > stop) : numbers.findLast((n) => n < stop);
    if (to) this.go(to);
  }

  go(stop, isHeard = false) {
    if (stop === this.stop) return;
    this.stop = stop;
    this.audio.pause();
    if (!isHeard) this.channel.postMessage({ stop, guesses: this.guesses });
    clearTimeout(this.reporting);
    this.reporting = setTimeout(() => this.report("stop", this.stop), REPORT_MS);
    this.show();
  }

  hear({ stop, guesses, isAsking }) {
    if (isAsking) {
      if (!this.data.isNotes) this.channel.postMessage({ stop: this.stop, guesses: this.guesses });
      return;
    }
    Object.assign(this.guesses, guesses);
    if (stop === this.stop) this.show();
    else this.go(stop, true);
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    const isTyping = target.closest?.("input, textarea, select, [contenteditable], [role=listbox]");
    const isOnControl = target.closest?.("button, a, [role=radio], [role=slider], [role=combobox]");
    if (isTyping && !FROM_A_REMOTE.has(event.key)) return;
    if (isOnControl && (event.key === " " || event.key === "Enter")) return;
    if (NEXT.has(event.key)) this.move(1);
    else if (BACK.has(event.key)) this.move(-1);
    else if (REVEAL.has(event.key)) this.guess(-1);
    else if (["1", "2", "3"].includes(event.key)) this.answers[event.key - 1]?.click();
    else return;
    event.preventDefault();
  }

  // ------------------------------------------------------------ what is shown

  build(data) {
    const { root } = this;
    root.replaceChildren();
    root.classList.toggle("forSpeaker", data.isNotes);
    const bar = make("nav", "stops", root, undefined, { "aria-label": data.words.stops });
    this.back = make("button", "step", bar, "‹", { "aria-label": data.words.back });
    this.back.onclick = () => this.move(-1);
    const list = make("ol", "", bar);
    this.marks = data.stops.map((stop, i) => {
      const kind = stop.isEssential ? data.words.essential : data.words.extra;
      const mark = make("button", stop.isEssential ? "essential" : "", make("li", "", list), i + 1, {
        "aria-label": `${i + 1}. ${stop.title} (${kind})`,
        title: `${stop.title} (${kind})`,
      });
      mark.onclick = () => this.go(i + 1);
      return mark;
    });
    this.next = make("button", "step", bar, "›", { "aria-label": data.words.next });
    this.next.onclick = () => this.move(1);
    const plans = make("span", "plans", bar);
    this.planButtons = Object.entries(data.plans).map(([plan, label]) => {
      const button = make("button", "plan", plans, label);
      button.onclick = () => {
        this.plan = plan;
        this.report("plan", plan);
        this.show();
      };
      return [plan, button];
    });
    const stage = make("div", "stage", root);
    const words = make("div", "words", stage);
    this.title = make("h2", "", words);
    this.question = make("p", "question", words);
    this.choices = make("div", "choices", words);
    this.said = make("div", "said", words, undefined, { "aria-live": "polite" });
    this.tools = make("div", "tools", words);
    const picture = make("figure", "picture", stage);
    this.legend = make("p", "legend", picture);
    this.chart = make("div", "chart", picture, undefined, { role: "img" });
    this.about = make("figcaption", "", picture);
    this.notes = make("section", "notes", root, undefined, { "aria-label": data.words.notes });
    this.shown = "";
  }

  update(data, report, trigger) {
    const isFirst = !this.data;
    this.data = data;
    this.report = report;
    this.trigger = trigger;
    if (isFirst && data.isNotes) this.channel.postMessage({ isAsking: true });
    this.show();
  }

  show() {
    const { data, stop } = this;
    const one = data.stops[stop - 1];
    const isHere = data.stop === stop; // else its reveal is on its way
    const guess = this.guesses[stop];
    const isOpen = guess !== undefined;
    this.marks.forEach((mark, i) => {
      if (i + 1 === stop) mark.setAttribute("aria-current", "step");
      else mark.removeAttribute("aria-current");
      mark.classList.toggle("left", !this.numbers.includes(i + 1));
    });
    this.planButtons.forEach(([plan, button]) => {
      button.setAttribute("aria-pressed", plan === this.plan);
    });
    this.back.disabled = !this.numbers.some((n) => n < stop);
    this.next.disabled = !this.numbers.some((n) => n > stop);
    const version = JSON.stringify([stop, guess, isHere && data, this.plan]);
    if (version === this.shown) return; // nothing that is drawn has changed
    this.shown = version;
    this.root.dataset.stop = stop;
    this.root.dataset.ready = isHere;
    this.root.classList.toggle("open", isOpen);
    this.title.textContent = `${stop}. ${one.title}`;
    this.question.textContent = one.question;
    this.showAnswers(one, guess, isHere);
    this.showSentence(guess, isHere);
    this.showTools(one, isHere, isOpen);
    this.showPicture(isHere && isOpen);
    if (data.isNotes) this.showNotes(one);
    this.fit();
  }

  showAnswers(one, guess, isHere) {
    const isOpen = guess !== undefined;
    const right = isHere && isOpen ? this.data.reveal.answer : -1;
    const before = this.choices.dataset.stop;
    if (before !== String(this.stop)) {
      this.choices.dataset.stop = this.stop;
      this.choices.replaceChildren();
      this.answers = one.answers.map((answer, i) => {
        const button = make("button", "answer", this.choices);
        make("span", "number", button, i + 1);
        make("span", "", button, answer);
        button.onclick = () => this.guess(i);
        return button;
      });
      this.opener = make("button", "opener", this.choices, this.data.words.reveal);
      this.opener.onclick = () => this.guess(-1);
    }
    this.answers.forEach((button, i) => {
      button.classList.toggle("right", i === right);
      button.classList.toggle("guessed", i === guess);
      button.setAttribute("aria-pressed", i === guess);
      button.disabled = isOpen;
    });
    this.opener.hidden = isOpen;
  }

  showSentence(guess, isHere) {
    this.said.replaceChildren();
    if (guess === undefined) return;
    if (!isHere) {
      make("p", "", this.said, `${this.data.words.computing} …`);
      return;
    }
    const { reveal, words } = this.data;
    if (reveal.problem) {
      make("p", "", this.said, reveal.problem);
      return;
    }
    if (guess === reveal.answer) make("p", "verdict", this.said, words.right);
    else if (guess >= 0) make("p", "verdict", this.said, reveal.refuted);
    make("p", "sentence", this.said, reveal.sentence);
  }

  showTools(one, isHere, isOpen) {
    this.tools.replaceChildren();
    if (!isHere) return;
    const { sounds, train } = this.data;
    this.soundButtons = sounds.map((sound) => {
      const button = make("button", "", this.tools);
      button.onclick = () => this.play(sound);
      return [sound, button];
    });
    this.showSounds();
    if (train) {
      make("button", "", this.tools, train).onclick = () => {
        this.guess(-1);
        this.trigger("trained", true);
      };
    }
    if (isOpen) {
      make("button", "place", this.tools, one.place).onclick = () => this.trigger("opened", true);
    }
  }

  play(sound) {
    const isPlaying = this.audio.dataset.url === sound.url && !this.audio.paused;
    if (isPlaying) this.audio.pause();
    else {
      globalThis.genreLabSound?.pause(); // the song goes on from page to page
      this.audio.dataset.url = sound.url;
      this.audio.src = sound.url;
      this.audio.play().catch(() => {}); // a room without sound loses nothing else
    }
    this.showSounds();
  }

  showSounds() {
    this.soundButtons?.forEach(([sound, button]) => {
      const isPlaying = this.audio.dataset.url === sound.url && !this.audio.paused;
      button.textContent = isPlaying ? `■ ${this.data.words.stop}` : `▶ ${sound.label}`;
    });
  }

  showPicture(isOpen) {
    const { reveal } = this.data;
    const chart = isOpen && !reveal.problem ? reveal.chart : null;
    this.drawn = chart;
    this.legend.replaceChildren();
    this.about.textContent = chart ? `${reveal.about} ${this.data.onSong}` : "";
    if (!chart) {
      this.chart.replaceChildren();
      this.chart.removeAttribute("aria-label");
      return;
    }
    this.chart.setAttribute("aria-label", `${reveal.about} ${reveal.sentence}`);
    for (const [name, colour] of legendOf(chart)) {
      const entry = make("span", "", this.legend);
      make("i", "", entry).style.background = colour;
      entry.append(name);
    }
  }

  showNotes(one) {
    this.notes.replaceChildren();
    const { words, stops } = this.data;
    stops.forEach((stop, i) => {
      const article = make("article", i + 1 === this.stop ? "current" : "", this.notes);
      const kind = stop.isEssential ? words.essential : words.extra;
      make("h2", "", article, `${i + 1}. ${stop.title}`);
      make("p", "kind", article, `${kind}, ${stop.minutes} ${words.minutes}`);
      make("p", "asked", article, stop.question);
      const list = make("ol", "asked", article);
      for (const answer of stop.answers) make("li", "", list, answer);
      const notes = make("ul", "", article);
      for (const note of stop.notes) make("li", "", notes, note);
    });
    const current = this.notes.querySelector(".current");
    const { reveal, stop } = this.data;
    if (stop === this.stop && !reveal.problem) {
      make("p", "sentence", current, `→ ${one.answers[reveal.answer]}. ${reveal.sentence}`);
    }
    const next = this.numbers.find((n) => n > this.stop);
    if (next) make("p", "then", this.notes, `${words.next_up}: ${next}. ${stops[next - 1].title}`);
    this.time = make("p", "clock", this.notes);
    make("p", "keys", this.notes, words.keys);
    this.showClock();
  }

  showClock() {
    if (!this.time) return;
    const seconds = Math.floor((Date.now() - this.began) / 1000);
    const rest = String(seconds % 60).padStart(2, "0");
    this.time.textContent = `${this.data.words.elapsed} ${Math.floor(seconds / 60)}:${rest}`;
  }

  // One screen: from where the tour begins on the page to the window's end.
  fit() {
    const top = this.root.getBoundingClientRect().top + (scrollerOf()?.scrollTop ?? 0);
    this.root.style.setProperty("--top", `${Math.max(0, Math.round(top))}px`);
    if (this.drawn) drawChart(this.chart, this.drawn);
  }
}

const scrollerOf = () => document.querySelector('[data-testid="stMain"]');

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const root = parentElement.querySelector(".tour");
  let tour = tours.get(parentElement);
  if (tour?.root !== root || tour?.data.identity !== data.identity) {
    tour?.end();
    tour = new Tour(root, data);
    tours.set(parentElement, tour);
  }
  tour.update(data, setStateValue, setTriggerValue);
  return () => {
    tours.get(parentElement)?.end();
    tours.delete(parentElement);
  };
}
