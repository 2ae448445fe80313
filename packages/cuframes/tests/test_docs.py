"""Every block marked ``python`` of docs/python.md and of the README runs, in their order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "docs/python.md", ROOT / "packages/cuframes/README.md"]


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_code_runs(page: Path) -> None:
    names: dict[str, object] = {"__name__": "docs"}
    code = blocks(page)
    assert code
    for number, block in enumerate(code, 1):
        exec(compile(block, f"{page.name} block {number}", "exec"), names)
