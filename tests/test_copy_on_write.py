"""Drawing on one branch of a tee never shows on the other."""

from __future__ import annotations

from gi.repository import Gst

import pyds

PIPELINE = (
    "videotestsrc num-buffers=60 pattern=white ! video/x-raw,width=320,height=240,framerate=30/1 "
    "! nvvideoconvert ! mux.sink_0 nvstreammux name=mux width=320 height=240 batch-size=1 "
    "! identity name=mark ! tee name=t "
    "t. ! queue ! nvdsosd ! nvvideoconvert ! video/x-raw,format=GRAY8 ! fakesink name=drawn "
    "t. ! queue ! nvvideoconvert ! video/x-raw,format=GRAY8 ! fakesink name=plain"
)


def add_box(pad: Gst.Pad, info: Gst.PadProbeInfo) -> Gst.PadProbeReturn:
    batch = pyds.gst_buffer_get_nvds_batch_meta(hash(info.get_buffer()))
    frame = pyds.NvDsFrameMeta.cast(batch.frame_meta_list.data)
    display = pyds.nvds_acquire_display_meta_from_pool(batch)
    display.num_rects = 1
    box = display.rect_params[0]
    box.left, box.top, box.width, box.height = 40, 40, 100, 100
    box.has_bg_color = 1
    box.bg_color.set(0.0, 0.0, 0.0, 1.0)
    pyds.nvds_add_display_meta_to_frame(frame, display)
    return Gst.PadProbeReturn.OK


def test_drawing_on_one_branch_never_shows_on_the_other() -> None:
    pipeline = Gst.parse_launch(PIPELINE)
    darkest: dict[str, list[int]] = {"drawn": [], "plain": []}

    def record(name: str):
        def probe(pad: Gst.Pad, info: Gst.PadProbeInfo) -> Gst.PadProbeReturn:
            buffer = info.get_buffer()
            there, mapped = buffer.map(Gst.MapFlags.READ)
            assert there
            darkest[name].append(min(mapped.data))
            buffer.unmap(mapped)
            return Gst.PadProbeReturn.OK

        return probe

    mark = pipeline.get_by_name("mark").get_static_pad("src")
    mark.add_probe(Gst.PadProbeType.BUFFER, add_box)
    for name in darkest:
        pad = pipeline.get_by_name(name).get_static_pad("sink")
        pad.add_probe(Gst.PadProbeType.BUFFER, record(name))
    pipeline.set_state(Gst.State.PLAYING)
    message = pipeline.get_bus().timed_pop_filtered(
        100 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR
    )
    pipeline.set_state(Gst.State.NULL)
    assert message is not None
    assert message.type == Gst.MessageType.EOS, message.parse_error()
    assert len(darkest["drawn"]) == len(darkest["plain"]) == 60
    assert max(darkest["drawn"]) <= 20
    assert min(darkest["plain"]) >= 230
