"""A real message broker for a sample application, and what the application sends to it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.broker_servers import KafkaMock, Mosquitto, RabbitMq, RedisServer
from tools.compat.sample_apps import CheckError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TOPIC = "events"
#: Each 30th frame gives an event, of its first object.
_EVENT_INTERVAL = 30
_SERVERS: dict[str, Any] = {
    "amqp": RabbitMq,
    "kafka": lambda _folder: KafkaMock(),
    "mqtt": Mosquitto,
    "redis": RedisServer,
}


class Broker:
    """A running server."""

    def __init__(self, protocol: str, server: Any) -> None:
        """Make the topic."""
        self.protocol = protocol
        self._server = server
        if protocol == "amqp":
            server.bind(_TOPIC, "amq.topic")
        elif protocol == "kafka":
            server.create_topic(_TOPIC)
        elif protocol == "mqtt":
            server.subscribe(_TOPIC)

    @property
    def arguments(self) -> list[str]:
        """For the command line of deepstream-test4."""
        library = f"/opt/nvidia/deepstream/deepstream/lib/libnvds_{self.protocol}_proto.so"
        connection = f"127.0.0.1;{self._server.port};{_TOPIC}"
        config = f"cfg_{self.protocol}.txt"
        return ["-p", library, "--conn-str", connection, "-c", config]

    @property
    def environment(self) -> dict[str, str]:
        """Credentials, which win over those of the configuration."""
        if self.protocol == "redis":
            return {"PASSWORD_REDIS": RedisServer.password}
        if self.protocol == "amqp":
            return {"USER_AMQP": "camera", "PASSWORD_AMQP": RabbitMq.password}
        return {}

    def check(self, frames: int) -> str:
        """Say what arrived of the events of so many frames; raises CheckError."""
        received = self._server.received(_TOPIC)
        expected = frames // _EVENT_INTERVAL
        if len(received) != expected:
            raise CheckError(f"{len(received)} of {expected} messages at the broker")
        for message in received:
            if message["sensor"]["id"] != "CAMERA_ID" or not message["object"]["bbox"]:
                raise CheckError(f"a message of another form: {message}")
        return f"{len(received)} messages of the full schema arrived by {self.protocol}"


@contextmanager
def running(protocol: str, folder: Path) -> Iterator[Broker]:
    """A broker of a protocol, in a new folder below ``folder``; raises ServerMissing."""
    folder /= f"broker-{protocol}"  # a server takes no spaces
    folder.mkdir()
    server = _SERVERS[protocol](folder)
    try:
        yield Broker(protocol, server)
    finally:
        server.close()
