"""JPEGs of objects and frames."""

from __future__ import annotations

import io
from contextlib import contextmanager

import numpy as np
import pytest

import pyds
from packages.pyds.tests.pipelines import Gst, wait

PIL = pytest.importorskip("PIL.Image")

WIDTH, HEIGHT = 320, 240
# A red picture with a green square at 100, 60.
LEFT, TOP, SIZE = 100, 60, 81


@pytest.fixture(scope="module", params=["NV12", "RGBA"])
def buffer(request):
    """A batch of one frame, with an object where the square is."""
    pipeline = Gst.parse_launch(
        f"appsrc name=source format=time caps=video/x-raw,format=RGBA,width={WIDTH},"
        f"height={HEIGHT},framerate=25/1 ! nvvideoconvert "
        f"! video/x-raw(memory:NVMM),format={request.param} ! mux.sink_0 "
        f"nvstreammux name=mux batch-size=1 width={WIDTH} height={HEIGHT} ! appsink name=sink"
    )
    picture = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    picture[:] = 255, 0, 0, 255
    picture[TOP : TOP + SIZE, LEFT : LEFT + SIZE] = 0, 255, 0, 255
    pipeline.set_state(Gst.State.PLAYING)
    source, sink = pipeline.get_by_name("source"), pipeline.get_by_name("sink")
    source.emit("push-buffer", Gst.Buffer.new_wrapped(picture.tobytes()))
    source.emit("end-of-stream")
    sample = sink.emit("pull-sample")
    wait(pipeline)
    made = sample.get_buffer()
    frame = next(iter(pyds.gst_buffer_get_nvds_batch_meta(made).frames))
    item = pyds.nvds_acquire_obj_meta_from_pool(frame.base_meta.batch_meta)
    box = item.rect_params
    box.left, box.top, box.width, box.height = LEFT, TOP, SIZE, SIZE
    pyds.nvds_add_obj_meta_to_frame(frame, item, None)
    yield made
    del frame, item, box
    pipeline.set_state(Gst.State.NULL)


@pytest.fixture
def frame(buffer):
    return next(iter(pyds.gst_buffer_get_nvds_batch_meta(buffer).frames))


@pytest.fixture
def context():
    made = pyds.nvds_obj_enc_create_context(0)
    yield made
    pyds.nvds_obj_enc_destroy_context(made)


@pytest.fixture
def arguments():
    made = pyds.NvDsObjEncUsrArgs()
    made.attachUsrMeta = 1
    made.quality = 90
    return made


@contextmanager
def attached_jpeg(meta, remove):
    """The only JPEG on a frame or object, taken off afterwards."""
    [user] = meta.user_metas
    assert user.base_meta.meta_type == pyds.NvDsMetaType.NVDS_CROP_IMAGE_META
    output = pyds.NvDsObjEncOutParams.cast(user.user_meta_data)
    assert output.outLen == len(output.outBuffer())
    yield output.outBuffer()
    remove(meta, user)


def decoded(jpeg):
    return np.asarray(PIL.open(io.BytesIO(bytes(jpeg))).convert("RGB")).astype(int)


def is_about(pixels, colour):
    return np.abs(pixels - colour).mean() < 12


def test_an_object_is_cut_out(buffer, frame, context, arguments):
    [item] = frame.objects
    assert pyds.nvds_obj_enc_process(context, arguments, hash(buffer), item, frame)
    pyds.nvds_obj_enc_finish(context)
    with attached_jpeg(item, pyds.nvds_remove_user_meta_from_object) as jpeg:
        picture = decoded(jpeg)
    assert picture.shape == (SIZE, SIZE, 3)
    assert is_about(picture[4:-4, 4:-4], (0, 255, 0))


def test_a_frame_is_encoded_whole(buffer, frame, context, arguments):
    arguments.isFrame = 1
    assert pyds.nvds_obj_enc_process(context, arguments, buffer, None, frame)
    with attached_jpeg(frame, pyds.nvds_remove_user_meta_from_frame) as jpeg:
        picture = decoded(jpeg)
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert is_about(picture[:TOP], (255, 0, 0))


def test_objects_are_scaled(buffer, frame, context, arguments):
    [item] = frame.objects
    arguments.scaleImg, arguments.scaledWidth, arguments.scaledHeight = 1, 33, 17
    assert pyds.nvds_obj_enc_process(context, arguments, buffer, item, frame)
    with attached_jpeg(item, pyds.nvds_remove_user_meta_from_object) as jpeg:
        assert decoded(jpeg).shape == (17, 33, 3)


def test_files_are_written(buffer, frame, context, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [item] = frame.objects
    arguments.attachUsrMeta, arguments.saveImg = 0, 1
    arguments.fileNameImg = str(tmp_path / "named.jpg")
    assert pyds.nvds_obj_enc_process(context, arguments, buffer, item, frame)
    arguments.fileNameImg = ""
    assert pyds.nvds_obj_enc_process(context, arguments, buffer, item, frame)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["frame0_source0_object0_class0.jpg", "named.jpg"]
    for name in names:
        assert decoded((tmp_path / name).read_bytes()).shape == (SIZE, SIZE, 3)
    arguments.fileNameImg = str(tmp_path / "none" / "x.jpg")
    assert not pyds.nvds_obj_enc_process(context, arguments, buffer, item, frame)


def test_the_jpeg_survives_a_deep_copy(buffer, frame, context, arguments):
    [item] = frame.objects
    pyds.nvds_obj_enc_process(context, arguments, buffer, item, frame)
    copy = pyds.nvds_batch_meta_copy_func(pyds.gst_buffer_get_nvds_batch_meta(buffer))
    with attached_jpeg(item, pyds.nvds_remove_user_meta_from_object) as jpeg:
        original = bytes(jpeg)
    [copied_item] = next(iter(copy.frames)).objects
    with attached_jpeg(copied_item, pyds.nvds_remove_user_meta_from_object) as jpeg:
        assert bytes(jpeg) == original
    pyds.nvds_destroy_batch_meta(copy)


def test_what_is_outside_the_picture_is_not_encoded(buffer, frame, context, arguments):
    [item] = frame.objects
    box = item.rect_params
    box.left = WIDTH + 10.0
    assert not pyds.nvds_obj_enc_process(context, arguments, buffer, item, frame)
    box.left = LEFT
    assert list(item.user_metas) == []


def test_wrong_arguments_raise(buffer, frame, context, arguments):
    with pytest.raises(ValueError, match="isFrame"):
        pyds.nvds_obj_enc_process(context, arguments, buffer, None, frame)
    with pytest.raises(ValueError, match="not a context"):
        pyds.nvds_obj_enc_finish(context + 8)
    gone = pyds.nvds_obj_enc_create_context(0)
    pyds.nvds_obj_enc_destroy_context(gone)
    with pytest.raises(ValueError, match="destroyed"):
        pyds.nvds_obj_enc_process(gone, arguments, buffer, None, frame)
    with pytest.raises(RuntimeError, match="memory:NVMM"):
        pyds.nvds_obj_enc_process(context, arguments, Gst.Buffer.new(), None, frame)
