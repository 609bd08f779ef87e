"""What a result says: a few findings, each by a named rule from the result's own figures.

In: an evaluation, a run's history, earlier results.  Out: findings, the most useful first.
Knows nothing of sentences (`genre.text.reading` has them), charts or pages.
"""
