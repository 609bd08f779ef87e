"""The charts of the pages: Plotly figures, SVG curves, small HTML tables, and the colours.

In: plain arrays and dataclasses.  Out: figures and markup.
Knows nothing of pages, and computes nothing.
"""
