"""Sphinx configuration; `make docs` builds with warnings as errors."""

project = "Pythia"
author = "The Pythia maintainers"
copyright = "The Pythia maintainers, Apache-2.0"  # noqa: A001
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["build"]
html_theme = "furo"
myst_heading_anchors = 3
autodoc_typehints = "description"
