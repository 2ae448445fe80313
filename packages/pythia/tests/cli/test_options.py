"""The options of gst-pylaunch beside pipeline and probes, as their users meet them."""

from __future__ import annotations

import json
import re
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from pythia.cli.arguments import UsageError
from pythia.cli.options import parse_address

COUNT = "n = 0\ndef f(pad, info):\n    global n\n    n += 1\n    yield n\n"
LIVE = (
    "videotestsrc is-live=true num-buffers={n} ! video/x-raw,width=32,height=32,framerate=50/1 "
    "! identity name=i sleep-time=1000 ! fakesink name=s"
)


@pytest.fixture
def probe(tmp_path: Path) -> Path:
    path = tmp_path / "p.py"
    path.write_text(COUNT)
    return path


def test_stream_says_where_items_go(launch, probe, tmp_path: Path) -> None:
    done = launch(
        "-x", "p.py:f@s.sink", "--stream", "log://?stream=out.jsonl", *LIVE.split(), "--n=3",
        env={"PYTHIA_STREAM_URI": "log://?stream=other.jsonl"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.jsonl").read_text() == "1\n2\n3\n"
    assert done.stdout.startswith("Got EOS from")


@pytest.mark.parametrize(
    ("policy", "code", "said"), [("fail", 1, 1), ("log", 0, 1), ("ignore", 0, 0)]
)
def test_on_error_decides_what_an_exception_does(launch, tmp_path, policy, code, said) -> None:
    (tmp_path / "bad.py").write_text("def f(pad, info):\n    raise KeyError('person')\n")
    done = launch("-x", "bad.py:f@s.sink", f"--on-error={policy}", *LIVE.split(), "--n=3")
    assert done.returncode == code
    assert done.stderr.count("bad.py") == said


def test_log_format_json_is_json_throughout(launch, tmp_path: Path) -> None:
    done = launch(
        "--log-format=json", *["filesrc", "location=/no/where", "name=f", "!", "fakesink"],
        env={"GST_DEBUG": "2"},
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 5
    (error,) = [line for line in lines if line["logger"] == "pythia.cli"]
    assert error["level"] == "ERROR"
    assert "/no/where" in error["message"]
    assert error["element"].endswith("/GstFileSrc:f")
    assert any(line["logger"].startswith("gstreamer.") for line in lines)
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "code"),
    [("fakesrc ! fakesnk", 2), ("-x gone.py:f@s.sink fakesrc ! fakesink name=s", 3)],
)
def test_log_format_json_also_before_anything_runs(launch, words: str, code: int) -> None:
    done = launch("--log-format=json", *words.split())
    assert done.returncode == code
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["level"] == "ERROR"


def test_reload_takes_over_good_edits_and_survives_bad_ones(pylaunch, tmp_path: Path) -> None:
    path = tmp_path / "p.py"
    path.write_text("def f(pad, info):\n    yield 'first'\n")
    process = pylaunch("--reload", "-x", "p.py:f@s.sink", *LIVE.split(), "--n=100000")
    assert process.stdout.readline() == '"first"\n'
    path.write_text("def f(pad, info):\n    yield 'bro\n")
    assert re.search(r"p.py was not reloaded.*SyntaxError line 2", process.stderr.readline())
    path.write_text("def g(pad, info):\n    yield 1\n")
    assert "has no attribute 'f'" in process.stderr.readline()
    path.write_text("def f(pad, info):\n    return None\n")
    assert "a generator" in process.stderr.readline()
    path.write_text("def f(pad, info):\n    yield 'second'\n")
    assert "p.py reloaded" in process.stderr.readline()
    while (line := process.stdout.readline()) == '"first"\n':
        pass
    assert line == '"second"\n'
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_dot_writes_graphs_when_it_plays_and_at_sighup(pylaunch, probe, tmp_path: Path) -> None:
    process = pylaunch("--dot", "graphs", "-x", "p.py:f@s.sink", *LIVE.split(), "--n=100000")
    assert process.stdout.readline() == "1\n"
    process.send_signal(signal.SIGHUP)
    expected = {"pipeline0-playing.dot", "pipeline0-snapshot.dot"}
    deadline = time.monotonic() + 60
    while {path.name for path in (tmp_path / "graphs").glob("*")} < expected:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_metrics_are_served_while_it_runs(pylaunch, probe, free_port: int) -> None:
    pytest.importorskip("prometheus_client")
    process = pylaunch(
        f"--metrics=127.0.0.1:{free_port}", "-x", "p.py:f@s.sink", *LIVE.split(), "--n=100000"
    )
    for _ in range(3):
        process.stdout.readline()
    with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/metrics") as page:
        text = page.read().decode()
    assert float(re.search(r'pythia_sink_buffers_total{sink="s"} (\S+)', text)[1]) >= 1
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_latency_is_a_table_at_the_end(launch) -> None:
    done = launch("--latency", *LIVE.split(), "--n=10")
    row = re.search(r"^i +(\d+) +([\d.]+) +([\d.]+)$", done.stderr, re.MULTILINE)
    assert row[1] == "10"
    assert 1 <= float(row[2]) <= float(row[3])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--on-error=stop", "--on-error=stop; allowed: fail, log, ignore"),
        ("--log-format=xml", "--log-format=xml; allowed: text, json"),
        ("--metrics=no", "--metrics=no: give a port"),
        ("--metrics=:99999", "--metrics=:99999: give a port"),
        ("--stream=carrier-pigeon://?stream=x -x p.py:f@s.sink", "no event stream is known"),
        ("--reload -x json:dumps@s.sink", "no probe"),
    ],
)
@pytest.mark.usefixtures("probe")
def test_mistakes_in_options_are_named(launch, arguments, message) -> None:
    done = launch(*arguments.split(), *["fakesrc", "num-buffers=1", "!", "fakesink", "name=s"])
    assert done.returncode in (1, 3)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_template_s_names_stay_the_template_s(launch, tmp_path: Path) -> None:
    (tmp_path / "t").write_text("fakesrc num-buffers={metrics} ! fakesink name={stream}")
    done = launch("-p", "t", "--metrics=2", "--stream=x", "--dry-run")
    assert "num-buffers=2 ! fakesink name=x" in done.stdout


def test_addresses() -> None:
    assert parse_address(":9100") == ("0.0.0.0", 9100)
    assert parse_address("9100") == ("0.0.0.0", 9100)
    assert parse_address("[::1]:0") == ("::1", 0)
    with pytest.raises(UsageError):
        parse_address("host:")
