"""What leaves the program: tables, reports, Keras scripts, genre tags, models for browsers, runs.

In: predictions, models, runs and recipes.  Out: a file, or a tag in one; of an experiment, a run.
Knows nothing of pages.
"""
