"""Pictures as arrays: get_nvds_buf_surface() and frame()."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import pyds
from packages.pyds.tests.pipelines import Gst, first_frame, planes_of, samples

WIDTH, HEIGHT = 70, 50
ALL = (1 << 64) - 1  # bytes, for copy_region()


def nvmm(caps_format, width=WIDTH, height=HEIGHT):
    return (
        f"videotestsrc num-buffers=1 pattern=smpte ! video/x-raw,width={width},height={height} "
        f"! nvvideoconvert ! video/x-raw(memory:NVMM),format={caps_format}"
    )


def buffer_of(caps_format, **size):
    [sample] = samples(nvmm(caps_format, **size))
    return sample.get_buffer()


def copy_of(buffer):
    return buffer.copy_region(Gst.BufferCopyFlags.MEMORY | Gst.BufferCopyFlags.META, 0, ALL)


@pytest.mark.parametrize(("caps_format", "channels"), [("RGBA", 4), ("RGB", 3)])
def test_a_surface_is_a_writable_view(caps_format, channels):
    buffer = buffer_of(caps_format)
    view = pyds.get_nvds_buf_surface(hash(buffer), 0)
    assert (view.dtype, view.shape) == (np.uint8, (HEIGHT, WIDTH, channels))
    assert view.strides[0] % 64 == 0
    expected = first_frame(
        nvmm(caps_format) + f" ! nvvideoconvert ! video/x-raw,format={caps_format}"
    )
    np.testing.assert_array_equal(view, expected["pixels"])
    view[10:20, 5:15, :3] = (1, 2, 3)
    again = pyds.get_nvds_buf_surface(buffer, 0)
    assert again[19, 14, :3].tolist() == [1, 2, 3]
    pyds.unmap_nvds_buf_surface(hash(buffer), 0)


def test_what_is_written_shows_downstream():
    def paint(pad, info):
        pyds.get_nvds_buf_surface(hash(info.get_buffer()), 0)[:] = (10, 20, 30, 255)
        return Gst.PadProbeReturn.OK

    pipeline = Gst.parse_launch(
        f"{nvmm('RGBA')} ! identity name=painted ! nvvideoconvert ! video/x-raw,format=RGBA "
        "! appsink name=out sync=false"
    )
    pad = pipeline.get_by_name("painted").get_static_pad("sink")
    pad.add_probe(Gst.PadProbeType.BUFFER, paint)
    pipeline.set_state(Gst.State.PLAYING)
    sample = pipeline.get_by_name("out").emit("pull-sample")
    pipeline.set_state(Gst.State.NULL)
    assert (planes_of(sample)["pixels"] == (10, 20, 30, 255)).all()


def test_what_is_written_to_a_copy_of_a_buffer_stays_there():
    buffer = buffer_of("RGBA")
    copy = copy_of(buffer)
    before = pyds.frame(buffer, 0).numpy().copy()
    pyds.get_nvds_buf_surface(copy, 0)[:] = 7
    np.testing.assert_array_equal(pyds.frame(buffer, 0).numpy(), before)
    assert (pyds.frame(copy, 0).numpy() == 7).all()


def test_pixels_outlive_their_buffer():
    buffer = buffer_of("RGBA")
    view = pyds.get_nvds_buf_surface(buffer, 0)
    before = view.copy()
    del buffer
    gc.collect()
    for _ in range(3):
        buffer_of("RGBA")
    np.testing.assert_array_equal(view, before)


def test_other_formats_name_the_remedy():
    with pytest.raises(RuntimeError, match=r"NV12, not RGBA or RGB; put nvvideoconvert"):
        pyds.get_nvds_buf_surface(buffer_of("NV12"), 0)


@pytest.mark.parametrize("batch_id", [-1, 1, 100])
@pytest.mark.parametrize("function", [pyds.get_nvds_buf_surface, pyds.frame])
def test_a_bad_batch_id_is_an_index_error(function, batch_id):
    with pytest.raises(IndexError, match=f"batch_id {batch_id} is not in this batch of 1"):
        function(buffer_of("RGBA"), batch_id)


def test_a_buffer_without_pictures_raises():
    with pytest.raises(RuntimeError, match="holds no video/x-raw"):
        pyds.get_nvds_buf_surface(Gst.Buffer.new_allocate(None, 16, None), 0)


def test_a_frame_knows_its_format():
    frame = pyds.frame(buffer_of("NV12"), 0)
    assert (frame.format, frame.width, frame.height) == ("NV12", WIDTH, HEIGHT)
    assert frame.colorimetry


def test_planes_of_nv12():
    luma, chroma = pyds.frame(buffer_of("NV12"), 0).planes
    expected = first_frame(nvmm("NV12") + " ! nvvideoconvert ! video/x-raw,format=NV12")
    np.testing.assert_array_equal(luma, expected["y"])
    assert chroma.shape == (HEIGHT // 2, WIDTH // 2, 2)
    np.testing.assert_array_equal(chroma.reshape(HEIGHT // 2, WIDTH), expected["uv"])


def test_planes_of_i420_with_odd_size():
    planes = pyds.frame(buffer_of("I420", width=71, height=51), 0).planes
    assert [plane.shape for plane in planes] == [(51, 71), (26, 36), (26, 36)]


@pytest.mark.parametrize(
    ("caps_format", "shape"),
    [
        ("RGBA", (HEIGHT, WIDTH, 4)),
        ("BGRx", (HEIGHT, WIDTH, 4)),
        ("RGB", (HEIGHT, WIDTH, 3)),
        ("GRAY8", (HEIGHT, WIDTH)),
        ("NV12", (HEIGHT * 3 // 2, WIDTH)),
    ],
)
def test_all_pixels_as_one_array(caps_format, shape):
    pixels = pyds.frame(buffer_of(caps_format), 0).numpy()
    assert pixels.shape == shape
    assert not pixels.flags.writeable


def test_nv12_as_opencv_takes_it():
    cv2 = pytest.importorskip("cv2")
    frame = pyds.frame(buffer_of("NV12"), 0)
    rgb = cv2.cvtColor(np.ascontiguousarray(frame.numpy()), cv2.COLOR_YUV2RGB_NV12)
    assert np.abs(rgb.astype(int) - frame.to_rgb()).mean() < 3


def test_planes_apart_are_not_one_array():
    with pytest.raises(RuntimeError, match=r"not one array; use \.planes or \.to_rgb"):
        pyds.frame(buffer_of("I420"), 0).numpy()


@pytest.mark.parametrize("caps_format", ["RGBA", "NV12", "I420", "GRAY8", "BGRx"])
def test_any_format_becomes_rgb(caps_format):
    rgb = pyds.frame(buffer_of(caps_format), 0).to_rgb()
    assert (rgb.dtype, rgb.shape) == (np.uint8, (HEIGHT, WIDTH, 3))
    expected = first_frame(nvmm(caps_format) + " ! nvvideoconvert ! video/x-raw,format=RGB")
    assert np.abs(rgb.astype(int) - expected["pixels"]).max() <= 1


def test_writable_frames_are_exclusive():
    buffer = buffer_of("NV12")
    copy = copy_of(buffer)
    luma, _ = pyds.frame(copy, 0, writable=True).planes
    luma[:] = 77
    assert (pyds.frame(copy, 0).planes[0] == 77).all()
    assert not (pyds.frame(buffer, 0).planes[0] == 77).all()


@pytest.mark.parametrize("writable", [False, True])
def test_dlpack_shares_the_pixels(writable):
    frame = pyds.frame(buffer_of("RGBA"), 0, writable=writable)
    assert frame.__dlpack_device__() == (1, 0)
    shared = np.from_dlpack(frame)
    pixels = frame.numpy()
    np.testing.assert_array_equal(shared, pixels)
    assert np.shares_memory(shared, pixels)
    # NumPy before 2.1 knows no flag for that: what it takes by DLPack is read-only.
    knows_the_flag = np.lib.NumpyVersion(np.__version__) >= "2.1.0"
    assert shared.flags.writeable == (writable and knows_the_flag)


def test_torch_takes_a_frame_without_a_copy():
    torch = pytest.importorskip("torch")
    frame = pyds.frame(buffer_of("RGBA"), 0)
    tensor = torch.from_dlpack(frame)
    assert tuple(tensor.shape) == (HEIGHT, WIDTH, 4)
    assert tensor.data_ptr() == frame.numpy().ctypes.data
