"""gst-pylaunch as its users meet it: a process, its output and its exit code."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import gi
import pytest
from typer.testing import CliRunner

gi.require_version("GstPbutils", "1.0")
from gi.repository import GstPbutils

from pythia.cli.app import app
from pythia.utils.gst import Gst
from pythia.utils.message_handlers import GOT_EOS_FROM

LIVE_MP4 = (
    "videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 "
    "! x264enc tune=zerolatency speed-preset=ultrafast ! mp4mux ! filesink location={output}"
)
NUMBERS = (
    "count = 0\n"
    "def numbers(pad, info):\n"
    "    global count\n"
    "    count += 1\n"
    "    yield {'n': count, 'pts': info.get_buffer().pts}\n"
)


@pytest.fixture
def probe(tmp_path: Path) -> Path:
    path = tmp_path / "probe.py"
    path.write_text(NUMBERS)
    return path


def wait_for_file(path: Path, at_least: int, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not path.exists() or path.stat().st_size < at_least:
        assert time.monotonic() < deadline, f"{path} did not grow to {at_least} bytes"
        time.sleep(0.02)


def duration_s(path: Path) -> float:
    info = GstPbutils.Discoverer.new(60 * Gst.SECOND).discover_uri(path.as_uri())
    assert info.get_video_streams()
    return info.get_duration() / Gst.SECOND


def test_words_run_to_the_end_of_the_stream(launch) -> None:
    done = launch("videotestsrc", "num-buffers=5", "!", "fakesink", "name=a b")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Got EOS from /GstPipeline:")


def test_file_with_parameters_and_a_generator_probe(launch, probe, tmp_path: Path) -> None:
    (tmp_path / "pipeline.txt").write_text("videotestsrc\n  num-buffers={n}\n! fakesink name=out\n")
    done = launch("-p", "./pipeline.txt", "--n=3", "--probe=probe.py:numbers@out.sink")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == '{"n": 1, "pts": 0}'
    assert [json.loads(line)["n"] for line in lines] == [1, 2, 3]
    assert "Got EOS from" in done.stderr


def test_pipeline_from_standard_input(launch, tmp_path: Path) -> None:
    (tmp_path / "in").write_text("videotestsrc num-buffers={n} ! fakesink")
    with (tmp_path / "in").open() as text:
        assert launch("-p", "-", "--n", "2", stdin=text).returncode == 0


def test_environment_names_pipeline_probes_and_stream(launch, probe, tmp_path: Path) -> None:
    (tmp_path / "pipeline.txt").write_text("videotestsrc num-buffers=2 ! fakesink name=out")
    environment = {
        "PYTHIA_PIPELINE_FILE": "pipeline.txt",
        "PYTHIA_EXTRACTOR": "probe.py:numbers@out.sink probe.py:numbers@out.sink",
        "PYTHIA_STREAM_URI": "log://?stream=events.jsonl",
    }
    done = launch(env=environment)
    assert done.returncode == 0, done.stderr
    assert "Got EOS from" in done.stdout
    assert len((tmp_path / "events.jsonl").read_text().splitlines()) == 4


def test_dry_run_prints_the_pipeline_and_runs_nothing(launch) -> None:
    done = launch("--dry-run", "fakesrc", "!", "filesink", "location={o}", "--o", "a b.raw")
    assert done.stdout == "```gst\nfakesrc ! filesink location=a\\ b.raw\n```\n"
    assert done.returncode == 0


def test_check_finds_an_invalid_pipeline_without_running_it(launch) -> None:
    assert launch("--check", "fakesrc", "!", "fakesink").returncode == 0
    assert launch("--dry-run", "fakesrc", "!", "fakesnk").returncode == 0
    assert launch("--dry-run", "--check", "fakesrc", "!", "fakesnk").returncode == 2


def test_version_and_help_say_the_rules(launch) -> None:
    assert launch("--version").stdout.startswith("gst-pylaunch 0.")
    text = launch("--help").stdout
    assert "--pylaunch-OPTION" in text
    assert "Exit codes" in text


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("fakesrc ! fakesnk", 2, "Did you mean fakesink"),
        ("-x nonsense -- fakesrc ! fakesink", 3, "module_or_path.py:function@element.pad"),
        ("-x gone.py:f@s.sink -- fakesrc ! fakesink name=s", 3, "gone.py does not exist"),
        ("-x probe.py:f@s.sink -- fakesrc ! fakesink name=s", 3, "has no 'f'"),
        ("-x probe.py:numbers@t.sink -- fakesrc ! fakesink name=s", 4, "no element named 't'"),
        ("-x probe.py:numbers@s.sing -- fakesrc ! fakesink name=s", 4, "Did you mean sink"),
        ("filesrc location=/no/where.mp4 ! fakesink", 5, "/no/where.mp4"),
        ("uridecodebin uri=file:///no/where.mp4 ! fakesink", 5, "/no/where.mp4"),
        ("filesrc location=probe.py ! qtdemux ! fakesink", 5, "qtdemux"),
        ("rtspsrc location=rtsp://127.0.0.1:1/x ! fakesink", (1, 5), "127.0.0.1:1"),
        ("-p gone.txt", 1, "cannot read the pipeline file gone.txt: No such file"),
        ("fakesrc ! fakesink --n=1", 1, "no option --n"),
        ("fakesrc num-buffers={n} ! fakesink", 1, "needs a value for: n"),
        ("--check", 1, "there is no pipeline"),
        ("fakesrc num-buffers=9 ! identity error-after=3 ! fakesink", (1, 5), "identity"),
    ],
)
@pytest.mark.usefixtures("probe")
def test_mistakes_give_one_message_and_their_exit_code(launch, arguments, code, message) -> None:
    done = launch(*arguments.split())
    assert done.returncode in (code if isinstance(code, tuple) else (code,)), done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("gst-pylaunch: error:") == 1


def test_truncated_mp4_names_the_file_and_the_element(launch, tmp_path: Path) -> None:
    whole = tmp_path / "whole.mp4"
    launch(
        *[
            "videotestsrc",
            "num-buffers=30",
            "!",
            "x264enc",
            "!",
            "mp4mux",
            "!",
            "filesink",
            "location=whole.mp4",
        ],
    )
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    done = launch(*f"uridecodebin uri=file://{cut} ! fakesink".split())
    assert done.returncode in (1, 5)
    assert "qtdemux" in done.stderr
    assert f"reading {cut}; the data is damaged" in done.stderr


def test_probe_that_raises_fails_the_run_and_shows_its_place(launch, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def f(pad, info):\n    raise KeyError('person')\n")
    done = launch(
        *["-x", "bad.py:f@s.sink", "videotestsrc", "num-buffers=9", "!", "fakesink", "name=s"]
    )
    assert done.returncode == 1
    assert "KeyError: 'person'" in done.stderr
    assert "bad.py" in done.stderr
    assert "line 2, in f" in done.stderr
    assert "pythia/applications" not in done.stderr


def test_sys_exit_in_a_probe_is_the_exit_code(launch, tmp_path: Path) -> None:
    (tmp_path / "quits.py").write_text("import sys\ndef f(pad, info):\n    sys.exit(7)\n")
    done = launch(
        *["-x", "quits.py:f@s.sink", "videotestsrc", "num-buffers=9", "!", "fakesink", "name=s"]
    )
    assert done.returncode == 7
    assert done.stderr == ""


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_first_signal_ends_the_stream_and_the_file_plays(pylaunch, tmp_path, signum) -> None:
    output = tmp_path / "out.mp4"
    process = pylaunch(*LIVE_MP4.split(), "--output", str(output))
    wait_for_file(output, at_least=2000)
    process.send_signal(signum)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "once more to stop at once" in err
    assert duration_s(output) > 0.2


def test_second_signal_stops_at_once(pylaunch, tmp_path: Path) -> None:
    # A probe that keeps end-of-stream back: the first signal alone would take eos_timeout_s.
    (tmp_path / "p.py").write_text(
        "import time\ndef slow(pad, info):\n    print('running', flush=True)\n    time.sleep(1)\n"
    )
    words = "videotestsrc is-live=true ! queue ! fakesink name=s sync=false"
    process = pylaunch("-x", "p.py:slow@s.sink", *words.split())
    assert process.stdout.readline() == "running\n"
    assert process.stdout.readline() == "running\n"
    process.send_signal(signal.SIGINT)
    assert "once more" in process.stderr.readline()
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - started < 9  # and not eos_timeout_s


def test_reader_that_goes_away_ends_the_run_cleanly(pylaunch, probe, tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    process = pylaunch(
        *("-x", "probe.py:numbers@e.sink"),
        *LIVE_MP4.replace("x264enc", "x264enc name=e").split(),
        *("--output", str(output)),
    )
    assert process.stdout.readline().startswith('{"n": 1')
    wait_for_file(output, at_least=1000)
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert "Traceback" not in process.stderr.read()
    assert duration_s(output) > 0


def test_progress_goes_to_a_terminal_and_json_stays_clean(pylaunch, probe) -> None:
    terminal, slave = pty.openpty()
    words = (
        "videotestsrc is-live=true num-buffers=50 ! video/x-raw,framerate=30/1 ! fakesink name=s"
    )
    process = pylaunch("-x", "probe.py:numbers@s.sink", *words.split(), stderr=slave)
    os.close(slave)
    out, _ = process.communicate(timeout=60)
    shown = b""
    while select.select([terminal], [], [], 0.2)[0]:
        try:
            data = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not data:
            break
        shown += data
    os.close(terminal)
    assert [json.loads(line)["n"] for line in out.splitlines()] == list(range(1, 51))
    assert b"0:00:01" in shown
    assert b" fps" in shown
    # The last thing on the line before the notice is that it was cleared.
    assert shown.rpartition(b"Got EOS")[0].endswith(b"\r\x1b[K")


def test_no_progress_where_stderr_is_no_terminal(launch) -> None:
    done = launch(*["videotestsrc", "is-live=true", "num-buffers=30", "!", "fakesink"])
    assert done.stderr == ""


def test_runs_in_process_with_the_program_name_as_first_word(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("videotestsrc num-buffers=2 ! fakesink")
    result = CliRunner().invoke(app, ["gst-pylaunch", "-p", str(tmp_path / "p.txt")])
    assert result.exit_code == 0
    assert GOT_EOS_FROM in result.stdout


def test_a_background_job_of_a_shell_ends_on_sigint(tmp_path: Path) -> None:
    output = tmp_path / "out.mp4"
    # Shells start background jobs with SIGINT ignored.
    process = subprocess.Popen(
        [sys.executable, "-m", "pythia", *LIVE_MP4.split(), "--output", str(output)],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for_file(output, at_least=2000)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()
    assert duration_s(output) > 0.2
