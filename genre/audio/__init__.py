"""From a recording to features: formats, decoding, signals, MFCCs, and facts about a song.

In: a path, bytes or an open file.  Out: a `Signal`, and the segments of MFCCs that a network reads.
Knows nothing of genres, models or datasets.
"""
