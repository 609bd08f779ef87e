"""The JavaScript engine of the live listener in a blank page of a real browser."""

import base64

import numpy as np

from genre.export.live_model import export_live_model
from genre.paths import ROOT

SCRIPTS = [ROOT / "app_pages" / name for name in ("elements.js", "live_engine.js")]
LISTEN = """
([exported, samples, chunk]) => {
  const heard = new Float32Array(Uint8Array.from(atob(samples), c => c.charCodeAt(0)).buffer);
  const listener = new Listener(readModel(exported));
  const columns = [];
  const began = performance.now();
  for (let i = 0; i < heard.length; i += chunk) {
    columns.push(...listener.push(heard.subarray(i, i + chunk)));
  }
  const seconds = (performance.now() - began) / 1000;
  const verdict = listener.verdict();
  return {
    seconds,
    probabilities: verdict && [...verdict.probabilities],
    segments: listener.kept.map((segment) => [...segment.probabilities]),
    frames: listener.kept.map((segment) => segment.frames.map((frame) => [...frame])),
    running: columns.map(({ now }) => now && [...now]),
    kept: [listener.kept.length, listener.blocks.length, listener.nSegments, listener.left.n],
  };
}
"""


def encode(samples):
    return base64.b64encode(np.asarray(samples, "<f4").tobytes()).decode("ascii")


def open_engine(browser):
    """A blank page with the engine; close its context in the end."""
    page = browser.new_context().new_page()
    for script in SCRIPTS:
        page.add_script_tag(path=script)
    return page


def listen(page, classifier, samples, chunk=512):
    """Feed samples at the model's rate to the engine; what it heard."""
    exported = export_live_model(classifier).to_dict()
    return page.evaluate(LISTEN, [exported, encode(samples), chunk])
