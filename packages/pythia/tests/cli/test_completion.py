from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pythia.cli.completion import candidates

OPTIONS = ("--check", "--dry-run", "-x")


@pytest.mark.parametrize(
    ("words", "incomplete", "expected"),
    [
        ([], "videotests", ["videotestsrc"]),
        (["videotestsrc"], "patt", ["pattern="]),
        (["videotestsrc", "pattern=ball"], "", ["!"]),
        (["videotestsrc", "!"], "fakesi", ["fakesink"]),
        (["videotestsrc", "!", "fakesink"], "sync", ["sync="]),
        (["nothing-like-it"], "", ["!"]),
        ([], "--d", ["--dry-run"]),
        ([], "--pylaunch-c", ["--pylaunch-check"]),
        (["fakesrc", "num-buffers={dozens}"], "--d", ["--dozens=", "--dry-run"]),
    ],
)
def test_the_tab_key_offers(words, incomplete, expected) -> None:
    found = candidates(words, incomplete, OPTIONS)
    assert set(expected) <= set(found)
    assert all(each.startswith(incomplete) for each in found)


def test_files_and_the_parameters_in_them(tmp_path: Path) -> None:
    (tmp_path / "pipe.txt").write_text("filesrc location={input} ! fakesink")
    (tmp_path / "pipes").mkdir()
    found = candidates(["-p"], str(tmp_path / "pi"), OPTIONS)
    assert found == [str(tmp_path / "pipe.txt"), f"{tmp_path}/pipes/"]
    assert candidates(["-p", str(tmp_path / "pipe.txt")], "--in", OPTIONS) == ["--input="]
    assert candidates(["-p", str(tmp_path / "pipe.txt")], "fake", OPTIONS) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [("gst-pylaunch fakesrc ! fakesi", "fakesink"), ("gst-pylaunch --dry", "--dry-run")],
)
def test_bash_asks_and_is_answered(line: str, expected: str) -> None:
    environment = {
        **os.environ,
        "_GST_PYLAUNCH_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
    }
    code = "from pythia.cli.app import app; app(prog_name='gst-pylaunch')"
    shown = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert expected in shown.stdout.splitlines(), shown.stderr
