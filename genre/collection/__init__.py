"""Songs by what musicnn heard: a map, the nearest bundled tracks, a collection of one's own songs.

In: what a network read of a song, a folder of recordings.  Out: embeddings, places on the map,
neighbours, a collection on disk.  Knows nothing of charts, pages and training.
"""
