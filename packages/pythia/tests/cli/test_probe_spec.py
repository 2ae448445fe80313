from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythia.cli.app import EXTRACTOR_PARSER
from pythia.cli.probe_spec import ProbeSpec
from pythia.exceptions import ProbeSpecError

IDENTIFIER = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)


@pytest.fixture(autouse=True)
def _restored_imports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize(
    "text",
    [
        "my_module:my_function@pgie.src",
        "my_module.py:my_function@pgie.sink",
        "my.module:my_function@pgie.src",
        "my/module.py:my_function@pgie.src",
        "./p.py:f@muxer.sink_0",
        "../p.py:f@muxer.src_1",
        "/abs/a.b/c.py:Class.method@pgie.src",
    ],
)
def test_specs_are_recognised(text: str) -> None:
    assert re.match(EXTRACTOR_PARSER, text, flags=re.MULTILINE)
    spec = ProbeSpec.parse(text)
    assert f"{spec.module}:{spec.function}@{spec.element}.{spec.pad}" == text


@given(IDENTIFIER, IDENTIFIER, IDENTIFIER, IDENTIFIER)
def test_any_names_survive_the_way_through_text(module: str, function: str, element: str, pad: str):
    for path in (module, f"./{module}.py", f"/a b/{module}.py", f"{module}.{module}"):
        spec = ProbeSpec.parse(f"{path}:{function}@{element}.{pad}")
        assert spec == ProbeSpec(path, function, element, pad)


@given(st.text(max_size=30))
def test_any_text_is_parsed_or_refused_clearly(text: str) -> None:
    with contextlib.suppress(ProbeSpecError):
        spec = ProbeSpec.parse(text)
        assert f"{spec.module}:{spec.function}@{spec.element}.{spec.pad}" == text.rstrip("\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("probe.py:f", "after @ is missing"),
        ("probe.py:f@pgie", "write pgie.src or .sink"),
        ("probe.py@pgie.src", "write probe.py:function"),
        ("probe.py:1f@pgie.src", "no name"),
    ],
)
def test_bad_spec_names_what_is_missing(text: str, reason: str) -> None:
    with pytest.raises(ProbeSpecError, match=re.escape(reason)):
        ProbeSpec.parse(text)


def test_file_relative_to_the_current_directory_and_above(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "up.py").write_text("def f(): return 'up'")
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert ProbeSpec.parse("../up.py:f@e.src").load()() == "up"
    assert ProbeSpec.parse(f"{tmp_path}/up.py:f@e.src").load()() == "up"


def test_siblings_of_the_file_are_importable(tmp_path: Path) -> None:
    folder = tmp_path / "probes"
    folder.mkdir()
    (folder / "sibling_of_probe.py").write_text("answer = 42")
    (folder / "uses.py").write_text(
        "import sibling_of_probe\ndef f(): return sibling_of_probe.answer"
    )
    assert ProbeSpec.parse("./probes/uses.py:f@e.src").load()() == 42


def test_dotted_module_of_the_current_directory(tmp_path: Path) -> None:
    (tmp_path / "local_pkg").mkdir()
    (tmp_path / "local_pkg/mod.py").write_text("class C:\n    @staticmethod\n    def f(): return 1")
    assert ProbeSpec.parse("local_pkg.mod:C.f@e.src").load()() == 1


def test_one_file_is_run_once(tmp_path: Path) -> None:
    (tmp_path / "counted.py").write_text("state = []\ndef f(): return state\ndef g(): return state")
    first = ProbeSpec.parse("counted.py:f@e.src").load()
    second = ProbeSpec.parse("./counted.py:g@e.src").load()
    assert first() is second()


def test_file_named_like_a_loaded_module_does_not_replace_it(tmp_path: Path) -> None:
    (tmp_path / "re.py").write_text("def f(): return 'mine'")
    assert ProbeSpec.parse("./re.py:f@e.src").load()() == "mine"
    assert sys.modules["re"] is re


@pytest.mark.parametrize(
    ("source", "spec", "expected"),
    [
        (None, "prob.py:f@e.src", "prob.py does not exist.*Did you mean probe.py"),
        ("x = 1", "probe.py:f@e.src", "has no 'f'"),
        ("def gen_detections(): pass", "probe.py:gen_detection@e.src", "mean gen_detections"),
        ("f = 3", "probe.py:f@e.src", "is int, not a function"),
        ("def f(:", "probe.py:f@e.src", r"SyntaxError: .*probe.py:1"),
        ("\nimport nonexistent_thing", "probe.py:f@e.src", "nonexistent_thing.* at .*probe.py:2"),
        ("\n\n1/0", "probe.py:f@e.src", "ZeroDivisionError: division by zero at .*probe.py:3"),
        (None, "no_such_module:f@e.src", "no_such_module cannot be found.*no_such_module.py"),
    ],
)
def test_failures_to_load_say_what_and_where(tmp_path: Path, source, spec, expected) -> None:
    (tmp_path / "probe.py").write_text(source or "def f(): pass")
    with pytest.raises(ProbeSpecError, match=expected):
        ProbeSpec.parse(spec).load()
