"""Every exception can be reached, is the builtin a reader would guess, and says what to do."""

from __future__ import annotations

import errno
import os
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cuframes
from packages.cuframes.tests.support import Child, cuda_problem, eventually

PIXELS = np.zeros((16, 64), np.uint8)


def test_the_tree_and_the_builtins() -> None:
    builtins = {
        cuframes.CuframesPublisherGone: ConnectionError,
        cuframes.CuframesFrameTimeout: TimeoutError,
        cuframes.CuframesShmError: OSError,
        cuframes.CuframesPermissionError: PermissionError,
        cuframes.CuframesFormatError: ValueError,
    }
    for cls, builtin in builtins.items():
        assert issubclass(cls, builtin)
    for name in cuframes.__all__:
        if name.startswith("Cuframes") and isinstance(getattr(cuframes, name), type):
            cls = getattr(cuframes, name)
            assert not issubclass(cls, Exception) or issubclass(cls, cuframes.CuframesError)
    error = cuframes.CuframesShmError("text", key="cam", generation=3, errno=11)
    assert (str(error), error.key, error.generation, error.errno) == ("text", "cam", 3, 11)
    assert error.cuda_code == 0


def test_publisher_gone_when_there_is_none(runtime_dir: Path) -> None:
    with pytest.raises(cuframes.CuframesPublisherGone, match=str(runtime_dir)) as caught:
        cuframes.subscribe("nobody", timeout=0.03)
    assert caught.value.key == "nobody"


def test_publisher_gone_when_it_closes(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam", reconnect=False)
    generation = sub.generation
    gray.close()
    with pytest.raises(cuframes.CuframesPublisherGone) as caught:
        sub.next_frame(60)
    assert caught.value.generation == generation
    assert sub.publisher_state == "DEAD"


def test_frame_timeout(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")
    with pytest.raises(cuframes.CuframesFrameTimeout, match="silent"):
        sub.next_frame(0.02)
    assert sub.timeouts == 1


@pytest.mark.parametrize("imports", ["numpy, gi", "gi, numpy"])
def test_errors_are_raised_where_gstreamer_brought_another_unwinder(
    imports: str, child: Callable[..., Child]
) -> None:
    """Which of the two a shared C++ runtime binds to depends on the order of imports."""
    pytest.importorskip("gi")
    process = child(f"""
        for name in "{imports}".split(", "):
            __import__(name)
            if name == "gi":
                import gi
                gi.require_version("Gst", "1.0")
                from gi.repository import Gst
                Gst.init(None)
        import cuframes
        try:
            cuframes.subscribe("nobody", timeout=0.03)
        except cuframes.CuframesPublisherGone:
            print("raised")
    """)
    assert process.line() == "raised"
    assert process.end() == 0


@pytest.mark.skipif(not cuda_problem(), reason="there is CUDA here")
def test_device_lost_without_cuda() -> None:
    with pytest.raises(cuframes.CuframesDeviceLost, match="memfd"):
        cuframes.publish("cam", width=64, height=16, device=0)


def test_shm_error_when_the_key_is_taken(gray: cuframes.CuframesPublisher) -> None:
    with pytest.raises(cuframes.CuframesShmError, match="another key") as caught:
        cuframes.publish("cam", width=64, height=16)
    assert caught.value.errno == errno.EADDRINUSE


def test_shm_error_when_the_path_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUFRAMES_DIR", "/tmp/" + "x" * 120)
    with pytest.raises(cuframes.CuframesShmError, match="CUFRAMES_DIR"):
        cuframes.publish("cam", width=64, height=16)


def test_version_error_from_a_publisher_of_the_future(runtime_dir: Path) -> None:
    path = runtime_dir / "cam.sock"
    server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server.bind(str(path))
    server.listen()

    def answer() -> None:
        peer, _ = server.accept()
        with peer:
            peer.recv(512)
            peer.send(struct.pack("<IHHIHBB", 0x4D465543, 2, 99, 16, 0, 64, 0))

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(cuframes.CuframesVersionError, match="ABI 99"):
        cuframes.subscribe("cam", timeout=60)
    thread.join()
    server.close()


def test_permission_error_by_the_allow_list() -> None:
    with cuframes.publish("cam", width=64, height=16, allow=[54321]):  # noqa: SIM117
        with pytest.raises(cuframes.CuframesPermissionError, match="allow list"):
            cuframes.subscribe("cam")
    with cuframes.publish("cam", width=64, height=16, allow=[os.getuid()]):
        cuframes.subscribe("cam").close()


def test_capacity_error_at_connect_when_the_slots_are_promised() -> None:
    with cuframes.publish("cam", width=64, height=16, slots=5):
        first = cuframes.subscribe("cam")
        with pytest.raises(cuframes.CuframesCapacityError, match="5 slots"):
            cuframes.subscribe("cam")
        first.close()
        assert eventually(lambda: cuframes.observe("cam").stats["readers"] == 0)
        cuframes.subscribe("cam", max_leases=3).close()


def test_capacity_error_when_all_leases_are_held(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")
    frames = []
    for _ in range(2):
        gray.write(PIXELS)
        frames.append(sub.next_frame())
    gray.write(PIXELS)
    with pytest.raises(cuframes.CuframesCapacityError, match="max_leases"):
        sub.next_frame(0.02)
    frames.pop().release()
    assert sub.next_frame().seq == 3


def test_capacity_error_when_no_slot_is_free() -> None:
    with cuframes.publish("cam", width=64, height=16, slots=3, format="GRAY8") as pub:
        open_frames = [pub.frame() for _ in range(3)]
        with pytest.raises(cuframes.CuframesCapacityError, match="dropped"):
            pub.frame()
        with pytest.raises(cuframes.CuframesCapacityError):
            pub.frame(timeout=0.02)
        assert pub.stats()["dropped"] == 2
        for f in open_frames:
            f.abort()


def test_format_error() -> None:
    with pytest.raises(cuframes.CuframesFormatError, match="H264"):
        cuframes.publish("cam", width=64, height=16, format="H264")
    with pytest.raises(cuframes.CuframesFormatError, match="even width, not 63"):
        cuframes.publish("cam", width=63, height=16)


def test_format_error_for_the_wrong_kind_of_memory(gray: cuframes.CuframesPublisher) -> None:
    with pytest.raises(cuframes.CuframesFormatError, match='memory="auto"'):
        cuframes.subscribe("cam", memory="cuda")


def test_lease_lost_after_the_lease_timeout() -> None:
    with cuframes.publish("cam", width=64, height=16, format="GRAY8", lease_timeout=0.2) as pub:
        sub = cuframes.subscribe("cam")
        pub.write(PIXELS)
        frame = sub.next_frame()
        assert eventually(lambda: not frame.valid)
        with pytest.raises(cuframes.CuframesLeaseLost, match="evicted"):
            sub.next_frame()
        assert pub.stats()["evictions"] == 1
        assert "EVICTED" in [e.kind.name for e in sub.events()]


def test_closed(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")
    gray.write(PIXELS)
    frame = sub.next_frame()
    frame.release()
    frame.release()
    for use in (lambda: frame.y, lambda: frame.seq, frame.numpy, frame.copy):
        with pytest.raises(cuframes.CuframesClosed, match="released"):
            use()
    assert not frame.valid
    sub.close()
    sub.close()
    for call in (sub.next_frame, sub.try_next, sub.fileno):
        with pytest.raises(cuframes.CuframesClosed):
            call()
    writable = gray.frame()
    writable.commit()
    with pytest.raises(cuframes.CuframesClosed):
        writable.commit()
    gray.close()
    gray.close()
    with pytest.raises(cuframes.CuframesClosed):
        gray.write(PIXELS)


@pytest.mark.parametrize(
    "call",
    [
        lambda: cuframes.subscribe("a/b"),
        lambda: cuframes.subscribe("cam", policy="all"),
        lambda: cuframes.subscribe("cam", max_leases=0),
        lambda: cuframes.subscribe("cam", timeout=-1),
        lambda: cuframes.subscribe("cam", stream=1, consumer_stream=1),
        lambda: cuframes.subscribe("cam", device="tpu:0"),
        lambda: cuframes.publish("cam", width=64, height=16, slots=2),
        lambda: cuframes.publish("cam", width=64, height=16, slots="many"),
        lambda: cuframes.publish("cam", width=64, height=16, max_readers=65),
        lambda: cuframes.publish("", width=64, height=16),
        lambda: cuframes.publish("cam", width=64, height=16, memory="gpu"),
    ],
)
def test_arguments_out_of_range_are_value_errors(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each has its own text)
        call()


def test_a_stream_object_of_no_known_kind_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="__cuda_stream__"):
        cuframes.subscribe("cam", stream=object())


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to become another user")
def test_another_user_is_refused_by_the_sockets_mode(
    child: Callable[..., Child], runtime_dir: Path
) -> None:
    os.chmod(runtime_dir, 0o755)
    for parent in list(runtime_dir.parents)[:3]:
        os.chmod(parent, 0o755)
    code = """
        import os, sys, cuframes
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        try:
            cuframes.subscribe("cam")
        except cuframes.CuframesPermissionError as error:
            print("refused", error.errno)
        else:
            print("admitted")
        """
    with cuframes.publish("cam", width=64, height=16):
        assert child(code).line() == f"refused {errno.EACCES}"
    with cuframes.publish("cam", width=64, height=16, group=65534):
        assert child(code).line() == "admitted"
