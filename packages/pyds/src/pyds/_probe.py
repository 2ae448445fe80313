"""Pad probes that cost a fraction of PyGObject's and never lose a buffer by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyds import _native

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyds._native import NvDsBatchMeta


class Probe(int):
    """The id of a probe, as ``Gst.Pad.remove_probe()`` takes it, that also removes itself.

    Dropping this object leaves the probe on its pad.
    """

    _pad: Any

    def remove(self) -> None:
        """Take the probe off its pad; more than once is harmless."""
        pad, self._pad = self._pad, None
        if pad is not None:
            _native._remove_probe(pad, self)


def add_probe(
    pad: Any,
    callback: Callable[[NvDsBatchMeta], object],
    *,
    on_error: Callable[[BaseException], object] | None = None,
) -> Probe:
    """Call ``callback(batch_meta)`` for each buffer with batch metadata that passes a pad.

    The callback runs on the pad's streaming thread, which keeps its Python thread state: a call
    costs about a tenth of one by ``Gst.Pad.add_probe()``. Buffers without batch metadata pass
    without a call.

    A buffer is dropped only if the callback returns ``Gst.PadProbeReturn.DROP``; ``None`` and
    anything that is no ``Gst.PadProbeReturn`` let it pass. ``Gst.PadProbeReturn.REMOVE`` takes the
    probe off.

    Args:
        pad: a ``Gst.Pad``, or its ``hash()``.
        callback: what to call.
        on_error: called with the exception if ``callback`` raises; without it the exception goes to
            ``sys.unraisablehook``. The buffer passes in any case.

    Returns:
        The id of the probe, with a ``remove()``.

    Raises:
        ValueError: ``pad`` is something else.
    """
    probe = Probe(_native._add_probe(pad, callback, on_error))
    probe._pad = pad
    return probe
