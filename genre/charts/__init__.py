"""Everything the pages draw: Plotly figures, SVG curves, small HTML tables, one set of colours.

In: plain arrays and dataclasses.  Out: figures and markup.
Knows nothing of pages or of where the numbers come from.
"""
