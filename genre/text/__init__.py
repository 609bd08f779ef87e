"""Everything the pages and the command line say, as plain sentences.

In: predictions, cards, runs, traces.  Out: strings.
Knows nothing of charts, and decides nothing: numbers come from the packages below.
"""
