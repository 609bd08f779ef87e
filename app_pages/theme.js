// Tells Python when the page turns light or dark while it is open: its charts have their colours
// from there. What draws in the browser does so again, as for a window of another size.

const REDRAWN_MS = 200; // until the colours that components are given are the new ones
const watches = new WeakMap();

const watch = (app) => {
  const one = { scheme: getComputedStyle(app).colorScheme, report: () => {} };
  const look = () => {
    const { colorScheme } = getComputedStyle(app);
    if (colorScheme === one.scheme) return;
    one.scheme = colorScheme;
    one.report("turned", colorScheme);
    setTimeout(() => window.dispatchEvent(new Event("resize")), REDRAWN_MS);
  };
  one.observer = new MutationObserver(look);
  one.observer.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
  return one;
};

export default function ({ parentElement, setStateValue }) {
  if (!watches.has(parentElement)) watches.set(parentElement, watch(document.querySelector(".stApp")));
  watches.get(parentElement).report = setStateValue;
  return () => {
    watches.get(parentElement)?.observer.disconnect();
    watches.delete(parentElement);
  };
}
