"""Writes src/cuframes/_cuframes.pyi from the installed extension. A test compares the two.

Usage: python tools/make_stubs.py [output file]
"""

from __future__ import annotations

import sys
from pathlib import Path

from nanobind.stubgen import StubGen

import cuframes._cuframes as native

HERE = Path(__file__).resolve().parent
HEADER = '''"""Native part of cuframes. Written by tools/make_stubs.py; do not edit."""

from typing import Any
from collections.abc import AsyncIterator

from cuframes._types import PublisherState, StreamEvent
'''


def stubs() -> str:
    """The stub file's text."""
    generator = StubGen(module=native, include_docstrings=True, quiet=True)
    generator.put(native)
    body = generator.get()
    doc = f'"""{native.__doc__}"""\n'
    body = body.replace(doc, "", 1).lstrip("\n")
    # The buffer protocol, as type checkers want to see it (PEP 688).
    buffer = "    def __buffer__(self, flags: int, /) -> memoryview: ...\n\n"
    marker = "    @property\n    def shape(self)"
    assert body.count(marker) == 1
    return HEADER + "\n" + body.replace(marker, buffer + marker)


if __name__ == "__main__":
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "src/cuframes/_cuframes.pyi"
    output.write_text(stubs())
