"""What a visitor takes along: a table of results, a run's report, a recipe as a Keras script.

In: predictions, runs and recipes.  Out: text that stands alone as a file.
Knows nothing of pages.
"""
