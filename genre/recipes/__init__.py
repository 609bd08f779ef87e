"""What a training run is asked for: settings, presets, links, and the data it prepares.

In: a preset's name, a link or a dictionary.  Out: a `TrainConfig`, and batches varied by it.
Knows nothing of Keras, of runs or of pages.
"""
