"""Files to download: a table of predictions, the report of a run, a recipe as a Keras script.

In: predictions, runs and recipes.  Out: the text of a file.
Knows nothing of pages.
"""
