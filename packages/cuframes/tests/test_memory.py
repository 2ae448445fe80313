"""Frames that are not where the reader wants them: pinned rings, host mirrors, private copies."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import cuframes
from packages.cuframes.tests.support import Child, cuda_problem, eventually

WIDTH, HEIGHT = 640, 360

without_cuda = pytest.mark.skipif(not cuda_problem(), reason="there is a GPU here")


@without_cuda
def test_pinning_without_cuda_says_so(gray: cuframes.CuframesPublisher) -> None:
    with cuframes.subscribe("cam") as sub:
        with pytest.raises(cuframes.CuframesDeviceLost, match="CUDA"):
            sub.pin()
        gray.write(np.full((16, 64), 5, np.uint8))
        with sub.next_frame() as frame:
            assert (np.asarray(frame.y) == 5).all()


@without_cuda
def test_staging_without_cuda_says_so(gray: cuframes.CuframesPublisher) -> None:
    with pytest.raises(cuframes.CuframesDeviceLost, match="CUDA"):
        cuframes.subscribe("cam", memory="staged")


def test_a_host_frame_that_is_not_pinned_has_no_stream(gray: cuframes.CuframesPublisher) -> None:
    with cuframes.subscribe("cam") as sub:
        gray.write(np.zeros((16, 64), np.uint8))
        with sub.next_frame() as frame, pytest.raises(ValueError, match=r"sub\.pin\(\)"):
            frame.record_stream(1)


def test_a_mirror_of_host_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="host_mirror"):
        cuframes.publish("cam", width=64, height=16, host_mirror=True)


def test_a_closed_subscriber_is_not_pinned(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")
    sub.close()
    with pytest.raises(cuframes.CuframesClosed):
        sub.pin()


# --- On a GPU -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def torch() -> Any:
    torch = pytest.importorskip("torch")
    torch.zeros((HEIGHT, 1024), dtype=torch.uint8, device="cuda")[:, :WIDTH].fill_(1)
    torch.cuda._sleep(1000)
    torch.cuda.synchronize()
    return torch


def draw(torch: Any, pub: cuframes.CuframesPublisher, value: int, spin_ms: float = 0) -> None:
    with pub.frame(timeout=5) as f:
        torch.cuda._sleep(int(spin_ms * 1.7e6))
        torch.from_dlpack(f.y).fill_(value)
        torch.from_dlpack(f.uv).fill_(value)
        f.commit(value, stream=torch.cuda.current_stream())


def packed(value: int) -> np.ndarray[Any, Any]:
    return np.full((HEIGHT * 3 // 2, WIDTH), value, np.uint8)


@pytest.mark.needs_cuda
def test_a_pinned_ring_is_copied_asynchronously_under_its_lease(torch: Any) -> None:
    def packed(value: int) -> np.ndarray[Any, Any]:
        return np.full((HEIGHT, 1024), value, np.uint8)  # no padding, or torch copies on the host

    with (
        cuframes.publish(
            "host", width=1024, height=HEIGHT, format="GRAY8", slots=6, max_readers=2
        ) as pub,
        cuframes.subscribe("host") as sub,
    ):
        pub.write(packed(0))
        with sub.next_frame(5) as frame:
            assert not torch.from_dlpack(frame.y).is_pinned()
        sub.pin()
        sub.pin()
        stream = torch.cuda.Stream()
        proofs = 0
        for value in range(1, 6):
            pub.write(packed(value))
            frame = sub.next_frame(5)
            luma = torch.from_dlpack(frame.y)
            assert luma.is_pinned()
            with torch.cuda.stream(stream):
                torch.cuda._sleep(int(50 * 1.7e6))
                on_gpu = luma.to("cuda", non_blocking=True)  # runs 50 ms from now
            frame.record_stream(stream)
            frame.release()
            del luma, frame
            held = sub.held
            if not stream.query():
                assert held == 1, "the lease ended before the copy"
                proofs += 1
            for other in range(100, 130):
                pub.write(packed(other))
            stream.synchronize()
            assert bool((on_gpu == value).all())
            assert eventually(lambda: sub.held == 0)
            while (skipped := sub.try_next()) is not None:
                skipped.release()
        assert proofs >= 3


@pytest.mark.needs_cuda
def test_the_rings_of_later_generations_are_pinned_too(torch: Any) -> None:
    with (
        cuframes.publish("host", width=WIDTH, height=HEIGHT) as pub,
        cuframes.subscribe("host") as sub,
    ):
        sub.pin()
        for width in (320, 640, 320):
            pub.reconfigure(width, 240, "GRAY8")
            pub.write(np.full((240, width), 3, np.uint8))
            with sub.next_frame(5) as frame:
                assert torch.from_dlpack(frame.y).is_pinned()


@pytest.mark.needs_cuda
def test_frames_in_cuda_memory_are_not_pinned() -> None:
    with (
        cuframes.publish("gpu", width=WIDTH, height=HEIGHT, device=0),
        cuframes.subscribe("gpu") as sub,
        pytest.raises(ValueError, match="CUDA memory"),
    ):
        sub.pin()


@pytest.mark.needs_cuda
def test_the_mirror_shows_every_frame_as_the_gpu_drew_it(torch: Any) -> None:
    with (
        cuframes.publish(
            "gpu", width=WIDTH, height=HEIGHT, device=0, slots=8, max_readers=3, host_mirror=True
        ) as pub,
        cuframes.subscribe("gpu", memory="memfd", policy="in_order") as host,
        cuframes.subscribe("gpu", policy="in_order") as gpu,
    ):
        for value in range(1, 200):
            draw(torch, pub, value, spin_ms=5 if value % 50 == 0 else 0)
            with host.next_frame(5) as frame:
                assert frame.device == "cpu"
                y, uv = frame.numpy()
                assert (y == value).all()
                assert (uv == value).all()
            with gpu.next_frame(5) as frame:
                assert frame.device == "cuda:0"
                assert bool((torch.from_dlpack(frame.y) == value).all())
        pub.reconfigure(320, 240, "NV12")
        draw(torch, pub, 9)
        with host.next_frame(5) as frame:
            assert frame.width == 320
            assert (frame.numpy()[0] == 9).all()


@pytest.mark.needs_cuda
def test_a_process_without_the_gpu_reads_the_mirror(
    torch: Any, child: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    with cuframes.publish("gpu", width=WIDTH, height=HEIGHT, device=0, host_mirror=True) as pub:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
        blind = child(
            """
            import numpy as np, cuframes
            with cuframes.subscribe("gpu") as sub:
                with sub.next_frame(10) as frame:
                    print(frame.device, int(np.asarray(frame.y).min()), np.asarray(frame.y).max())
            """
        )
        draw(torch, pub, 42)
        assert blind.line() == "cpu 42 42"


@pytest.mark.needs_cuda
@pytest.mark.parametrize("published", ["memfd", "cuda"])
def test_staged_frames_are_private_and_bounded_by_the_leases(torch: Any, published: str) -> None:
    with (
        cuframes.publish(
            "any", width=WIDTH, height=HEIGHT, memory=published, slots=8, max_readers=2
        ) as pub,
        cuframes.subscribe("any", memory="staged", policy="in_order", max_leases=2) as sub,
    ):
        for value in range(1, 100):
            pub.write(packed(value), value)
            with sub.next_frame(5) as frame:
                assert frame.device == "cuda:0"
                tensor = torch.from_dlpack(frame.y)
                assert bool((tensor == value).all())
            del tensor
            assert eventually(lambda: sub.held == 0)
        for value in (201, 202, 203):
            pub.write(packed(value), value)
        kept = [torch.from_dlpack(sub.next_frame(5).y) for _ in range(2)]
        with pytest.raises(cuframes.CuframesCapacityError):
            sub.next_frame(0.05)
        kept[0].fill_(1)  # its own memory: a write hurts nobody
        torch.cuda.synchronize()
        assert bool((kept[1] == 202).all())
        kept.clear()
        torch.cuda.synchronize()
        assert eventually(lambda: sub.held == 0)
        with sub.next_frame(5) as frame:
            assert bool((torch.from_dlpack(frame.y) == 203).all())


@pytest.mark.needs_cuda
def test_staging_gives_its_video_memory_back(torch: Any) -> None:
    def free() -> int:
        gc.collect()
        torch.cuda.synchronize()
        return int(torch.cuda.mem_get_info()[0])

    def once() -> None:
        with (
            cuframes.publish("any", width=1920, height=1080) as pub,
            cuframes.subscribe("any", memory="staged", max_leases=4) as sub,
        ):
            pub.write(np.zeros((1620, 1920), np.uint8))
            sub.next_frame(5).release()

    once()
    before = free()
    for _ in range(20):
        once()
    assert eventually(lambda: before - free() <= 0), f"{before - free()} bytes are gone"


@pytest.mark.needs_cuda
@pytest.mark.parametrize("memory", ["staged", "auto"])
def test_frames_of_one_gpu_are_read_on_another(torch: Any, memory: str) -> None:
    if torch.cuda.device_count() < 2:
        pytest.skip("needs two GPUs")
    if memory == "auto" and not torch.cuda.can_device_access_peer(1, 0):
        pytest.skip("the second GPU cannot reach the first")
    with (
        cuframes.publish("gpu", width=WIDTH, height=HEIGHT, device=0) as pub,
        cuframes.subscribe("gpu", memory=memory, device=1, policy="in_order") as sub,
    ):
        for value in range(1, 50):
            draw(torch, pub, value)
            with sub.next_frame(5) as frame:
                assert frame.device == "cuda:1"
                tensor = torch.from_dlpack(frame.y)
                assert tensor.device.index == 1
                assert bool((tensor == value).all())
            del tensor
        torch.cuda.synchronize(1)
        assert eventually(lambda: sub.held == 0)
