"""Tracks with a genre: read from wherever they are, described, and split.

In: a folder, zip, feature pack or JSON file.  Out: a `SegmentSet` and its `Split`.
Knows nothing of networks, models or recipes.
"""
