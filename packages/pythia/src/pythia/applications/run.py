"""One run of an application: start, messages, end of stream, stop, and the error that ended it."""

from __future__ import annotations

import logging
import math
import sys
import threading
from typing import TYPE_CHECKING, Any

from pythia.applications.stall import CHECKS_S, StallDetector
from pythia.event_stream.worker import close_all
from pythia.exceptions import (
    PipelineStartError,
    PipelineStuckError,
    StreamClosedError,
    did_you_mean,
)
from pythia.pipelines.base import UNABLE_TO_PLAY_PIPELINE
from pythia.utils.gst import Gst, element_repr
from pythia.utils.loop import BusLoop
from pythia.utils.message_handlers import describe, pipeline_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from pythia.applications.base import BaseApplication

__all__ = ["Run"]

_logger = logging.getLogger("pythia.application")

# A thread that computes in Python makes every probe wait for the interpreter's switch interval, by
# default 5 ms. Half a millisecond keeps the video going.
_SWITCH_INTERVAL_S = 0.0005

# How long each step of the end may still take after the second signal.
_FORCED_TIMEOUT_S = 2.0


# How long a pipeline that has started may take to play when it is asked to finish.
_PLAYING_TIMEOUT_S = 1.0


class Run:
    """Takes a pipeline to PLAYING, dispatches its messages, and takes everything down again.

    The methods that end a run (`stop`, `finish`, `fail`, `interrupt`) may be called from any
    thread, from probes and from signal handlers: they only leave a note for the thread of the loop,
    which makes all changes of state.
    """

    def __init__(self, app: BaseApplication) -> None:
        self.app = app
        self._pipeline = app.pipeline.pipeline
        self.loop: BusLoop = BusLoop(app.bus, self._dispatch)
        self.error: BaseException | None = None
        self.signum: int | None = None
        self.is_forced: bool = False
        self.is_playing: bool = False
        self._state = Gst.State.NULL
        self._is_live = False
        self._has_started = self._is_announced = False
        self._is_finishing = False
        self._handlers = _find_handlers(app)
        self._stalls = StallDetector(self._pipeline)
        self._starter = _thread(self._start)
        self._eos_sender: threading.Thread | None = None

    def execute(self) -> None:
        """Run to the end.

        Raises:
            BaseException: Whatever ended the run: the exception of a probe or of a handler as it
                was raised, `PipelineError`, `PipelineStuckError`; KeyboardInterrupt if it was
                forced to stop by a second signal.
        """
        app = self.app
        interval = sys.getswitchinterval()
        sys.setswitchinterval(min(interval, _SWITCH_INTERVAL_S))
        try:
            app.before_pipeline_start()
            # In a thread of its own: a source may block while it opens, and Ctrl-C must not wait.
            self._starter.start()
            app.before_loop_join()
            self.loop.run()
        except BaseException as error:
            self._note(error)
        try:
            self._take_down()
        except BaseException as error:
            self._note(error)
        finally:
            sys.setswitchinterval(interval)
        if self.error is not None:
            raise self.error
        if self.is_forced:
            raise KeyboardInterrupt

    def stop(self) -> None:
        """Stop at once, without an end of stream."""
        self.loop.quit()

    def finish(self) -> None:
        """Send an end of stream, so that what is written gets finished, then stop."""
        self.loop.call_soon(self._finish)

    def fail(self, error: BaseException) -> None:
        """Finish, and have `execute` raise `error`. A reader that went away is no error."""
        if isinstance(error, StreamClosedError):
            _logger.info("%s: ending the run", error)
        else:
            self._note(error)
        self.finish()

    def interrupt(self, signum: int) -> None:
        """The first signal finishes the stream, the second stops at once."""
        if self.signum is None:
            self.signum = signum
            # Not logged here: the signal may have interrupted the writing of a log line.
            self.loop.call_soon(
                lambda: _logger.warning("finishing the stream; once more to stop at once")
            )
            self.finish()
        else:
            self.is_forced = True
            self.loop.quit()

    def _start(self) -> None:
        try:
            result = self.app.pipeline.start()
        except BaseException as error:
            failure = error
            self.loop.call_soon(lambda: self._start_failed(failure))
        else:
            self._is_live = result == Gst.StateChangeReturn.NO_PREROLL
            self._has_started = True
            self.loop.call_soon(self._started)

    def _started(self) -> None:
        self._is_announced = True
        self._guard(self.app.after_pipeline_start)
        for delay_s in CHECKS_S:
            self.loop.call_later(delay_s, self._check_for_stall)

    def _check_for_stall(self) -> None:
        error = self._stalls.check()
        if error is not None:
            self._note(error)
            self.loop.quit()

    def _start_failed(self, error: BaseException) -> None:
        # The element that refused has said why on the bus; that says more than the refusal.
        while (message := self.app.bus.pop()) is not None:
            self._dispatch(message)
        self._note(error)
        self.loop.quit()

    def _finish(self) -> None:
        if self._is_finishing:
            return
        self._is_finishing = True
        if not self.is_playing:
            if not self._has_started:  # nothing has been written yet
                self.loop.quit()
            else:  # a live source delivers before that state is announced; see `_state_changed`
                self.loop.call_later(_PLAYING_TIMEOUT_S, self._quit_unless_playing)
            return
        self.loop.call_later(self.app.eos_timeout_s, self._eos_overdue)
        if self._state == Gst.State.PLAYING:
            self._send_eos()
        else:  # paused to fill a buffer
            self._pipeline.set_state(Gst.State.PLAYING)

    def _quit_unless_playing(self) -> None:
        if not self.is_playing:
            self.loop.quit()

    def _send_eos(self) -> None:
        # Only while PLAYING: the event waits for the streaming thread, which in PAUSED waits for
        # PLAYING, which waits for the lock the event holds. In a thread, as a source may wait too.
        self._eos_sender = _thread(self.app.pipeline.send_eos)
        self._eos_sender.start()

    def _eos_overdue(self) -> None:
        _logger.warning(
            "the stream did not end within %g s after end-of-stream was sent; stopping. Files that "
            "were being written may be incomplete",
            self.app.eos_timeout_s,
        )
        self.loop.quit()

    def _take_down(self) -> None:
        app = self.app
        timeout_s = app.stop_timeout_s
        if self.is_forced:
            timeout_s = min(timeout_s, _FORCED_TIMEOUT_S)
        for stream in app.streams.values():
            stream.release()
        app.release_readers()
        if self._starter.ident is not None:
            # A start that is still under way would set the pipeline playing after the stop.
            self._starter.join(timeout_s)
        if self._has_started and not self._is_announced:  # the stream was shorter than the start
            self._guard(app.after_pipeline_start)
        self._guard(app.before_loop_quit)
        try:
            app.pipeline.stop(timeout_s=timeout_s)
            if self._eos_sender is not None:
                self._eos_sender.join(timeout_s)
        finally:
            self._guard(app.run_at_end)
            for probe in app.probes:
                probe.warn_if_never_attached()
                probe.detach()
            close_all(app.streams.values(), _FORCED_TIMEOUT_S if self.is_forced else math.inf)

    def _dispatch(self, message: Any) -> None:
        kind = Gst.MessageType.get_name(message.type)
        duty = _DUTIES.get(kind)
        if duty is not None:
            duty(self, message)
        # For users who connect to the signals of the bus.
        Gst.Bus.async_signal_func(self.app.bus, message, None)
        is_handled = False
        for name in (kind, ""):
            handler = self._handlers.get(name)
            if handler is not None:
                is_handled |= self._guard(handler, self.app.bus, message) is True
        if kind == "error":
            self.app.dump_graph("error")
        if kind == "error" and not is_handled:
            self._note(pipeline_error(message, playing=self.is_playing))
            self.loop.quit()
        elif kind == "eos" and self._is_finishing:
            self.loop.quit()

    def _guard(self, function: Callable[..., Any], *args: Any) -> Any:
        try:
            return function(*args)
        except BaseException as error:
            is_failure = bool(args) and args[-1].type == Gst.MessageType.ERROR
            if is_failure and error.__cause__ is None:
                error.__cause__ = pipeline_error(args[-1], playing=self.is_playing)
            self._note(error)
            if args and not is_failure:
                self._finish()  # the pipeline is well: let its files get complete
            else:
                self.loop.quit()
            return None

    def _note(self, error: BaseException) -> None:
        """Keep the first error: what follows is usually its consequence."""
        is_refusal = isinstance(error, PipelineStartError) and str(error) == UNABLE_TO_PLAY_PIPELINE
        if self.error is None:
            self.error = error
        elif isinstance(error, PipelineStuckError):
            error.__cause__, self.error = self.error, error
        elif not is_refusal:
            _logger.debug("further error: %s", error)

    # Duties of an application towards its pipeline, by the name of the message.

    def _state_changed(self, message: Any) -> None:
        if message.src is self._pipeline:
            _, self._state, _ = message.parse_state_changed()
            if self._state == Gst.State.PLAYING:
                if not self.is_playing:
                    self.app.dump_graph("playing")
                self.is_playing = True
                if self._is_finishing and self._eos_sender is None:
                    self.loop.call_later(self.app.eos_timeout_s, self._eos_overdue)
                    self._send_eos()

    def _latency(self, message: Any) -> None:
        self._pipeline.recalculate_latency()

    def _clock_lost(self, message: Any) -> None:
        _logger.info("clock lost, choosing a new one")
        self._pipeline.set_state(Gst.State.PAUSED)
        self._pipeline.set_state(Gst.State.PLAYING)

    def _buffering(self, message: Any) -> None:
        if self._is_live or self._is_finishing:
            return
        percent = message.parse_buffering()
        _logger.info("buffering %d %%", percent)
        self._pipeline.set_state(Gst.State.PAUSED if percent < 100 else Gst.State.PLAYING)

    def _request_state(self, message: Any) -> None:
        state = message.parse_request_state()
        _logger.info(
            "%s asks for state %s",
            element_repr(message.src), state.value_nick, extra=_element(message),
        )  # fmt: skip
        if state == Gst.State.NULL:
            self.loop.quit()
        else:
            self._pipeline.set_state(state)

    def _warning(self, message: Any) -> None:
        error, debug = message.parse_warning()
        _logger.warning("%s", describe(message.src, error, debug), extra=_element(message))

    def _info(self, message: Any) -> None:
        error, debug = message.parse_info()
        _logger.info("%s", describe(message.src, error, debug), extra=_element(message))


_DUTIES: dict[str, Callable[[Run, Any], None]] = {
    "state-changed": Run._state_changed,
    "latency": Run._latency,
    "clock-lost": Run._clock_lost,
    "buffering": Run._buffering,
    "request-state": Run._request_state,
    "warning": Run._warning,
    "info": Run._info,
}


def _element(message: Any) -> dict[str, str]:
    """Return what log records about a message carry beside their text."""
    return {"element": element_repr(message.src)}


def _thread(function: Callable[[], None]) -> threading.Thread:
    return threading.Thread(target=function, name="pythia-run", daemon=True)


def _find_handlers(app: BaseApplication) -> dict[str, Callable[..., Any]]:
    """Return the ``on_message_*`` methods by name of message; ``on_message`` is under ``""``."""
    known = {Gst.MessageType.get_name(each) for each in _message_types()}
    handlers: dict[str, Callable[..., Any]] = {}
    for name in dir(app):
        if name == "on_message" or name.startswith("on_message_"):
            kind = name.removeprefix("on_message").removeprefix("_").replace("_", "-")
            handlers[kind] = getattr(app, name)
            if kind and kind not in known:
                _logger.warning(
                    "%s.%s is never called: GStreamer has no message %r.%s",
                    type(app).__name__, name, kind, did_you_mean(kind, known),
                )  # fmt: skip
    return handlers


def _message_types() -> list[Any]:
    message_type: Any = Gst.MessageType
    return list(message_type.__flags_values__.values())
