// Presenter mode: a class on the page's root, which presenter.css is written for, and a second one
// while the mouse moves or the keyboard is used.  The browser switches at once and tells Python.

const REST_MS = 3000;
const page = document.documentElement;
const switches = new WeakMap();

class Switch {
  constructor(button, data) {
    this.button = button;
    this.isOn = data.isOn;
    button.onclick = () => this.turn(!this.isOn);
    this.onKey = (event) => this.key(event);
    this.wake = () => this.awake();
    this.onResize = () => this.settle();
    document.addEventListener("keydown", this.onKey);
    for (const kind of ["mousemove", "mousedown", "touchstart"]) {
      document.addEventListener(kind, this.wake, { passive: true });
    }
    window.addEventListener("resize", this.onResize);
  }

  end() {
    document.removeEventListener("keydown", this.onKey);
    for (const kind of ["mousemove", "mousedown", "touchstart"]) {
      document.removeEventListener(kind, this.wake);
    }
    window.removeEventListener("resize", this.onResize);
    clearTimeout(this.resting);
    clearTimeout(this.settling);
  }

  update(data, report) {
    this.data = data;
    this.report = report;
    this.button.setAttribute("aria-label", data.label);
    this.button.title = data.label;
    this.show();
    this.settle();
  }

  key(event) {
    const target = event.composedPath()[0];
    if (event.key === "Tab") this.awake();
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (target.closest?.("input, textarea, select, [contenteditable]")) return;
    if (event.key.toLowerCase() === "p") this.turn(!this.isOn);
  }

  turn(isOn) {
    this.isOn = isOn;
    this.show();
    this.report("screen", { isOn, height: window.innerHeight });
  }

  show() {
    page.classList.toggle("presenting", this.isOn);
    this.button.setAttribute("aria-pressed", this.isOn);
    window.dispatchEvent(new Event("presenting"));
  }

  // Python draws for a screen of some height: a window of another size is reported once it stays.
  settle() {
    clearTimeout(this.settling);
    if (!this.isOn || Math.abs(window.innerHeight - this.data.height) <= 8) return;
    this.settling = setTimeout(() => {
      this.report("screen", { isOn: this.isOn, height: window.innerHeight });
    }, 400);
  }

  awake() {
    page.classList.add("awake");
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      // An open menu is still being read.
      if (document.querySelector('[data-baseweb="popover"]')) this.awake();
      else page.classList.remove("awake");
    }, REST_MS);
  }
}

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const button = parentElement.querySelector("button");
  let one = switches.get(parentElement);
  if (one?.button !== button) {
    one?.end();
    one = new Switch(button, data);
    switches.set(parentElement, one);
  }
  one.update(data, setStateValue);
  return () => {
    switches.get(parentElement)?.end();
    switches.delete(parentElement);
  };
}
