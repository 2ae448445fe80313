from __future__ import annotations

import re
import time
import urllib.error
import urllib.request

import pytest

from pythia import Application
from pythia.observability import Meter

QUEUED = (
    "videotestsrc is-live=true num-buffers=30 ! video/x-raw,framerate=100/1 "
    "! queue name=q max-size-buffers=7 ! identity name=slow sleep-time=2000 ! fakesink name=s"
)


def test_sinks_queues_streams_and_probes_are_counted() -> None:
    app = Application.from_pipeline_string(QUEUED)

    @app.probe("s", "sink", backend_uri="memory://?stream=x", on_error="ignore")
    def items(pad, info):
        yield 1
        raise ValueError

    meter = Meter(app)
    seen = []
    app.probe("slow", "sink")(lambda pad, info: seen.append(meter.snapshot()))
    app()
    last = meter.snapshot()
    assert [each.sinks["s"].buffers for each in seen] == sorted(
        each.sinks["s"].buffers for each in seen
    )
    assert seen[-1].sinks["s"].buffers >= 25
    assert seen[-1].sinks["s"].fps > 0
    assert seen[0].queues["q"].max_buffers == 7
    assert max(each.queues["q"].buffers for each in seen) <= 7
    assert last.streams["memory://?stream=x"].posted == 30
    (failures,) = (n for name, n in last.probe_failures.items() if "items@s.sink" in name)
    assert failures == 30
    assert last.latencies == {}


def test_latency_of_each_element_also_of_those_that_appear_later() -> None:
    app = Application.from_pipeline_string(
        "videotestsrc num-buffers=20 ! pngenc ! pngparse ! decodebin "
        "! identity name=slow sleep-time=5000 ! fakesink name=s"
    )
    meter = Meter(app, latency=True)
    app()
    latencies = meter.snapshot().latencies
    assert latencies["slow"].buffers == 20
    assert 0.004 < latencies["slow"].mean_s <= latencies["slow"].max_s < 60
    assert any(name.startswith("pngdec") for name in latencies)
    assert "s" not in latencies
    meter.close()


def test_a_closed_meter_measures_no_more() -> None:
    app = Application.from_pipeline_string(
        "videotestsrc num-buffers=5 ! identity name=i ! fakesink name=s"
    )
    meter = Meter(app, latency=True)
    app()
    meter.close()
    app()
    assert meter.snapshot().latencies["i"].buffers == 5


def test_prometheus_reads_everything_over_http() -> None:
    pytest.importorskip("prometheus_client")
    from pythia.observability.prometheus import MetricsServer

    app = Application.from_pipeline_string(QUEUED)

    @app.probe("s", "sink", backend_uri="memory://?stream=x")
    def items(pad, info):
        yield 1

    meter = Meter(app, latency=True)
    pages = []
    with MetricsServer(meter, port=0, host="127.0.0.1") as server:

        def read(pad, info):
            if len(pages) < 2:
                with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics") as page:
                    pages.append(page.read().decode())

        app.probe("slow", "src")(read)
        app()
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics") as page:
            pages.append(page.read().decode())
    meter.close()
    last = pages[-1]
    values = dict(re.findall(r"^(\S+) ([\d.e+-]+)$", last, re.MULTILINE))
    assert values['pythia_event_stream_posted_total{stream="memory://?stream=x"}'] == "30.0"
    assert values['pythia_element_latency_seconds_count{element="slow"}'] == "30.0"
    assert float(values['pythia_element_latency_seconds_sum{element="slow"}']) > 0.05
    assert 'pythia_queue_buffers{queue="q"}' in values
    assert 'pythia_sink_fps{sink="s"}' in values
    assert any("items@s.sink" in name for name in values)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=10)


def test_reading_while_elements_come_and_go_is_safe() -> None:
    for _ in range(3):
        app = Application.from_pipeline_string(
            "videotestsrc num-buffers=5 ! pngenc ! decodebin ! fakesink name=s"
        )
        meter = Meter(app, latency=True)
        handle = app(background=True)
        while handle.is_running:
            meter.snapshot()
            time.sleep(0.001)
        handle.result()
        meter.close()
        meter.close()
