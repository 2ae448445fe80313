"""A broker behind a proxy, for tests of event streams, and the events they send to it."""

from __future__ import annotations

import itertools
from pathlib import Path

from pythia.event_stream import EventStream
from tests.broker_servers import (
    Certificates,
    KafkaMock,
    Mosquitto,
    RabbitMq,
    RedisServer,
    TcpProxy,
    WebhookServer,
    wait_for,
)

SERVERS = {
    "amqp": RabbitMq,
    "kafka": lambda folder, certificates: KafkaMock(folder=folder, certificates=certificates),
    "mqtt": Mosquitto,
    "redis": RedisServer,
    "webhook": lambda _folder, certificates: WebhookServer(certificates),
}
CLIENTS = {"amqp": "pika", "kafka": "confluent_kafka", "mqtt": "paho.mqtt", "redis": "redis"}
_numbers = itertools.count()


class Broker:
    """A server behind a proxy that can cut and delay its connections."""

    def __init__(self, server) -> None:
        self.server = server
        self.proxy = server.proxy if isinstance(server, KafkaMock) else TcpProxy(server.port)
        self.stream = f"events{next(_numbers)}"
        self.base_uri = server.uri(self.stream, self.proxy.port)
        self.failures: list[Exception] = []

    def open(self, query: str = "") -> EventStream:
        self.failures = []
        if "drain_timeout_s" not in query:
            query += "&drain_timeout_s=60"
        return EventStream.from_uri(self.base_uri + query, self.failures.append)

    def tls_uri(self, authority: Path | None = None, *, certificate: bool = True) -> str:
        """The URI of the port for TLS, with its files under the names that this client has."""
        certificates: Certificates = self.server.certificates
        files = {"ca_certs": authority or certificates.authority}
        if certificate:
            files |= {"certfile": certificates.client, "keyfile": certificates.client_key}
        uri = self.server.tls_uri(self.stream)
        kafka = {
            "ca_certs": "ssl.ca.location",
            "certfile": "ssl.certificate.location",
            "keyfile": "ssl.key.location",
        }
        for name, path in files.items():
            shown = {"redis": f"ssl_{name}", "kafka": kafka[name]}.get(self.scheme, name)
            uri += f"&{shown}={path}"
        return uri

    @property
    def scheme(self) -> str:
        return self.base_uri.partition("://")[0]

    def received(self) -> list:
        return self.server.received(self.stream)

    def wait_for(self, count: int) -> list:
        wait_for(lambda: len(self.received()) >= count, f"{count} events")
        return self.received()

    def close(self) -> None:
        self.proxy.delay_s = 0.0
        if isinstance(self.server, KafkaMock):
            self.proxy.up()  # it is the server's own
        else:
            self.proxy.close()


def events(count: int, start: int = 0) -> list[dict]:
    return [
        {"number": number, "label": "Fußgänger ✓\n", "box": [1.5, 0, None, True]}
        for number in range(start, start + count)
    ]


def without_repeats(items: list[dict]) -> list[dict]:
    """What a reader sees that knows each number already: at least once is what brokers promise."""
    seen: dict[int, dict] = {}
    for item in items:
        seen.setdefault(item["number"], item)
    return list(seen.values())
