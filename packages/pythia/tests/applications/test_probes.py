from __future__ import annotations

import functools
import logging
import threading

import pytest

from pythia import Application
from pythia.exceptions import (
    ElementNotFoundError,
    PadNotFoundError,
    ProbeSignatureError,
    PydsNotFoundError,
    QueueFullError,
)
from pythia.utils.gst import Gst

TEN = "videotestsrc num-buffers=10 ! identity name=i ! fakesink name=s"
MEMORY = "memory://?stream=x"


@pytest.fixture
def app() -> Application:
    return Application.from_pipeline_string(TEN)


def count_at_sink(app: Application) -> list[int]:
    buffers = [0]

    def count(pad, info):
        buffers[0] += 1
        return Gst.PadProbeReturn.OK

    pad = app.pipeline.get_by_name("s").get_static_pad("sink")
    pad.add_probe(Gst.PadProbeType.BUFFER, count)
    return buffers


def test_decorator_returns_the_function_and_keeps_a_handle(app) -> None:
    def look(pad, info):
        pass

    assert app.probe("s", "sink")(look) is look
    handle = app.handle_of(look)
    assert (handle.function, handle.element_name, handle.pad_name) == (look, "s", "sink")
    assert handle.attached
    assert app._registered_probes["s"]["sink"][0]["probe"] is look


@pytest.mark.parametrize("result", [None, Gst.PadProbeReturn.OK])
def test_none_and_ok_let_buffers_pass(app, result) -> None:
    arrived = count_at_sink(app)
    app.probe("i", "src")(lambda pad, info: result)
    app()
    assert arrived == [10]


def test_drop_and_remove_are_honoured(app) -> None:
    arrived, calls = count_at_sink(app), []

    @app.probe("i", "sink")
    def first_two(pad, info):
        calls.append(pad.get_name())
        return Gst.PadProbeReturn.REMOVE if len(calls) == 3 else Gst.PadProbeReturn.DROP

    app()
    assert calls == ["sink"] * 3
    assert arrived == [8]


def test_other_results_fail_the_run_and_say_what_is_allowed(app) -> None:
    app.probe("i", "src")(lambda pad, info: True)
    with pytest.raises(TypeError, match=r"returned True; allowed are None and Gst.PadProbeReturn"):
        app()


def test_exception_comes_out_of_app_as_it_was_raised_and_no_buffer_is_lost() -> None:
    app = Application.from_pipeline_string(
        "videotestsrc is-live=true num-buffers=9000 ! identity name=i ! fakesink name=s sync=false"
    )
    before, after = [0], count_at_sink(app)
    error = KeyError("person")

    @app.probe("i", "sink")
    def count(pad, info):
        before[0] += 1

    @app.probe("i", "src")
    def fails_in_the_fifth(pad, info):
        if before[0] == 5:
            raise error

    with pytest.raises(KeyError) as caught:
        app()
    assert caught.value is error
    assert app.handle_of(fails_in_the_fifth).failures == 1
    assert 5 <= before[0] < 9000
    assert before == after


def test_policy_log_reports_once_and_counts(app, caplog) -> None:
    arrived = count_at_sink(app)

    @app.probe("i", "src", on_error="log")
    def fails(pad, info):
        raise ValueError("no")

    with caplog.at_level(logging.ERROR, "pythia"):
        app()
    assert arrived == [10]
    assert app.handle_of(fails).failures == 10
    (record,) = caplog.records
    assert "fails@i.src raised ValueError: no at" in record.getMessage()
    assert "test_probes.py" in record.getMessage()


def test_policy_ignore_only_counts(app, caplog) -> None:
    arrived = count_at_sink(app)
    app.probe("i", "src", on_error="ignore")(lambda pad, info: 1 / 0)
    app()
    assert arrived == [10]
    assert app.probes[0].failures == 10
    assert not caplog.records


def test_unknown_policy_is_refused(app) -> None:
    with pytest.raises(ValueError, match="allowed: fail, log, ignore"):
        app.probe("i", "src", on_error="raise")


def test_removed_probe_is_not_called_again(app) -> None:
    calls = []

    @app.probe("i", "src")
    def once(pad, info):
        calls.append(1)
        app.handle_of(once).remove()

    app()
    app()
    assert calls == [1]
    assert not app.handle_of(once).attached


def test_probe_that_removed_itself_is_back_in_the_next_run(app) -> None:
    calls = []

    @app.probe("i", "src")
    def once_per_run(pad, info):
        calls.append(1)
        return Gst.PadProbeReturn.REMOVE

    app()
    app()
    assert calls == [1, 1]


class Collector:
    def __init__(self) -> None:
        self.seen = []

    def method(self, pad, info, batch_meta):
        self.seen.append((pad.get_name(), batch_meta.num_frames_in_batch))

    def __call__(self, batch_meta):
        self.seen.append(batch_meta.num_frames_in_batch)


def test_all_forms_and_kinds_of_callables_are_called(app, classic_pyds) -> None:
    collector, found = Collector(), []
    app.probe("i", "src")(collector)
    app.probe("i", "src")(collector.method)
    app.probe("i", "src")(functools.partial(lambda tag, batch_meta: found.append(tag), "t"))
    app.probe("i", "src", "own")(lambda pad, info, batch_meta, arg: found.append(arg))
    app()
    assert collector.seen == [2, ("src", 2)] * 10
    assert found == ["t", "own"] * 10


def test_buffers_without_a_batch_are_not_shown_to_batch_probes(app, classic_pyds, monkeypatch):
    monkeypatch.setattr("pyds.gst_buffer_get_nvds_batch_meta", lambda address: None)
    arrived, calls = count_at_sink(app), []
    app.probe("i", "src")(lambda batch_meta: calls.append(1))
    app.probe("i", "src")(lambda pad, info, batch_meta: calls.append(1))

    @app.probe("i", "src", backend_uri=MEMORY)
    def items(pad, info, batch_meta):
        yield 1

    app()
    assert (arrived, calls) == ([10], [])


@pytest.mark.usefixtures("no_pyds")
def test_batch_probe_without_pyds_says_how_to_get_it(app) -> None:
    with pytest.raises(PydsNotFoundError, match=r"takes batch_meta.*pip install pythia-pyds"):
        app.probe("i", "src")(lambda batch_meta: None)
    app()


def test_native_probe_of_pyds_is_used_for_batch_probes(app, classic_pyds, monkeypatch) -> None:
    batch, threads, seen = classic_pyds.make_batch(["a"]), [], []

    def add_probe(pad, function):
        def call(pad, info):
            threads.append(threading.current_thread().name)
            return function(batch) or Gst.PadProbeReturn.OK

        return pad.add_probe(Gst.PadProbeType.BUFFER, call)

    monkeypatch.setattr("pyds.add_probe", add_probe, raising=False)
    app.probe("i", "src")(lambda batch_meta: seen.append(batch_meta))
    app.probe("i", "src")(lambda pad, info: None)

    @app.probe("i", "src", backend_uri=MEMORY)
    def items(batch_meta):
        yield len(seen)

    app()
    assert seen == [batch] * 10
    assert len(threads) == 20
    assert list(app.backend("i", "src", 2).deque) == list(range(1, 11))
    monkeypatch.setattr("pyds.add_probe", None)
    app()
    assert len(seen) == 10 + 10


def test_generator_items_arrive_in_order_before_app_returns(app, classic_pyds) -> None:
    @app.probe("i", "src", backend_uri=MEMORY)
    def by_batch(batch_meta):
        yield from range(3)

    @app.probe("i", "src", backend_uri="memory://?stream=pads")
    def by_pad(pad, info):
        yield info.get_buffer().offset

    app()
    backend = app._registered_probes["i"]["src"][0]["backend"]
    assert list(backend.deque) == [0, 1, 2] * 10
    assert list(app.backend("i", "src", 1).deque) == list(range(10))
    assert app.streams[MEMORY].counters.posted == 30


def test_backend_post_is_looked_up_per_call_and_gets_one_item(app, monkeypatch) -> None:
    @app.probe("i", "src", backend_uri=MEMORY)
    def items(pad, info):
        yield {"a": 1}
        yield {"a": 2}

    backend, calls = app.backend("i", "src"), []
    original = type(backend).post

    def post(self, data):
        calls.append(data)
        return original(self, data)

    monkeypatch.setattr(type(backend), "post", post)
    app()
    assert calls == list(backend.deque) == [{"a": 1}, {"a": 2}] * 10


def test_items_before_an_exception_in_a_generator_are_kept(app) -> None:
    @app.probe("i", "src", backend_uri=MEMORY)
    def items(pad, info):
        yield 1
        yield 2
        raise RuntimeError("third")

    with pytest.raises(RuntimeError, match="third"):
        app()
    assert list(app.backend("i", "src").deque) == [1, 2]


def test_full_queue_with_policy_fail_fails_the_run(app) -> None:
    @app.probe("i", "src", backend_uri="memory://?stream=x&queue_size=2&overflow=fail")
    def items(pad, info):
        yield from range(3)

    with pytest.raises(QueueFullError, match="queue_size"):
        app()


def test_backend_that_fails_fails_the_run_with_its_exception(app, monkeypatch) -> None:
    @app.probe("i", "src", backend_uri=MEMORY)
    def items(pad, info):
        yield 1

    def refuse(self, data):
        raise ConnectionError("broker is gone")

    monkeypatch.setattr(type(app.backend("i", "src")), "post", refuse)
    with pytest.raises(ConnectionError, match="broker is gone"):
        app()
    assert app.streams[MEMORY].counters.failed >= 1


def test_request_and_sometimes_pads_are_waited_for() -> None:
    app = Application.from_pipeline_string(
        "videotestsrc num-buffers=3 ! video/x-raw,width=32,height=32 ! x264enc "
        "! mpegtsmux ! decodebin name=d ! fakesink name=s"
    )
    calls = []

    @app.probe("d", "src_0")
    def decoded(pad, info):
        calls.append(pad.get_name())

    assert not app.handle_of(decoded).attached
    app()
    assert calls == ["src_0"] * 3
    app.pipeline.get_by_name("d")


def test_request_pad_by_name_and_probe_inside_a_bin() -> None:
    app = Application.from_pipeline_string(
        "videotestsrc num-buffers=4 ! tee name=t t.src_1 ! queue ! fakesink "
        "t.src_7 ! ( queue name=q ) ! fakesink"
    )
    calls = []
    app.probe("t", "src_7")(lambda pad, info: calls.append(pad.get_name()))
    app.probe("q", "sink")(lambda pad, info: calls.append("q"))
    app()
    assert sorted(calls) == ["q"] * 4 + ["src_7"] * 4


def test_pad_that_never_appears_is_reported(caplog) -> None:
    app = Application.from_pipeline_string("videotestsrc num-buffers=1 ! tee name=t ! fakesink")
    app.probe("t", "src_9")(lambda pad, info: None)
    with caplog.at_level(logging.WARNING, "pythia"):
        app()
    assert "never ran: the pad did not appear. Pads of t: sink, src_0" in caplog.text


def test_missing_element_and_pad_name_what_there_is(app) -> None:
    with pytest.raises(ElementNotFoundError, match=r"Did you mean .*It has: i, s, videotestsrc"):
        app.probe("ii", "src")
    assert issubclass(ElementNotFoundError, NameError)
    with pytest.raises(PadNotFoundError, match=r"'i' \(identity\) has no pad 'src_0'.*src"):
        app.probe("i", "src_0")(lambda pad, info: None)
    assert issubclass(PadNotFoundError, ValueError)
    assert app.probes == []


def test_backend_for_a_plain_function_is_refused(app) -> None:
    with pytest.raises(ValueError, match="only a generator feeds an event stream"):
        app.probe("i", "src", backend_uri=MEMORY)(lambda pad, info: None)


def test_batch_meta_needs_a_probe_of_buffers(app, classic_pyds) -> None:
    downstream = Gst.PadProbeType.EVENT_DOWNSTREAM
    with pytest.raises(ValueError, match="gives no buffers"):
        app.probe("i", "src", pad_probe_type=downstream)(lambda batch_meta: None)
    events = []
    app.probe("i", "src", pad_probe_type=downstream)(
        lambda pad, info: events.append(info.get_event().type)
    )
    app()
    assert Gst.EventType.EOS in events


def test_asynchronous_probe_is_refused(app) -> None:
    async def probe(batch_meta):
        pass

    with pytest.raises(ProbeSignatureError, match="asynchronous"):
        app.probe("i", "src")(probe)
