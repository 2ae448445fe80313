"""pyds.add_probe() and PyGObject probes on our streaming threads."""

from __future__ import annotations

import gc
import sys
import threading
import weakref

import pytest

import pyds
from packages.pyds.tests.pipelines import Gst, wait

BUFFERS = 5
BATCHES = (
    f"videotestsrc num-buffers={BUFFERS} ! video/x-raw,width=64,height=48 ! nvvideoconvert "
    "! video/x-raw(memory:NVMM),format=NV12 ! mux.sink_0 "
    "nvstreammux name=mux batch-size=1 width=64 height=48 ! identity name=probed "
    "! fakesink name=sink"
)


def play(install):
    """Plays to the end with what `install(pad)` adds; returns how many buffers came through."""
    pipeline = Gst.parse_launch(BATCHES)
    arrived = []

    def count(pad, info):
        arrived.append(info.get_buffer().pts)
        return Gst.PadProbeReturn.OK

    pipeline.get_by_name("sink").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, count)
    install(pipeline.get_by_name("probed").get_static_pad("sink"))
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    return len(arrived)


def play_with(callback, **options):
    """Plays with a probe of ours."""
    return play(lambda pad: pyds.add_probe(pad, callback, **options))


def test_the_callback_gets_the_batch_of_each_buffer():
    frame_numbers = []
    assert (
        play_with(lambda batch: frame_numbers.extend(f.frame_num for f in batch.frames)) == BUFFERS
    )
    assert frame_numbers == list(range(BUFFERS))


@pytest.mark.parametrize("answer", [None, True, False, "dropped?", 12345, Gst.PadProbeReturn.OK])
def test_only_an_explicit_drop_drops(answer):
    assert play_with(lambda batch: answer) == BUFFERS


def test_a_returned_drop_drops():
    assert play_with(lambda batch: Gst.PadProbeReturn.DROP) == 0


def test_a_returned_remove_takes_the_probe_off():
    calls = []

    def once(batch):
        calls.append(batch.num_frames_in_batch)
        return Gst.PadProbeReturn.REMOVE

    assert play_with(once) == BUFFERS
    assert calls == [1]


def test_exceptions_go_to_the_unraisable_hook_and_lose_no_buffer(monkeypatch):
    reported = []
    monkeypatch.setattr(sys, "unraisablehook", lambda event: reported.append(event.exc_type))
    assert play_with(lambda batch: {}["no such class"]) == BUFFERS
    assert reported == [KeyError] * BUFFERS


def test_exceptions_go_to_on_error_if_given():
    reported = []
    assert play_with(lambda batch: 1 / 0, on_error=reported.append) == BUFFERS
    assert [type(error) for error in reported] == [ZeroDivisionError] * BUFFERS
    assert reported[0].__traceback__ is not None


def test_metadata_kept_after_the_probe_is_stale():
    kept = []
    play_with(kept.append)
    assert len(kept) == BUFFERS
    for batch in kept:
        with pytest.raises(pyds.StaleMetaError):
            batch.num_frames_in_batch  # noqa: B018


def test_buffers_without_a_batch_pass_without_a_call():
    calls = []
    pipeline = Gst.parse_launch("videotestsrc num-buffers=3 ! fakesink name=sink")
    pyds.add_probe(pipeline.get_by_name("sink").get_static_pad("sink"), calls.append)
    pipeline.set_state(Gst.State.PLAYING)
    wait(pipeline)
    pipeline.set_state(Gst.State.NULL)
    assert calls == []


def test_a_probe_is_an_id_that_removes_itself():
    class Callback:
        def __call__(self, batch):
            pass

    callback = Callback()
    gone = weakref.ref(callback)
    pad = Gst.Pad.new("src", Gst.PadDirection.SRC)
    first = pyds.add_probe(pad, callback)
    second = pyds.add_probe(hash(pad), callback)
    assert isinstance(first, int)
    assert first != second
    first.remove()
    first.remove()
    pad.remove_probe(second)
    del callback
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("pad", [0, 8, 12345678, id(pytest)])
def test_a_number_that_is_no_pad_raises(pad):
    with pytest.raises(ValueError, match=r"is not a Gst\.Pad"):
        pyds.add_probe(pad, print)


def test_something_that_is_no_pad_raises():
    with pytest.raises(TypeError, match=r"expected a Gst\.Pad"):
        pyds.add_probe("src", print)
    with pytest.raises(ValueError, match=r"is not a Gst\.Pad"):
        pyds.add_probe(Gst.Bin.new("bin"), print)


def test_gobject_probes_read_the_batch_by_hash_or_object():
    seen = []

    def probe(pad, info):
        buffer = info.get_buffer()
        by_hash = pyds.gst_buffer_get_nvds_batch_meta(hash(buffer))
        seen.append(by_hash == pyds.gst_buffer_get_nvds_batch_meta(buffer))
        return Gst.PadProbeReturn.OK

    play(lambda pad: pad.add_probe(Gst.PadProbeType.BUFFER, probe))
    assert seen == [True] * BUFFERS


def test_streaming_threads_of_our_elements_keep_their_thread_state():
    local, calls = threading.local(), []

    def probe(pad, info):
        # What is local to the thread dies with its thread state: unpinned, each call has its own.
        local.calls = getattr(local, "calls", 0) + 1
        calls.append(local.calls)
        return Gst.PadProbeReturn.OK

    play(lambda pad: pad.add_probe(Gst.PadProbeType.BUFFER, probe))
    assert calls == list(range(1, BUFFERS + 1))


def test_a_buffer_without_metadata_has_no_batch():
    assert pyds.gst_buffer_get_nvds_batch_meta(Gst.Buffer.new()) is None


@pytest.mark.parametrize("buffer", [0, -1, 8, 1 << 70, 12345678, id(pytest)])
def test_a_number_that_is_no_buffer_raises(buffer):
    with pytest.raises(ValueError, match=r"is not a Gst\.Buffer"):
        pyds.gst_buffer_get_nvds_batch_meta(buffer)


def test_something_that_is_no_buffer_raises():
    with pytest.raises(TypeError, match=r"expected a Gst\.Buffer"):
        pyds.gst_buffer_get_nvds_batch_meta(object())


def test_a_batch_added_to_a_buffer_lives_and_dies_with_it():
    buffer = Gst.Buffer.new()
    batch = pyds.nvds_create_batch_meta(1)
    meta = pyds.gst_buffer_add_nvds_meta(buffer, batch)
    assert meta.meta_type == pyds.NVDS_BATCH_GST_META
    assert pyds.gst_buffer_get_nvds_batch_meta(buffer) == batch
    copy = buffer.copy_region(Gst.BufferCopyFlags.META, 0, (1 << 64) - 1)
    assert pyds.gst_buffer_get_nvds_batch_meta(copy) not in (None, batch)
    del buffer
    gc.collect()
    with pytest.raises(pyds.StaleMetaError):
        batch.num_frames_in_batch  # noqa: B018
    with pytest.raises(pyds.StaleMetaError):
        meta.meta_type  # noqa: B018


def test_structs_that_a_buffer_would_outlive_are_not_added():
    with pytest.raises(ValueError, match="outlives"):
        pyds.gst_buffer_add_nvds_meta(Gst.Buffer.new(), pyds.NvDsBatchMeta())


def test_a_buffer_that_somebody_else_holds_gets_no_metadata():
    refused = []

    def probe(pad, info):
        with pytest.raises(ValueError, match="not writable"):
            pyds.gst_buffer_add_nvds_meta(info.get_buffer(), None)
        refused.append(True)
        return Gst.PadProbeReturn.OK

    play(lambda pad: pad.add_probe(Gst.PadProbeType.BUFFER, probe))
    assert refused == [True] * BUFFERS
