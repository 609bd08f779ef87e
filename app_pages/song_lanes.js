// Drawing what lies over the time axis: the waveform, the genres of the segments, heat maps.

const MAX_BARS = 1500; // a screen shows no more

// The waveform in bars of the colour of their segment's genre, paler where it is less certain.
const drawWaveform = (canvas, song, plain) => {
  const { context, width, height, scale } = sized(canvas);
  const swings = song.waveform;
  const n = swings.length / 2;
  const nBars = Math.max(1, Math.min(MAX_BARS, Math.floor(width / scale / 3), n));
  const step = width / nBars;
  for (let bar = 0; bar < nBars; bar++) {
    let [low, high] = [127, -127];
    const from = Math.floor((bar * n) / nBars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * n) / nBars));
    for (let i = from; i < to; i++) {
      low = Math.min(low, swings[2 * i]);
      high = Math.max(high, swings[2 * i + 1]);
    }
    const seconds = ((bar + 0.5) / nBars) * song.seconds;
    const best = song.segments[Math.floor(seconds / song.segmentSeconds)]?.ranking[0];
    context.fillStyle = best ? best.colour : plain;
    context.globalAlpha = best ? 0.45 + 0.55 * best.share : 0.7;
    const size = Math.max(scale, ((high - low) / 254) * height);
    const top = height / 2 - (high / 254) * height;
    context.fillRect(bar * step, Math.min(top, height - size), Math.max(1, step - scale), size);
  }
  context.globalAlpha = 1;
};

const drawTimeline = (canvas, song) => {
  canvas.width = song.segments.length;
  canvas.height = 100;
  const context = canvas.getContext("2d");
  song.segments.forEach((segment, x) => {
    if (!segment.isAudible) return;
    let y = 100;
    for (const { share, colour } of segment.shares) {
      context.fillStyle = colour;
      context.fillRect(x, y - 100 * share, 1, 100 * share);
      y -= 100 * share;
    }
  });
};

const drawHeat = (canvas, lane) => {
  const height = (canvas.height = lane.rows.length);
  const width = (canvas.width = lane.values.length / height);
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  lane.values.forEach((value, i) => {
    image.data.set(lane.colours.subarray(3 * value, 3 * value + 3), 4 * i);
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
};

const valueAt = (lane, x, y, words) => {
  const width = lane.values.length / lane.rows.length;
  const row = Math.min(lane.rows.length - 1, Math.floor(y * lane.rows.length));
  const column = Math.min(width - 1, Math.floor(x * width));
  const value = lane.values[row * width + column];
  const real = lane.low + (value / 255) * (lane.high - lane.low);
  return fill(words.valueAt, {
    lane: lane.title, row: lane.rows[row], time: clock(column * lane.columnSeconds),
    value: `${number(real, lane.digits)} ${lane.unit}`.trim(),
  }); // prettier-ignore
};

// ---------------------------------------------------------------- what a song's data say

const readSong = (data) => {
  const song = { ...data, waveform: new Int8Array(bytesOf(data.waveform).buffer), segments: [] };
  song.lanes = data.lanes.map((lane) => ({
    ...lane,
    values: bytesOf(lane.values),
    colours: bytesOf(lane.colours),
  }));
  song.bands = data.bands?.map(readBand);
  if (!data.genres) return song;
  const [shares, audible] = [bytesOf(data.shares), bytesOf(data.audible)];
  const n = data.genres.length;
  song.segments = Array.from(audible, (isAudible, s) => {
    const ofGenres = data.genres.map((genre, g) => ({
      genre,
      share: shares[s * n + g] / 255,
      colour: data.colours[g],
    }));
    const ranking = isAudible ? [...ofGenres].sort((a, b) => b.share - a.share) : [];
    return { isAudible, shares: ofGenres, ranking, tags: data.tags[s] ?? "" };
  });
  return song;
};

const indexAt = (song, seconds) =>
  Math.min(song.segments.length - 1, Math.floor(seconds / song.segmentSeconds + 1e-6));
