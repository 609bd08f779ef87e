"""The usual Streamlit app: Keras and librosa imported by the page, the genre as a headline.

    python -m streamlit run benchmarks/usual_app.py

It offers the same drop zone and the same examples as this project's page, and shows
less: no charts, no player, no facts.
"""

import tempfile
from pathlib import Path

import streamlit as st

from benchmarks import usual_script

SAMPLES = Path(__file__).resolve().parent.parent / "samples"

load_model = st.cache_resource(usual_script.load_model)

uploaded = st.file_uploader("Drop in a song")
for sample in sorted(SAMPLES.glob("*.ogg")):
    if st.button(sample.stem.capitalize()):
        st.title(usual_script.classify(str(sample), *load_model()))
if uploaded:
    with tempfile.NamedTemporaryFile(suffix=Path(uploaded.name).suffix) as file:
        file.write(uploaded.getvalue())
        file.flush()
        st.title(usual_script.classify(file.name, *load_model()))
