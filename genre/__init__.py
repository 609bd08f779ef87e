"""Genre Lab: hear a song, name its genre, and show how the network got there.

A plain package: nothing in it knows of the web page.  The way of one recording
is `audio.load_audio` -> `features.extract_segments` ->
`prediction.Classifier.predict_proba` -> `prediction.Prediction`.
"""

__version__ = "0.1.0"
