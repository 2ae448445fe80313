"""Probes: a user's callable on a pad, wrapped so that its failures never lose a buffer."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pythia.applications.signature import Form, ProbeSignature, callable_name, inspect_probe
from pythia.table import object_table
from pythia.utils.ds import import_pyds, require_pyds
from pythia.utils.gst import Gst, get_static_pad, pad_may_appear

if TYPE_CHECKING:
    from pythia.applications.subscription import Channel
    from pythia.event_stream.worker import EventStream
    from pythia.types import ErrorPolicy

__all__ = ["ProbeHandle"]

_logger = logging.getLogger("pythia.probe")

_OK = Gst.PadProbeReturn.OK
_REMOVE = Gst.PadProbeReturn.REMOVE

Fail = Callable[[BaseException], None]


class ProbeHandle:
    """One probe of an application: where it is, what became of its calls, and how to remove it.

    Attributes:
        function: The user's callable.
        element_name: Name of the element.
        pad_name: Name of the pad; it may not exist yet.
        stream: Where the items of a generator go, else None.
        failures: Calls that raised so far.
        channels: Subscriptions that get the items of a generator too.
    """

    def __init__(
        self,
        element: Any,
        pad_name: str,
        function: Callable[..., Any],
        *,
        args: tuple[Any, ...] = (),
        pad_probe_type: Any = Gst.PadProbeType.BUFFER,
        stream: EventStream | None = None,
        on_error: ErrorPolicy = "fail",
        on_failure: Fail,
    ) -> None:
        self.function = function
        self.element_name: str = element.get_name()
        self.pad_name = pad_name
        self.stream = stream
        self.failures: int = 0
        self.channels: tuple[Channel, ...] = ()
        self._element = element
        self._signature = inspect_probe(function, args)
        self._type = pad_probe_type
        self._on_error = on_error
        self._on_failure = on_failure
        # Reentrant: an idle probe is called, and may answer REMOVE, while it is being added.
        self._lock = threading.RLock()
        self._pad: Any = None
        self._probe_id = 0
        self._waiting_id = 0
        self._removed = False
        if self._signature.form is not Form.PAD_INFO:
            require_pyds(f"the probe {self}, which takes batch_meta,")
        if element.get_static_pad(pad_name) is None and not pad_may_appear(element, pad_name):
            get_static_pad(element, pad_name)  # raises, and says which pads there are
        self.attach()

    def __str__(self) -> str:
        return f"{callable_name(self.function)}@{self.element_name}.{self.pad_name}"

    @property
    def attached(self) -> bool:
        """Whether the probe is on its pad now."""
        return self._probe_id != 0

    def attach(self) -> None:
        """Put the probe on its pad, or on the pad that appears under its name. Idempotent."""
        with self._lock:
            if self._removed or self._probe_id or self._waiting_id:
                return
            pad = self._element.get_static_pad(self.pad_name)
            if pad is not None:
                self._attach_to(pad)
            else:
                self._waiting_id = self._element.connect("pad-added", self._pad_added)

    def detach(self) -> None:
        """Take the probe off its pad until the next `attach`. Idempotent."""
        with self._lock:
            if self._waiting_id:
                self._element.disconnect(self._waiting_id)
                self._waiting_id = 0
            if self._probe_id:
                self._pad.remove_probe(self._probe_id)
            self._probe_id, self._pad = 0, None

    def remove(self) -> None:
        """Take the probe off its pad for good. For any thread, also for the probe itself."""
        self._removed = True
        self.detach()

    def warn_if_never_attached(self) -> None:
        """Log a probe that still waits for its pad, at the end of a run."""
        if self._waiting_id and not self._probe_id and not self._removed:
            pads = ", ".join(pad.get_name() for pad in self._element.pads) or "none"
            _logger.warning(
                "probe %s never ran: the pad did not appear. Pads of %s: %s",
                self, self.element_name, pads,
            )  # fmt: skip

    def _pad_added(self, element: Any, pad: Any) -> None:
        with self._lock:
            if pad.get_name() == self.pad_name and not self._probe_id and not self._removed:
                self._attach_to(pad)

    def _attach_to(self, pad: Any) -> None:
        self._pad = pad
        native = _native_add_probe(self._signature, self._type)
        if native is not None:
            self._probe_id = native(pad, _guarded(self))
        else:
            self._probe_id = pad.add_probe(self._type, _pad_callable(self))

    def _failed(self, error: BaseException) -> Any:
        """Deal with an exception of the user's callable; the buffer passes in any case."""
        self.failures += 1
        if self._on_error == "fail":
            with self._lock:
                self._probe_id = 0  # returning REMOVE takes it off: one failure is enough
            self._on_failure(error)
            return _REMOVE
        if self._on_error == "log" and self.failures == 1:
            place = traceback.extract_tb(error.__traceback__)[-1]
            _logger.error(
                "probe %s raised %s: %s at %s:%d; further failures are only counted",
                self, type(error).__name__, error, place.filename, place.lineno,
                exc_info=error,
            )  # fmt: skip
        return _OK

    def _checked(self, result: Any) -> Any:
        """Return what a probe answered, if it is an answer."""
        if not isinstance(result, Gst.PadProbeReturn):
            raise TypeError(
                f"probe {self} returned {result!r}; allowed are None and Gst.PadProbeReturn. To "
                "send items to an event stream, yield them"
            )
        if result == _REMOVE:
            with self._lock:
                self._probe_id = 0
        return result


def _native_add_probe(
    signature: ProbeSignature, pad_probe_type: Any
) -> Callable[[Any, Any], int] | None:
    """Return our pyds' own probe, which costs a tenth of PyGObject's, where it can be used.

    ``pyds.add_probe(pad, callable)`` calls ``callable(batch_meta)`` for each buffer that carries a
    batch and returns the probe's id, as ``Gst.Pad.add_probe`` does. NVIDIA's pyds has none.
    """
    if (
        signature.form not in (Form.BATCH_META, Form.OBJECTS)
        or pad_probe_type != Gst.PadProbeType.BUFFER
    ):
        return None
    native: Callable[[Any, Any], int] | None = getattr(import_pyds(), "add_probe", None)
    return native


def _pad_callable(handle: ProbeHandle) -> Callable[[Any, Any], Any]:
    """Return what PyGObject calls with the pad and the probe's info."""
    call = _guarded(handle)
    if handle._signature.form is Form.PAD_INFO:
        return call
    takes_pad = handle._signature.form is Form.PAD_INFO_BATCH_META
    batch_of = require_pyds(f"the probe {handle}").gst_buffer_get_nvds_batch_meta

    def probe(pad: Any, info: Any) -> Any:
        buffer = info.get_buffer()
        batch_meta = None if buffer is None else batch_of(hash(buffer))
        if batch_meta is None:
            return _OK
        return call(pad, info, batch_meta) if takes_pad else call(batch_meta)

    return probe


def _guarded(handle: ProbeHandle) -> Callable[..., Any]:
    """Return the user's callable with an answer for GStreamer, whatever it returns or raises.

    A closure with everything in local variables: it runs once per buffer.
    """
    function, failed, checked = _with_args(handle), handle._failed, handle._checked
    if not handle._signature.is_generator:

        def call(*given: Any) -> Any:
            try:
                result = function(*given)
                return _OK if result is None or result is _OK else checked(result)
            except BaseException as error:
                return failed(error)

        return call

    assert handle.stream is not None
    put = handle.stream.put

    def post_items(*given: Any) -> Any:
        items: list[Any] = []
        try:
            try:
                items.extend(function(*given))
            finally:
                put(items)
                for channel in handle.channels:
                    channel.put(items)
        except BaseException as error:
            return failed(error)
        return _OK

    return post_items


def _with_args(handle: ProbeHandle) -> Callable[..., Any]:
    function, args = handle.function, handle._signature.args
    if handle._signature.form is Form.OBJECTS:
        return lambda batch_meta: function(object_table(batch_meta), *args)
    if not args:
        return function
    return lambda *given: function(*given, *args)
