"""Genre Lab: predict the genre of a song, and show how the network got there.

A plain package: nothing in it knows of the web page.  The way of one recording
is `genre.audio.load.load_audio` -> `genre.audio.features.extract_segments` ->
`genre.models.classifier.Classifier.predict_proba` -> `genre.models.prediction.Prediction`.
"""

__version__ = "0.2.0"
