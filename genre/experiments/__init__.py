"""Many runs side by side: figures, curves, configurations, what a choice among them costs.

In: the folder of runs.  Out: plain records, curves, spreads over seeds, differences.
Knows nothing of sentences (`genre.text.experiments` has them), charts or pages.
"""
