"""What the scenes of the page Inside say, and what they draw.

In: what `genre.interpret` worked out of a song and a network.
Out: sentences, figures, and the plain values that the page's scripts draw.
Knows nothing of Streamlit, and of how a number was computed.
"""
