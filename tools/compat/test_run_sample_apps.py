"""The runner of sample applications, on small applications of the test's own."""

from __future__ import annotations

import os

import pytest

from tools.compat import run_sample_apps
from tools.compat.sample_apps import APPS, App, CheckError


class Tree:
    """Where the applications are."""

    has_classifiers = False

    def __init__(self, apps):
        self.apps = apps

    def environment(self):
        return {**os.environ, "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def run(tmp_path):
    """Runs an application of the given text."""

    def start(text, check=lambda output, folder: output.strip(), **options):
        folder = tmp_path / "apps" / "some-app"
        folder.mkdir(parents=True)
        (folder / "app.py").write_text(text)
        app = App("some-app with options", "app.py", lambda tree: ["x"], check, **options)
        return run_sample_apps.run(app, Tree(tmp_path / "apps"), tmp_path)

    return start


def test_what_the_check_saw_stands_in_the_table(run):
    result = run("import sys; print('seen', sys.argv[1])")
    assert (result.state, result.how) == ("yes", "seen x")
    assert "| some-app with options | yes | seen x |" in run_sample_apps.table([result])


def refuse(output, folder):
    raise CheckError("3 of 300 frames")


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("print(1)", {"check": refuse}, "3 of 300 frames"),
        ("import sys; sys.exit(2)", {}, "exit code 2"),
        (
            "print('\\nError: gst-resource-error-quark: no such file (3): a.c(1): open ()')",
            {},
            "Error: no such file",
        ),
        (
            "import traceback\ntry:\n    {}[3]\nexcept KeyError:\n    traceback.print_exc()",
            {},
            "KeyError: 3",
        ),
        ("import signal; signal.pause()", {"timeout_s": 1}, "did not end within 1 s"),
    ],
)
def test_what_goes_wrong_stands_in_the_table(run, text, options, reason):
    if "pause" in text:  # deaf to the interrupt, too
        text = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + text
        options = {**options, "patience_s": 1}
    result = run(text, **options)
    assert result.state == "NO"
    assert reason in result.how


def test_an_application_that_does_not_end_by_itself_is_interrupted(run):
    result = run(
        "import signal, time\nprint('running', flush=True)\n"
        "try:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('stopped')",
        interrupt_after_s=3,
    )
    assert result.state == "yes"
    assert result.how.split() == ["running", "stopped"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"elements": ("identity", "nvnone")}, "no element nvnone"),
        ({"modules": ("json", "nonesuch_module")}, "no module nonesuch_module"),
        ({"needs": "/dev/nonesuch"}, "needs /dev/nonesuch"),
        ({"needs": "a model"}, "needs a model"),
        ({"needs_classifiers": True}, "needs the classifiers"),
    ],
)
def test_an_application_without_what_it_needs_is_not_run(run, options, reason):
    result = run("raise SystemExit(9)", **options)
    assert result.state == "not run"
    assert reason in result.how


def test_every_application_of_nvidia_is_listed():
    assert len({app.folder for app in APPS}) == 19
