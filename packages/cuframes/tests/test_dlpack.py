"""DLPack and buffer exports: flags, lifetimes, versions; numpy always, torch and jax if here."""

from __future__ import annotations

import ctypes
import gc
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import cuframes
from packages.cuframes.tests.support import Child


class Link:
    """One NV12 publisher of 64x32 and its subscriber."""

    def __init__(self, **options: Any) -> None:
        self.pub = cuframes.publish("cam", width=64, height=32)
        self.sub = cuframes.subscribe("cam", **options)

    def frame(self, value: int = 1) -> cuframes.CuframesFrame:
        self.pub.write(np.full((48, 64), value, np.uint8))
        return self.sub.next_frame()


@pytest.fixture
def link() -> Iterator[Link]:
    one = Link()
    yield one
    one.sub.close()
    one.pub.close()


class Importer:
    """A DLPack consumer that asks for what we tell it to."""

    def __init__(self, source: Any, **kwargs: Any) -> None:
        self.source, self.kwargs = source, kwargs

    def __dlpack__(self, **_: Any) -> object:
        return self.source.__dlpack__(**self.kwargs)

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)


def capsule_name(capsule: object) -> str:
    get = ctypes.pythonapi.PyCapsule_GetName
    get.restype, get.argtypes = ctypes.c_char_p, [ctypes.py_object]
    return str(get(capsule).decode())


def test_an_array_keeps_the_lease_after_the_frame_is_released(link: Link) -> None:
    frame = link.frame(3)
    array = np.from_dlpack(frame.y)
    frame.release()
    assert link.sub.held == 1
    for value in range(60):
        link.pub.write(np.full((48, 64), value, np.uint8))
    assert (array == 3).all()
    slice_of_it = array[2:4, ::2]
    del array
    gc.collect()
    assert link.sub.held == 1
    assert (slice_of_it == 3).all()
    del slice_of_it
    gc.collect()
    assert link.sub.held == 0


@pytest.mark.parametrize("export", [np.asarray, memoryview, np.from_dlpack])
def test_every_kind_of_view_holds_one_lease_between_them(
    link: Link, export: Callable[[Any], Any]
) -> None:
    frame = link.frame()
    views = [export(frame.y), export(frame.uv), export(frame.v)]
    assert link.sub.held == 1
    frame.release()
    assert link.sub.held == 1
    views.clear()
    gc.collect()
    assert link.sub.held == 0


def test_leaving_the_subscriber_releases_frames_but_not_arrays() -> None:
    link = Link()
    with link.sub as sub:
        first = link.frame(7)
        array = np.from_dlpack(first.y)
        second = link.frame(8)
    assert first.released
    assert second.released
    assert (array == 7).all()
    for value in range(60):
        link.pub.write(np.full((48, 64), value, np.uint8))
    assert (array == 7).all(), "the lease of an exported array ended with its subscriber"
    with pytest.raises(cuframes.CuframesClosed):
        sub.next_frame()
    assert link.pub.stats()["ring_occupancy"] == 1
    del array
    gc.collect()
    assert link.pub.stats()["ring_occupancy"] == 0


def test_numpy_is_told_that_frames_are_read_only(link: Link) -> None:
    frame = link.frame()
    for array in (np.from_dlpack(frame.y), np.asarray(frame.uv), frame.numpy()[0]):
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError, match="not writable"):
        (ctypes.c_char * 1).from_buffer(frame.y)


def test_the_capsules_version_follows_the_consumer(link: Link) -> None:
    plane = link.frame().y
    assert capsule_name(plane.__dlpack__()) == "dltensor"
    assert capsule_name(plane.__dlpack__(max_version=(0, 8))) == "dltensor"
    assert capsule_name(plane.__dlpack__(max_version=(1, 0))) == "dltensor_versioned"
    assert capsule_name(plane.__dlpack__(max_version=(9, 0))) == "dltensor_versioned"


def test_a_capsule_that_nobody_takes_gives_its_lease_back(link: Link) -> None:
    frame = link.frame()
    capsules = [frame.y.__dlpack__(max_version=v) for v in ((1, 0), None) for _ in range(10)]
    frame.release()
    assert link.sub.held == 1
    capsules.clear()
    assert link.sub.held == 0


def test_strict_readonly_refuses_consumers_that_cannot_be_told() -> None:
    link = Link(strict_readonly=True)
    frame = link.frame()
    with pytest.raises(BufferError, match="strict_readonly"):
        frame.y.__dlpack__()
    assert frame.y.__dlpack__(max_version=(1, 0))
    assert frame.y.__dlpack__(copy=True)


@pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.1.0",
    reason="NumPy before 2.1 asks for no copy, and takes no capsule that says it may be written to",
)
def test_copy_true_is_packed_private_and_writable(link: Link) -> None:
    frame = link.frame(4)
    array = np.from_dlpack(Importer(frame.y, copy=True, max_version=(1, 1)))
    frame.release()
    assert link.sub.held == 0
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert (array == 4).all()
    assert np.from_dlpack(link.frame().y, copy=True).flags.c_contiguous


def test_other_devices_and_streams_are_refused(link: Link) -> None:
    plane = link.frame().y
    assert plane.__dlpack_device__() == (1, 0)
    assert plane.__dlpack__(dl_device=(1, 0), copy=False)
    with pytest.raises(BufferError, match=r"\(2, 0\)"):
        plane.__dlpack__(dl_device=(2, 0))
    with pytest.raises(BufferError, match="host memory"):
        plane.__dlpack__(stream=1)
    assert plane.__dlpack__(stream=-1)
    with pytest.raises(AttributeError, match="host memory"):
        plane.__cuda_array_interface__  # noqa: B018


def test_a_frame_of_several_planes_names_what_to_export(link: Link) -> None:
    with pytest.raises(BufferError, match=r"frame\.y and frame\.uv"):
        np.from_dlpack(link.frame())
    with cuframes.publish("rgb", width=8, height=4, format="RGB") as pub:  # noqa: SIM117
        with cuframes.subscribe("rgb") as sub:
            pub.write(np.full((4, 8, 3), 2, np.uint8))
            assert np.from_dlpack(sub.next_frame()).shape == (4, 8, 3)


def test_the_seeds_capsule_methods_work(link: Link) -> None:
    frame = link.frame()
    assert capsule_name(frame.dlpack_y()) == capsule_name(frame.dlpack_uv()) == "dltensor"


def test_arrays_may_die_in_any_thread_while_others_are_made(link: Link) -> None:
    handed_over: queue.Queue[Any] = queue.Queue(maxsize=1)

    def drop() -> None:
        while handed_over.get() is not None:
            pass

    threads = [threading.Thread(target=drop) for _ in range(3)]
    for thread in threads:
        thread.start()
    for value in range(200):
        link.pub.write(np.full((48, 64), value, np.uint8))
        frame = link.sub.next_frame(10)  # waits for a lease when the others are slow to drop theirs
        array = np.from_dlpack(frame.y)
        assert (array == value).all()
        handed_over.put(array)
        handed_over.put(frame)
        del frame, array
    for _ in threads:
        handed_over.put(None)
    for thread in threads:
        thread.join()
    assert link.sub.held == 0


def test_an_interpreter_may_end_with_live_arrays(child: Callable[..., Child]) -> None:
    ended = child(
        """
        import cuframes, numpy as np
        pub = cuframes.publish("cam", width=64, height=32)
        sub = cuframes.subscribe("cam")
        pub.write(np.zeros((48, 64), np.uint8))
        frame = sub.next_frame()
        keep = [np.from_dlpack(frame.y), memoryview(frame.uv), frame, frame.y.__dlpack__()]
        loop = keep; loop.append(loop)
        """
    )
    assert ended.end() == 0


def test_views_of_a_frame_being_written_stay_mapped_after_everything_is_closed() -> None:
    pub = cuframes.publish("cam", width=64, height=32)
    with pub.frame() as f:
        y, _ = f.numpy()
        y[:] = 5
    pub.close()
    del pub, f
    gc.collect()
    assert (y == 5).all()


def test_torch_takes_every_plane_and_keeps_the_lease(link: Link) -> None:
    torch = pytest.importorskip("torch")
    frame = link.frame(9)
    y, uv = torch.from_dlpack(frame.y), torch.from_dlpack(frame.uv)
    assert y.shape == (32, 64)
    assert y.stride() == (256, 1)
    assert uv.stride() == (256, 2, 1)
    assert bool((y == 9).all())
    frame.release()
    del y
    gc.collect()
    assert link.sub.held == 1
    thread = threading.Thread(target=lambda t: t, args=(uv[1:],))
    thread.start()
    thread.join()
    del uv, thread
    gc.collect()
    assert link.sub.held == 0


def test_torch_takes_16_bit_planes() -> None:
    torch = pytest.importorskip("torch")
    with cuframes.publish("p", width=64, height=32, format="P010") as pub:  # noqa: SIM117
        with cuframes.subscribe("p") as sub:
            pub.write(np.full(64 * 48, 513 << 6, np.uint16))
            assert int(torch.from_dlpack(sub.next_frame().y)[3, 3]) == 513 << 6


def test_jax_takes_a_compact_frame(link: Link) -> None:
    jax = pytest.importorskip("jax")
    array = jax.numpy.from_dlpack(link.frame(6).compact().y)
    assert array.shape == (32, 64)
    assert int(array.sum()) == 6 * 32 * 64
