"""nvmsgconv: messages of events and of metadata, in pipelines."""

from __future__ import annotations

import ctypes
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyds
from packages.pyds.tests.pipelines import DATA, Gst, PipelineError, needs_data, run, wait

INCLUDE = Path(__file__).parents[1] / "include"
NEW_API = "msg2p-newapi=true frame-interval=1"

SITE = """
[sensor0]
enable=1
type=Camera
id=CAMERA_ID
description="Entrance of Garage Right Lane"
location=45.293701447;-75.8303914499;48.1557479338
coordinate=5.2;10.1;11.2
[place0]
enable=1
id=1
type=garage
name=XYZ
location=30.32;-40.55;100.0
coordinate=1.0;2.0;3.0
place-sub-field1=walsh
place-sub-field2=lane1
place-sub-field3=P2
[analytics0]
enable=1
id=XYZ
description="Vehicle Detection"
source=OpenALR
version=1.0
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.txt"
    path.write_text(SITE)
    return path


def frames_of(count: int) -> str:
    return (
        f"videotestsrc num-buffers={count} ! video/x-raw,width=64,height=48,framerate=25/1 "
        "! nvvideoconvert ! mux.sink_0 nvstreammux name=mux width=64 height=48 batch-size=1"
    )


def payloads(
    properties: str, add: Callable[[Any], None] = lambda batch: None, frames: int = 1
) -> list[bytes]:
    """The messages behind nvmsgconv, in their order."""
    pipeline: Any = Gst.parse_launch(
        f"{frames_of(frames)} ! nvmsgconv name=conv {properties} ! fakesink name=out sync=false"
    )
    found: list[bytes] = []
    errors: list[BaseException] = []

    def look(batch: Any) -> None:
        for frame in batch.frames:
            of_frame = []
            for user in frame.user_metas:
                if user.base_meta.meta_type == pyds.NvDsMetaType.NVDS_PAYLOAD_META:
                    payload = pyds.NvDsPayload.cast(user.user_meta_data)
                    address = pyds.get_ptr(payload.payload)
                    of_frame.append(ctypes.string_at(address, payload.payloadSize))
            found.extend(reversed(of_frame))  # frames list the newest first

    conv, out = (pipeline.get_by_name(name).get_static_pad("sink") for name in ("conv", "out"))
    pyds.add_probe(conv, add, on_error=errors.append)
    pyds.add_probe(out, look, on_error=errors.append)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    if errors:
        raise errors[0]
    return found


def messages(*arguments: Any, **options: Any) -> list[Any]:
    return [json.loads(each) for each in payloads(*arguments, **options)]


def add_event(batch: Any, frame: Any, tracking_id: int = 957, component: int = 0) -> Any:
    """An event about a vehicle, as deepstream-test4 attaches it."""
    user = pyds.nvds_acquire_user_meta_from_pool(batch)
    event = pyds.NvDsEventMsgMeta.cast(pyds.alloc_nvds_event_msg_meta(user))
    event.bbox.left, event.bbox.top, event.bbox.width, event.bbox.height = 1834, 150, 84, 65
    event.frameId, event.trackingId, event.confidence = frame.frame_num, tracking_id, 0.8
    event.componentId = component
    event.ts = pyds.alloc_buffer(33)
    pyds.generate_ts_rfc3339(event.ts, 32)
    event.type = pyds.NvDsEventType.NVDS_EVENT_MOVING
    event.objType = pyds.NvDsObjectType.NVDS_OBJECT_TYPE_VEHICLE
    vehicle = pyds.NvDsVehicleObject.cast(pyds.alloc_nvds_vehicle_object())
    vehicle.type, vehicle.make, vehicle.model = "sedan", "Bugatti", "M"
    vehicle.color, vehicle.license, vehicle.region = "blue", "CA 444", "California"
    event.extMsg = vehicle
    event.extMsgSize = sys.getsizeof(pyds.NvDsVehicleObject)
    user.user_meta_data = event
    user.base_meta.meta_type = pyds.NvDsMetaType.NVDS_EVENT_MSG_META
    pyds.nvds_add_user_meta_to_frame(frame, user)
    return event


def one_event(batch: Any) -> None:
    for frame in batch.frames:
        add_event(batch, frame)


def two_objects(batch: Any) -> None:
    table = np.zeros(2, pyds.OBJECT_DTYPE)
    table["left"], table["top"], table["width"], table["height"] = (5, 10.5), 2, 4, 8.25
    table["object_id"], table["confidence"] = (3, 4), (0.5, 0.75)
    table["label_id"] = pyds.label_id("car")
    pyds.add_objects(batch, table)


@needs_data
def test_full_message_has_what_the_documentation_shows(site: Path) -> None:
    [message] = messages(f"config={site}", one_event)
    sample = json.loads((DATA / "payloads/full_schema_nvidia_doc.json").read_text())

    def keys(value: Any) -> Any:
        return {key: keys(each) for key, each in value.items()} if isinstance(value, dict) else None

    def missing(wanted: Any, there: Any) -> list[str]:
        return [
            key
            for key in wanted
            if key not in there or (wanted[key] and missing(wanted[key], there[key]))
        ]

    assert missing(keys(sample), keys(message)) == []
    assert message["sensor"]["id"] == "CAMERA_ID"
    assert message["sensor"]["description"] == "Entrance of Garage Right Lane"
    assert message["sensor"]["location"]["lat"] == 45.293701447
    assert message["place"]["aisle"]["level"] == "P2"
    assert message["object"]["id"] == "957"
    assert message["object"]["vehicle"]["make"] == "Bugatti"
    assert message["object"]["vehicle"]["licenseState"] == "California"
    assert message["object"]["bbox"] == {
        "topleftx": 1834,
        "toplefty": 150,
        "bottomrightx": 1918,
        "bottomrighty": 215,
    }
    assert message["event"]["type"] == "moving"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", message["@timestamp"])
    assert len({message["messageid"], message["event"]["id"]}) == 2


def test_every_event_is_a_full_message_of_its_own_in_their_order(site: Path) -> None:
    def three(batch: Any) -> None:
        for frame in batch.frames:
            for number in range(3):
                add_event(batch, frame, number)

    found = messages(f"config={site}", three, frames=2)
    assert [each["object"]["id"] for each in found] == ["0", "1", "2"] * 2


def test_minimal_message_is_one_for_the_events_of_a_frame(site: Path) -> None:
    def two(batch: Any) -> None:
        for frame in batch.frames:
            add_event(batch, frame)
            add_event(batch, frame, 2**64 - 1)

    [message] = messages(f"config={site} payload-type=1", two)
    vehicle = "1834|150|1918|215|Vehicle|#|sedan|Bugatti|M|blue|CA 444|California|0.8"
    assert list(message) == ["version", "id", "@timestamp", "sensorId", "objects"]
    assert (message["version"], message["id"], message["sensorId"]) == ("4.0", "0", "CAMERA_ID")
    assert message["objects"] == [f"957|{vehicle}", f"18446744073709551615|{vehicle}"]


def test_minimal_message_needs_no_events_with_the_new_api() -> None:
    found = messages("payload-type=1 msg2p-newapi=true frame-interval=3", two_objects, frames=7)
    assert [each["id"] for each in found] == ["0", "3", "6"]
    assert found[0]["objects"] == ["3|5|2|9|10.25|car", "4|10.5|2|14.5|10.25|car"]
    assert found[0]["sensorId"] == "0"


def test_full_message_of_every_object_needs_no_events_with_the_new_api(site: Path) -> None:
    first, second = messages(f"config={site} {NEW_API}", two_objects)
    assert first["object"]["car"] == {"confidence": 0.5}
    assert second["object"]["id"] == "4"
    assert first["place"]["place-sub-field"]["id"] == "walsh"
    assert first["analyticsModule"]["source"] == "OpenALR"


def decode(payload: bytes, folder: Path) -> Any:
    """A protobuf message, by the schema that comes with the package."""
    compiler = shutil.which("protoc")
    if compiler is None:
        pytest.skip("no protoc: apt-get install protobuf-compiler")
    descriptor_pool = pytest.importorskip("google.protobuf.descriptor_pool")
    from google.protobuf import descriptor_pb2, message_factory

    compiled = folder / "schema.bin"
    subprocess.run(
        [compiler, f"-I{INCLUDE}", "-I/usr/include", "--include_imports",
         f"--descriptor_set_out={compiled}", "nvds_schema.proto"],
        check=True,
    )  # fmt: skip
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(compiled.read_bytes()).file:
        pool.Add(file)
    frame = message_factory.GetMessageClass(pool.FindMessageTypeByName("nv.Frame"))
    return frame.FromString(payload)


def test_protobuf_says_the_same_as_the_minimal_message(site: Path, tmp_path: Path) -> None:
    def event(batch: Any) -> None:
        for frame in batch.frames:
            add_event(batch, frame).ts = "2018-04-11T04:59:59.828Z"

    [payload] = payloads(f"config={site} payload-type=2", event)
    frame = decode(payload, tmp_path)
    assert (frame.version, frame.id, frame.sensorId) == ("4.0", "0", "CAMERA_ID")
    assert frame.timestamp.ToJsonString() == "2018-04-11T04:59:59.828Z"
    [vehicle] = frame.objects
    assert (vehicle.id, vehicle.type) == ("957", "Vehicle")
    assert vehicle.confidence == pytest.approx(0.8)
    box = vehicle.bbox
    assert (box.leftX, box.topY, box.rightX, box.bottomY) == (1834, 150, 1918, 215)
    assert dict(vehicle.info) == {
        "type": "sedan",
        "make": "Bugatti",
        "model": "M",
        "color": "blue",
        "license": "CA 444",
        "licenseState": "California",
    }


def test_protobuf_of_metadata_has_every_object(tmp_path: Path) -> None:
    [payload] = payloads(f"payload-type=2 {NEW_API}", two_objects)
    frame = decode(payload, tmp_path)
    assert [(each.id, each.type, each.confidence) for each in frame.objects] == [
        ("3", "car", 0.5),
        ("4", "car", 0.75),
    ]


def test_text_that_is_no_utf8_leaves_a_message_that_reads(site: Path) -> None:
    def odd(batch: Any) -> None:
        for frame in batch.frames:
            event = add_event(batch, frame)
            event.videoPath = 'C:\\new "day"\t☃'
            vehicle = pyds.NvDsVehicleObject.cast(event.extMsg)
            ctypes.memset(vehicle.color, 0xFF, 2)

    [message] = messages(f"config={site}", odd)
    assert message["videoPath"] == 'C:\\new "day"\t☃'
    assert message["object"]["vehicle"]["color"] == "\N{REPLACEMENT CHARACTER}" * 2 + "ue"


def test_component_id_picks_events_and_marks_messages(site: Path) -> None:
    def two(batch: Any) -> None:
        for frame in batch.frames:
            add_event(batch, frame, 1, component=1)
            add_event(batch, frame, 2, component=2)

    [message] = messages(f"config={site} comp-id=2", two)
    assert message["object"]["id"] == "2"


def test_frames_without_events_give_messages_only_when_asked() -> None:
    assert payloads("payload-type=1", frames=3) == []
    found = messages("payload-type=1 dummy-payload=true", frames=3)
    assert [(each["id"], each["objects"]) for each in found] == [("0", []), ("1", []), ("2", [])]


def test_messages_are_written_to_the_debug_directory(tmp_path: Path) -> None:
    found = payloads(f"payload-type=1 {NEW_API} debug-payload-dir={tmp_path}", two_objects, 3)
    files = sorted(tmp_path.glob("*.txt"), key=lambda path: path.stem.rpartition("-")[2])
    assert [path.read_bytes() for path in files] == [each + b"\n" for each in found]


@needs_data
@pytest.mark.parametrize(
    "config", sorted((DATA / "configs/msgconv").glob("*")), ids=lambda p: p.suffix
)
def test_configurations_of_others_are_read(config: Path) -> None:
    [message] = messages(f"config={config}", one_event)
    assert message["sensor"]["location"]["lat"] == 45.293701447
    assert message["place"]["location"]["alt"] == 100
    assert message["analyticsModule"]["source"] == "OpenALR"


def test_behind_a_tee_each_branch_has_its_own_messages(site: Path) -> None:
    """Two schemas of one stream do not get into each other's way."""
    pipeline: Any = Gst.parse_launch(
        f"{frames_of(5)} ! identity name=here ! tee name=t "
        f"t. ! queue ! nvmsgconv config={site} ! fakesink name=full sync=false "
        "t. ! queue ! nvmsgconv payload-type=1 ! fakesink name=minimal sync=false"
    )
    counts = {"full": 0, "minimal": 0}
    pyds.add_probe(pipeline.get_by_name("here").get_static_pad("src"), one_event)
    for name in counts:

        def count(batch: Any, name: str = name) -> None:
            for frame in batch.frames:
                counts[name] += sum(
                    user.base_meta.meta_type == pyds.NvDsMetaType.NVDS_PAYLOAD_META
                    for user in frame.user_metas
                )

        pyds.add_probe(pipeline.get_by_name(name).get_static_pad("sink"), count)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        wait(pipeline)
    finally:
        pipeline.set_state(Gst.State.NULL)
    assert counts == {"full": 5, "minimal": 5}


LIBRARY = r"""
#include <stdio.h>
#include <string.h>

#include "nvdsmeta.h"
#include "nvmsgconv.h"

NvDsMsg2pCtx* nvds_msg2p_ctx_create(const gchar* file, NvDsPayloadType type) {
  if (!file) return NULL;
  NvDsMsg2pCtx* context = g_new0(NvDsMsg2pCtx, 1);
  context->payloadType = type;
  context->privData = g_strdup(strrchr(file, '/') + 1);
  return context;
}
void nvds_msg2p_ctx_destroy(NvDsMsg2pCtx* context) {
  g_free(context->privData);
  g_free(context);
}
static NvDsPayload* payload_of(gchar* text) {
  NvDsPayload* payload = g_new0(NvDsPayload, 1);
  payload->payload = text;
  payload->payloadSize = (guint)strlen(text);
  return payload;
}
NvDsPayload* nvds_msg2p_generate(NvDsMsg2pCtx* context, NvDsEvent* events, guint size) {
  return payload_of(g_strdup_printf("%s: %u of id %" G_GUINT64_FORMAT, (char*)context->privData,
                                    size, events[0].metadata->trackingId));
}
NvDsPayload** nvds_msg2p_generate_multiple(NvDsMsg2pCtx* context, NvDsEvent* events, guint size,
                                           guint* count) {
  NvDsPayload** payloads = g_new0(NvDsPayload*, 2);
  payloads[0] = nvds_msg2p_generate(context, events, size);
  payloads[1] = payload_of(g_strdup("and one more"));
  *count = 2;
  return payloads;
}
NvDsPayload* nvds_msg2p_generate_new(NvDsMsg2pCtx* context, void* data) {
  (void)context;
  NvDsMsg2pMetaInfo* info = data;
  NvDsObjectMeta* object = info->objMeta;
  NvDsFrameMeta* frame = info->frameMeta;
  return payload_of(g_strdup_printf("%s frame %d: %s", info->mediaType, frame->frame_num,
                                    object->obj_label));
}
void nvds_msg2p_release(NvDsMsg2pCtx* context, NvDsPayload* payload) {
  (void)context;
  g_free(payload->payload);
  g_free(payload);
}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of a user's own, compiled against our headers."""
    folder = tmp_path_factory.mktemp("msg2p")
    (folder / "mine.c").write_text(LIBRARY)
    flags = subprocess.run(
        ["pkg-config", "--cflags", "glib-2.0"], check=True, capture_output=True, text=True
    ).stdout.split()
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-Wall", "-Werror", *flags, f"-I{INCLUDE}", "mine.c", "-o",
         "libmine.so"],
        check=True,
        cwd=folder,
    )  # fmt: skip
    return folder / "libmine.so"


def test_a_library_of_ones_own_makes_the_messages(library: Path, site: Path) -> None:
    custom = f"payload-type=257 msg2p-lib={library} config={site}"
    assert payloads(custom, one_event) == [b"site.txt: 1 of id 957"]
    assert payloads(f"{custom} multiple-payloads=true", one_event) == [
        b"site.txt: 1 of id 957",
        b"and one more",
    ]
    assert payloads(f"{custom} {NEW_API}", two_objects) == [
        b"video frame 0: car",
        b"video frame 0: car",
    ]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ("", "No configuration is set"),
        ("config=/no/such/file.txt", "/no/such/file.txt"),
        ("payload-type=257", "set msg2p-lib"),
        ("payload-type=1 msg2p-lib=/no/such.so", "/no/such.so"),
        ("payload-type=1 debug-payload-dir=/no/such/dir", "/no/such/dir"),
        ("payload-type=257 msg2p-lib={library}", "nvds_msg2p_ctx_create() failed"),
        ("payload-type=257 msg2p-lib={libc}", "does not export nvds_msg2p_ctx_create()"),
    ],
)
def test_what_cannot_work_is_said_at_the_start(properties: str, reason: str, library: Path) -> None:
    libc = next(Path("/lib").glob("*-linux-gnu/libm.so.6"))
    with pytest.raises(PipelineError, match=re.escape(reason)):
        run(
            f"{frames_of(1)} ! nvmsgconv {properties.format(library=library, libc=libc)} ! fakesink"
        )
