"""Event streams: where the items of generator probes go.

A stream is named by a URI, ``scheme://host:port/path?stream=name&option=value``. Its `Backend` only
knows how to post one item; queue, worker thread, reconnecting, spilling to disk and counters are
the same for all of them, see `pythia.event_stream.worker`.
"""

from __future__ import annotations

from pythia.event_stream.base import Backend, register
from pythia.event_stream.queue import Control
from pythia.event_stream.worker import EventStream, StreamCounters

__all__ = ["Backend", "Control", "EventStream", "StreamCounters", "register"]
