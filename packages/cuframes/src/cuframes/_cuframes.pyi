"""Native part of cuframes. Written by tools/make_stubs.py; do not edit."""

from typing import Any
from collections.abc import AsyncIterator

from cuframes._types import PublisherState, StreamEvent

from collections.abc import Sequence


class Plane:
    """
    One plane of a frame, or a view of it, shared without a copy.

    Takes part in DLPack (``torch.from_dlpack``, ``cupy.from_dlpack``, ``numpy.from_dlpack``), in the buffer
    protocol (host memory) and in ``__cuda_array_interface__`` (CUDA memory). Rows are padded: use
    ``strides`` or ``pitch_bytes``, never ``shape`` alone. Everything made from a plane keeps the frame's lease
    until it is gone; the plane itself does not.
    """

    def __buffer__(self, flags: int, /) -> memoryview: ...

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns and, for interleaved planes, channels."""

    @property
    def strides(self) -> tuple[int, ...]:
        """In bytes, as NumPy counts."""

    @property
    def pitch_bytes(self) -> int:
        """From row to row, in bytes."""

    @property
    def itemsize(self) -> int:
        """Bytes per sample: 1 or 2."""

    @property
    def ptr(self) -> int:
        """
        Address of the first sample: a CUDA device pointer or a host pointer. The caller keeps the frame.
        """

    @property
    def readonly(self) -> bool: ...

    @property
    def __cuda_array_interface__(self) -> dict[str, object]:
        """Version 3. The plane keeps the lease from here on, until it is gone."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any: ...

    def __dlpack_device__(self) -> tuple[int, int]: ...

    def __dlpack__(self, *, stream: int | None = None, max_version: tuple[int, int] | None = None, dl_device: tuple[int, int] | None = None, copy: bool | None = None) -> object:
        """
        A DLPack capsule that keeps the frame's lease.

        A frame is complete before it can be seen, so the consumer's stream waits for nothing; it is remembered,
        and the lease ends only when that stream has got to the point where the tensor was dropped.

        Args:
            stream: the consumer's CUDA stream: None or 1 legacy, 2 per thread, a handle, -1 unknown.
            max_version: the consumer's DLPack version; from (1, 0) on it is told that frames are read-only.
            dl_device: (1, 0) copies a frame from CUDA to host memory.
            copy: True for a packed private copy, False to refuse any copy.

        Raises:
            BufferError: another device, stream 0, or a copy that copy=False forbids.
            CuframesClosed: the frame was released.
        """

class CuframesFrame:
    """
    One leased frame, read-only, shared with the publisher and all other readers.

    The publisher does not write this frame's slot again until the lease ends: by ``release()``, by leaving
    ``with frame:``, or when the object is garbage. Arrays and tensors made from the frame keep the lease
    themselves, so the frame may be released before them. Any thread may do any of this.

    Using a released frame raises ``CuframesClosed``.
    """

    @property
    def seq(self) -> int:
        """Number of this frame in its stream: rises by one per published frame."""

    @property
    def generation(self) -> int:
        """
        Which ring it is from: changes when the publisher restarts or changes format.
        """

    @property
    def gap(self) -> int:
        """Frames this subscriber missed just before this one."""

    @property
    def pts_ns(self) -> int | None:
        """Presentation time, ns."""

    @property
    def duration_ns(self) -> int | None: ...

    @property
    def capture_ns(self) -> int | None:
        """
        CLOCK_MONOTONIC, ns, as the publisher gave it; else the time of its commit.
        """

    @property
    def publish_ns(self) -> int:
        """CLOCK_MONOTONIC, ns, when the frame became visible."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def format(self) -> str:
        """"NV12", "RGB", ..."""

    @property
    def bit_depth(self) -> int:
        """Significant bits per sample; in 16-bit formats they are the high bits."""

    @property
    def nbytes(self) -> int:
        """Bytes of pixels, without the padding of rows."""

    @property
    def device(self) -> str:
        """"cpu" or "cuda:N", N as this process numbers its GPUs."""

    @property
    def colour(self) -> tuple[int, int, int, int]:
        """
        ITU-T H.273 code points: matrix, range (1 full, 2 limited), primaries, transfer.
        """

    @property
    def planes(self) -> tuple[Plane, ...]:
        """All planes in memory order."""

    @property
    def y(self) -> Plane:
        """Luma: shape (height, width), row stride ``pitch_y`` bytes."""

    @property
    def uv(self) -> Plane:
        """
        Interleaved chroma: shape (height / 2, width / 2, 2), rounded up; row stride ``pitch_uv`` bytes.
        """

    @property
    def u(self) -> Plane:
        """
        U (Cb): shape (height / 2, width / 2); in NV12 every second sample of ``uv``.
        """

    @property
    def v(self) -> Plane:
        """V (Cr), as ``u``."""

    @property
    def rgb(self) -> Plane:
        """
        RGB: (height, width, 3); RGBA: (height, width, 4); RGBP: (3, height, width).
        """

    @property
    def pitch_y(self) -> int:
        """
        Bytes from row to row of the first plane. Rows are padded: a 2688 pixel NV12 row takes 2816 bytes.
        """

    @property
    def pitch_uv(self) -> int:
        """Bytes from row to row of the second plane, 0 when there is none."""

    @property
    def ptr_y(self) -> int:
        """
        Address of the first plane, for kernels of your own; valid while you hold the frame. Tell ``record_stream`` where you use it.
        """

    @property
    def ptr_uv(self) -> int:
        """Address of the second plane, 0 when there is none."""

    @property
    def user_meta(self) -> bytes:
        """The sidecar that the publisher sent along, empty when it sent none."""

    @property
    def valid(self) -> bool:
        """
        False once it is released, or the publisher has evicted this subscriber and may overwrite the pixels.
        """

    @property
    def released(self) -> bool: ...

    def release(self) -> None:
        """
        Ends this object's hold on the lease. May be called again, from any thread.
        """

    def record_stream(self, stream: object) -> None:
        """
        The frame is used on this CUDA stream (int, torch, CuPy, or with __cuda_stream__): the lease ends only after the work queued there so far.
        """

    def copy(self, to: str = 'same', *, out: CuframesFrame | None = None) -> CuframesFrame:
        """
        A private, writable copy with packed rows; done when this returns.

        Args:
            to: "same" memory as the frame, or "host".
            out: an earlier copy of the same format, size and device that is overwritten instead of
                allocating.
        """

    def compact(self) -> CuframesFrame:
        """As ``copy()``: for consumers that refuse padded rows (JAX)."""

    def numpy(self) -> Any:
        """
        NumPy view of a frame in host memory, read-only, without a copy.

        Returns:
            One array for formats of one plane, else a tuple of one array per plane.
        """

    def dlpack_y(self) -> object:
        """Capsule of ``y``; ``torch.from_dlpack(frame.y)`` says more."""

    def dlpack_uv(self) -> object:
        """Capsule of ``uv``."""

    def __dlpack__(self, *, stream: int | None = None, max_version: tuple[int, int] | None = None, dl_device: tuple[int, int] | None = None, copy: bool | None = None) -> object:
        """
        As ``Plane.__dlpack__``, for formats of one plane; others raise BufferError.
        """

    def __dlpack_device__(self) -> tuple[int, int]: ...

    def __enter__(self) -> CuframesFrame: ...

    def __exit__(self, *args: object) -> None: ...

    def __repr__(self) -> str: ...

class WritableFrame:
    """
    A slot of the ring to draw the next frame into, without a copy.

    Leaving ``with pub.frame() as f:`` publishes it; an exception leaves it unpublished. Arrays made from its
    planes must not be written after that.
    """

    @property
    def pts_ns(self) -> int | None:
        """Presentation time to publish with, ns."""

    @pts_ns.setter
    def pts_ns(self, value: int | None) -> None: ...

    @property
    def duration_ns(self) -> int | None: ...

    @duration_ns.setter
    def duration_ns(self, value: int | None) -> None: ...

    @property
    def capture_ns(self) -> int | None:
        """
        When the picture was taken, CLOCK_MONOTONIC ns; None: the time of the commit.
        """

    @capture_ns.setter
    def capture_ns(self, value: int | None) -> None: ...

    @property
    def planes(self) -> tuple[Plane, ...]: ...

    @property
    def y(self) -> Plane:
        """The first plane."""

    @property
    def uv(self) -> Plane:
        """The second plane."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def format(self) -> str: ...

    def numpy(self) -> Any:
        """
        Writable NumPy views (host memory): one array, or a tuple of one per plane.
        """

    def set_user_meta(self, data: bytes) -> None:
        """Sends these bytes along with the frame."""

    def commit(self, pts_ns: int | None = None, stream: object = None, *, duration_ns: int | None = None, capture_ns: int | None = None) -> None:
        """
        Publishes the frame.

        In CUDA memory it becomes visible when ``stream`` has got here (None: the publisher's stream, by default the
        legacy stream); the call does not wait. Frames appear in the order of their commits.
        """

    def abort(self) -> None:
        """Gives the slot back unpublished."""

    def __enter__(self) -> WritableFrame: ...

    def __exit__(self, type: object, *args: object) -> None: ...

class CuframesPublisher:
    """
    The writing end of a stream. Make one with ``cuframes.publish``.

    All methods may be called from any thread. The stream ends with ``close()``, with leaving ``with pub:``, or
    with the process; readers keep the frames they hold.
    """

    def __init__(self, key: str, *, width: int, height: int, format: str, slots: int, memory: int, device: int, max_readers: int, mode: int, group: int, allow: Sequence[int] | None, user_meta_capacity: int, overcommit: bool, allow_block: bool, block_timeout: float | None, lease_timeout: float | None, fps: float, path: str, stream: int, colour: tuple[int, int, int, int], host_mirror: bool) -> None:
        """Use ``cuframes.publish``."""

    def frame(self, timeout: float | None = None) -> WritableFrame:
        """
        A slot to write the next frame into.

        Args:
            timeout: seconds to wait for a slot when all are in use; None does not wait. For readers with the
                policy "block" it waits up to the publisher's ``block_timeout`` in any case.

        Raises:
            CuframesCapacityError: no slot came free; the frame is counted as dropped.
            CuframesClosed: the publisher is closed.
        """

    def write(self, pixels: Any, pts_ns: int | None = None, *, user_meta: bytes | None = None, timeout: float | None = None, stream: object = None) -> None:
        """
        Copies one frame into the ring and publishes it.

        Args:
            pixels: an array with all planes one after another (NV12: (height * 3 / 2, width)), or a sequence of
                one array per plane. NumPy, torch, CuPy: anything with DLPack or the buffer protocol.
            pts_ns: presentation time.
            user_meta: bytes to send along.
            timeout: as in ``frame``.
            stream: CUDA stream the source was written on.

        Raises:
            CuframesFormatError: shape, dtype or strides do not fit the stream's format.
        """

    def reconfigure(self, width: int, height: int, format: str) -> None:
        """
        New size or format: readers move to a new ring and generation by themselves, ``seq`` goes on.
        """

    def stats(self) -> dict[str, Any]:
        """Counters and state of the stream."""

    def readers(self) -> list[dict[str, Any]]:
        """
        One dict per connected reader: name, pid, policy, held, cursor, stalls, ...
        """

    @property
    def key(self) -> str: ...

    @property
    def generation(self) -> int: ...

    @property
    def ring_occupancy(self) -> int:
        """Slots leased by anybody or being written, now."""

    @property
    def ring_capacity(self) -> int: ...

    def close(self) -> None:
        """Ends the stream. May be called again."""

    def __enter__(self) -> CuframesPublisher: ...

    def __exit__(self, *args: object) -> None: ...

def observe(key: str, path: str, timeout: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """State and readers of a stream, without subscribing."""

def runtime_dir() -> str:
    """The directory of the streams' sockets."""

def cuda_problem(device: int) -> str:
    """Why CUDA cannot be used here; empty when it can."""

class CuframesSubscriber:
    """
    The reading end of a stream. Make one with ``cuframes.subscribe``.

    Threads: ``subscribe``, ``next_frame``, ``release``, ``close`` and all properties may be called from any
    thread. Concurrent ``next_frame`` calls on one subscriber are served one after another; each frame goes
    to one caller. ``close()`` wakes a blocked ``next_frame``, which raises ``CuframesClosed``. A frame may be
    released, and its tensors dropped, in another thread than the one that got it. The GIL is released while
    waiting; the module runs without a GIL. Signals: Python's handlers run, then the wait goes on.

    Processes: after ``fork()`` the child's objects are dead: every call raises ``CuframesClosed``, and what
    the child drops does not touch the parent's leases. Subscribe again in the child.

    Leaving ``with sub:`` releases every frame of this subscriber that Python still owns; arrays and tensors
    made from frames keep their own lease.
    """

    def __init__(self, key: str, *, policy: int, max_leases: int, memory: int, device: int, stream: int, timeout: float | None, reconnect: bool, path: str, name: str, strict_readonly: bool, spin: float) -> None:
        """Use ``cuframes.subscribe``."""

    def next_frame(self, timeout: float | None = 1.0) -> CuframesFrame:
        """
        The next frame by the subscriber's policy.

        Args:
            timeout: seconds; None waits for ever.

        Raises:
            CuframesFrameTimeout: the publisher is connected but silent.
            CuframesPublisherGone: it hung up (and, with reconnect=True, has not come back in time).
            CuframesCapacityError: ``max_leases`` frames are held already, and none came back in time.
            CuframesLeaseLost: the publisher evicted this subscriber.
            CuframesClosed: ``close()`` was called.
        """

    def try_next(self) -> CuframesFrame | None:
        """As ``next_frame`` without waiting: None when there is no new frame."""

    def __iter__(self) -> CuframesSubscriber: ...

    def __next__(self) -> CuframesFrame:
        """
        Waits for ever. With reconnect=False the loop ends when the publisher closes the stream, and raises CuframesPublisherGone when it vanishes.
        """

    def stream(self) -> AsyncIterator[CuframesFrame]:
        """For ``async for frame in sub.stream()``; ends like the plain loop."""

    def fileno(self) -> int:
        """
        A descriptor for select, poll and event loops: readable when ``try_next`` has news. Call ``try_next`` until it returns None, then poll again.
        """

    def ready(self) -> bool:
        """True when ``next_frame`` would not wait."""

    def pin(self, device: int = 0) -> None:
        """
        Registers the ring with CUDA once, for frames in host memory that go to a GPU.

        Copies to the GPU are then DMA and asynchronous: tell ``frame.record_stream(stream)`` before you release
        the frame. torch copies padded rows on the host first: upload them with a 2D copy of your own, or
        subscribe with memory="staged". Rings of later generations are pinned too.

        Args:
            device: CUDA ordinal.

        Raises:
            ValueError: the frames are in CUDA memory already.
            CuframesDeviceLost: no CUDA here, or it refuses.
        """

    def close(self) -> None:
        """Ends the subscription. May be called again."""

    @property
    def key(self) -> str: ...

    @property
    def publisher_state(self) -> PublisherState:
        """
        ACTIVE: a frame came within max(1 s, 5 frame intervals). STALE: connected but silent. DEAD: hung up or closed.
        """

    @property
    def ring_occupancy(self) -> int:
        """
        Slots leased by anybody or being written: 0 to ``ring_capacity``. Our own leases are counted as of now, those of other readers as of at most 0.2 s ago.
        """

    @property
    def ring_capacity(self) -> int: ...

    @property
    def held(self) -> int:
        """Leases this subscriber has now, tensors included."""

    @property
    def drop_count(self) -> int:
        """Frames published while subscribed that this subscriber passed over."""

    @property
    def gap_count(self) -> int:
        """How often frames were passed over."""

    @property
    def frames_received(self) -> int: ...

    @property
    def last_seq(self) -> int: ...

    @property
    def timeouts(self) -> int: ...

    @property
    def errors(self) -> int: ...

    @property
    def generation(self) -> int: ...

    @property
    def latency_ms(self) -> float | None:
        """From publish to taken, of the last frame; None before the first."""

    @property
    def ended(self) -> bool:
        """
        True when the publisher closed the stream in good order, False when it vanished.
        """

    @property
    def cuda_stream(self) -> int:
        """The subscriber's CUDA stream as an int, 0 for host memory."""

    def events(self) -> list[StreamEvent]:
        """
        What happened to the stream since the last call (the last 64): restarts, changes of format, evictions.
        """

    def stats(self) -> dict[str, Any]:
        """All counters as plain values, for JSON and MQTT."""

    def __enter__(self) -> CuframesSubscriber: ...

    def __exit__(self, *args: object) -> None: ...
