"""The transports that are compared: 1080p NV12 frames between two processes.

Every frame carries the publisher's clock in its first 8 bytes; a reader's latency is from just
before the publisher hands the frame over to the pixels being in the reader's hand.

``*_in_place`` peers write only that stamp: they stand for a decoder that draws into the shared
memory. The others copy a whole frame in, as they must.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Client, Listener
from multiprocessing.shared_memory import SharedMemory
from typing import Any

WIDTH, HEIGHT = 1920, 1080
FRAME_BYTES = WIDTH * HEIGHT * 3 // 2
STAMP = struct.Struct("<q")

CONNECTED = -1  # what a reader yields first

Send = Callable[[], None]


def now() -> int:
    """CLOCK_MONOTONIC, which both processes share."""
    return time.monotonic_ns()


class Cuframes:
    """This package. ``copy``: the pixels are copied into the ring."""

    def __init__(self, name: str, copy: bool) -> None:
        self.name, self.copy = name, copy

    def publisher(self) -> Send:
        """A function that sends one stamped frame."""
        import numpy as np

        import cuframes

        pub = cuframes.publish(self.name, width=WIDTH, height=HEIGHT, slots=8, max_readers=3)
        pixels = np.zeros((HEIGHT * 3 // 2, WIDTH), np.uint8)

        def copied() -> None:
            pixels[0, :8].view(np.int64)[0] = now()
            pub.write(pixels)

        def in_place() -> None:
            with pub.frame() as frame:
                np.asarray(frame.y)[0, :8].view(np.int64)[0] = now()

        return copied if self.copy else in_place

    def reader(self) -> Iterator[int]:
        """CONNECTED, then the latency of each frame, ns."""
        import numpy as np

        import cuframes

        with cuframes.subscribe(self.name, policy="in_order", timeout=30, reconnect=False) as sub:
            yield CONNECTED
            for frame in sub:
                with frame:
                    stamp = STAMP.unpack_from(np.asarray(frame.y)[0])[0]
                    yield now() - stamp


class Iceoryx2:
    """iceoryx2 from PyPI: publish-subscribe for the data, an event service for the wake-up."""

    def __init__(self, name: str, copy: bool) -> None:
        self.name, self.copy = name, copy

    def _services(self) -> tuple[Any, Any, Any]:
        import ctypes

        import iceoryx2 as iox2  # type: ignore[import-not-found,unused-ignore]

        iox2.set_log_level(iox2.LogLevel.Error)
        node = iox2.NodeBuilder.new().create(iox2.ServiceType.Ipc)
        data = (
            node.service_builder(iox2.ServiceName.new(self.name))
            .publish_subscribe(iox2.Slice[ctypes.c_uint8])
            .enable_safe_overflow(True)
            .subscriber_max_buffer_size(8)
            .open_or_create()
        )
        events = node.service_builder(iox2.ServiceName.new(self.name + "/news")).event()
        return node, data, events.open_or_create()

    def publisher(self) -> Send:
        """A function that sends one stamped frame."""
        import ctypes

        node, data, events = self._services()
        publisher = data.publisher_builder().initial_max_slice_len(FRAME_BYTES).create()
        notifier = events.notifier_builder().create()
        pixels = bytearray(FRAME_BYTES)
        source = (ctypes.c_uint8 * FRAME_BYTES).from_buffer(pixels)

        def send() -> None:
            sample = publisher.loan_slice_uninit(FRAME_BYTES)
            pointer = sample.payload_ptr
            stamp = now()
            if self.copy:
                STAMP.pack_into(pixels, 0, stamp)
                ctypes.memmove(pointer, source, FRAME_BYTES)
            else:
                STAMP.pack_into((ctypes.c_uint8 * 8).from_address(pointer), 0, stamp)
            sample.assume_init().send()
            notifier.notify()

        send.keep = node  # type: ignore[attr-defined]
        return send

    def reader(self) -> Iterator[int]:
        """CONNECTED, then the latency of each frame, ns."""
        import ctypes

        import iceoryx2 as iox2

        _node, data, events = self._services()
        subscriber = data.subscriber_builder().create()
        listener = events.listener_builder().create()
        yield CONNECTED
        heard = time.monotonic() + 20
        while time.monotonic() < heard + 2:  # frames that overflowed never come
            listener.timed_wait(iox2.Duration.from_millis(500))
            while (sample := subscriber.receive()) is not None:
                heard = time.monotonic()
                view = (ctypes.c_uint8 * 8).from_address(sample.payload_ptr)
                stamp = STAMP.unpack_from(view)[0]
                yield now() - stamp
                sample.delete()


class SharedMemorySocket:
    """What one writes by hand: a named segment of 8 frames and a socket that says which is new."""

    def __init__(self, name: str, copy: bool) -> None:
        self.name, self.copy = name, copy
        self.path = f"/tmp/{name}.sock"

    def publisher(self) -> Send:
        """A function that sends one stamped frame."""
        memory = SharedMemory(self.name, create=True, size=8 * FRAME_BYTES)
        pixels = bytearray(FRAME_BYTES)
        server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        server.bind(self.path)
        server.listen()
        peer, _ = server.accept()
        count = 0

        def send() -> None:
            nonlocal count
            start = count % 8 * FRAME_BYTES
            stamp = now()
            assert memory.buf is not None
            if self.copy:
                memory.buf[start : start + FRAME_BYTES] = pixels
            STAMP.pack_into(memory.buf, start, stamp)
            with contextlib.suppress(BrokenPipeError):  # the reader has seen enough
                peer.send(bytes([count % 8]))
            count += 1

        send.keep = (memory, server)  # type: ignore[attr-defined]
        return send

    def reader(self) -> Iterator[int]:
        """CONNECTED, then the latency of each frame, ns."""
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        wait_for(lambda: peer.connect_ex(self.path) == 0)
        memory = SharedMemory(self.name)
        # Before Python 3.13 the reader's tracker would remove the publisher's segment.
        resource_tracker.unregister(f"/{memory.name}", "shared_memory")
        assert memory.buf is not None
        yield CONNECTED
        while slot := peer.recv(1):
            stamp = STAMP.unpack_from(memory.buf, slot[0] * FRAME_BYTES)[0]
            yield now() - stamp


class Pickled:
    """multiprocessing's way: the frame as bytes through a connection (what Queue does inside)."""

    def __init__(self, name: str, copy: bool) -> None:
        del copy  # it always copies, twice
        self.path = f"/tmp/{name}.mp"

    def publisher(self) -> Send:
        """A function that sends one stamped frame."""
        import queue
        import threading

        connection = Listener(self.path, family="AF_UNIX").accept()
        pixels = bytearray(FRAME_BYTES)
        waiting: queue.Queue[tuple[int, bytes]] = queue.Queue(maxsize=4)

        def feed() -> None:  # as multiprocessing.Queue: a thread pickles and sends
            with contextlib.suppress(BrokenPipeError):  # the reader has seen enough
                while True:
                    connection.send(waiting.get())

        threading.Thread(target=feed, daemon=True).start()
        return lambda: waiting.put((now(), bytes(pixels)))

    def reader(self) -> Iterator[int]:
        """CONNECTED, then the latency of each frame, ns."""
        wait_for(lambda: os.path.exists(self.path))
        time.sleep(0.2)  # the socket is there a moment before it listens
        connection = Client(self.path, family="AF_UNIX")
        yield CONNECTED
        while True:
            stamp, _pixels = connection.recv()
            yield now() - stamp


class GstShm:
    """shmsink and shmsrc of GStreamer, with appsrc and appsink at the ends."""

    def __init__(self, name: str, copy: bool) -> None:
        del copy
        self.path = f"/tmp/{name}.shm"

    @staticmethod
    def _gst() -> Any:
        import gi

        gi.require_version("Gst", "1.0")
        gi.require_version("GstApp", "1.0")
        from gi.repository import Gst, GstApp

        assert GstApp
        Gst.init(None)
        return Gst

    def publisher(self) -> Send:
        """A function that sends one stamped frame."""
        gst = self._gst()
        pipeline = gst.parse_launch(
            f"appsrc name=a is-live=true block=true max-bytes={4 * FRAME_BYTES} ! shmsink "
            f"socket-path={self.path} shm-size={16 * FRAME_BYTES} wait-for-connection=true "
            "sync=false"
        )
        pipeline.set_state(gst.State.PLAYING)
        source = pipeline.get_by_name("a")
        pixels = bytearray(FRAME_BYTES)

        def send() -> None:
            STAMP.pack_into(pixels, 0, now())
            source.emit("push-buffer", gst.Buffer.new_wrapped(bytes(pixels)))

        send.keep = pipeline  # type: ignore[attr-defined]
        return send

    def reader(self) -> Iterator[int]:
        """CONNECTED, then the latency of each frame, ns."""
        gst = self._gst()
        wait_for(lambda: os.path.exists(self.path))
        pipeline = gst.parse_launch(
            f"shmsrc socket-path={self.path} is-live=true do-timestamp=true ! "
            "appsink name=a sync=false max-buffers=4 emit-signals=false"
        )
        pipeline.set_state(gst.State.PLAYING)
        sink = pipeline.get_by_name("a")
        yield CONNECTED
        while (sample := sink.emit("try-pull-sample", 5 * gst.SECOND)) is not None:
            buffer = sample.get_buffer()
            ok, mapped = buffer.map(gst.MapFlags.READ)
            assert ok
            stamp = STAMP.unpack_from(mapped.data)[0]
            latency = now() - stamp
            buffer.unmap(mapped)
            yield latency


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Waits for the other process."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the publisher did not appear")
        time.sleep(0.01)


PEERS: dict[str, tuple[type[Any], bool]] = {
    "cuframes_in_place": (Cuframes, False),
    "iceoryx2_in_place": (Iceoryx2, False),
    "shared_memory_in_place": (SharedMemorySocket, False),
    "cuframes_copy": (Cuframes, True),
    "iceoryx2_copy": (Iceoryx2, True),
    "shared_memory_copy": (SharedMemorySocket, True),
    "gst_shmsink": (GstShm, True),
    "multiprocessing_queue": (Pickled, True),
}
