"""The network in NumPy: its settings, its weights on disk, and its forward pass.

In: segments and weights.  Out: probabilities, and on request the trace of every gate.
Knows nothing of sound, names of genres or training.
"""
