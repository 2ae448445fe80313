"""What a frame shows of itself, in every format and at awkward sizes."""

from __future__ import annotations

import time

import numpy as np
import pytest

import cuframes

FORMATS = {
    "NV12": [(1, 1, 1), (2, 2, 2)],
    "P010": [(1, 1, 1), (2, 2, 2)],
    "P016": [(1, 1, 1), (2, 2, 2)],
    "I420": [(1, 1, 1), (2, 2, 1), (2, 2, 1)],
    "YV12": [(1, 1, 1), (2, 2, 1), (2, 2, 1)],
    "RGB": [(1, 1, 3)],
    "BGR": [(1, 1, 3)],
    "RGBA": [(1, 1, 4)],
    "BGRx": [(1, 1, 4)],
    "RGBP": [(1, 1, 1)] * 3,
    "GRAY8": [(1, 1, 1)],
    "GRAY16": [(1, 1, 1)],
}


def random_planes(fmt: str, width: int, height: int) -> list[np.ndarray]:
    dtype = np.uint16 if fmt in ("P010", "P016", "GRAY16") else np.uint8
    rng = np.random.default_rng(1)
    planes = []
    for dx, dy, channels in FORMATS[fmt]:
        shape: tuple[int, ...] = (-(-height // dy), -(-width // dx), channels)
        shape = shape[:2] if channels == 1 else shape
        planes.append(rng.integers(0, np.iinfo(dtype).max, shape, dtype))
    return planes


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(("width", "height"), [(64, 48), (2688, 1520), (642, 361), (641, 360)])
def test_every_pixel_arrives(fmt: str, width: int, height: int) -> None:
    if fmt in ("NV12", "P010", "P016") and width % 2:
        with pytest.raises(cuframes.CuframesFormatError, match="even width"):
            cuframes.publish("cam", width=width, height=height, format=fmt)
        return
    planes = random_planes(fmt, width, height)
    with (
        cuframes.publish(
            "cam", width=width, height=height, format=fmt, slots=4, max_readers=1
        ) as pub,
        cuframes.subscribe("cam") as sub,
    ):
        pub.write(planes, 1)
        frame = sub.next_frame()
        assert (frame.width, frame.height, frame.format) == (width, height, fmt)
        assert frame.nbytes == sum(p.nbytes for p in planes)
        assert len(frame.planes) == len(planes)
        for plane, sent in zip(frame.planes, planes, strict=False):
            got = np.from_dlpack(plane)
            assert got.dtype == sent.dtype
            assert got.strides[0] % 256 == 0
            np.testing.assert_array_equal(got, sent)


@pytest.mark.parametrize("fmt", FORMATS)
def test_one_packed_array_is_as_good_as_one_per_plane(fmt: str) -> None:
    planes = random_planes(fmt, 64, 48)
    packed = planes[0] if len(planes) == 1 else np.concatenate([p.ravel() for p in planes])
    with cuframes.publish("cam", width=64, height=48, format=fmt) as pub:  # noqa: SIM117
        with cuframes.subscribe("cam") as sub:
            pub.write(packed)
            for plane, sent in zip(sub.next_frame().planes, planes, strict=False):
                np.testing.assert_array_equal(np.asarray(plane), sent)


def test_the_gate_camera_is_pitched_and_its_views_agree() -> None:
    y, uv = random_planes("NV12", 2688, 1520)
    with (
        cuframes.publish("gate", width=2688, height=1520) as pub,
        cuframes.subscribe("gate") as sub,
    ):
        pub.write((y, uv))
        frame = sub.next_frame()
        assert frame.pitch_y == frame.pitch_uv == 2816
        assert frame.y.shape == (1520, 2688)
        assert frame.y.strides == (2816, 1)
        assert frame.uv.shape == (760, 1344, 2)
        assert frame.uv.strides == (2816, 2, 1)
        assert frame.ptr_uv - frame.ptr_y == 2816 * 1520
        np.testing.assert_array_equal(np.asarray(frame.u), uv[..., 0])
        np.testing.assert_array_equal(np.asarray(frame.v), uv[..., 1])
        assert np.asarray(frame.u).strides == (2816, 2)


def test_named_views_follow_the_format() -> None:
    def frame_of(fmt: str) -> cuframes.CuframesFrame:
        with cuframes.publish(fmt, width=16, height=8, format=fmt) as pub:
            sub = cuframes.subscribe(fmt)
            pub.write([np.full_like(p, i) for i, p in enumerate(random_planes(fmt, 16, 8))])
            return sub.next_frame()

    assert np.asarray(frame_of("I420").u)[0, 0] == 1
    assert np.asarray(frame_of("YV12").u)[0, 0] == 2
    assert np.asarray(frame_of("YV12").v)[0, 0] == 1
    rgbp = np.from_dlpack(frame_of("RGBP").rgb)
    assert rgbp.shape == (3, 8, 16)
    assert [int(rgbp[i, 0, 0]) for i in range(3)] == [0, 1, 2]
    assert frame_of("RGBP").rgb.pitch_bytes == 256
    assert frame_of("RGB").rgb.shape == (8, 16, 3)
    assert frame_of("RGBA").rgb.shape == (8, 16, 4)
    assert frame_of("P010").bit_depth == 10
    for fmt, view in (
        ("BGR", "rgb"),
        ("NV12", "rgb"),
        ("RGB", "y"),
        ("I420", "uv"),
        ("GRAY8", "u"),
    ):
        with pytest.raises(cuframes.CuframesFormatError, match=f"no .{view}"):
            getattr(frame_of(fmt), view)


def test_times_and_sidecar_arrive(gray: cuframes.CuframesPublisher) -> None:
    before = time.monotonic_ns()
    with cuframes.subscribe("cam") as sub:
        with gray.frame() as f:
            f.numpy()[:] = 1
            f.pts_ns, f.duration_ns, f.capture_ns = 40, 33, before
            f.set_user_meta(b"\x00boxes")
        frame = sub.next_frame()
        assert (frame.pts_ns, frame.duration_ns, frame.capture_ns) == (40, 33, before)
        assert before <= frame.publish_ns <= time.monotonic_ns()
        assert frame.user_meta == b"\x00boxes"
        assert sub.latency_ms is not None
        assert 0 <= sub.latency_ms < 60_000
        gray.write(np.zeros((16, 64), np.uint8))
        plain = sub.next_frame()
        assert plain.pts_ns is None
        assert plain.user_meta == b""
        with pytest.raises(cuframes.CuframesCapacityError, match="user_meta_capacity"):
            gray.write(np.zeros((16, 64), np.uint8), user_meta=bytes(5000))


def test_colour_and_device_are_told() -> None:
    with cuframes.publish("c", width=16, height=8, format="RGB", colour=(1, 2, 1, 1)) as pub:  # noqa: SIM117
        with cuframes.subscribe("c") as sub:
            pub.write(np.zeros((8, 16, 3), np.uint8))
            frame = sub.next_frame()
            assert frame.colour == (1, 2, 1, 1)
            assert frame.device == "cpu"


def test_an_exception_leaves_the_frame_unpublished(gray: cuframes.CuframesPublisher) -> None:
    with cuframes.subscribe("cam") as sub:
        with pytest.raises(KeyError), gray.frame():
            raise KeyError
        assert sub.try_next() is None
        assert gray.ring_occupancy == 0


def test_a_reconfigured_stream_changes_size_and_format(gray: cuframes.CuframesPublisher) -> None:
    with cuframes.subscribe("cam") as sub:
        gray.write(np.zeros((16, 64), np.uint8))
        old = sub.next_frame()
        gray.reconfigure(32, 8, "RGB")
        gray.write(np.ones((8, 32, 3), np.uint8))
        new = sub.next_frame()
        assert (new.seq, new.format, new.width) == (2, "RGB", 32)
        assert new.generation != old.generation
        assert [e.kind.name for e in sub.events()] == ["RECONFIGURED"]
        np.testing.assert_array_equal(old.numpy(), 0)


def test_a_copy_is_private_packed_and_writable(gray: cuframes.CuframesPublisher) -> None:
    with cuframes.subscribe("cam") as sub:
        gray.write(np.full((16, 64), 5, np.uint8))
        with sub.next_frame() as frame:
            copy = frame.copy()
        assert sub.held == 0
        array = copy.numpy()
        assert array.flags.c_contiguous
        assert array.flags.writeable
        array[:] = 9
        gray.write(np.full((16, 64), 6, np.uint8))
        with sub.next_frame() as frame:
            again = frame.copy(out=copy)
            assert frame.compact().y.strides == (64, 1)
        assert (array == 6).all()
        assert again.seq == 2
        gray.reconfigure(32, 8, "RGB")
        gray.write(np.ones((8, 32, 3), np.uint8))
        with pytest.raises(ValueError, match="same format"):
            sub.next_frame().copy(out=copy)


def test_wrong_arrays_are_refused_with_the_right_shape_named(
    gray: cuframes.CuframesPublisher,
) -> None:
    good = np.zeros((16, 64), np.uint8)
    for bad in (good[:, :32], good.astype(np.uint16), good[:, ::-1], good.T):
        with pytest.raises(cuframes.CuframesFormatError, match=r"\(16, 64\)"):
            gray.write(bad)
    with pytest.raises(cuframes.CuframesFormatError, match="1 planes"):
        gray.write((good, good))
    assert gray.ring_occupancy == 0
    assert gray.stats()["published"] == 0
