"""Models and runs compared: the leaderboard, confused tracks, and the effect of data leakage.

In: the folders of models, runs and results.  Out: rows, those without data leakage first.
Knows nothing of charts or pages.
"""
