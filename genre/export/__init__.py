"""What leaves the program: tables, reports of runs, Keras scripts, genre tags, models for browsers.

In: predictions, models, runs and recipes.  Out: the text of a file, or a tag in one.
Knows nothing of pages.
"""
