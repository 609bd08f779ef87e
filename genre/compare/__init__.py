"""Models and runs side by side: the leaderboard, confused tracks, and what a leak is worth.

In: the folders of models, runs and results.  Out: rows with honest figures first.
Knows nothing of charts or pages.
"""
