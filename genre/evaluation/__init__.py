"""How good a model is: accuracy with its interval, calibration, paired differences.

In: probabilities and true genres per track.  Out: an `Evaluation`, and results on disk.
Knows nothing of training or pages.
"""
