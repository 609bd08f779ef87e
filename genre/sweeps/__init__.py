"""Sweeps: many runs over values of settings, one after the other, compared by validation accuracy.

In: what to sweep (`SweepSpec`, or a file of it).  Out: a folder per sweep, and runs like any other.
Knows nothing of Keras, of the test set, of pages: each run is a process of its own.
"""
