"""GStreamer's debug log as records of `logging`."""

from __future__ import annotations

import atexit
import ctypes
import ctypes.util
import logging
import queue
import threading
from typing import Any

from pythia.utils.gst import Gst, gst_init

__all__ = ["LEVELS", "bridge_gst_log"]

LEVELS = {
    1: logging.ERROR,
    2: logging.WARNING,
    3: logging.INFO,  # FIXME: a note to developers
    4: logging.INFO,
    5: logging.DEBUG,
}
"""Levels of Python by those of GStreamer; everything more detailed is DEBUG."""

# Lines that wait for the handlers; more are counted and given up, as a log must not stop the video.
_QUEUE_SIZE = 20_000

_LogFunction = ctypes.CFUNCTYPE(
    None,
    *(ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int),
    *(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p),
)


class _Bridge:
    """Takes lines from GStreamer's threads and hands them to `logging` in a thread of its own.

    Through C, not PyGObject: the object of a line may be no GObject, or be on its way out, and must
    not be wrapped. In a thread, as handlers may wait for locks that the line's thread holds.
    """

    def __init__(self) -> None:
        self._library = ctypes.CDLL(
            ctypes.util.find_library("gstreamer-1.0") or "libgstreamer-1.0.so.0"
        )
        self._message = self._function("gst_debug_message_get", ctypes.c_char_p)
        self._category = self._function("gst_debug_category_get_name", ctypes.c_char_p)
        # Since GStreamer 1.22.
        has_id = hasattr(self._library, "gst_debug_message_get_id")
        self._id = self._function("gst_debug_message_get_id", ctypes.c_char_p) if has_id else None
        self._lines: queue.Queue[tuple[Any, ...] | None] = queue.Queue(_QUEUE_SIZE)
        self._lost = 0
        self._callback = _LogFunction(self._take)
        self._default = ctypes.cast(self._library.gst_debug_log_default, ctypes.c_void_p)
        self._worker = threading.Thread(target=self._work, name="pythia-gst-log", daemon=True)

    def open(self) -> None:
        self._worker.start()
        self._library.gst_debug_remove_log_function(self._default)
        self._library.gst_debug_add_log_function(self._callback, None, None)

    def close(self) -> None:
        self._library.gst_debug_remove_log_function(self._callback)
        self._library.gst_debug_add_log_function(self._default, None, None)
        self._lines.put(None)
        self._worker.join()

    def _function(self, name: str, result: Any) -> Any:
        function = getattr(self._library, name)
        function.argtypes, function.restype = [ctypes.c_void_p], result
        return function

    def _take(
        self,
        category: int,
        level: int,
        file: bytes,
        function: bytes,
        line: int,
        _object: int,
        message: int,
        _user_data: int,
    ) -> None:
        name = self._id(message) if self._id is not None else None
        try:
            self._lines.put_nowait(
                (
                    self._category(category),
                    level,
                    file,
                    line,
                    function,
                    name,
                    self._message(message),
                )
            )
        except queue.Full:
            self._lost += 1

    def _work(self) -> None:
        while (taken := self._lines.get()) is not None:
            category, level, file, line, function, name, message = taken
            logger = logging.getLogger(f"gstreamer.{_text(category)}")
            number = LEVELS.get(level, logging.DEBUG)
            if logger.isEnabledFor(number):
                record = logger.makeRecord(
                    *(logger.name, number, _text(file), line, "%s", (_text(message),), None),
                    *(_text(function), {"element": _text(name)}),
                )
                logger.handle(record)
            if self._lost:
                lost, self._lost = self._lost, 0
                logging.getLogger("gstreamer").warning("%d lines of the log were lost", lost)


_bridge: _Bridge | None = None
_lock = threading.Lock()


def bridge_gst_log(enabled: bool = True, *, threshold: str | None = None) -> None:
    """Send GStreamer's debug log to `logging` instead of the standard error, or stop that.

    Lines become records of the loggers ``gstreamer.<category>``, with the ``element`` they are
    about as an attribute. Which lines there are is GStreamer's affair: ``GST_DEBUG``, or
    `threshold`.

    Args:
        enabled: False gives the log back to the standard error.
        threshold: As ``GST_DEBUG`` takes it: ``2``, ``*:WARNING,nvinfer:5``.
    """
    global _bridge
    gst_init()
    with _lock:
        if enabled and _bridge is None:
            _bridge = _Bridge()
            _bridge.open()
        elif not enabled and _bridge is not None:
            _bridge.close()
            _bridge = None
    if threshold is not None:
        Gst.debug_set_threshold_from_string(threshold, True)


@atexit.register
def _close() -> None:
    # GStreamer may log when the interpreter is gone.
    if _bridge is not None:
        bridge_gst_log(enabled=False)


def _text(data: bytes | None) -> str:
    return data.decode("utf-8", "replace") if data else ""
