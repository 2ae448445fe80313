from __future__ import annotations

import gc
import json
import logging
import os
import signal
import sys
import threading
import time
import weakref
from pathlib import Path

import pytest

from pythia import Application
from pythia.applications.base import BaseApplication
from pythia.event_stream import Backend, register
from pythia.exceptions import PipelineError, PipelineStartError, PipelineStuckError
from pythia.observability import Meter
from pythia.pipelines.base import StringPipeline
from pythia.utils.gst import GLib, Gst
from pythia.utils.message_handlers import ErrorText

SHORT = "videotestsrc num-buffers=5 ! fakesink name=s"
ENDLESS = "videotestsrc is-live=true ! fakesink name=s"


def make(text: str, base: type[BaseApplication] = Application) -> BaseApplication:
    return base.from_pipeline_string(text)


def at_first_buffer(app: BaseApplication, action) -> None:
    """Calls `action` in the streaming thread, once the pipeline plays."""

    @app.probe("s", "sink")
    def probe(pad, info):
        if app.pipeline.get_state(0).state == Gst.State.PLAYING:
            action()
            return Gst.PadProbeReturn.REMOVE
        return None


def test_runs_to_the_end_of_the_stream_and_again() -> None:
    app, buffers = make(SHORT), []
    app.probe("s", "sink")(lambda pad, info: buffers.append(1))
    app()
    assert len(buffers) == 5
    assert app.pipeline.get_state(0).state == Gst.State.NULL
    app()
    assert len(buffers) == 10


def test_pads_that_come_and_go_are_linked_in_every_run(tmp_path: Path) -> None:
    path = tmp_path / "av.mkv"
    make(
        "videotestsrc num-buffers=8 ! video/x-raw,width=32,height=32 ! vp8enc deadline=1 ! mux. "
        "audiotestsrc num-buffers=8 ! vorbisenc ! mux. "
        f"matroskamux name=mux ! filesink location={path}"
    )()
    app = make(
        f"uridecodebin name=d uri=file://{path} d. ! video/x-raw ! fakesink name=s "
        "d. ! audioconvert ! fakesink name=a"
    )
    seen = []
    app.probe("s", "sink")(lambda pad, info: seen.append("video"))
    app.probe("a", "sink")(lambda pad, info: seen.append("audio"))
    for run in (1, 2, 3):
        app()
        assert seen.count("video") == 8 * run
        assert seen.count("audio") > run


def test_pads_without_a_template_are_linked_in_every_run(tmp_path: Path) -> None:
    # Pictures only: with sound, uridecodebin3 of GStreamer 1.22 crashes by itself when reused.
    path = tmp_path / "v.mkv"
    make(
        "videotestsrc num-buffers=8 ! video/x-raw,width=32,height=32 ! vp8enc deadline=1 "
        f"! matroskamux ! filesink location={path}"
    )()
    app, seen = make(f"uridecodebin3 uri=file://{path} ! fakesink name=s"), []
    app.probe("s", "sink")(lambda pad, info: seen.append(1))
    for run in (1, 2, 3):
        app()
        assert len(seen) == 8 * run


def test_file_with_parameters(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.txt"
    path.write_text("videotestsrc num-buffers={how-many}\n  ! fakesink name=s")
    app = Application.from_pipeline_file(path, params={"how-many": 3})
    assert app.pipeline.get_by_name("s") is not None
    app()


def test_string_without_params_is_no_template() -> None:
    text = "videotestsrc num-buffers=1 ! video/x-raw,format={I420} ! fakesink"
    app = Application.from_pipeline_string(text)
    assert app.pipeline.gst() == text
    app()


def test_subclass_init_gets_the_pipeline_only() -> None:
    class App(Application):
        def __init__(self, *args, **kwargs) -> None:
            super().__init__(*args, **kwargs)
            self.received = (args, kwargs)

    args, kwargs = make(SHORT, App).received
    assert isinstance(args[0], StringPipeline)
    assert (len(args), kwargs) == (1, {})


def test_hooks_run_in_order_also_when_the_start_fails() -> None:
    calls = []

    class App(Application):
        def before_pipeline_start(self):
            calls.append("before start")

        def after_pipeline_start(self):
            calls.append("after start")

        def before_loop_quit(self):
            calls.append("before quit")

    make(SHORT, App)()
    assert calls == ["before start", "after start", "before quit"]
    calls.clear()
    with pytest.raises(PipelineStartError):
        make("filesrc location=/no/where ! fakesink", App)()
    assert calls == ["before start", "before quit"]


def test_pipeline_that_cannot_start_says_why() -> None:
    with pytest.raises(PipelineStartError, match=r"filesrc.*/no/where") as caught:
        make("filesrc location=/no/where name=f ! fakesink")()
    assert caught.value.element.endswith("GstFileSrc:f")
    assert (caught.value.domain, caught.value.code) == ("gst-resource-error-quark", 3)


def test_error_while_playing_comes_out_of_app() -> None:
    app = make("videotestsrc is-live=true ! identity error-after=5 name=i ! fakesink")
    with pytest.raises(PipelineError, match=r"element i \(identity\)") as caught:
        app()
    assert not isinstance(caught.value, PipelineStartError)
    assert isinstance(caught.value, RuntimeError)


def test_base_application_without_handlers_fails_too() -> None:
    with pytest.raises(PipelineStartError):
        make("filesrc location=/no/where ! fakesink", BaseApplication)()


def test_error_handler_of_the_readme_works_and_its_exception_surfaces() -> None:
    sent = []

    class App(Application):
        def on_message_error(self, *a, **kw):
            err, debug = super().on_message_error(*a, **kw)
            sent.append(json.dumps({"CONDITION": "ERROR", "ERR": err, "DEBUG": debug}))
            assert isinstance(err, ErrorText)
            assert err.domain == "gst-resource-error-quark"
            raise RuntimeError("Unhandled pipeline error")

    with pytest.raises(RuntimeError, match=r"^Unhandled pipeline error$") as caught:
        make("filesrc location=/no/where ! fakesink", App)()
    assert isinstance(caught.value.__cause__, PipelineStartError)
    assert json.loads(sent[0])["CONDITION"] == "ERROR"


def test_error_handler_that_returns_true_keeps_the_run_going() -> None:
    errors = []

    class App(Application):
        def on_message_error(self, bus, message):
            errors.append(message.src.get_name())
            return True

    app = make("videotestsrc num-buffers=3 ! fakesink name=s", App)

    @app.probe("s", "sink")
    def post_error(pad, info):
        sink = app.pipeline.get_by_name("s")
        error = GLib.Error.new_literal(Gst.StreamError.quark(), "not so bad", 1)
        app.bus.post(Gst.Message.new_error(sink, error, "details"))

    app()
    assert errors == ["s"] * 3


def test_exception_in_any_handler_surfaces_and_does_not_hang() -> None:
    class App(Application):
        def on_message_eos(self, bus, message):
            raise LookupError("in handler")

    with pytest.raises(LookupError, match="in handler"):
        make(SHORT, App)()


def test_handlers_are_found_by_the_name_of_the_message(caplog) -> None:
    kinds, all_messages = [], []

    class App(Application):
        def on_message_state_changed(self, bus, message):
            kinds.append(message.type)

        def on_message(self, bus, message):
            all_messages.append(message.type)

        def on_message_oes(self, bus, message):
            raise AssertionError

    with caplog.at_level(logging.WARNING, "pythia"):
        make(SHORT, App)()
    assert set(kinds) == {Gst.MessageType.STATE_CHANGED}
    assert Gst.MessageType.EOS in all_messages
    assert "on_message_oes is never called: GStreamer has no message 'oes'" in caplog.text


def test_signals_of_the_bus_are_emitted() -> None:
    app, seen = make(SHORT), []
    app.bus.connect("message::eos", lambda bus, message: seen.append(message.type))
    app()
    assert seen == [Gst.MessageType.EOS]


def test_handlers_run_once_per_message_in_every_run() -> None:
    calls = []

    class App(Application):
        def on_message_eos(self, bus, message):
            calls.append(threading.current_thread())
            super().on_message_eos(bus, message)

    app = make(SHORT, App)
    app()
    app()
    assert calls == [threading.main_thread()] * 2


@pytest.mark.parametrize("how", ["stop", "loop.quit", "finish"])
def test_a_probe_may_end_the_run(how: str) -> None:
    app = make(ENDLESS)
    at_first_buffer(app, lambda: app.loop.quit() if how == "loop.quit" else getattr(app, how)())
    app()
    assert app.loop is None
    assert app.pipeline.get_state(0).state == Gst.State.NULL


def test_another_thread_may_end_the_run() -> None:
    app = make(ENDLESS)
    playing = threading.Event()
    at_first_buffer(app, playing.set)
    stopper = threading.Thread(target=lambda: (playing.wait(60), app.stop()))
    stopper.start()
    app()
    stopper.join()


def test_stop_outside_a_run_is_harmless() -> None:
    app = make(SHORT)
    app.stop()
    app.finish()
    app()
    app.stop()


def test_running_twice_at_once_is_refused() -> None:
    app, caught = make(ENDLESS), []

    def again() -> None:
        with pytest.raises(RuntimeError, match="Loop already running") as error:
            app()
        caught.append(error)
        app.stop()

    at_first_buffer(app, again)
    app()
    assert len(caught) == 1


def test_finish_completes_what_is_written(tmp_path: Path) -> None:
    output = tmp_path / "o.mp4"
    app = make(
        "videotestsrc is-live=true ! video/x-raw,width=64,height=64 ! x264enc tune=zerolatency "
        f"! identity name=s ! mp4mux ! filesink location={output}"
    )
    buffers = []

    @app.probe("s", "sink")
    def after_ten(pad, info):
        buffers.append(1)
        if len(buffers) == 10:
            app.finish()

    app()
    assert b"moov" in output.read_bytes()


def test_end_of_stream_that_never_arrives_is_not_waited_for_forever(caplog) -> None:
    app = make(ENDLESS)
    app.eos_timeout_s = 0.2
    keep_back = Gst.PadProbeType.EVENT_DOWNSTREAM

    @app.probe("s", "sink", pad_probe_type=keep_back)
    def no_eos(pad, info):
        is_eos = info.get_event().type == Gst.EventType.EOS
        return Gst.PadProbeReturn.DROP if is_eos else None

    at_first_buffer(app, app.finish)
    with caplog.at_level(logging.WARNING, "pythia"):
        app()
    assert "did not end within 0.2 s" in caplog.text


def test_signal_ends_the_stream_and_handlers_are_restored() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    app = make(ENDLESS)
    at_first_buffer(app, lambda: os.kill(os.getpid(), signal.SIGTERM))
    app()
    assert app.interrupted_by == signal.SIGTERM
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    make(SHORT)()
    assert app.interrupted_by == signal.SIGTERM


def test_second_signal_raises_keyboard_interrupt() -> None:
    app = make(ENDLESS)
    app.eos_timeout_s = 60

    @app.probe("s", "sink", pad_probe_type=Gst.PadProbeType.EVENT_DOWNSTREAM)
    def no_eos(pad, info):
        if info.get_event().type == Gst.EventType.EOS:
            os.kill(os.getpid(), signal.SIGINT)
            return Gst.PadProbeReturn.DROP
        return None

    at_first_buffer(app, lambda: os.kill(os.getpid(), signal.SIGINT))
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        app()
    assert time.monotonic() - started < 30  # and not eos_timeout_s


def test_runs_outside_the_main_thread_without_touching_signals() -> None:
    failures = []

    def run() -> None:
        try:
            make(SHORT)()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    assert failures == []


def test_a_handler_of_the_program_is_kept() -> None:
    received = []
    before = signal.signal(signal.SIGTERM, lambda signum, frame: received.append(signum))
    try:
        app = make(SHORT)
        app.probe("s", "sink")(lambda pad, info: os.kill(os.getpid(), signal.SIGTERM))
        app()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert len(received) >= 1
    assert app.interrupted_by is None


def test_other_glib_loops_are_left_alone() -> None:
    assert not GLib.MainContext.default().pending()
    calls = []
    source = GLib.idle_add(lambda: calls.append(1))
    make(SHORT)()
    assert calls == []
    GLib.source_remove(source)


def test_switch_interval_is_restored() -> None:
    before = sys.getswitchinterval()
    app, during = make(SHORT), []
    app.probe("s", "sink")(lambda pad, info: during.append(sys.getswitchinterval()))
    app()
    assert during[0] == pytest.approx(0.0005)
    assert sys.getswitchinterval() == pytest.approx(before)


def test_warnings_of_the_pipeline_are_logged(caplog) -> None:
    app = make(SHORT)

    @app.probe("s", "sink")
    def warn(pad, info):
        sink = app.pipeline.get_by_name("s")
        warning = GLib.Error.new_literal(Gst.StreamError.quark(), "looks odd", 1)
        app.bus.post(Gst.Message.new_warning(sink, warning, "in detail"))
        return Gst.PadProbeReturn.REMOVE

    with caplog.at_level(logging.WARNING, "pythia"):
        app()
    assert "element s (fakesink): looks odd: in detail" in caplog.text


def run_with_closure() -> weakref.ref[Application]:
    app = make("videotestsrc num-buffers=5 ! pngenc ! decodebin ! fakesink name=s")
    meter = Meter(app, latency=True)

    @app.probe("s", "sink", backend_uri="memory://?stream=x")
    def items(pad, info):
        yield app.pipeline.get_name()

    app()
    assert meter.snapshot().latencies
    assert len(app.backend("s", "sink").deque) == 5
    return weakref.ref(app)


def test_fifty_runs_leave_no_application_thread_or_file_behind() -> None:
    references = [run_with_closure() for _ in range(5)]
    gc.collect()
    files, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    references += [run_with_closure() for _ in range(50)]
    gc.collect()
    assert [each() for each in references] == [None] * 55
    assert len(os.listdir("/proc/self/fd")) <= files
    assert threading.active_count() <= threads


def test_a_stop_before_the_start_is_through_leaves_nothing_playing() -> None:
    class App(Application):
        def before_loop_join(self):
            self.stop()

    for _ in range(20):
        app = make(ENDLESS, App)
        app()
        assert app.pipeline.get_state(0).state == Gst.State.NULL


def test_streams_that_cannot_drain_cost_the_longest_deadline_not_the_sum() -> None:
    class Stuck(Backend):
        batch_size = 1

        def post(self, data):
            leave.wait(60)

    app, leave = make(SHORT), threading.Event()
    register("stuck", Stuck)
    uris = [f"stuck://?stream={each}&drain_timeout_s=2" for each in range(6)]
    for uri in uris:

        @app.probe("s", "sink", backend_uri=uri)
        def yields(pad, info):
            yield 1

    begun = time.monotonic()
    app()
    assert 2 <= time.monotonic() - begun < 10, "six deadlines of two seconds are twelve"
    # The fifth of each is still inside its backend.
    assert [app.streams[uri].counters.dropped for uri in uris] == [4] * 6
    leave.set()


def test_probe_that_blocks_for_ever_is_named_and_does_not_hang_the_run() -> None:
    app, leave = make(ENDLESS), threading.Event()
    app.stop_timeout_s = 0.2

    def blocks_here() -> None:
        app.stop()
        leave.wait(20)

    at_first_buffer(app, blocks_here)
    with pytest.raises(PipelineStuckError, match=r"did not stop within 0.2 s"):
        app()
    leave.set()
    app.stop_timeout_s = 60
    app.stop()
