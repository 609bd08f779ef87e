"""Arrays larger than memory: written as a stream, mapped from the disk, read by rows.

In: numbers, chunk by chunk, and the ``.npy`` files made of them.  Out: `Rows`, of which only the
rows that are asked for are ever held.  Knows nothing of tracks, genres, networks and pages.
"""
