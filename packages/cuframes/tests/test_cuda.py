"""Frames in CUDA memory. Needs a GPU and torch; CuPy is used where it is installed."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cuframes
from packages.cuframes.tests.support import Child, eventually

pytestmark = pytest.mark.needs_cuda
torch = pytest.importorskip("torch")

WIDTH, HEIGHT = 640, 360


@pytest.fixture(scope="module", autouse=True)
def warm_up() -> None:
    # A kernel that is loaded at its first use waits for the whole GPU: use ours before we look.
    a = torch.zeros((HEIGHT, 1024), dtype=torch.uint8, device="cuda")[:, :WIDTH]
    b = torch.empty((HEIGHT, WIDTH), dtype=torch.uint8, device="cuda")
    assert bool((b.copy_(a.fill_(1)) == 1).all())
    spin_ms(1)
    torch.cuda.synchronize()


@pytest.fixture
def pub() -> Any:
    with cuframes.publish(
        "gpu", width=WIDTH, height=HEIGHT, device=0, slots=6, max_readers=2
    ) as pub:
        yield pub


def write(pub: cuframes.CuframesPublisher, value: int, stream: Any = None) -> None:
    stream = stream or torch.cuda.current_stream()
    with torch.cuda.stream(stream), pub.frame(timeout=5) as f:
        torch.from_dlpack(f.y).fill_(value)
        torch.from_dlpack(f.uv).fill_(value)
        f.commit(value, stream=stream)


def spin_ms(milliseconds: float) -> None:
    """Keeps the current stream busy."""
    torch.cuda._sleep(int(milliseconds * 1.7e6))


def test_a_frame_goes_from_torch_to_torch(pub: cuframes.CuframesPublisher) -> None:
    with cuframes.subscribe("gpu") as sub:
        write(pub, 7)
        frame = sub.next_frame(5)
        assert frame.device == "cuda:0"
        assert frame.y.__dlpack_device__() == (2, 0)
        y, uv = torch.from_dlpack(frame.y), torch.from_dlpack(frame.uv)
        assert y.shape == (HEIGHT, WIDTH)
        assert y.stride() == (frame.pitch_y, 1)
        assert uv.shape == (HEIGHT // 2, WIDTH // 2, 2)
        assert bool((y == 7).all())
        assert bool((uv == 7).all())
        assert sub.cuda_stream != 0


def test_host_and_device_arrays_can_be_written(pub: cuframes.CuframesPublisher) -> None:
    with cuframes.subscribe("gpu", policy="in_order") as sub:
        packed = np.random.default_rng(0).integers(0, 255, (HEIGHT * 3 // 2, WIDTH), np.uint8)
        pub.write(packed, 1)
        pub.write(torch.from_numpy(packed).cuda(), 2)
        for _ in range(2):
            y, uv = sub.next_frame(5).copy("host").numpy()
            np.testing.assert_array_equal(y, packed[:HEIGHT])
            np.testing.assert_array_equal(uv.reshape(HEIGHT // 2, WIDTH), packed[HEIGHT:])


def test_cupy_takes_dlpack_and_the_array_interface(pub: cuframes.CuframesPublisher) -> None:
    cupy = pytest.importorskip("cupy")
    with cuframes.subscribe("gpu") as sub:
        write(pub, 9)
        frame = sub.next_frame(5)
        a = cupy.from_dlpack(frame.y)
        b = cupy.asarray(frame.uv)
        assert a.strides == (frame.pitch_y, 1)
        assert int(a.max()) == int(a.min()) == 9
        assert int(b.sum()) == 9 * WIDTH * HEIGHT // 2
        frame.release()
        assert sub.held == 1
        del a, b
        torch.cuda.synchronize()
        assert eventually(lambda: sub.held == 0)


def test_dlpack_streams_and_devices(pub: cuframes.CuframesPublisher) -> None:
    with cuframes.subscribe("gpu") as sub:
        write(pub, 3)
        frame = sub.next_frame(5)
        for stream in (None, 1, 2, -1, torch.cuda.Stream().cuda_stream):
            assert frame.y.__dlpack__(stream=stream, max_version=(1, 0))
        with pytest.raises(BufferError, match="ambiguous"):
            frame.y.__dlpack__(stream=0)
        host = np.from_dlpack(frame.y, device="cpu")
        assert (host == 3).all()
        assert host.flags.c_contiguous
        with pytest.raises(BufferError, match="copy=False"):
            frame.y.__dlpack__(dl_device=(1, 0), copy=False)
        with pytest.raises(BufferError, match="CUDA memory"):
            np.asarray(frame.y)
        with pytest.raises(BufferError, match="copy"):
            frame.numpy()
        packed = torch.from_dlpack(frame.compact().y)
        assert packed.is_contiguous()
        assert bool((packed == 3).all())
        packed.fill_(1)
        frame.release()
        assert eventually(lambda: sub.held == 0)


def test_a_frame_is_invisible_until_its_stream_has_drawn_it(
    pub: cuframes.CuframesPublisher,
) -> None:
    with cuframes.subscribe("gpu", policy="in_order", max_leases=2) as sub:
        slow, fast = torch.cuda.Stream(), torch.cuda.Stream()
        for stream in (slow, fast):
            write(pub, 0, stream)
            sub.next_frame(5).release()
        start = time.monotonic()
        with torch.cuda.stream(slow):
            f = pub.frame()
            spin_ms(60)
            torch.from_dlpack(f.y).fill_(1)
            f.commit(1, stream=slow)
        write(pub, 2, fast)
        assert time.monotonic() - start < 0.04, "commit waited for the GPU"
        fast.synchronize()
        assert sub.try_next() is None, "a later frame overtook an unfinished one"
        first = sub.next_frame(5)
        assert first.pts_ns == 1
        assert time.monotonic() - start > 0.03
        assert sub.next_frame(5).pts_ns == 2
        assert bool((torch.from_dlpack(first.y) == 1).all())


def test_a_slot_is_not_reused_before_the_readers_kernel_has_ended(
    pub: cuframes.CuframesPublisher,
) -> None:
    with cuframes.subscribe("gpu") as sub:
        mine = torch.cuda.Stream()
        seen = torch.empty((HEIGHT, WIDTH), dtype=torch.uint8, device="cuda")
        proofs = 0
        for value in range(1, 6):
            write(pub, value)
            frame = sub.next_frame(5)
            with torch.cuda.stream(mine):
                tensor = torch.from_dlpack(frame.y)
                spin_ms(50)
                seen.copy_(tensor)  # runs 50 ms from now
            frame.release()
            del tensor, frame
            held = sub.held
            if not mine.query():  # the kernel still spins, so it did when we looked
                assert held == 1, "the lease ended before the kernel"
                proofs += 1
            for other in range(100, 130):  # five times round the ring, while the kernel spins
                write(pub, other)
            mine.synchronize()
            assert bool((seen == value).all()), "the slot was overwritten under the kernel"
            assert eventually(lambda: sub.held == 0)
            while (skipped := sub.try_next()) is not None:
                skipped.release()
        assert proofs >= 3, "the kernels were too quick to prove anything"


def test_record_stream_holds_the_lease_for_kernels_of_your_own(
    pub: cuframes.CuframesPublisher,
) -> None:
    with cuframes.subscribe("gpu") as sub:
        write(pub, 1)
        frame = sub.next_frame(5)
        mine = torch.cuda.Stream()
        with torch.cuda.stream(mine):
            spin_ms(50)
        frame.record_stream(mine)
        frame.release()
        assert sub.held == 1
        mine.synchronize()
        assert eventually(lambda: sub.held == 0)


def test_streams_under_capture_are_refused_or_waited_for(pub: cuframes.CuframesPublisher) -> None:
    with cuframes.subscribe("gpu") as sub:
        write(pub, 1)
        frame = sub.next_frame(5)
        writable = pub.frame()
        capture = torch.cuda.Stream()
        graph = torch.cuda.CUDAGraph()
        refused = None
        frame.record_stream(capture)
        with torch.cuda.stream(capture):
            graph.capture_begin(capture_error_mode="relaxed")
            try:
                writable.commit(stream=capture)
            except ValueError as error:
                refused = error
            frame.release()
            torch.zeros(8, device="cuda")
            graph.capture_end()
        assert refused is not None
        assert "graph" in str(refused)
        writable.abort()
        assert eventually(lambda: sub.held == 0)
        assert sub.stats()["deferred_releases"] == 1


PUBLISHER = """
import sys, time, torch, cuframes
pub = cuframes.publish("gpu", width=640, height=360, memory=sys.argv[1], device=0)
print("up", flush=True)
value = 0
while True:
    value = value % 250 + 1
    with pub.frame(timeout=5) as f:
        torch.from_dlpack(f.y).fill_(value)
        f.commit(value)
    time.sleep(0.002)
"""


@pytest.mark.parametrize("memory", ["cuda", "cuda_ipc"])
def test_frames_come_from_another_process(child: Callable[..., Child], memory: str) -> None:
    publisher = child(PUBLISHER, memory)
    assert publisher.line() == "up"
    with cuframes.subscribe("gpu", timeout=20) as sub:
        for _ in range(100):
            frame = sub.next_frame(5)
            assert bool((torch.from_dlpack(frame.y) == frame.pts_ns).all())
            frame.release()


def test_leased_frames_outlive_a_killed_publisher(child: Callable[..., Child]) -> None:
    publisher = child(PUBLISHER, "cuda")
    assert publisher.line() == "up"
    sub = cuframes.subscribe("gpu", timeout=20, reconnect=False)
    frame = sub.next_frame(5)
    tensor, value = torch.from_dlpack(frame.y), frame.pts_ns
    publisher.kill()
    assert eventually(lambda: sub.publisher_state == "DEAD")
    assert bool((tensor == value).all())
    assert bool((torch.from_dlpack(frame.y) == value).all())
    sub.close()


def test_a_killed_reader_gives_its_slots_back(
    pub: cuframes.CuframesPublisher, child: Callable[..., Child]
) -> None:
    reader = child(
        """
        import torch, cuframes
        sub = cuframes.subscribe("gpu")
        frame = sub.next_frame(10)
        tensor = torch.from_dlpack(frame.y)
        print("holding", flush=True)
        import signal; signal.pause()
        """
    )
    write(pub, 1)
    assert reader.line() == "holding"
    assert pub.ring_occupancy == 1
    reader.kill()
    assert eventually(lambda: pub.ring_occupancy == 0, 1)


def test_video_memory_is_flat_over_generations() -> None:
    def free() -> int:
        gc.collect()
        torch.cuda.synchronize()
        return int(torch.cuda.mem_get_info()[0])

    def once() -> None:
        with cuframes.publish("flat", width=1920, height=1080, device=0) as pub:  # noqa: SIM117
            with cuframes.subscribe("flat") as sub:
                write(pub, 1)
                tensor = torch.from_dlpack(sub.next_frame(5).y)
                pub.reconfigure(1280, 720, "NV12")
                write(pub, 2)
                sub.next_frame(5).release()
                del tensor

    once()
    assert eventually(lambda: True)
    time.sleep(0.2)
    before = free()
    for _ in range(20):
        once()
    assert eventually(lambda: before - free() <= 0, 10), f"{before - free()} bytes of VRAM are gone"


def test_a_write_through_a_readers_tensor_harms_only_the_writer(
    pub: cuframes.CuframesPublisher, child: Callable[..., Child]
) -> None:
    vandal = child(
        """
        import torch, cuframes
        sub = cuframes.subscribe("gpu")
        tensor = torch.from_dlpack(sub.next_frame(10).y)
        try:
            tensor.fill_(99)
            torch.cuda.synchronize()
        except Exception as error:
            print("refused", type(error).__name__, flush=True)
        else:
            print("written", flush=True)
        import os; os._exit(0)
        """
    )
    write(pub, 5)
    with cuframes.subscribe("gpu") as sub:
        frame = sub.next_frame(5)
        assert vandal.line().startswith("refused")
        assert bool((torch.from_dlpack(frame.y) == 5).all())


def test_the_reader_of_another_gpu_is_told(pub: cuframes.CuframesPublisher) -> None:
    with pytest.raises(cuframes.CuframesDeviceLost):
        cuframes.subscribe("gpu", device=63)


def test_a_process_without_the_gpu_is_told(
    pub: cuframes.CuframesPublisher, child: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    blind = child(
        """
        import cuframes
        try:
            cuframes.subscribe("gpu")
        except cuframes.CuframesDeviceLost as error:
            print("told", error.cuda_code)
        """
    )
    assert blind.line().startswith("told")


def test_an_interpreter_may_end_with_live_tensors_on_the_gpu() -> None:
    code = """
import torch, cuframes
pub = cuframes.publish("end", width=64, height=32, device=0)
sub = cuframes.subscribe("end")
with pub.frame() as f:
    torch.from_dlpack(f.y).fill_(1)
frame = sub.next_frame(5)
keep = [torch.from_dlpack(frame.y), frame]; keep.append(keep)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_stopping_the_publisher_leaves_the_readers_gpu_free(child: Callable[..., Child]) -> None:
    publisher = child(PUBLISHER, "cuda")
    assert publisher.line() == "up"
    with cuframes.subscribe("gpu", timeout=20) as sub:
        sub.next_frame(5)
        publisher.signal(signal.SIGSTOP)
        assert eventually(lambda: sub.publisher_state == "STALE")
        torch.zeros(8, device="cuda").sum().item()
        publisher.signal(signal.SIGCONT)
        assert eventually(lambda: sub.publisher_state == "ACTIVE")
