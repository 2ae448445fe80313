from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from pythia.cli import tools


def test_findings_name_what_is_there_and_what_to_do_about_the_rest(monkeypatch, no_pyds) -> None:
    monkeypatch.setitem(__import__("sys").modules, "redis", None)
    found = {each.name: each for each in tools.findings()}
    assert found["Python"].is_there
    assert found["GStreamer for Python"].detail.startswith("GStreamer 1.")
    assert not found["pyds"].is_there
    assert "pip install pythia-pyds" in found["pyds"].detail
    assert "pip install pythia-video[redis]" in found["redis"].detail


def test_doctor_fails_only_where_pipelines_cannot_run(monkeypatch) -> None:
    monkeypatch.setattr(tools.importlib.util, "find_spec", lambda name: None)
    lines = [tools.Finding("a", True, "yes", True), tools.Finding("b", False, "no")]
    monkeypatch.setattr(tools, "findings", lambda: lines)
    result = CliRunner().invoke(tools.app, ["doctor"])
    assert (result.exit_code, result.output) == (0, "ok       a: yes\nabsent   b: no\n")
    lines.append(tools.Finding("c", False, "gone", True))
    result = CliRunner().invoke(tools.app, ["doctor"])
    assert result.exit_code == 1
    assert "MISSING  c: gone" in result.output


def test_the_demo_says_what_it_lacks(no_pyds, tmp_path: Path) -> None:
    result = CliRunner().invoke(tools.app, ["demo", "x.mp4", "-o", str(tmp_path / "o.mp4")])
    assert result.exit_code == 3
    assert "pip install pythia-pyds" in result.output
