from __future__ import annotations

import json
import logging
import sys
import threading
from pathlib import Path

import pytest

from pythia import Application
from pythia.exceptions import PipelineError
from pythia.observability import JsonFormatter, bridge_gst_log, write_graph
from pythia.utils.gst import Gst


@pytest.fixture
def bridged():
    bridge_gst_log(threshold="1,basesink:5")
    yield
    bridge_gst_log(False, threshold="0")


class Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_lines_of_gstreamer_become_records_with_their_element(bridged, capfd) -> None:
    collector, logger = Collector(), logging.getLogger("gstreamer.basesink")
    logger.addHandler(collector)
    logger.setLevel(logging.DEBUG)
    try:
        Application.from_pipeline_string("videotestsrc num-buffers=2 ! fakesink name=mine")()
        bridge_gst_log(False)
    finally:
        logger.removeHandler(collector)
    records = collector.records
    assert records
    assert {record.levelno for record in records} <= {logging.DEBUG, logging.INFO}
    assert any("mine" in record.element for record in records)
    assert all(record.lineno > 0 and record.funcName for record in records)
    assert capfd.readouterr().err == ""


def test_without_the_bridge_the_log_goes_where_it_went_before(capfd) -> None:
    bridge_gst_log()
    bridge_gst_log()
    bridge_gst_log(False)
    bridge_gst_log(False)
    Gst.debug_set_threshold_from_string("2", True)
    try:
        with pytest.raises(PipelineError):
            Application.from_pipeline_string("filesrc location=/no/where ! fakesink")()
    finally:
        Gst.debug_set_threshold_from_string("0", True)
    assert "filesrc" in capfd.readouterr().err


def test_json_has_time_level_element_and_traceback() -> None:
    try:
        raise KeyError("x")
    except KeyError:
        record = logging.LogRecord(
            "pythia.x", logging.WARNING, "f.py", 3, "it is %d", (5,), sys.exc_info()
        )
    record.element = "/GstPipeline:p/GstFakeSink:s"
    fields = json.loads(JsonFormatter().format(record))
    assert fields["time"].endswith("+00:00")
    assert fields["exception"].splitlines()[-1] == "KeyError: 'x'"
    assert {k: fields[k] for k in ("level", "logger", "message", "element")} == {
        "level": "WARNING",
        "logger": "pythia.x",
        "message": "it is 5",
        "element": "/GstPipeline:p/GstFakeSink:s",
    }


def test_warnings_of_elements_carry_their_path(caplog) -> None:
    app = Application.from_pipeline_string("videotestsrc num-buffers=1 ! fakesink name=s")

    @app.probe("s", "sink")
    def warn(pad, info):
        from pythia.utils.gst import GLib

        error = GLib.Error.new_literal(Gst.StreamError.quark(), "odd", 1)
        app.bus.post(Gst.Message.new_warning(app.pipeline.get_by_name("s"), error, ""))

    with caplog.at_level(logging.WARNING, "pythia"):
        app()
    (record,) = [each for each in caplog.records if "odd" in each.getMessage()]
    assert record.element.endswith("/GstFakeSink:s")


def test_graphs_show_the_pipeline_when_it_plays_and_when_it_fails(tmp_path: Path) -> None:
    app = Application.from_pipeline_string(
        "videotestsrc num-buffers=9 ! identity error-after=5 name=breaks ! fakesink"
    )
    app.pipeline.set_name("mine")
    app.graph_dir = tmp_path / "graphs"
    with pytest.raises(PipelineError):
        app()
    playing = (tmp_path / "graphs/mine-error.dot").read_text()
    assert "breaks" in playing
    assert "digraph" in playing
    assert (
        write_graph(app.pipeline.pipeline, tmp_path / "x/y.dot").read_text().startswith("digraph")
    )


def test_the_variable_of_gstreamer_names_the_folder(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GST_DEBUG_DUMP_DOT_DIR", str(tmp_path))
    app = Application.from_pipeline_string(
        "videotestsrc is-live=true num-buffers=5 ! fakesink name=s"
    )
    app.pipeline.set_name("live")
    app()
    assert (tmp_path / "live-playing.dot").exists()


def test_a_folder_that_cannot_be_written_ends_no_run(tmp_path: Path, caplog) -> None:
    (tmp_path / "file").touch()
    app = Application.from_pipeline_string("videotestsrc num-buffers=1 ! fakesink")
    app.graph_dir = tmp_path / "file"
    assert app.dump_graph("now") is None
    assert "cannot write a graph" in caplog.text


def test_many_threads_may_log_at_once(bridged) -> None:
    texts = ["videotestsrc num-buffers=50 ! fakesink name=s sync=false"] * 4
    threads = [threading.Thread(target=Application.from_pipeline_string(each)) for each in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
