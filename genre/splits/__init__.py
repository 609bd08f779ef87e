"""Splits of a dataset: which tracks are for training, validation and test, and which folds.

In: the tracks of a dataset with their genres and artists (`genre.datasets.types.HasTracks`).
Out: a `Split`, folds, or how a split will fall (`split_check`) and what leaks through it
(`split_leakage`).  Knows nothing of recipes and networks.
"""
