"""The recipe of a training run: settings, presets, links, data preparation, augmentation.

In: a preset's name, a link or a dictionary.  Out: a `TrainConfig`, and augmented batches.
Knows nothing of Keras, runs or pages.
"""
