"""Saved models and their predictions: the card, the registry, and one song's way through.

In: a model's name and a recording.  Out: a `Prediction`, or what a page draws of the song.
Knows nothing of how a model was trained.
"""
