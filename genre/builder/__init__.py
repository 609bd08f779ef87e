"""Datasets that a visitor builds: classes, clips, what was skipped, what looks wrong.

In: recordings as files, folders, zips or bytes, and what is said of them.  Out: a folder in the
user's home that `genre.datasets` reads as any other, and a check of its labels by what musicnn
heard.  Knows nothing of training, pages and sentences for them.
"""
