"""nvvideoconvert between system and NVMM memory: pixels, caps, references and metadata."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pyds
from packages.pyds.tests.pipelines import (
    Gst,
    GstVideo,
    PipelineError,
    caps_at,
    first_frame,
    planes_of,
    playing,
    run,
    samples,
    wait,
)

NVMM = "video/x-raw(memory:NVMM)"
FORMATS = ["NV12", "I420", "RGBA", "BGRx", "RGB", "GRAY8", "BGR", "BGRA", "RGBx"]


def source(caps: str, frames: int = 1, pattern: str = "smpte") -> str:
    return f"videotestsrc num-buffers={frames} pattern={pattern} ! video/x-raw,{caps}"


@pytest.mark.parametrize("outside", FORMATS)
@pytest.mark.parametrize("inside", ["NV12", "I420", "RGBA", "RGB"])
def test_into_nvmm_and_back_gives_the_same_picture(outside: str, inside: str) -> None:
    start = source(f"format={outside},width=320,height=240")
    before = first_frame(start)
    after = first_frame(
        f"{start} ! nvvideoconvert ! {NVMM},format={inside} ! nvvideoconvert ! "
        f"video/x-raw,format={outside}"
    )
    for plane, expected in before.items():
        # The upper part of the pattern is bars of one colour. Their edges blur where chroma is
        # subsampled on the way, nothing else changes.
        rows = slice(0, int(expected.shape[0] * 0.6))
        difference = np.abs(after[plane][rows].astype(int) - expected[rows])
        assert np.quantile(difference, 0.95) <= 2, plane


@pytest.mark.parametrize("size", ["width=101,height=37", "width=1,height=1", "width=642,height=3"])
def test_odd_sizes_survive_nvmm_exactly(size: str) -> None:
    start = source(f"format=I420,{size}", pattern="snow")
    before = first_frame(start)
    after = first_frame(
        f"{start} ! nvvideoconvert ! {NVMM} ! nvvideoconvert ! video/x-raw,format=I420"
    )
    for plane, expected in before.items():
        np.testing.assert_array_equal(after[plane], expected)


def test_strides_of_a_buffer_of_our_own_are_honoured() -> None:
    width, height, stride = 64, 32, 160
    rows = np.random.default_rng(5).integers(0, 256, (height * 2, stride), dtype=np.uint8)
    pipeline = Gst.parse_launch(
        f"appsrc name=src format=time caps=video/x-raw,format=I420,width={width},height={height},"
        f"framerate=30/1 ! nvvideoconvert ! {NVMM},format=NV12 ! nvvideoconvert ! "
        "video/x-raw,format=I420 ! appsink name=sink sync=false"
    )
    buffer = Gst.Buffer.new_wrapped(rows.tobytes())
    offsets = [0, height * stride, height * stride * 3 // 2, 0]
    GstVideo.buffer_add_video_meta_full(
        *(buffer, GstVideo.VideoFrameFlags.NONE, GstVideo.VideoFormat.I420, width, height, 3),
        *(offsets, [stride, stride, stride, 0]),
    )
    pipeline.get_by_name("src").emit("push-buffer", buffer)
    # Nobody else holds the buffer now, so the converter may reuse it for its output.
    del buffer
    pipeline.set_state(Gst.State.PLAYING)
    planes = planes_of(pipeline.get_by_name("sink").emit("pull-sample"))
    pipeline.set_state(Gst.State.NULL)
    chroma = rows[height:].reshape(2, height // 2, stride)
    np.testing.assert_array_equal(planes["y"], rows[:height, :width])
    np.testing.assert_array_equal(planes["u"], chroma[0, :, : width // 2])
    np.testing.assert_array_equal(planes["v"], chroma[1, :, : width // 2])


def test_entering_nvmm_gives_nv12_and_keeps_what_caps_say() -> None:
    fields = "framerate=30000/1001,pixel-aspect-ratio=4/3,interlace-mode=mixed,colorimetry=bt2020"
    with playing(
        f"{source('format=I420,width=640,height=360,' + fields)} ! nvvideoconvert name=c ! fakesink"
    ) as pipeline:
        wait(pipeline)
        caps = caps_at(pipeline, "c", "src")
    assert caps.get_features(0).contains("memory:NVMM")
    structure = caps.get_structure(0).to_string()
    assert "format=(string)NV12" in structure
    assert "framerate=(fraction)30000/1001" in structure
    assert "pixel-aspect-ratio=(fraction)4/3" in structure
    assert "interlace-mode=(string)mixed" in structure
    assert "colorimetry=(string)bt2020" in structure


def test_an_encoder_gets_the_format_of_nvmm_without_conversion() -> None:
    with playing(
        f"{source('format=I420,width=640,height=360', 5)} ! nvvideoconvert ! {NVMM} "
        "! nvvideoconvert name=c ! queue ! x264enc speed-preset=ultrafast ! fakesink"
    ) as pipeline:
        wait(pipeline)
        caps = caps_at(pipeline, "c", "src")
    assert caps.get_structure(0).get_string("format") == "NV12"
    assert not caps.get_features(0).contains("memory:NVMM")


def test_a_missing_side_follows_the_aspect_ratio() -> None:
    sample = samples(
        f"{source('format=I420,width=640,height=360')} ! nvvideoconvert ! {NVMM},width=320 "
        "! nvvideoconvert ! video/x-raw,format=I420"
    )[0]
    assert sample.get_caps().get_structure(0).get_value("height") == 180


def buffer_at(pipeline: Any, element: str, pad: str, seen: list[int]) -> None:
    def probe(_pad: Any, info: Any) -> Any:
        seen.append(hash(info.get_buffer()))
        return Gst.PadProbeReturn.OK

    pipeline.get_by_name(element).get_static_pad(pad).add_probe(Gst.PadProbeType.BUFFER, probe)


@pytest.mark.parametrize(("disable", "same"), [("false", True), ("true", False)])
def test_without_work_buffers_pass_by_reference(disable: str, same: bool) -> None:
    pipeline = Gst.parse_launch(
        f"{source('format=I420,width=64,height=48', 3)} ! nvvideoconvert ! {NVMM} ! tee name=t "
        f"! queue ! nvvideoconvert name=c disable-passthrough={disable} ! {NVMM} ! fakesink"
    )
    before: list[int] = []
    after: list[int] = []
    buffer_at(pipeline, "c", "sink", before)
    buffer_at(pipeline, "c", "src", after)
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline)
    pipeline.set_state(Gst.State.NULL)
    assert len(before) == len(after) == 3
    if same:
        assert before == after


def test_leaving_nvmm_in_the_same_format_refers_to_the_picture() -> None:
    sample = samples(
        f"{source('format=NV12,width=1280,height=720')} ! nvvideoconvert ! {NVMM} "
        "! nvvideoconvert ! video/x-raw"
    )[0]
    memory = sample.get_buffer().peek_memory(0)
    assert memory.mini_object.flags & int(Gst.MemoryFlags.READONLY)
    expected = first_frame(source("format=NV12,width=1280,height=720"))
    for plane, pixels in planes_of(sample).items():
        np.testing.assert_array_equal(pixels, expected[plane])


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("none", lambda a: a),
        ("counterclockwise", lambda a: np.rot90(a, 1)),
        ("rotate-180", lambda a: np.rot90(a, 2)),
        ("clockwise", lambda a: np.rot90(a, 3)),
        ("horizontal-flip", np.fliplr),
        ("upper-right-diagonal", lambda a: np.rot90(a, 2).transpose(1, 0, 2)),
        ("vertical-flip", np.flipud),
        ("upper-left-diagonal", lambda a: a.transpose(1, 0, 2)),
    ],
)
def test_flip_methods(method: str, expected: Any) -> None:
    start = source("format=RGBA,width=60,height=44")
    flipped = first_frame(
        f"{start} ! nvvideoconvert flip-method={method} ! {NVMM},format=RGBA ! nvvideoconvert "
        "! video/x-raw"
    )["pixels"]
    np.testing.assert_array_equal(flipped, expected(first_frame(start)["pixels"]))


def test_flip_method_can_change_while_playing() -> None:
    with playing(
        f"{source('format=RGB,width=64,height=48', 200)} ! nvvideoconvert name=c ! "
        "video/x-raw,format=RGB ! appsink name=out sync=false max-buffers=1"
    ) as pipeline:
        sink = pipeline.get_by_name("out")
        upright = planes_of(sink.emit("pull-sample"))["pixels"]
        pipeline.get_by_name("c").set_property("flip-method", 4)
        mirrored = np.fliplr(upright[:30])  # the lower part of the pattern has noise in it
        while (sample := sink.emit("pull-sample")) is not None:
            if np.array_equal(planes_of(sample)["pixels"][:30], mirrored):
                break
        assert sample is not None, "no frame was ever mirrored"
        pipeline.get_by_name("c").set_property("flip-method", 3)
        while (sample := sink.emit("pull-sample")) is not None:
            if sample.get_caps().get_structure(0).get_value("width") == 48:
                break
        assert sample is not None, "no frame was ever turned"


def test_src_crop_reads_a_part_and_the_output_has_its_size() -> None:
    start = source("format=RGBA,width=160,height=120")
    part = first_frame(
        f"{start} ! nvvideoconvert src-crop=20:10:64:48 ! {NVMM} ! nvvideoconvert "
        "! video/x-raw,format=NV12"
    )
    whole = first_frame(f"{start} ! nvvideoconvert ! video/x-raw,format=NV12")
    np.testing.assert_array_equal(part["y"], whole["y"][10:58, 20:84])


def test_dest_crop_writes_a_part_and_the_rest_is_black() -> None:
    pixels = first_frame(
        f"{source('format=RGB,width=160,height=120', pattern='white')} "
        "! nvvideoconvert dest-crop=40:30:80:60 ! video/x-raw,format=RGB"
    )["pixels"]
    assert (pixels[30:90, 40:120] == 255).all()
    pixels[30:90, 40:120] = 0
    assert (pixels == 0).all()


def test_nearest_takes_pixels_and_box_takes_means() -> None:
    start = source("format=GRAY8,width=256,height=256", pattern="checkers-1")

    def levels(scaler: str) -> set[int]:
        pixels = first_frame(f"{start} {scaler}")["pixels"]
        return set(np.unique(pixels[4:-4, 4:-4]).tolist())

    scaler = "! nvvideoconvert interpolation-method={} ! video/x-raw,width=64,height=64"
    both = levels("")
    assert len(both) == 2
    assert levels(scaler.format(0)) <= both
    mean = sum(both) / 2
    assert all(abs(level - mean) <= 1 for level in levels(scaler.format(4)))


@pytest.mark.parametrize("crop", ["1:2:3", "0:0:-5:10", "a:b:c:d", "0:0:10:10:10"])
def test_a_malformed_crop_is_an_error_that_shows_the_form(crop: str) -> None:
    with pytest.raises(PipelineError, match="left:top:width:height"):
        run(f"{source('width=64,height=48')} ! nvvideoconvert src-crop={crop} ! fakesink")


def test_a_crop_outside_the_picture_is_an_error() -> None:
    with pytest.raises(PipelineError, match="outside the picture of 64x48"):
        run(f"{source('width=64,height=48')} ! nvvideoconvert src-crop=64:0:8:8 ! fakesink")


def test_hardware_only_properties_are_accepted() -> None:
    element = Gst.ElementFactory.make("nvvideoconvert")
    for name, value in {
        "nvbuf-memory-type": 3,
        "compute-hw": 1,
        "copy-hw": 2,
        "gpu_id": 1,
        "output-buffers": 8,
    }.items():
        element.set_property(name, value)
        assert int(element.get_property(name)) == value


MUX = "nvstreammux name=mux width=320 height=240 batched-push-timeout=1000000"


def test_a_batch_cannot_leave_nvmm_and_the_error_names_the_elements_that_help() -> None:
    with pytest.raises(PipelineError, match=r"nvmultistreamtiler.*nvstreamdemux"):
        run(
            f"{MUX} batch-size=2 ! nvvideoconvert ! video/x-raw ! fakesink "
            f"{source('width=320,height=240', 30)} ! mux.sink_0 "
            f"{source('width=320,height=240', 30)} ! mux.sink_1"
        )


def add_object(batch: Any) -> None:
    frame = pyds.NvDsFrameMeta.cast(batch.frame_meta_list.data)
    added = pyds.nvds_acquire_obj_meta_from_pool(batch)
    box = added.rect_params
    box.left, box.top, box.width, box.height = 80.0, 60.0, 160.0, 120.0
    pyds.nvds_add_obj_meta_to_frame(frame, added, None)


def test_metadata_follows_a_change_of_size_on_every_frame_and_into_system_memory() -> None:
    pipeline = Gst.parse_launch(
        f"{MUX} batch-size=1 ! identity name=mark ! tee name=t "
        "t. ! queue ! nvvideoconvert name=small "
        f"! {NVMM},width=160,height=60,format=RGBA ! fakesink "
        "t. ! queue ! nvvideoconvert name=out ! video/x-raw,format=RGB ! fakesink "
        f"{source('width=320,height=240', 20)} ! mux.sink_0"
    )
    boxes: dict[str, list[tuple[float, ...]]] = {"small": [], "out": []}

    def mark(_pad: Any, info: Any) -> Any:
        add_object(pyds.gst_buffer_get_nvds_batch_meta(hash(info.get_buffer())))
        return Gst.PadProbeReturn.OK

    def read(name: str) -> Any:
        def probe(_pad: Any, info: Any) -> Any:
            batch = pyds.gst_buffer_get_nvds_batch_meta(hash(info.get_buffer()))
            frame = pyds.NvDsFrameMeta.cast(batch.frame_meta_list.data)
            box = pyds.NvDsObjectMeta.cast(frame.obj_meta_list.data).rect_params
            boxes[name].append((box.left, box.top, box.width, box.height))
            return Gst.PadProbeReturn.OK

        return probe

    def add_probe(element: str, probe: Any) -> None:
        pad = pipeline.get_by_name(element).get_static_pad("src")
        pad.add_probe(Gst.PadProbeType.BUFFER, probe)

    add_probe("mark", mark)
    for name in boxes:
        add_probe(name, read(name))
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline)
    pipeline.set_state(Gst.State.NULL)
    assert boxes["small"] == [(40.0, 15.0, 80.0, 30.0)] * 20
    assert boxes["out"] == [(80.0, 60.0, 160.0, 120.0)] * 20
