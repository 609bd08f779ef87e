"""Training runs on disk: start, steer, watch, estimate and keep them.

In: a `TrainConfig` and the name of a dataset.  Out: a folder per run, read as a `RunView`.
Knows nothing of Keras: training happens in a process of its own.
"""
