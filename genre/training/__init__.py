"""Training with Keras: the only package that imports it, always in a process of its own.

In: a `SegmentSet`, its `Split` and a `TrainConfig`.  Out: events, checkpoints, a saved model.
Knows nothing of its observers: they read the run's files.
"""
