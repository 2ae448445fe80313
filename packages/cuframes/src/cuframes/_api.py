"""The functions users start from."""

from __future__ import annotations

import grp
import os
import pwd
import select
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cuframes import _cuframes
from cuframes._cuframes import CuframesPublisher, CuframesSubscriber
from cuframes._errors import CuframesError
from cuframes._streams import stream_handle
from cuframes._types import PublisherState, StreamInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_POLICIES = {"newest": 0, "in_order": 1, "block": 2}
_PUBLISHED = {"auto": 0, "memfd": 1, "cuda": 2, "cuda_ipc": 3}
_SUBSCRIBED = {"auto": 0, "memfd": 1, "cuda": 2, "staged": 5}


def _choice(name: str, value: str, allowed: dict[str, int]) -> int:
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}; allowed are {', '.join(map(repr, allowed))}")
    return allowed[value]


def _device_ordinal(device: int | str | None) -> int:
    if device is None:
        return -1
    if isinstance(device, int):
        return device
    kind, _, ordinal = device.partition(":")
    if kind != "cuda" or (ordinal and not ordinal.isdigit()):
        raise ValueError(f"device is {device!r}; allowed are None, an ordinal, 'cuda' and 'cuda:N'")
    return int(ordinal or 0)


def subscribe(
    key: str,
    *,
    policy: str = "newest",
    stream: object = None,
    device: int | str | None = None,
    max_leases: int = 2,
    timeout: float | None = 5.0,
    reconnect: bool = True,
    memory: str = "auto",
    path: str | os.PathLike[str] | None = None,
    name: str = "",
    strict_readonly: bool = False,
    spin: float = 0.0,
    consumer_stream: object = None,
) -> CuframesSubscriber:
    """Connects to a stream.

    Args:
        key: name of the stream.
        policy: "newest" gives the newest frame not seen yet; "in_order" the next one while it is in
            the ring, else the oldest there; "block" every frame, the publisher waiting for this
            reader (bounded; live sources may refuse it).
        stream: CUDA stream the frames are used on: an int, or a torch, CuPy or cuda.core stream.
            None: a stream of its own, never the legacy default stream.
        device: read CUDA frames from this GPU too, when it can reach the one they are on.
        max_leases: frames held at once, 1 to 32. They are set aside in the ring for this reader.
        timeout: seconds to wait for the publisher to appear; None for ever.
        reconnect: follow a publisher that restarts or comes back.
        memory: "auto": as published, or the publisher's host mirror where its GPU cannot be used.
            "memfd", "cuda": insist on host or CUDA memory. "staged": each frame is copied, when it
            is taken, to a private slot on GPU ``device`` (default 0), from any kind of memory.
        path: socket, when it is not in the runtime directory (a bind mount, say).
        name: shown to the publisher and in ``python -m cuframes top``, at most 15 bytes.
        strict_readonly: refuse DLPack consumers that cannot be told that frames are read-only.
        spin: on a stream of steady cadence, be awake when the next frame is due and look for it for
            at most this long, seconds (at most 0.001), instead of sleeping until woken. Saves the
            time a sleeping core takes to wake, costs up to ``spin`` of a core per frame. 0: never.
        consumer_stream: older name of ``stream``.

    Raises:
        CuframesPublisherGone: no publisher appeared in time.
        CuframesPermissionError: it refuses this user.
        CuframesCapacityError: no reader place, or no slots left for ``max_leases``.
        CuframesVersionError: it speaks another ABI.
        CuframesDeviceLost: the frames are on a GPU that this process cannot reach.
    """
    if stream is not None and consumer_stream is not None:
        raise ValueError("stream and consumer_stream are one option; pass one of them")
    chosen = stream if stream is not None else consumer_stream
    return CuframesSubscriber(
        key,
        policy=_choice("policy", policy, _POLICIES),
        max_leases=max_leases,
        memory=_choice("memory", memory, _SUBSCRIBED),
        device=_device_ordinal(device),
        stream=0 if chosen is None else stream_handle(chosen),
        timeout=timeout,
        reconnect=reconnect,
        path="" if path is None else os.fspath(path),
        name=name,
        strict_readonly=strict_readonly,
        spin=spin,
    )


def publish(
    key: str,
    *,
    width: int,
    height: int,
    format: str = "NV12",
    slots: int | str = "auto",
    memory: str = "auto",
    device: int | str | None = None,
    max_readers: int = 8,
    mode: int = 0o660,
    group: int | str | None = None,
    allow: Iterable[int | str] | None = None,
    user_meta_capacity: int = 4096,
    overcommit: bool = False,
    allow_block: bool = True,
    block_timeout: float | None = None,
    lease_timeout: float | None = None,
    fps: float = 0.0,
    stream: object = None,
    path: str | os.PathLike[str] | None = None,
    colour: tuple[int, int, int, int] = (2, 0, 2, 2),
    host_mirror: bool = False,
) -> CuframesPublisher:
    """Starts a stream.

    Args:
        key: name of the stream: 1 to 64 of A-Z a-z 0-9 . _ -
        width: pixels; even for NV12, P010 and P016.
        height: pixels.
        format: NV12, P010, P016, I420, YV12, RGB, BGR, RGBA, BGRx, RGBP, GRAY8 or GRAY16.
        slots: frames in the ring, 3 to 64. "auto": 2 + 2 * max_readers. Readers are admitted while
            2 + the sum of their max_leases fits.
        memory: "auto" (CUDA when ``device`` is given), "memfd", "cuda", or "cuda_ipc" (legacy
            handles, for GPUs without VMM: one pid namespace, and frames die with the publisher).
        device: CUDA ordinal, or "cuda:N".
        max_readers: 1 to 64.
        mode: permission bits of the socket: who may read.
        group: group to give the socket, name or gid.
        allow: users that may connect, names or uids; None leaves it to ``mode``.
        user_meta_capacity: largest sidecar of one frame, bytes, at most 1 MiB.
        overcommit: admit more readers than the slots cover; frames may then be dropped.
        allow_block: False refuses readers with the policy "block"; right for live sources.
        block_timeout: longest wait for a "block" reader, seconds, at most 1 (default).
        lease_timeout: evict a reader that holds one frame longer than this, seconds; None never.
        fps: shown to readers.
        stream: CUDA stream that frames are drawn on; None: the legacy stream.
        path: socket, when it is not to be in the runtime directory.
        colour: ITU-T H.273 matrix, range (1 full, 2 limited), primaries, transfer.
        host_mirror: copy CUDA frames to pinned host memory too, for readers without CUDA; one copy
            per frame, queued by ``commit``.

    Raises:
        CuframesShmError: with errno EADDRINUSE when the key is being published already.
        CuframesFormatError: unknown format or impossible size.
        CuframesDeviceLost: no usable CUDA here.
    """
    if isinstance(slots, str) and slots != "auto":
        raise ValueError(f"slots is {slots!r}; a number or 'auto' is allowed")
    return CuframesPublisher(
        key,
        width=width,
        height=height,
        format=format,
        slots=0 if isinstance(slots, str) else slots,
        memory=_choice("memory", memory, _PUBLISHED),
        device=_device_ordinal(device),
        max_readers=max_readers,
        mode=mode,
        group=-1 if group is None else _gid(group),
        allow=None if allow is None else [_uid(user) for user in allow],
        user_meta_capacity=user_meta_capacity,
        overcommit=overcommit,
        allow_block=allow_block,
        block_timeout=block_timeout,
        lease_timeout=lease_timeout,
        fps=fps,
        path="" if path is None else os.fspath(path),
        stream=0 if stream is None else stream_handle(stream),
        colour=colour,
        host_mirror=host_mirror,
    )


def _gid(group: int | str) -> int:
    return group if isinstance(group, int) else grp.getgrnam(group).gr_gid


def _uid(user: int | str) -> int:
    return user if isinstance(user, int) else pwd.getpwnam(user).pw_uid


def list_streams(timeout: float = 0.5) -> list[StreamInfo]:
    """The streams whose sockets are in the runtime directory, sorted by key.

    A socket that a killed publisher left behind is listed as DEAD; the next publisher of that key
    replaces it.
    """
    directory = Path(_cuframes.runtime_dir())
    if not directory.is_dir():
        return []
    return [observe(path.stem, path, timeout) for path in sorted(directory.glob("*.sock"))]


def observe(key: str, path: str | os.PathLike[str] = "", timeout: float = 0.5) -> StreamInfo:
    """State and readers of one stream, without subscribing to it."""
    where = os.fspath(path) or f"{_cuframes.runtime_dir()}/{key}.sock"
    try:
        stats, readers = _cuframes.observe(key, where, timeout)
    except CuframesError as error:
        return StreamInfo(key, where, PublisherState.DEAD, {}, [], str(error))
    return StreamInfo(key, where, PublisherState(stats["state"]), stats, readers)


def wait_any(
    subs: Sequence[CuframesSubscriber], timeout: float | None = None
) -> list[CuframesSubscriber]:
    """Waits until one of several subscribers has a frame.

    Args:
        subs: subscribers, of any streams.
        timeout: seconds; None waits for ever.

    Returns:
        Those whose ``next_frame`` would not wait (it may also raise: a closed stream counts as
        news). Empty after the timeout.
    """
    poll = select.poll()
    for sub in subs:
        poll.register(sub.fileno(), select.POLLIN)
    deadline = None if timeout is None else time.monotonic() + timeout
    while True:
        ready = [sub for sub in subs if sub.ready()]
        if ready:
            return ready
        left = None if deadline is None else deadline - time.monotonic()
        if left is not None and left <= 0:
            return []
        poll.poll(None if left is None else max(left * 1000, 1))
