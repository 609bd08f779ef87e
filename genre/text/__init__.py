"""The sentences and labels of the pages and the command line.

In: predictions, cards, runs, traces.  Out: strings.
Knows nothing of charts, and computes no numbers.
"""
