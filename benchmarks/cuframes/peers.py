"""The transports that are compared: 1080p NV12 frames between two processes.

Every frame carries the publisher's clock in its first 8 bytes, written when the rest of the frame
is there and nothing is left to do but hand it over; a reader's latency is from that stamp to the
reader having the pixels as a NumPy array, out of which it reads the stamp.

``*_in_place`` peers write only the stamp: they stand for a decoder that draws into the shared
memory. The others copy a whole frame in, as they must: GStreamer's producers own a buffer in their
own memory, and the sink copies it. ``futex_floor`` hands over nothing: it is what waking a process
that sleeps takes on this machine, between two such programs.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import mmap
import os
import platform
import socket
import struct
import time
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Client, Listener
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH, HEIGHT = 1920, 1080
FRAME_BYTES = WIDTH * HEIGHT * 3 // 2
STAMP = struct.Struct("<q")

CONNECTED = -1  # what a reader yields first

Send = Callable[[], None]


def now() -> int:
    """CLOCK_MONOTONIC, which both processes share."""
    return time.monotonic_ns()


def latency(pixels: NDArray[np.uint8]) -> int:
    """Nanoseconds from the stamp in these pixels until now."""
    stamp = STAMP.unpack_from(pixels.data)[0]
    return now() - int(stamp)


class Cuframes:
    """This package. ``copy``: the pixels are copied into the ring."""

    spin = 0.0

    def __init__(self, name: str, copy: bool) -> None:
        self.name, self.copy = name, copy

    def publisher(self) -> Send:
        """A function that sends one stamped frame."""
        import cuframes

        pub = cuframes.publish(self.name, width=WIDTH, height=HEIGHT, slots=8, max_readers=3)
        pixels = np.zeros((HEIGHT * 3 // 2, WIDTH), np.uint8)

        def copied() -> None:
            STAMP.pack_into(pixels[0], 0, now())
            pub.write(pixels)

        def in_place() -> None:
            with pub.frame() as frame:
                first_row = np.asarray(frame.y)[0]
                STAMP.pack_into(first_row, 0, now())

        return copied if self.copy else in_place

    def reader(self) -> Iterator[int]:
        """CONNECTED, then the latency of each frame, ns."""
        import cuframes

        with cuframes.subscribe(
            self.name, policy="in_order", timeout=30, reconnect=False, spin=self.spin
        ) as sub:
            yield CONNECTED
            for frame in sub:
                with frame:
                    yield latency(np.asarray(frame.y)[0])


class CuframesSpinning(Cuframes):
    """A reader that is awake when the next frame is due."""

    spin = 0.0008


class FutexFloor:
    """One process sleeps in the kernel until the other wakes it, and that is all."""

    FUTEX_WAIT, FUTEX_WAKE = 0, 1
    SYS_FUTEX = {"x86_64": 202, "aarch64": 98}  # noqa: RUF012

    def __init__(self, name: str, copy: bool) -> None:
        del copy
        self.path = Path(f"/tmp/{name}.word")

    def _open(self) -> tuple[mmap.mmap, memoryview, Callable[[int, int], int]]:
        """The shared page, its words, and futex(2) on the first."""
        with self.path.open("r+b") as file:
            page = mmap.mmap(file.fileno(), 4096)
        libc = ctypes.CDLL(None, use_errno=True)
        number = self.SYS_FUTEX[platform.machine()]
        word = (ctypes.c_uint32 * 1).from_buffer(page)
        timeout = (ctypes.c_long * 2)(1, 0)

        def futex(operation: int, value: int) -> int:
            return int(libc.syscall(number, word, operation, value, timeout, None, 0))

        return page, memoryview(page).cast("I"), futex

    def publisher(self) -> Send:
        """A function that wakes the reader."""
        self.path.write_bytes(bytes(4096))
        page, words, futex = self._open()
        count = 0

        def send() -> None:
            nonlocal count
            count += 1
            STAMP.pack_into(page, 8, now())
            words[0] = count
            futex(self.FUTEX_WAKE, 1)

        return send

    def reader(self) -> Iterator[int]:
        """CONNECTED, then the latency of each wake-up, ns."""
        wait_for(lambda: self.path.exists() and self.path.stat().st_size == 4096)
        page, words, futex = self._open()
        self.path.unlink()
        yield CONNECTED
        seen = 0
        while True:
            while words[0] == seen:
                futex(self.FUTEX_WAIT, seen)
            seen = words[0]
            yield now() - STAMP.unpack_from(page, 8)[0]


class Iceoryx2:
    """iceoryx2 from PyPI: publish-subscribe for the data, an event service for the wake-up."""

    def __init__(self, name: str, copy: bool) -> None:
        self.name, self.copy = name, copy

    def _services(self) -> tuple[Any, Any, Any]:
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
        node, data, events = self._services()
        publisher = data.publisher_builder().initial_max_slice_len(FRAME_BYTES).create()
        notifier = events.notifier_builder().create()
        pixels = bytearray(FRAME_BYTES)
        source = (ctypes.c_uint8 * FRAME_BYTES).from_buffer(pixels)

        def send() -> None:
            sample = publisher.loan_slice_uninit(FRAME_BYTES)
            pointer = sample.payload_ptr
            if self.copy:
                STAMP.pack_into(pixels, 0, now())
                ctypes.memmove(pointer, source, FRAME_BYTES)
            else:
                first = (ctypes.c_uint8 * 8).from_address(pointer)
                STAMP.pack_into(first, 0, now())
            sample.assume_init().send()
            notifier.notify()

        send.keep = node  # type: ignore[attr-defined]
        return send

    def reader(self) -> Iterator[int]:
        """CONNECTED, then the latency of each frame, ns."""
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
                frame = (ctypes.c_uint8 * FRAME_BYTES).from_address(sample.payload_ptr)
                yield latency(np.ctypeslib.as_array(frame))
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
            assert memory.buf is not None
            if self.copy:
                STAMP.pack_into(pixels, 0, now())
                memory.buf[start : start + FRAME_BYTES] = pixels
            else:
                STAMP.pack_into(memory.buf, start, now())
            with contextlib.suppress(ConnectionError):  # the reader has seen enough
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
            start = slot[0] * FRAME_BYTES
            yield latency(np.frombuffer(memory.buf, np.uint8, FRAME_BYTES, start))


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
        frames = itertools.cycle([bytearray(FRAME_BYTES) for _ in range(8)])
        waiting: queue.Queue[bytearray] = queue.Queue(maxsize=4)

        def feed() -> None:  # as multiprocessing.Queue: a thread pickles and sends
            with contextlib.suppress(ConnectionError):  # the reader has seen enough
                while True:
                    connection.send(waiting.get())
            while True:
                waiting.get()

        threading.Thread(target=feed, daemon=True).start()

        def send() -> None:
            pixels = next(frames)
            STAMP.pack_into(pixels, 0, now())
            waiting.put(pixels)

        return send

    def reader(self) -> Iterator[int]:
        """CONNECTED, then the latency of each frame, ns."""
        wait_for(lambda: os.path.exists(self.path))
        time.sleep(0.2)  # the socket is there a moment before it listens
        connection = Client(self.path, family="AF_UNIX")
        yield CONNECTED
        while True:
            yield latency(np.frombuffer(connection.recv(), np.uint8))


class GstShm:
    """shmsink and shmsrc of GStreamer, with appsrc and appsink at the ends.

    The producer has its frame in a GstBuffer, as a decoder does, and pushes that; the sink copies.
    """

    def __init__(self, name: str, copy: bool) -> None:
        del copy
        self.path = f"/tmp/{name}.shm"
        self.sink = (
            f"shmsink socket-path={self.path} shm-size={16 * FRAME_BYTES} wait-for-connection=true"
        )
        self.source = f"shmsrc socket-path={self.path} is-live=true do-timestamp=true"

    def gst(self) -> Any:
        """GStreamer, ready."""
        import gi

        gi.require_version("Gst", "1.0")
        gi.require_version("GstApp", "1.0")
        from gi.repository import Gst, GstApp

        assert GstApp
        Gst.init(None)
        return Gst

    def publisher(self) -> Send:
        """A function that sends one stamped frame."""
        gst = self.gst()
        caps = f"video/x-raw,format=NV12,width={WIDTH},height={HEIGHT},framerate=0/1"
        pipeline = gst.parse_launch(
            f"appsrc name=a is-live=true block=true format=time caps={caps} "
            f"max-bytes={4 * FRAME_BYTES} ! {self.sink} sync=false"
        )
        pipeline.set_state(gst.State.PLAYING)
        source = pipeline.get_by_name("a")
        buffers = [gst.Buffer.new_allocate(None, FRAME_BYTES, None) for _ in range(8)]
        for buffer in buffers:
            buffer.memset(0, 0, FRAME_BYTES)
        frames = itertools.cycle(buffers)

        def send() -> None:
            buffer = next(frames)
            mapped = buffer.map(gst.MapFlags.WRITE)
            STAMP.pack_into(mapped.data, 0, now())
            buffer.unmap(mapped)
            source.emit("push-buffer", buffer)

        send.keep = pipeline  # type: ignore[attr-defined]
        return send

    def reader(self) -> Iterator[int]:
        """CONNECTED, then the latency of each frame, ns."""
        gst = self.gst()
        self.wait_for_publisher()
        pipeline = gst.parse_launch(
            f"{self.source} ! appsink name=a sync=false max-buffers=4 emit-signals=false"
        )
        pipeline.set_state(gst.State.PLAYING)
        sink = pipeline.get_by_name("a")
        yield CONNECTED
        while (sample := sink.emit("try-pull-sample", 5 * gst.SECOND)) is not None:
            buffer = sample.get_buffer()
            mapped = buffer.map(gst.MapFlags.READ)
            took = latency(np.frombuffer(mapped.data, np.uint8))
            buffer.unmap(mapped)
            yield took

    def wait_for_publisher(self) -> None:
        """Until the other process has made its socket."""
        wait_for(lambda: os.path.exists(self.path))


class GstCuframes(GstShm):
    """The same two programs with cuframessink and cuframessrc in the place of GStreamer's own."""

    def __init__(self, name: str, copy: bool) -> None:
        super().__init__(name, copy)
        self.sink = f"cuframessink key={name} slots=12 max-readers=1"
        self.source = f"cuframessrc key={name} policy=in-order timeout=30000"

    def gst(self) -> Any:
        """GStreamer with our plugin."""
        import cuframes

        gst = super().gst()
        plugin = Path(cuframes.__file__).parent / "gst/libgstcuframes.so"
        assert gst.Plugin.load_file(str(plugin)) is not None
        return gst

    def wait_for_publisher(self) -> None:
        """The source waits by itself."""


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Waits for the other process."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the publisher did not appear")
        time.sleep(0.01)


PEERS: dict[str, tuple[type[Any], bool]] = {
    "cuframes_in_place": (Cuframes, False),
    "cuframes_in_place_spin": (CuframesSpinning, False),
    "futex_floor": (FutexFloor, False),
    "iceoryx2_in_place": (Iceoryx2, False),
    "shared_memory_in_place": (SharedMemorySocket, False),
    "cuframes_copy": (Cuframes, True),
    "iceoryx2_copy": (Iceoryx2, True),
    "shared_memory_copy": (SharedMemorySocket, True),
    "gst_cuframes": (GstCuframes, True),
    "gst_shmsink": (GstShm, True),
    "multiprocessing_queue": (Pickled, True),
}
