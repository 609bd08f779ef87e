// The sound to listen to: a microphone, a tab or a file, as mono samples from an AudioWorklet.

const TAP = `registerProcessor("tap", class extends AudioWorkletProcessor {
  constructor() {
    super();
    this.held = new Float32Array(512);
    this.n = 0;
  }
  process([channels]) {
    for (let i = 0; i < 128; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.held[this.n++] = channels.length ? sum / channels.length : 0;
    }
    if (this.n === this.held.length) {
      const time = currentTime + (128 - this.n) / sampleRate;
      this.port.postMessage({ samples: this.held, time }, [this.held.buffer]);
      this.held = new Float32Array(512);
      this.n = 0;
    }
    return true;
  }
})`;
const AS_IT_IS = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const REASONS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
};

class SoundError extends Error {} // its message is the name of a sentence

const askForStream = async (source) => {
  const devices = navigator.mediaDevices;
  try {
    if (source === "microphone") return await devices.getUserMedia({ audio: AS_IT_IS });
    const video = { width: 160, height: 90, frameRate: 1 }; // a tab is not shared without it
    return await devices.getDisplayMedia({ video, audio: AS_IT_IS });
  } catch (error) {
    if (source === "tab") throw new SoundError("not_shared");
    throw new SoundError(REASONS[error.name] ?? "failed");
  }
};

// Begin to listen. `onSamples` is called with samples and the context's time of the first of them,
// `onEnd` once if the sound ends by itself. Returns the context and a function that stops all.
const startSound = async (source, audio, onSamples, onEnd) => {
  if (!window.isSecureContext || !navigator.mediaDevices) throw new SoundError("insecure");
  if (source === "file" && !audio) throw new SoundError("no_file");
  const stream = source === "file" ? null : await askForStream(source);
  const context = new AudioContext({ latencyHint: "interactive" });
  const url = URL.createObjectURL(new Blob([TAP], { type: "text/javascript" }));
  let node = null;
  const stop = () => {
    if (node) node.port.onmessage = null;
    for (const track of stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    if (audio) {
      audio.onended = null;
      audio.pause();
    }
    if (context.state !== "closed") context.close();
  };
  try {
    const [track] = stream?.getAudioTracks() ?? [];
    if (stream && !track) throw new SoundError("without_sound");
    await context.audioWorklet.addModule(url);
    const heard = stream
      ? context.createMediaStreamSource(stream)
      : context.createMediaElementSource(audio);
    node = new AudioWorkletNode(context, "tap", { numberOfInputs: 1, numberOfOutputs: 1 });
    node.port.onmessage = ({ data }) => onSamples(data.samples, data.time);
    heard.connect(node).connect(context.destination); // it gives silence, but is asked for it
    if (!stream) heard.connect(context.destination);
    (track ?? audio).onended = onEnd;
    await context.resume();
    if (audio && !stream) {
      await audio.play().catch(() => {
        throw new SoundError("unplayable");
      });
    }
  } catch (error) {
    stop();
    throw error;
  } finally {
    URL.revokeObjectURL(url);
  }
  return { context, stop };
};
