"""One conformance suite over nvmsgbroker's adaptors, against real servers that come and go."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from gi.repository import Gst

import pyds
from tests.broker_servers import TcpProxy, wait_for

TLS_KEYS = ("cafile", "certfile", "keyfile")
PACKAGE = Path(pyds.__file__).parent
INCLUDE = Path(__file__).parents[1] / "packages/pyds/include"
_numbers = itertools.count()


class Broker:
    """A server behind a proxy that can cut its connections, and how nvmsgbroker gets there."""

    def __init__(self, protocol: str, server: Any, folder: Path) -> None:
        self.protocol, self.server = protocol, server
        self.proxy = server.proxy if protocol == "kafka" else TcpProxy(server.port)
        self.topic = f"messages{next(_numbers)}"
        self.config = folder / "broker.txt"
        lines = ["[message-broker]"]
        if protocol == "redis":
            lines += [f"password = {server.password}"]
        if protocol == "amqp":
            lines += ["username = camera", f"password = {server.password}"]
        self.config.write_text("\n".join(lines))
        if protocol == "kafka":
            server.create_topic(self.topic)
        elif protocol == "mqtt":
            server.subscribe(self.topic)
        elif protocol == "amqp":
            server.bind(self.topic, "amq.topic")

    @property
    def properties(self) -> str:
        return (
            f"proto-lib=/opt/nvidia/deepstream/deepstream/lib/libnvds_{self.protocol}_proto.so "
            f'conn-str="127.0.0.1;{self.proxy.port};{self.topic}" config={self.config}'
        )

    def frames(self) -> list[int]:
        """The frames whose messages arrived, without those that came again after an outage."""
        arrived = [int(each["id"]) for each in self.server.received(self.topic)]
        return list(dict.fromkeys(arrived))

    def wait_for(self, count: int) -> list[int]:
        wait_for(lambda: len(self.frames()) >= count, f"{count} messages")
        return self.frames()


@pytest.fixture(params=["amqp", "kafka", "mqtt", "redis"])
def broker(request, servers, tmp_path):
    broker = Broker(request.param, servers(request.param), tmp_path)
    yield broker
    if broker.protocol == "kafka":
        broker.proxy.up()  # it is everybody's
    else:
        broker.proxy.close()


class Stream:
    """A pipeline that makes one message of each frame it is given."""

    def __init__(self, properties: str, convert: str = "payload-type=1 msg2p-newapi=true") -> None:
        self.pipeline: Any = Gst.parse_launch(
            "appsrc name=source format=time caps=video/x-raw,format=NV12,width=64,height=48,"
            "framerate=25/1 ! mux.sink_0 nvstreammux name=mux width=64 height=48 batch-size=1 "
            f"! nvmsgconv {convert} frame-interval=1 "
            f"! nvmsgbroker name=broker sync=false {properties}"
        )
        self.source = self.pipeline.get_by_name("source")
        self.broker = self.pipeline.get_by_name("broker")
        self.pushed = 0
        self.pipeline.set_state(Gst.State.PLAYING)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.pipeline.set_state(Gst.State.NULL)

    def push(self, frames: int) -> None:
        for _ in range(frames):
            buffer = Gst.Buffer.new_allocate(None, 64 * 48 * 3 // 2, None)
            buffer.pts, buffer.duration = self.pushed * Gst.SECOND // 25, Gst.SECOND // 25
            self.source.emit("push-buffer", buffer)
            self.pushed += 1

    def count(self, name: str) -> int:
        return self.broker.get_property(name)

    def wait_for(self, name: str, value: int) -> None:
        wait_for(lambda: self.count(name) >= value, f"{name} of {value}")

    def message(self, kind: Any) -> str:
        """What the next warning or error says."""
        found = self.pipeline.get_bus().timed_pop_filtered(100 * Gst.SECOND, kind)
        assert found is not None, "no message"
        error, debug = (
            found.parse_warning() if found.type == Gst.MessageType.WARNING else found.parse_error()
        )
        return f"{error.message}\n{debug}"

    def end(self) -> None:
        """Ends the stream and waits for it; an error raises."""
        self.source.emit("end-of-stream")
        kinds = Gst.MessageType.EOS | Gst.MessageType.ERROR
        found = self.pipeline.get_bus().timed_pop_filtered(100 * Gst.SECOND, kinds)
        assert found is not None, "the pipeline hangs"
        if found.type == Gst.MessageType.ERROR:
            raise RuntimeError(found.parse_error())


def test_all_messages_arrive_whole_and_in_order_before_the_end(broker: Broker) -> None:
    with Stream(broker.properties) as stream:
        stream.push(1500)
        stream.end()
        assert stream.count("messages-sent") == 1500
        assert stream.count("messages-queued") == 0
    assert broker.wait_for(1500) == list(range(1500))
    message = broker.server.received(broker.topic)[0]
    assert list(message) == ["version", "id", "@timestamp", "sensorId", "objects"]


def test_a_broker_that_is_down_at_the_start_gets_everything_later(broker: Broker) -> None:
    broker.proxy.down()
    with Stream(broker.properties) as stream:
        stream.push(20)
        warning = stream.message(Gst.MessageType.WARNING)
        assert f"{broker.protocol} at 127.0.0.1:{broker.proxy.port} is not available" in warning
        stream.wait_for("messages-queued", 20)
        broker.proxy.up()
        stream.end()
        assert (stream.count("messages-sent"), stream.count("outages")) == (20, 1)
    assert broker.wait_for(20) == list(range(20))


def test_a_broker_that_dies_and_comes_back_gets_all_that_was_queued(broker: Broker) -> None:
    with Stream(broker.properties) as stream:
        stream.push(200)
        stream.wait_for("messages-sent", 200)
        broker.proxy.down()
        stream.push(300)
        stream.wait_for("outages", 1)
        stream.push(100)
        broker.proxy.up()
        stream.push(100)
        stream.end()
        assert stream.count("messages-sent") == 700
        assert stream.count("messages-dropped") == 0
    assert broker.wait_for(700) == list(range(700))


def test_a_broker_that_hangs_is_an_outage_and_gets_everything_once_it_wakes(
    broker: Broker,
) -> None:
    if broker.protocol == "kafka":
        pytest.skip("the mock cluster is in this process")
    group = os.getpgid(broker.server.process.pid)
    with Stream(broker.properties) as stream:
        stream.push(10)
        stream.wait_for("messages-sent", 10)
        os.killpg(group, signal.SIGSTOP)
        try:
            stream.push(3000)
            stream.wait_for("outages", 1)
        finally:
            os.killpg(group, signal.SIGCONT)
        stream.end()
        assert stream.count("messages-dropped") == 0
    assert sorted(broker.wait_for(3010)) == list(range(3010))


def test_what_cannot_be_sent_by_the_end_is_an_error_that_says_how_much(broker: Broker) -> None:
    broker.proxy.down()
    with Stream(f"{broker.properties} drain-timeout=300") as stream:
        stream.push(7)
        stream.wait_for("messages-queued", 7)
        begun = time.monotonic()
        stream.source.emit("end-of-stream")
        error = stream.message(Gst.MessageType.ERROR)
        assert time.monotonic() - begun < 60
        assert "7 messages could not be sent" in error
        assert "raise drain-timeout" in error
    assert stream.count("messages-dropped") == 7


def test_the_video_does_not_wait_and_a_full_queue_keeps_the_newest(broker: Broker) -> None:
    broker.proxy.down()
    with Stream(f"{broker.properties} queue-size=10") as stream:
        stream.push(1)
        stream.wait_for("outages", 1)
        begun = time.monotonic()
        stream.push(300)
        wait_for(lambda: stream.count("messages-dropped") == 291, "the overflow")
        assert time.monotonic() - begun < 60
        broker.proxy.up()
        stream.end()
    assert broker.wait_for(10) == list(range(291, 301))


def note_warning(message: Any, said: list[str]) -> Any:
    if message.type == Gst.MessageType.WARNING:
        said.append(message.parse_warning()[0].message)
    return Gst.BusSyncReply.PASS


def test_a_pipeline_that_is_stopped_says_what_it_drops(broker: Broker) -> None:
    broker.proxy.down()
    with Stream(f"{broker.properties} drain-timeout=200000") as stream:
        stream.push(5)
        stream.wait_for("messages-queued", 5)
        stream.message(Gst.MessageType.WARNING)
        # Stopping empties the bus.
        said: list[str] = []
        stream.pipeline.get_bus().set_sync_handler(
            lambda _bus, message: note_warning(message, said)
        )
        stream.source.emit("end-of-stream")  # whose drain this interrupts
        begun = time.monotonic()
        stream.pipeline.set_state(Gst.State.NULL)
        assert time.monotonic() - begun < 60
    assert [each for each in said if "5 messages" in each]
    assert stream.count("messages-dropped") == 5


def refusal(properties: str) -> str:
    """Why a pipeline does not start."""
    with Stream(properties) as stream:
        return stream.message(Gst.MessageType.ERROR)


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ("", "proto-lib is not set"),
        ("proto-lib=libnvds_azure_proto.so conn-str=a;1;b", "neither a file nor one of kafka"),
        ("proto-lib=kafka", "set conn-str"),
        ('proto-lib=redis conn-str="localhost"', 'expected "host;port;topic"'),
        ('proto-lib=redis conn-str="localhost;none;t"', "the port 'none' is none"),
        ('proto-lib=redis conn-str="localhost;6379"', "there is no topic"),
        ('proto-lib=mqtt conn-str="localhost;1883;a/#"', "no topic to publish to"),
        ('proto-lib=amqp config=/no/such.txt', "/no/such.txt"),
        ("proto-lib={this} conn-str=a;1;b", "proto-lib cannot be loaded"),
        ("proto-lib={libm} conn-str=a;1;b", "is no protocol adaptor"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_said_at_the_start(properties: str, reason: str) -> None:
    libm = next(Path("/lib").glob("*-linux-gnu/libm.so.6"))
    assert reason in refusal(properties.format(this=__file__, libm=libm))


def test_properties_that_librdkafka_does_not_know_are_said_at_the_start(tmp_path: Path) -> None:
    config = tmp_path / "kafka.txt"
    config.write_text('[message-broker]\nproto-cfg = "no.such=1"\n')
    error = refusal(f'proto-lib=kafka conn-str="localhost;9092;t" config={config}')
    assert 'No such configuration property: "no.such"' in error


SCRIPT = """
import sys
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
import pyds
pipeline = Gst.parse_launch(
    "videotestsrc num-buffers=5 ! video/x-raw,width=64,height=48 ! mux.sink_0 nvstreammux name=mux "
    "width=64 height=48 batch-size=1 ! nvmsgconv payload-type=1 msg2p-newapi=true frame-interval=1 "
    "! nvmsgbroker name=broker")
broker = pipeline.get_by_name("broker")
for pair in sys.argv[1:]:
    broker.set_property(*pair.split("=", 1))
pipeline.set_state(Gst.State.PLAYING)
message = pipeline.get_bus().timed_pop_filtered(
    100 * Gst.SECOND, Gst.MessageType.ERROR | Gst.MessageType.EOS)
print(message.parse_error() if message.type == Gst.MessageType.ERROR else "end of stream")
pipeline.set_state(Gst.State.NULL)
"""


def run_script(*properties: str, **environment: str) -> str:
    """Everything a process with the properties says, with all that GStreamer has to log."""
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT, *properties],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "GST_DEBUG": "*:6", **environment},
    )
    return finished.stdout + finished.stderr


@pytest.mark.parametrize("protocol", ["amqp", "redis"])
def test_a_wrong_password_is_said_at_once_and_kept_secret(servers, protocol: str) -> None:
    server = servers(protocol)
    said = run_script(
        f"proto-lib={protocol}",
        f"conn-str=127.0.0.1;{server.port};t",
        **{f"PASSWORD_{protocol.upper()}": "hunter2", "USER_AMQP": "camera"},
    )
    assert f"{protocol} at 127.0.0.1:{server.port} refuses messages" in said
    assert "hunter2" not in said


def test_redis_without_its_password_says_where_to_put_it(servers) -> None:
    server = servers("redis")
    error = refusal(f'proto-lib=redis conn-str="127.0.0.1;{server.port};t"')
    assert "NOAUTH" in error
    assert "PASSWORD_REDIS" in error


def test_redis_keeps_messages_under_metadata_in_a_stream_of_limited_size(
    servers, tmp_path: Path
) -> None:
    server = servers("redis")
    config = tmp_path / "redis.txt"
    config.write_text(f"[message-broker]\npassword={server.password}\nstreamsize=100\n")
    with Stream(f'proto-lib=redis conn-str="127.0.0.1;{server.port}" topic=t config={config}') as s:
        s.push(1000)
        s.end()
    with server.client() as client:
        entries = client.xrange("t")
    assert 100 <= len(entries) < 400
    assert json.loads(entries[-1][1][b"metadata"])["id"] == "999"


def test_a_configuration_of_nvidias_for_mqtt_works(servers, data: Path) -> None:
    server = servers("mqtt")
    server.subscribe("nvidia")
    [config] = (data / "configs/msgbroker").glob("*mqtt*")
    with Stream(f'proto-lib=mqtt conn-str="127.0.0.1;{server.port};nvidia" config={config}') as s:
        s.push(3)
        s.end()
    wait_for(lambda: len(server.received("nvidia")) == 3, "3 messages")


def test_what_redis_refuses_is_counted_and_said(servers, tmp_path: Path) -> None:
    server = servers("redis")
    with server.client() as client:
        client.set("text", "no stream")
    config = tmp_path / "redis.txt"
    config.write_text(f"[message-broker]\npassword={server.password}\n")
    with Stream(f'proto-lib=redis conn-str="127.0.0.1;{server.port};text" config={config}') as s:
        s.push(3)
        s.wait_for("messages-refused", 3)
        assert "WRONGTYPE" in s.message(Gst.MessageType.WARNING)
        s.end()


def test_a_missing_exchange_ends_the_stream(servers, tmp_path: Path) -> None:
    server = servers("amqp")
    config = tmp_path / "amqp.txt"
    config.write_text(
        f"[message-broker]\nhostname=127.0.0.1\nport={server.port}\nexchange=nowhere\n"
        f"username=camera\npassword={server.password}\n"
    )
    with Stream(f"proto-lib=amqp config={config}") as stream:
        stream.push(1)
        assert "no exchange 'nowhere'" in stream.message(Gst.MessageType.ERROR)


def test_kafka_messages_have_the_key_that_the_configuration_names(servers, tmp_path: Path) -> None:
    from confluent_kafka import Consumer, TopicPartition

    server = servers("kafka")
    server.create_topic("keyed_messages")
    config = tmp_path / "kafka.txt"
    config.write_text('[message-broker]\npartition-key = id\nproto-cfg = "acks=1;linger.ms=1"\n')
    with Stream(
        f'proto-lib=kafka conn-str="127.0.0.1;{server.port};keyed_messages" config={config}'
    ) as s:
        s.push(3)
        s.end()
    consumer = Consumer({"bootstrap.servers": server.bootstrap, "group.id": "keys"})
    consumer.assign([TopicPartition("keyed_messages", 0, 0)])
    messages = consumer.consume(3, timeout=10)
    consumer.close()
    assert [each.key() for each in messages] == [b"0", b"1", b"2"]


def test_only_messages_of_the_component_are_sent(servers) -> None:
    server = servers("mqtt")
    for component, expected in ((3, 2), (4, 0)):
        with Stream(
            f'proto-lib=mqtt conn-str="127.0.0.1;{server.port};t" comp-id={component}',
            "payload-type=1 msg2p-newapi=true comp-id=3",
        ) as stream:
            stream.push(2)
            stream.end()
            assert stream.count("messages-sent") == expected


def tls_config(protocol: str, authority: Path, certificates: Any, password: str) -> str:
    """The configuration of a client with a certificate."""
    files = [authority, certificates.client, certificates.client_key]
    if protocol == "kafka":
        names = ["ca", "certificate", "key"]
        pairs = [f"ssl.{name}.location={file}" for name, file in zip(names, files, strict=True)]
        return f'[message-broker]\nproto-cfg = "{";".join(["security.protocol=ssl", *pairs])}"\n'
    lines = ["enable-tls = 1", "username = camera", f"password = {password}"]
    lines += [f"tls-{name} = {file}" for name, file in zip(TLS_KEYS, files, strict=True)]
    return "\n".join(["[message-broker]", *lines, ""])


@pytest.mark.parametrize("protocol", ["kafka", "mqtt"])
def test_messages_arrive_over_tls_only_where_the_certificate_is_trusted(
    protocol: str, servers, certificates, tmp_path: Path
) -> None:
    server = servers(protocol)
    topic = f"secured-{protocol}"
    port = urlsplit(server.tls_uri(topic)).port
    config = tmp_path / "tls.txt"
    properties = f'proto-lib={protocol} conn-str="127.0.0.1;{port};{topic}" config={config}'
    password = getattr(server, "password", "")
    config.write_text(tls_config(protocol, certificates.stranger, certificates, password))
    with Stream(f"{properties} drain-timeout=0") as stream:
        stream.push(5)
        warning = stream.message(Gst.MessageType.WARNING)
        assert re.search("tls|ssl|certificate", warning, re.IGNORECASE)
    config.write_text(tls_config(protocol, certificates.authority, certificates, password))
    with Stream(properties) as stream:
        stream.push(5)
        stream.end()
        assert stream.count("messages-sent") == 5
    wait_for(lambda: len(server.received(topic)) == 5, "5 messages")


ADAPTOR = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nvds_msgapi.h"

/* Connects while the file it is told is there, and writes to it. */
static char path[512];
static nvds_msgapi_connect_cb_t connected;
static struct { nvds_msgapi_send_cb_t call; void* data; } waiting[4096];
static int count;

NvDsMsgApiHandle nvds_msgapi_connect(char* text, nvds_msgapi_connect_cb_t callback, char* config) {
  (void)config;
  snprintf(path, sizeof path, "%.*s", (int)strcspn(text, ";"), text);
  connected = callback;
  return access(path, W_OK) == 0 ? path : NULL;
}
NvDsMsgApiErrorType nvds_msgapi_send_async(NvDsMsgApiHandle handle, char* topic,
                                           const uint8_t* payload, size_t size,
                                           nvds_msgapi_send_cb_t callback, void* data) {
  if (access(path, W_OK) != 0) {
    connected(handle, NVDS_MSGAPI_EVT_SERVICE_DOWN);
    return NVDS_MSGAPI_ERR;
  }
  FILE* file = fopen(path, "a");
  fprintf(file, "%s %.*s\n", topic, (int)size, (const char*)payload);
  fclose(file);
  waiting[count].call = callback;
  waiting[count++].data = data;
  return NVDS_MSGAPI_OK;
}
void nvds_msgapi_do_work(NvDsMsgApiHandle handle) {
  (void)handle;
  while (count > 0) {
    --count;
    waiting[count].call(waiting[count].data, NVDS_MSGAPI_OK);
  }
}
NvDsMsgApiErrorType nvds_msgapi_disconnect(NvDsMsgApiHandle handle) {
  nvds_msgapi_do_work(handle);
  return NVDS_MSGAPI_OK;
}
"""


@pytest.fixture(scope="module")
def adaptor(tmp_path_factory) -> Path:
    """A protocol adaptor of a user's own, compiled against our header."""
    folder = tmp_path_factory.mktemp("adaptor")
    (folder / "mine.c").write_text(ADAPTOR)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-Wall", "-Werror", f"-I{INCLUDE}", "mine.c", "-o", "mine.so"],
        check=True,
        cwd=folder,
    )
    return folder / "mine.so"


def test_an_adaptor_of_ones_own_loads_by_its_path(adaptor: Path, tmp_path: Path) -> None:
    target = tmp_path / "messages.txt"
    with Stream(f'proto-lib={adaptor} conn-str="{target};0;cars"') as stream:
        stream.push(10)
        assert "nvds_msgapi_connect() failed" in stream.message(Gst.MessageType.WARNING)
        target.touch()
        stream.wait_for("messages-sent", 10)
        target.rename(tmp_path / "before.txt")
        stream.push(5)
        stream.wait_for("outages", 2)
        target.touch()
        stream.end()
        assert stream.count("messages-sent") == 15
    lines = (tmp_path / "before.txt").read_text() + target.read_text()
    found = [json.loads(line.removeprefix("cars "))["id"] for line in lines.splitlines()]
    assert found == [str(number) for number in range(15)]


def test_a_module_that_was_not_built_names_the_package_it_needs(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE / "gst", tmp_path / "gst")
    shutil.copytree(PACKAGE / "lib", tmp_path / "lib", ignore=lambda *_: ["libpyds_kafka.so"])
    finished = subprocess.run(
        ["gst-launch-1.0", "fakesrc", "num-buffers=1", "!", "nvmsgbroker", "proto-lib=kafka",
         "conn-str=localhost;9092;t"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={
            **os.environ,
            "GST_PLUGIN_PATH": str(tmp_path / "gst"),
            "GST_REGISTRY": str(tmp_path / "registry.bin"),
        },
    )  # fmt: skip
    assert re.search("built without kafka: apt-get install librdkafka-dev", finished.stderr)
