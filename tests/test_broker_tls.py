"""Brokers that ask for TLS, for the client's certificate and for a password."""

from __future__ import annotations

import gc
import logging
from pathlib import Path

import pytest

from pythia.event_stream import Backend, EventStream
from pythia.exceptions import StreamError
from tests.broker_servers import wait_for
from tests.brokers import Broker, events

# paho leaves the socket of a handshake that failed to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed <ssl.SSLSocket", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(autouse=True)
def _all_is_logged_and_collected(caplog):
    caplog.set_level(logging.DEBUG)
    yield
    gc.collect()


def refusal(uri: str, spill: Path) -> tuple[str, EventStream]:
    """Sends three events and returns why the stream ended, and the stream, closed."""
    failures: list[Exception] = []
    stream = EventStream.from_uri(f"{uri}&spill={spill}", failures.append)
    stream.put(events(3))
    wait_for(lambda: failures, "the failure")
    stream.close()
    assert isinstance(failures[0], StreamError)
    return str(failures[0]), stream


def test_events_arrive_with_certificate_and_password(broker: Broker, caplog) -> None:
    stream = EventStream.from_uri(broker.tls_uri())
    stream.put(events(1500))
    assert stream.close()
    assert (stream.counters.posted, stream.counters.outages) == (1500, 0)
    assert broker.wait_for(1500) == events(1500)
    for secret in ("p@ss", "p%40ss", "PRIVATE KEY"):
        assert secret not in caplog.text


def test_broker_of_a_stranger_is_refused_and_nothing_is_lost(
    broker: Broker, certificates, tmp_path: Path, caplog
) -> None:
    reason, stream = refusal(broker.tls_uri(certificates.stranger), tmp_path)
    assert "certificate verify failed" in reason.lower()
    assert (stream.counters.dropped, stream.counters.on_disk) == (0, 3)
    assert "ss%2Fword" not in reason + caplog.text
    assert "ss/word" not in reason + caplog.text
    # The next run knows better, and sends them.
    stream = EventStream.from_uri(f"{broker.tls_uri()}&spill={tmp_path}")
    stream.put(events(2, 3))
    assert stream.close()
    assert broker.wait_for(5) == events(5)


def test_client_without_a_certificate_is_told_so(broker: Broker, tmp_path: Path) -> None:
    reason, stream = refusal(broker.tls_uri(certificate=False), tmp_path)
    assert "certificate" in reason
    assert stream.counters.on_disk == 3


def test_wrong_password_is_said_and_keeps_the_events(
    broker: Broker, tmp_path: Path, caplog
) -> None:
    uri = broker.tls_uri()
    if "@" not in uri:
        pytest.skip("the mock cluster knows no passwords")
    reason, stream = refusal(uri.replace("p%40ss%2Fword", "guessed-it"), tmp_path)
    assert any(word in reason.lower() for word in ("password", "authori", "refused", "401"))
    assert stream.counters.on_disk == 3
    assert "guessed-it" not in reason + caplog.text


def test_broker_with_another_name_is_refused(broker: Broker, tmp_path: Path) -> None:
    if broker.scheme == "kafka":
        pytest.skip("the mock cluster sends its clients to the address it advertises")
    reason, _ = refusal(broker.tls_uri().replace("127.0.0.1", "localhost"), tmp_path)
    assert "localhost" in reason.partition("?")[2], "beside the URI, the name that does not match"


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("mqtt://host?stream=a&ca_certs=/ca.pem", "certificates need TLS: write mqtts://"),
        ("amqp://host?stream=a&ca_certs=/ca.pem", "certificates need TLS: write amqps://"),
        ("http://host/a?ca_certs=/ca.pem", "certificates need TLS: write https://"),
        ("redis://host?stream=a&ssl_ca_certs=/ca.pem", "needs TLS, so write rediss://"),
        ("mqtts://host?stream=a&ca_certs=/no/ca.pem", "cannot use ca_certs=/no/ca.pem: No such"),
        ("amqps://host?stream=a&ca_certs=/no/ca.pem", "cannot use ca_certs=/no/ca.pem: No such"),
        ("https://host/a?ca_certs=/no/ca.pem", "cannot use ca_certs=/no/ca.pem: No such"),
        ("https://host/a?keyfile=/key.pem", "keyfile goes with a certfile"),
        ("rediss://host?stream=a&ssl_ca_certs=/no/ca.pem", "cannot use ssl_ca_certs=/no/ca.pem"),
        ("kafka://host?stream=a&security.protocol=SSL&ssl.ca.location=/no/ca.pem", "/no/ca.pem"),
    ],
)
def test_files_are_checked_when_the_stream_is_declared(uri: str, message: str) -> None:
    with pytest.raises(StreamError, match=message):
        Backend.from_uri(uri)


@pytest.mark.parametrize(
    "parameter", ["sasl.password", "ssl.key.password", "ssl.key.pem", "api_key", "X-Signature"]
)
def test_secrets_in_the_query_are_not_shown(parameter: str) -> None:
    backend = Backend.from_uri(f"webhook://host/a?{parameter}=hidden&camera=7")
    assert "hidden" not in str(backend)
    assert "camera=7" in str(backend)
