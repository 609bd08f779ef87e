"""The answers of the tour's stops, found on a song or in the recorded figures.

In: a song as a classifier read it; recorded runs, memory tests and models' cards.
Out: a `Reveal` for each stop: which answer holds, the sentence that says why, and a chart as plain
values, drawn in the browser.
Knows nothing of the page: which stop is shown, what was guessed, where the songs come from.
"""
