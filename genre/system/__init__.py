"""The operating system: files written whole, background jobs, locks, threads, safe zips.

In: paths, command lines, functions.  Out: files, processes and their progress.
Knows nothing of sound, networks or datasets.
"""
