// Presses are counted here, so that none is lost while the page runs. Streamlit calls the default
// export again whenever the page has run: one listener stays at each place on the page.

const places = new WeakMap();
const WITH_ARROWS = "input, textarea, select, [contenteditable], [role=slider], [role=radiogroup]";

const begin = (root, moves) => {
  const place = { root, moves, report: () => {} };
  const move = (by) => {
    place.moves += by;
    place.report(place.moves);
  };
  root.replaceChildren();
  place.buttons = [-1, 1].map((by) => {
    const button = root.appendChild(document.createElement("button"));
    button.type = "button";
    button.onclick = () => move(by);
    return button;
  });
  const onKey = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest?.(WITH_ARROWS)) return;
    event.preventDefault();
    move(by);
  };
  document.addEventListener("keydown", onKey);
  place.end = () => document.removeEventListener("keydown", onKey);
  return place;
};

export default ({ data, parentElement, setStateValue }) => {
  const root = parentElement.querySelector(".steps");
  let place = places.get(parentElement);
  if (place?.root !== root) {
    place?.end();
    place = begin(root, data.moves);
    places.set(parentElement, place);
  }
  place.report = (moves) => setStateValue("moves", moves);
  place.buttons.forEach((button, i) => (button.textContent = [data.earlier, data.later][i]));
  return () => {
    place.end();
    places.delete(parentElement);
  };
};
