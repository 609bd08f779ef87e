"""The network in NumPy: its settings, its weights on disk, and its forward pass.

In: segments and weights.  Out: probabilities, and on request the trace of every gate.
Knows nothing of sound, genres' names or training.
"""
