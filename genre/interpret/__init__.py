"""Inside the network: what its gates, states and gradients did on one song.

In: a network and the segments of a song.  Out: plain arrays, bounded by what can be drawn.
Knows nothing of charts or pages.
"""
