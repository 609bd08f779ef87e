// A gate held: what the network does as trained, and what it does with the gate held, one below the
// other over the same time axis.

const N_GENRES = 3; // shown at each moment

const makeRun = (parent, run, data, act) => {
  const { words } = data;
  const section = make("section", "run", parent, "", { "aria-label": run.label });
  const head = make("div", "head", section);
  const name = make("h4", "", head);
  const valve = svgPart(head, "svg", { viewBox: "0 0 40 24", class: "small", "aria-hidden": true });
  svgPart(valve, "rect", { class: "belt", x: 0, y: 0, width: 40, height: 24 });
  const setValve = makeValve(valve, 14, 0, 12, 24, 1, false);
  const open = make("span", "open", head);
  const song = make("span", "song", head);
  const body = make("div", "body", section);
  const over = make("div", "over", body);
  const tiles = makeTiles(over, `${words.units}, ${run.label}`, data.units, data.colours, act.unit);
  const moments = makeMoments(over, `${words.moments}, ${run.label}`, act.moment);
  const verdicts = make("div", "verdicts", over, "", { role: "img" });
  const now = make("div", "now", body);
  const rows = Array.from({ length: Math.min(N_GENRES, data.genres.length) }, () =>
    fillGenreRow(make("div", "genre", now)),
  );
  return { section, name, tiles, moments, verdicts, rows, setValve, open, song };
};

const rankOf = (shares, data) =>
  Array.from(shares, (share, g) => ({ share, name: data.genres[g], colour: data.genreColours[g] })).sort(
    (a, b) => b.share - a.share,
  );

const makeHold = (parent, first, act) => {
  const parts = first.runs.map((run) => makeRun(parent, run, first, act));
  let data, runs;
  const take = (given) => {
    data = given;
    runs = data.runs.map((run) => {
      const series = floatsOf(run.series);
      const n = data.n;
      return {
        cell: series.subarray(0, n), hidden: series.subarray(n, 2 * n), gate: series.subarray(2 * n),
        states: bytesOf(run.states), gates: bytesOf(run.gates), shares: bytesOf(run.shares),
      }; // prettier-ignore
    });
    parts.forEach((part, r) => {
      part.section.setAttribute("aria-label", data.runs[r].label);
      setText(part.name, data.runs[r].label);
      setText(part.song, data.runs[r].song);
      paintVerdicts(part, r);
    });
  };
  const sharesAt = (r, segment, prefix) => {
    const nGenres = data.genres.length;
    const start = (segment * data.prefixes.length + prefix) * nGenres;
    return Array.from(runs[r].shares.subarray(start, start + nGenres), (byte) => byte / 255);
  };
  const paintVerdicts = (part, r) => {
    part.verdicts.replaceChildren();
    const told = [];
    for (let s = 0; s < data.segments; s++) {
      const [best] = rankOf(sharesAt(r, s, data.prefixes.length - 1), data);
      const cell = make("span", "verdict", part.verdicts);
      const isAudible = data.audible[s];
      cell.style.setProperty("--genre", isAudible ? best.colour : "transparent");
      cell.textContent = isAudible && data.segments <= 20 ? best.name : "";
      told.push(isAudible ? best.name : data.words.silent);
    }
    part.verdicts.setAttribute("aria-label", `${data.words.segments}: ${told.join(", ")}`);
  };
  const paint = () =>
    parts.forEach((part, r) => part.moments.paint(runs[r].cell, runs[r].hidden, data.reach, data.segments));
  const update = (index, place, told) => {
    const read = (index % data.nSteps) + 1;
    const prefix = data.prefixes.findLastIndex((length) => length <= read);
    const segment = Math.floor(index / data.nSteps);
    parts.forEach((part, r) => {
      const at = (bytes) => bytes.subarray(index * data.units, (index + 1) * data.units);
      const { cell, gate, states, gates } = runs[r];
      const unitTold = fill(data.words.unitTold, { unit: place.unit, state: number(cell[index], 2) });
      part.tiles.update(at(states), at(gates), place.unit, unitTold);
      part.moments.update(index, data.n, data.last, place.step, told);
      part.setValve(0, gate[index]);
      setText(part.open, fill(data.words.gateNow, { value: number(gate[index], 2) }));
      const isAudible = data.audible[segment];
      rankOf(sharesAt(r, segment, Math.max(0, prefix)), data)
        .slice(0, part.rows.length)
        .forEach(({ name, share, colour }, i) => {
          if (isAudible) part.rows[i](name, share, colour);
          else part.rows[i](i ? "" : data.words.silent, null, colour);
        });
    });
  };
  return { take, paint, update };
};
