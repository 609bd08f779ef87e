"""The documentation site: ``make docs``. Sphinx reads the Markdown files where they lie.

The source folder is the root of the checkout (``sphinx-build -c docs .``), so that a link from one
document to another, or to a file of the program, means the same here as in the checkout.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from genre import __version__  # noqa: E402

project = "Genre Lab"
author = "the authors of Genre Lab"
copyright = author
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.apidoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**", "datasets/**.md", "models/**.md", "samples/*.md"]
exclude_patterns = [".*", "build", "runs", "tests", "docs/api/modules.rst"]
default_role = "code"

myst_heading_anchors = 4  # documents link to headings as GitHub names them

apidoc_modules = [
    {"path": "../genre", "destination": "docs/api", "max_depth": 2, "module_first": True}
]
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say them, with shapes and units
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_param = False  # types are for people: the n_segments of a shape is no attribute
napoleon_use_rtype = False
napoleon_custom_sections = ["Conventions"]

html_theme = "pydata_sphinx_theme"
html_title = project
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False, "show_prev_next": True}
html_sidebars = {"docs/index": []}
html_show_sourcelink = False
html_extra_path = ["site"]  # index.html, which leads to docs/index.html
linkcheck_ignore = [r"http://localhost.*"]


def list_references(app, what, name, obj, options, lines):  # noqa: D103
    # Footnotes must be unique on a page; the docstrings on one page all count from 1.
    lines[:] = [re.sub(r"\.\. (\[\d+\]) ", r"-  \1 ", line) for line in lines]
    lines[:] = [re.sub(r"(\[\d+\])_", r"\1", line) for line in lines]


def setup(app):  # noqa: D103
    app.connect("autodoc-process-docstring", list_references, priority=400)  # before napoleon
