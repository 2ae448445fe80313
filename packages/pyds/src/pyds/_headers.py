"""The C headers that come with the package."""

from __future__ import annotations

from pathlib import Path


def get_include() -> str:
    """The directory of the headers, for compilers: parsers in C++ need it.

    See ``nvdsinfer_custom_impl.h`` there. ``python -m pyds include-path`` prints it.
    """
    return str(Path(__file__).parent / "include")
