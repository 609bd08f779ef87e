// The charts of the tour, as SVG in the size of their place with text of the page's size.
// What they show is described in `genre.tour.reveal`.

const UPPER_TONE = "#3694ff";
const LOWER_TONE = "#d87d11";

const measureText = (() => {
  const context = document.createElement("canvas").getContext("2d");
  return (text, font) => {
    context.font = font;
    return context.measureText(text).width;
  };
})();

// A drawing area: the place without what axes and labels need.
const areaOf = (place, { left = 0, bottom = 0, top = 0 }) => {
  const { clientWidth: width, clientHeight: height } = place;
  const style = getComputedStyle(place);
  const em = parseFloat(style.fontSize);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-hidden", "true");
  place.replaceChildren(svg);
  const area = {
    svg, em, width, height, font: `${em}px ${style.fontFamily}`,
    x0: left, x1: width - 0.8 * em, y0: top, y1: height - bottom,
  }; // prettier-ignore
  return area;
};

const scaleOf = ({ range: [low, high], isLog }, from, to) => {
  const value = isLog ? (v) => Math.log(Math.max(v, low)) : (v) => v;
  const [a, b] = [value(low), value(high)];
  return (v) => from + ((value(v) - a) / (b - a || 1)) * (to - from);
};

const drawXAxis = (area, axis) => {
  const { svg, em } = area;
  const x = scaleOf(axis, area.x0, area.x1);
  let end = -Infinity; // labels that would touch the one before are left out
  for (const [value, label] of axis.ticks) {
    const half = measureText(label, area.font) / 2;
    const middle = Math.min(Math.max(x(value), half), area.width - half);
    if (middle - half < end + 0.4 * em) continue;
    end = middle + half;
    svgPart(svg, "text", { x: middle, y: area.y1 + 1.2 * em, "text-anchor": "middle" }, label);
  }
  svgPart(svg, "text", {
    x: (area.x0 + area.x1) / 2, y: area.y1 + 2.4 * em, "text-anchor": "middle",
  }, axis.title); // prettier-ignore
  return x;
};

const drawYAxis = (area, axis) => {
  const { svg, em } = area;
  const y = scaleOf(axis, area.y1, area.y0);
  let end = Infinity;
  for (const [value, label] of axis.ticks) {
    const at = y(value);
    if (at > end - 1.1 * em) continue;
    end = at;
    svgPart(svg, "line", { class: "grid", x1: area.x0, x2: area.x1, y1: at, y2: at });
    svgPart(svg, "text", { x: area.x0 - 0.4 * em, y: at + 0.35 * em, "text-anchor": "end" }, label);
  }
  svgPart(svg, "text", { x: 0, y: area.y0 - 0.7 * em }, axis.title);
  return y;
};

const widest = (labels, font) => Math.max(0, ...labels.map((label) => measureText(label, font)));
const fontOf = (place) => {
  const style = getComputedStyle(place);
  return { em: parseFloat(style.fontSize), font: `${style.fontSize} ${style.fontFamily}` };
};

const drawLines = (place, chart) => {
  const { em, font } = fontOf(place);
  const left = widest(chart.y.ticks.map((tick) => tick[1]), font) + 0.6 * em; // prettier-ignore
  const area = areaOf(place, { left, bottom: 2.8 * em, top: 1.8 * em });
  const x = drawXAxis(area, chart.x);
  const y = drawYAxis(area, chart.y);
  const { svg } = area;
  if (chart.mark !== null) {
    const at = x(chart.mark);
    svgPart(svg, "line", { class: "mark", x1: at, x2: at, y1: area.y0, y2: area.y1 });
  }
  for (const one of chart.series) {
    if (one.isDotted || one.x.length === 1) {
      one.x.forEach((v, i) =>
        svgPart(svg, "circle", { cx: x(v), cy: y(one.y[i]), r: 0.3 * em, fill: one.colour }),
      );
      continue;
    }
    const points = one.x.map((v, i) => `${x(v).toFixed(1)},${y(one.y[i]).toFixed(1)}`).join(" ");
    svgPart(svg, "polyline", { class: "curve", points, stroke: one.colour });
  }
};

const drawBars = (place, chart) => {
  const { em, font } = fontOf(place);
  const left = widest(chart.rows.map((row) => row.label), font) + 0.6 * em; // prettier-ignore
  const texts = chart.rows.flatMap((row) => row.bars.map((bar) => bar[1]));
  const right = widest(texts, font) + 0.6 * em;
  const area = areaOf(place, { left });
  const { svg } = area;
  const row = Math.min((area.y1 - area.y0) / chart.rows.length, 8 * em);
  const n = chart.series.length;
  const bar = Math.min((0.8 * row) / n, 3 * em);
  chart.rows.forEach(({ label, bars }, i) => {
    const middle = area.y0 + (i + 0.5) * row;
    svgPart(svg, "text", {
      x: left - 0.5 * em, y: middle + 0.35 * em, "text-anchor": "end",
    }, label); // prettier-ignore
    bars.forEach(([value, text], j) => {
      const y = middle + (j - n / 2) * bar;
      const width = value * (area.x1 - left - right);
      svgPart(svg, "rect", {
        x: left, y, width, height: 0.9 * bar, fill: chart.series[j][1],
      }); // prettier-ignore
      svgPart(svg, "text", { x: left + width + 0.3 * em, y: y + bar / 2 + 0.32 * em }, text);
    });
  });
  svgPart(svg, "line", { class: "edge", x1: left, x2: left, y1: area.y0, y2: area.y0 + row * chart.rows.length });
};

const drawWave = (place, chart) => {
  const { em } = fontOf(place);
  const area = areaOf(place, { bottom: 2.8 * em });
  drawXAxis(area, chart.x);
  const middle = (area.y0 + area.y1) / 2;
  const scale = (area.y1 - area.y0) / 210;
  const step = (area.x1 - area.x0) / chart.low.length;
  const at = (values) => values.map((v, i) => `${(area.x0 + (i + 0.5) * step).toFixed(1)},${(middle - v * scale).toFixed(1)}`);
  const points = [...at(chart.high), ...at(chart.low).reverse()].join(" ");
  svgPart(area.svg, "polygon", { class: "wave", points });
};

const drawHeat = (place, chart) => {
  const { em } = fontOf(place);
  const area = areaOf(place, { left: 1.6 * em, bottom: 2.8 * em });
  const { svg } = area;
  const rows = chart.values.length;
  const columns = chart.values[0].length;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d");
  chart.values.forEach((row, i) =>
    row.forEach((value, j) => {
      context.globalAlpha = Math.abs(value) / 250;
      context.fillStyle = value > 0 ? UPPER_TONE : LOWER_TONE;
      context.fillRect(j, rows - 1 - i, 1, 1);
    }),
  );
  svgPart(svg, "image", {
    href: canvas.toDataURL(), x: area.x0, y: area.y0, width: area.x1 - area.x0,
    height: area.y1 - area.y0, preserveAspectRatio: "none", style: "image-rendering: pixelated",
  }); // prettier-ignore
  svgPart(svg, "rect", {
    class: "frame", x: area.x0, y: area.y0, width: area.x1 - area.x0, height: area.y1 - area.y0,
  }); // prettier-ignore
  drawXAxis(area, chart.x);
  const middle = (area.y0 + area.y1) / 2;
  svgPart(svg, "text", {
    x: em, y: middle, "text-anchor": "middle", transform: `rotate(-90 ${em} ${middle})`,
  }, chart.y.title); // prettier-ignore
};

const DRAW = { lines: drawLines, bars: drawBars, wave: drawWave, heat: drawHeat };

const legendOf = (chart) => {
  if (chart.kind === "bars") return chart.series;
  if (chart.kind !== "lines") return [];
  return chart.series.filter((one) => one.name).map((one) => [one.name, one.colour]);
};

const drawChart = (place, chart) => {
  if (place.clientWidth > 40 && place.clientHeight > 40) DRAW[chart.kind](place, chart);
};
