"""The Kafka example of the README runs as it stands there: client, host name and all."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kafka_network import private_network
from tests.support import REPOSITORY, video_frames

EXAMPLE = (REPOSITORY / "examples/kafka/README.md").read_text()
SCRIPT = "myscript.py"
BROKER_VARIABLE = "PYTHIA_TEST_KAFKA"


def run_in_private_network(folder: Path) -> dict:
    network = private_network()
    if network is None:
        pytest.skip("no private network (unshare) is allowed here, which the name kafka needs")
    finished = subprocess.run(
        [
            *network,
            sys.executable,
            "-m",
            "tests.kafka_network",
            folder,
            "230",
            SCRIPT,
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=270,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1])


def run_with_real_broker(folder: Path) -> dict:
    """For a broker that the name ``kafka`` leads to; counts only what this run adds."""
    from tests.broker_servers import read_topic
    from tests.kafka_network import TOPICS

    def messages(topic: str) -> list[str]:
        return [each.decode() for each in read_topic("kafka:9092", topic)]

    before = {topic: len(messages(topic)) for topic in TOPICS}
    finished = subprocess.run(
        [sys.executable, SCRIPT],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=270,
        check=False,
    )
    return {
        "returncode": finished.returncode,
        "stderr": finished.stderr,
        "messages": {topic: messages(topic)[before[topic] :] for topic in TOPICS},
    }


@pytest.fixture
def outcome(tmp_path: Path) -> dict:
    pytest.importorskip("confluent_kafka")
    pytest.importorskip("kafka", reason="the example uses it: pip install kafka-python")
    pytest.importorskip("pyds")
    for name in (SCRIPT, "pipeline.txt"):
        block = re.search(rf"`{re.escape(name)}`.*?```\w*\n(.*?)```", EXAMPLE, re.S)
        (tmp_path / name).write_text(block.group(1))
    if os.environ.get(BROKER_VARIABLE) == "kafka:9092":
        return run_with_real_broker(tmp_path)
    return run_in_private_network(tmp_path)


def test_example_sends_one_start_one_end_and_all_detections(outcome: dict) -> None:
    assert outcome["returncode"] == 0, outcome["stderr"]
    events = [json.loads(each) for each in outcome["messages"]["app_events"]]
    assert [each["CONDITION"] for each in events] == ["STARTED", "EOS"]
    assert events[0]["PAD_CAPS"].startswith("video/x-raw(memory:NVMM)")
    assert (events[0]["PAD_DIRECTION"], events[0]["PAD_OFFSET"]) == (1, 0)
    assert "GstPipeline" in events[1]["SENT_BY"]

    detections = [json.loads(each) for each in outcome["messages"]["raw_detections"]]
    # eos-after=30 lets some more buffers through, and the file may lack the very last of them.
    frames = len({each["frame_num"] for each in detections})
    assert 30 <= video_frames(Path("/tmp/overlayed.mp4")) <= frames < 150
    assert list(detections[0]) == [
        "frame_num", "label", "left", "top", "width", "height", "confidence",
    ]  # fmt: skip
    numbers = [each["frame_num"] for each in detections]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(frames)), "a frame's detections are missing"
