"""Sphinx configuration; `make docs` builds with warnings as errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

project = "Pythia"
author = "The Pythia maintainers"
copyright = "The Pythia maintainers, Apache-2.0"
extensions = ["myst_parser", "sphinx.ext.napoleon", "autoapi.extension"]
exclude_patterns = ["build"]
html_theme = "furo"
myst_heading_anchors = 3

# The reference of the API is made from the sources and the stubs, without importing anything.
_packages = Path(__file__).resolve().parents[1] / "packages"
autoapi_dirs = [str(_packages / name / "src" / name) for name in ("pythia", "pyds", "cuframes")]
autoapi_root = "reference/api"
autoapi_add_toctree_entry = False  # reference/api.md has them
autoapi_file_patterns = ["*.pyi", "*.py"]
autoapi_ignore = ["*/deepstream/*", "*/__main__.py"]
autoapi_member_order = "groupwise"
autoapi_options = [
    "members",
    "undoc-members",
    "show-inheritance",
    "show-module-summary",
    "imported-members",
]
napoleon_use_ivar = True  # attributes are described once
suppress_warnings = [
    "autoapi.python_import_resolution",  # what gi makes at run time
    "ref.python",  # attributes of the same name in several classes
]


def _skip(_app: Any, what: str, name: str, member: Any, skip: bool, _options: Any) -> bool:
    """Show what pyds and cuframes export, and in pythia what a module defines itself."""
    if what in ("module", "package") and any(part.startswith("_") for part in name.split(".")):
        return True
    return skip or (member.imported and name.startswith("pythia."))


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("autoapi-skip-member", _skip)
