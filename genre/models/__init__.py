"""Saved models and their predictions: card, registry, import and export.

In: a model's name and a recording.  Out: a `Prediction`, or what a page draws of the song.
Knows nothing of training.
"""
