"""One conformance suite over all event streams, against real servers, in good times and in bad."""

from __future__ import annotations

import itertools
import json
import logging
import os
import statistics
import threading
import time
import uuid
from pathlib import Path

import pytest

from pythia.event_stream import Backend, Control, EventStream
from tests.broker_servers import WebhookServer, read_topic, wait_for
from tests.brokers import Broker, events, without_repeats


def test_all_events_arrive_once_in_order_before_close_returns(broker: Broker) -> None:
    stream, sent = broker.open(), events(2500)
    for start in range(0, len(sent), 7):
        stream.put(sent[start : start + 7])
    assert stream.close()
    assert stream.counters.posted == 2500
    assert stream.counters.dropped == stream.counters.failed == stream.counters.depth == 0
    assert 0 < stream.counters.latency_s < 90
    assert broker.wait_for(2500) == sent
    assert broker.failures == []


def test_a_closed_stream_opens_again(broker: Broker) -> None:
    stream = broker.open()
    for number in range(2):
        stream.put(events(3, 3 * number))
        assert stream.close()
    assert broker.wait_for(6) == events(6)


def test_an_item_that_is_no_plain_value_fails_alone(broker: Broker) -> None:
    stream = broker.open()
    stream.put([events(1)[0], {"number": object()}, events(1, 1)[0]])
    assert stream.close()
    assert (stream.counters.posted, stream.counters.failed) == (2, 1)
    assert "object, which is no plain value" in str(broker.failures[0])
    assert broker.wait_for(2) == events(2)


def test_broker_that_is_down_at_the_start_gets_everything_later(broker: Broker, caplog) -> None:
    broker.proxy.down()
    stream = broker.open("&timeout_s=1")
    stream.put(events(20))
    wait_for(lambda: stream.counters.outages == 1, "the outage")
    assert (stream.counters.posted, stream.counters.depth) == (0, 20)
    broker.proxy.up()
    assert stream.close()
    assert broker.wait_for(20) == events(20)
    assert broker.failures == []
    assert "is not available" in caplog.text
    assert "is available again" in caplog.text


def test_outage_in_the_middle_loses_nothing(broker: Broker, tmp_path: Path) -> None:
    """The queue holds a tenth of what arrives: the rest has to go through the disk."""
    stream = broker.open(f"&timeout_s=1&queue_size=200&spill={tmp_path}&drain_timeout_s=60")
    sent = iter(events(3000))
    put_times = []

    def put_for(seconds: float, count: int) -> None:
        for _ in range(count // 20):
            batch = list(itertools.islice(sent, 20))
            begun = time.monotonic()
            stream.put(batch)
            put_times.append(time.monotonic() - begun)
            time.sleep(seconds * 20 / count)

    put_for(0.3, 500)
    broker.proxy.down()
    put_for(1.5, 2000)
    wait_for(lambda: stream.counters.on_disk > 1000, "spilling")
    broker.proxy.up()
    put_for(0.3, 500)
    assert stream.close()
    counters = stream.counters
    assert (counters.posted, counters.dropped, counters.failed, counters.depth) == (3000, 0, 0, 0)
    assert counters.outages >= 1
    received = broker.wait_for(3000)
    assert without_repeats(received) == events(3000)
    assert len(received) < 4100, "at most one batch may come twice"
    assert statistics.median(put_times) < 0.1, "a probe must not wait for a broker nor for a disk"


def test_slow_broker_is_no_outage_and_gets_everything(broker: Broker) -> None:
    broker.proxy.delay_s = 0.1
    stream = broker.open()
    stream.put(events(300))
    assert stream.close()
    assert (stream.counters.posted, stream.counters.outages) == (300, 0)
    assert broker.wait_for(300) == events(300)


def test_shutdown_keeps_its_deadline_and_the_next_run_delivers(broker: Broker, tmp_path) -> None:
    broker.proxy.down()
    stream = broker.open(f"&timeout_s=1&spill={tmp_path}&drain_timeout_s=0.5")
    stream.put(events(50))
    begun = time.monotonic()
    assert not stream.close()
    assert time.monotonic() - begun < 10  # and not until the broker is back
    assert (stream.counters.dropped, stream.counters.on_disk) == (0, 50)
    wait_for(lambda: not stream._last_worker.is_alive(), "the worker's end")

    broker.proxy.up()
    later = broker.open(f"&spill={tmp_path}")
    later.put(events(10, 50))
    assert later.close()
    assert without_repeats(broker.wait_for(60)) == events(60)
    assert (later.counters.posted, later.counters.on_disk) == (60, 0)


def test_without_a_spill_the_oldest_go_and_are_counted(broker: Broker, caplog) -> None:
    broker.proxy.down()
    stream = broker.open("&timeout_s=1&queue_size=10")
    stream.put([{"number": -1}])
    wait_for(lambda: stream.counters.outages == 1, "the outage")
    stream.put([Control({"number": -2})])
    stream.put(events(100))
    assert stream.counters.dropped == 91
    assert "dropping events by the policy drop-oldest" in caplog.text
    broker.proxy.up()
    assert stream.close()
    assert broker.wait_for(11) == [{"number": -1}, {"number": -2}, *events(9, 91)]


def test_wrong_password_is_said_at_once_and_loses_nothing(servers, tmp_path: Path) -> None:
    server = servers("redis")
    uri = server.uri("secret").replace("p%40ss%2Fword", "guessed") + f"&spill={tmp_path}"
    failures: list[Exception] = []
    stream = EventStream.from_uri(uri, failures.append)
    stream.put(events(3))
    wait_for(lambda: failures, "the failure")
    stream.close()
    assert "invalid username-password pair" in str(failures[0])
    assert "guessed" not in str(failures[0])
    assert stream.counters.on_disk == 3


def test_killed_redis_gets_what_was_not_confirmed(servers, tmp_path: Path) -> None:
    server = servers("redis")
    stream = EventStream.from_uri(server.uri("killed") + f"&timeout_s=1&spill={tmp_path}")
    stream.put(events(100))
    wait_for(lambda: stream.counters.posted == 100, "the first events")
    time.sleep(1.1)  # appendfsync everysec: what Redis promises to keep
    server.down()
    stream.put(events(100, 100))
    wait_for(lambda: stream.counters.outages == 1, "the outage")
    server.up()
    assert stream.close()
    assert without_repeats(server.received("killed")) == events(200)


def test_redis_trims_to_maxlen(servers) -> None:
    server = servers("redis")
    stream = EventStream.from_uri(server.uri("trimmed") + "&maxlen=10&approximate=false")
    stream.put(events(100))
    assert stream.close()
    assert server.received("trimmed") == events(10, 90)


def test_redis_that_is_full_gets_everything_when_it_has_room(servers) -> None:
    server = servers("redis")
    failures: list[Exception] = []
    with server.client() as client:
        client.config_set("maxmemory", 1)
        try:
            stream = EventStream.from_uri(server.uri("full"), failures.append)
            stream.put(events(5))
            wait_for(lambda: stream.counters.outages == 1, "the refusal")
        finally:
            client.config_set("maxmemory", 0)
    assert stream.close()
    assert failures == []
    assert server.received("full") == events(5)


def test_redis_tells_why_it_refuses(servers) -> None:
    server = servers("redis")
    with server.client() as client:
        client.set("text", "no stream")
    failures: list[Exception] = []
    stream = EventStream.from_uri(server.uri("text"), failures.append)
    stream.put(events(2))
    assert stream.close()
    assert (stream.counters.posted, stream.counters.failed) == (0, 2)
    assert "Redis refused 2 events for text: WRONGTYPE" in str(failures[0])


def test_queue_that_is_missing_refuses_the_events(servers) -> None:
    server = servers("amqp")
    failures: list[Exception] = []
    stream = EventStream.from_uri(server.uri("nowhere") + "&declare=false", failures.append)
    stream.put(events(3))
    assert stream.close()
    assert (stream.counters.posted, stream.counters.failed) == (0, 3)
    assert "NO_ROUTE: no queue for nowhere" in str(failures[0])


def test_kafka_keys_keep_the_items_of_a_camera_together(servers) -> None:
    from confluent_kafka import Consumer, TopicPartition

    server = servers("kafka")
    uri = f"kafka://{server.bootstrap}?stream=keyed&key=camera"  # four partitions
    stream = EventStream.from_uri(uri)
    stream.put([{"camera": number % 8, "number": number} for number in range(80)])
    assert stream.close()
    by_partition = []
    consumer = Consumer({"bootstrap.servers": server.bootstrap, "group.id": "keys"})
    for partition in range(4):
        place = TopicPartition("keyed", partition, 0)
        _, high = consumer.get_watermark_offsets(place, timeout=10)
        consumer.assign([place])
        messages = consumer.consume(high, timeout=10) if high else []
        by_partition.append([json.loads(each.value()) for each in messages])
    consumer.close()
    assert sum(map(len, by_partition)) == 80
    cameras = [{each["camera"] for each in items} for items in by_partition]
    assert sum(map(len, cameras)) == 8, "no camera is in two partitions"
    for items in by_partition:
        assert [each["number"] for each in items] == sorted(each["number"] for each in items)


def test_kafka_takes_several_brokers_and_finds_the_one_that_is_up(servers) -> None:
    server = servers("kafka")
    server.create_topic("several")
    stream = EventStream.from_uri(f"kafka://127.0.0.1:1,{server.bootstrap}?stream=several&acks=1")
    stream.put(events(5))
    assert stream.close()
    assert server.received("several") == events(5)


def test_real_kafka_makes_the_topic_as_asked_and_takes_all() -> None:
    bootstrap = os.environ.get("PYTHIA_TEST_KAFKA")
    if not bootstrap:
        pytest.skip("the mock cluster makes no topics: set PYTHIA_TEST_KAFKA=host:port")
    from confluent_kafka.admin import AdminClient

    topic = f"pythia-test-{uuid.uuid4()}"
    stream = EventStream.from_uri(f"kafka://{bootstrap}?stream={topic}&partitions=3&key=number")
    stream.put(events(2000))
    assert stream.close()
    received = [json.loads(each) for each in read_topic(bootstrap, topic)]
    admin = AdminClient({"bootstrap.servers": bootstrap})
    assert len(admin.list_topics(topic, timeout=10).topics[topic].partitions) == 3
    admin.delete_topics([topic])[topic].result()
    assert sorted(received, key=lambda each: each["number"]) == events(2000)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("&no.such=1", 'No such configuration property: "no.such"'),
        ("&acks=many", "acks"),
        ("&partitions=0", "partitions=0 must be a number >= 1"),
    ],
)
def test_kafka_checks_its_parameters_at_once(query: str, message: str) -> None:
    pytest.importorskip("confluent_kafka")
    with pytest.raises(RuntimeError, match=message):
        Backend.from_uri(f"kafka://user:hidden@host?stream=x{query}")


def test_webhook_sends_again_what_the_server_could_not_take() -> None:
    server = WebhookServer()
    server.statuses = [503, 429]
    stream = EventStream.from_uri(server.uri("a") + "&batch=2&camera=7")
    stream.put(events(4))
    assert stream.close()
    server.close()
    assert server.received("a") == events(4)
    keys = [headers["Idempotency-Key"] for _, headers in server.requests]
    assert len(set(keys[:3])) == 1
    assert len(set(keys)) == 2
    assert {path for path, _ in server.requests} == {"/hook?camera=7"}


def test_webhook_that_refuses_fails_the_batch_with_its_answer(caplog) -> None:
    server = WebhookServer()
    server.statuses = [400]
    stream = EventStream.from_uri(server.uri("a") + "&on_error=log")
    with caplog.at_level(logging.ERROR, "pythia"):
        stream.put(events(3))
        assert stream.close()
    server.close()
    assert (stream.counters.posted, stream.counters.failed) == (0, 3)
    assert "refused 3 events: 400" in caplog.text


def test_no_thread_is_left_after_close(servers) -> None:
    server = servers("redis")
    before = set(threading.enumerate())
    stream = EventStream.from_uri(server.uri("threads"))
    stream.put(events(1))
    assert stream.close()
    assert set(threading.enumerate()) <= before
