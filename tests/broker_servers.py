"""Real brokers for tests and benchmarks: on loopback, random ports, gone with their folder.

Each has ``uri(stream)`` for pythia, ``received(stream)`` for what arrived, ``down()`` and ``up()``.
Given certificates, each also has ``tls_uri(stream)``: a port for TLS that asks for the client's
certificate, and for its password where the broker knows passwords. A proxy in front of any of them
adds latency or cuts connections.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import http.server
import json
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import quote

_START_TIMEOUT_S = 90.0  # RabbitMQ takes seven seconds, but not on a busy machine


class ServerMissing(Exception):
    """The server is not installed; the message says which package has it."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(condition, what: str, timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} not within {timeout_s:g} s")
        time.sleep(0.01)


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
    except OSError:
        return False
    return True


class TcpProxy:
    """Passes connections on to a port; can delay what goes there, and can go down."""

    def __init__(self, target_port: int, port: int = 0) -> None:
        self.target_port = target_port
        self.delay_s = 0.0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self.port = port
        self.up()

    def up(self) -> None:
        if self._listener is not None:
            return
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def down(self) -> None:
        """Refuses new connections and cuts those there are."""
        if self._listener is None:
            return
        # Wakes accept(), which keeps a closed listener alive otherwise.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._listener = None
        with self._lock:
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    close = down

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:  # down
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target_port))
            except OSError:
                client.close()
                continue
            with self._lock:
                self._open |= {client, server}
            for pass_on in (self.pass_requests, self.pass_answers):
                threading.Thread(
                    target=self._serve, args=(pass_on, client, server), daemon=True
                ).start()

    def _serve(self, pass_on, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            pass_on(client, server)
        for each in (client, server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            with self._lock:
                if each in self._open:
                    self._open.discard(each)
                    continue
            each.close()

    def pass_requests(self, client: socket.socket, server: socket.socket) -> None:
        while data := client.recv(1 << 16):
            if self.delay_s:
                time.sleep(self.delay_s)
            server.sendall(data)

    def pass_answers(self, client: socket.socket, server: socket.socket) -> None:
        while data := server.recv(1 << 16):
            client.sendall(data)


class Certificates:
    """An authority made for one test session, what it signed, and an authority nobody trusts."""

    def __init__(self, folder: Path) -> None:
        import trustme

        authority, stranger = trustme.CA(), trustme.CA()
        self.authority = folder / "authority.pem"
        self.stranger = folder / "stranger.pem"
        authority.cert_pem.write_to_path(self.authority)
        stranger.cert_pem.write_to_path(self.stranger)
        self.certificate, self.key = self._issued(folder / "server", authority, "127.0.0.1")
        self.client, self.client_key = self._issued(folder / "client", authority, "camera@test")

    def _issued(self, folder: Path, authority, name: str) -> tuple[Path, Path]:
        folder.mkdir()
        issued = authority.issue_cert(name)
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        issued.private_key_pem.write_to_path(key)
        for each in issued.cert_chain_pems:
            each.write_to_path(certificate, append=True)
        for each in (key, certificate):
            each.chmod(0o644)  # mosquitto and rabbitmq may run as others
        return certificate, key


class _Process:
    """A server process with the same ports and folder over restarts."""

    program = ""
    package = ""

    def __init__(self, folder: Path, certificates: Certificates | None = None) -> None:
        self.certificates = certificates
        self.tls_port = free_port() if certificates else 0
        self.program_path = shutil.which(self.program, path=f"{os.environ['PATH']}:/usr/sbin")
        if self.program_path is None:
            raise ServerMissing(f"no {self.program}: apt-get install {self.package}")
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.up()

    def command(self) -> list[str]:
        raise NotImplementedError

    def up(self) -> None:
        log = (self.folder / "log").open("ab")
        with log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, start_new_session=True, cwd=self.folder
            )
        try:
            wait_for(
                lambda: _accepts(self.port) or self.process.poll() is not None,
                self.program,
                _START_TIMEOUT_S,
            )
        except TimeoutError:
            self.down()
            raise
        if self.process.poll() is not None:
            raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def down(self) -> None:
        """Kills it, without a chance to say goodbye."""
        if self.process is not None:
            # Its group: RabbitMQ's script starts the server as a child.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    close = down


class RedisServer(_Process):
    program = "redis-server"
    package = "redis-server"
    password = "p@ss/word"

    def command(self) -> list[str]:
        settings = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": self.folder,
            "requirepass": self.password,
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "''",
            "daemonize": "no",
        }
        if self.certificates:
            settings |= {
                "tls-port": self.tls_port,
                "tls-ca-cert-file": self.certificates.authority,
                "tls-cert-file": self.certificates.certificate,
                "tls-key-file": self.certificates.key,
                "tls-auth-clients": "yes",
            }
        words = [f"--{name} {value}" for name, value in settings.items()]
        return [self.program_path, *" ".join(words).replace("''", "").split(" ")]

    def up(self) -> None:
        super().up()
        with self.client() as client:
            wait_for(lambda: self._answers(client), "redis-server loaded")

    def client(self):
        import redis

        return redis.Redis(port=self.port, password=self.password)

    def uri(self, stream: str, port: int | None = None) -> str:
        return f"redis://:{quote(self.password, '')}@127.0.0.1:{port or self.port}?stream={stream}"

    def tls_uri(self, stream: str) -> str:
        return self.uri(stream, self.tls_port).replace("redis", "rediss", 1)

    def received(self, stream: str) -> list:
        with self.client() as client:
            entries = client.xrange(stream)
        return [json.loads(text) for _, fields in entries for text in fields.values()]

    def _answers(self, client) -> bool:
        import redis

        try:
            return client.ping()
        except redis.ConnectionError:
            return False


class Mosquitto(_Process):
    program = "mosquitto"
    package = "mosquitto"
    password = "p@ss/word"

    def command(self) -> list[str]:
        lines = [
            "per_listener_settings true",
            "max_queued_messages 0",
            "max_inflight_messages 0",
            "user root",
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
        ]
        if self.certificates:
            passwords = self.folder / "passwords"
            subprocess.run(
                ["mosquitto_passwd", "-b", "-c", passwords, "camera", self.password], check=True
            )
            lines += [
                f"listener {self.tls_port} 127.0.0.1",
                "allow_anonymous false",
                f"password_file {passwords}",
                f"cafile {self.certificates.authority}",
                f"certfile {self.certificates.certificate}",
                f"keyfile {self.certificates.key}",
                "require_certificate true",
            ]
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        return [self.program_path, "-c", str(config)]

    def tls_uri(self, stream: str) -> str:
        self.subscribe(stream)
        return (
            f"mqtts://camera:{quote(self.password, '')}@127.0.0.1:{self.tls_port}?stream={stream}"
        )

    def uri(self, stream: str, port: int | None = None) -> str:
        self.subscribe(stream)
        return f"mqtt://127.0.0.1:{port or self.port}?stream={stream}"

    def subscribe(self, stream: str) -> None:
        """Starts a subscriber, which reconnects by itself; `received` tells what it got."""
        import paho.mqtt.client as mqtt

        if not hasattr(self, "_got"):
            self._got: dict[str, list] = {}
            self._subscribers = []
        if stream in self._got:
            return
        got = self._got[stream] = []
        ready = threading.Event()
        client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id=f"reader-{stream}", clean_session=False
        )
        client.reconnect_delay_set(1, 1)
        client.on_connect = lambda each, *_: each.subscribe(stream, qos=1)
        client.on_subscribe = lambda *_: ready.set()
        client.on_message = lambda _c, _d, message: got.append(json.loads(message.payload))
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        if not ready.wait(60):
            raise TimeoutError("no subscription")
        self._subscribers.append(client)

    def received(self, stream: str) -> list:
        return self._got[stream]

    def close(self) -> None:
        for each in getattr(self, "_subscribers", []):
            each.disconnect()
            each.loop_stop()
        self.down()


class RabbitMq(_Process):
    program = "rabbitmq-server"
    package = "rabbitmq-server"
    password = "p@ss/word"

    def __init__(self, folder: Path, certificates: Certificates | None = None) -> None:
        self._epmd: subprocess.Popen[bytes] | None = None
        super().__init__(folder, certificates)
        # Debian's wrapper in sbin changes the user; the script itself runs as anybody.
        try:
            wait_for(self._is_ready, "rabbitmq-server", _START_TIMEOUT_S)
        except TimeoutError:
            self.down()
            raise

    def command(self) -> list[str]:
        epmd_port = free_port()
        self._epmd = subprocess.Popen(["epmd", "-port", str(epmd_port), "-address", "127.0.0.1"])
        config = self.folder / "rabbitmq.conf"
        lines = [
            f"listeners.tcp.1 = 127.0.0.1:{self.port}",
            "default_user = camera",
            f"default_pass = {self.password}",
        ]
        if self.certificates:
            lines += [
                f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}",
                f"ssl_options.cacertfile = {self.certificates.authority}",
                f"ssl_options.certfile = {self.certificates.certificate}",
                f"ssl_options.keyfile = {self.certificates.key}",
                "ssl_options.verify = verify_peer",
                "ssl_options.fail_if_no_peer_cert = true",
            ]
        config.write_text("\n".join(lines) + "\n")
        environment = {
            "ERL_EPMD_PORT": str(epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_SERVER_START_ARGS": "-start_epmd false",  # ours is there, and ends with us
            "RABBITMQ_NODENAME": f"test{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONFIG_FILE": str(config),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "logs"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2 +sbwt none "
            "-kernel inet_dist_use_interface {127,0,0,1}",
            "HOME": str(self.folder),
        }
        script = "/usr/lib/rabbitmq/bin/rabbitmq-server"
        words = [f"{name}={value}" for name, value in environment.items()]
        return ["env", *words, script if os.path.exists(script) else self.program_path]

    def down(self) -> None:
        super().down()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()
            self._epmd = None

    close = down

    def uri(self, stream: str, port: int | None = None) -> str:
        user = f"camera:{quote(self.password, '')}"
        return f"amqp://{user}@127.0.0.1:{port or self.port}?stream={stream}"

    def tls_uri(self, stream: str) -> str:
        return self.uri(stream, self.tls_port).replace("amqp", "amqps", 1)

    def bind(self, queue: str, exchange: str) -> None:
        """Makes a queue that takes what comes to the exchange with its name as the routing key."""
        with contextlib.closing(self._connection()) as connection:
            channel = connection.channel()
            channel.queue_declare(queue, durable=True)
            channel.queue_bind(queue, exchange, queue)

    def received(self, stream: str) -> list:
        """Takes what is in the queue, and remembers what was there before."""
        self._got = getattr(self, "_got", {})
        got = self._got.setdefault(stream, [])
        with contextlib.closing(self._connection()) as connection:
            channel = connection.channel()
            channel.queue_declare(stream, durable=True)
            while (message := channel.basic_get(stream, auto_ack=True))[0] is not None:
                got.append(json.loads(message[2]))
        return got

    def _is_ready(self) -> bool:
        import pika

        try:
            self._connection().close()
        except pika.exceptions.AMQPError:
            return False
        return True

    def _connection(self):
        import pika

        credentials = pika.PlainCredentials("camera", self.password)
        return pika.BlockingConnection(
            pika.ConnectionParameters("127.0.0.1", self.port, credentials=credentials)
        )


class Stunnel(_Process):
    """Ends TLS in front of a port."""

    program = "stunnel4"
    package = "stunnel4"

    def __init__(self, folder: Path, certificates: Certificates, target_port: int) -> None:
        self.target_port = target_port
        super().__init__(folder, certificates)

    def command(self) -> list[str]:
        assert self.certificates is not None
        config = self.folder / "stunnel.conf"
        config.write_text(
            "foreground = yes\npid =\n[tls]\n"
            f"accept = 127.0.0.1:{self.port}\nconnect = 127.0.0.1:{self.target_port}\n"
            f"cert = {self.certificates.certificate}\nkey = {self.certificates.key}\n"
            f"CAfile = {self.certificates.authority}\nverifyChain = yes\n"
        )
        return [self.program_path, str(config)]


class KafkaMock:
    """librdkafka's mock cluster: real brokers on the wire, of one process, without a disk.

    Clients meet a proxy first. It answers questions about versions that the mock cluster answers in
    a form that kafka-python 3 cannot read, and it is what goes down.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        folder: Path | None = None,
        certificates: Certificates | None = None,
    ) -> None:
        self._library = library = _librdkafka()
        error = ctypes.create_string_buffer(512)
        self._handle = library.rd_kafka_new(0, library.rd_kafka_conf_new_quiet(), error, 512)
        self._cluster = library.rd_kafka_mock_cluster_new(self._handle, 1)
        bootstrap = library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        self.proxy = _KafkaProxy(int(bootstrap.rpartition(":")[2]), port)
        self.port = self.proxy.port
        self.host = host
        self._advertise(self.port)
        self._stunnel: Stunnel | None = None
        self._folder, self.certificates = folder, certificates

    @property
    def bootstrap(self) -> str:
        return f"{self.host}:{self.port}"

    def create_topic(self, name: str) -> None:
        self._library.rd_kafka_mock_topic_create(self._cluster, name.encode(), 1, 1)

    def down(self) -> None:
        self.proxy.down()

    def up(self) -> None:
        self.proxy.up()

    def close(self) -> None:
        if self._stunnel is not None:
            self._stunnel.close()
        self.proxy.down()
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._handle)

    def uri(self, stream: str, port: int | None = None) -> str:
        self._advertise(self.port)
        self.create_topic(stream)  # else the mock makes four partitions
        return f"kafka://{self.host}:{port or self.port}?stream={stream}"

    def tls_uri(self, stream: str) -> str:
        """Through a TLS server of its own, as the mock cluster has none."""
        if self._stunnel is None:
            assert self._folder is not None
            assert self.certificates is not None
            self._stunnel = Stunnel(self._folder, self.certificates, self.port)
        uri = self.uri(stream, self._stunnel.port)
        self._advertise(self._stunnel.port)
        return f"{uri}&security.protocol=SSL"

    def _advertise(self, port: int) -> None:
        """Where clients are sent that found the cluster."""
        self._library.rd_kafka_mock_broker_set_host_port(self._cluster, 1, self.host.encode(), port)

    def received(self, stream: str) -> list:
        self._advertise(self.port)
        return [json.loads(each) for each in read_topic(self.bootstrap, stream)]


def read_topic(bootstrap: str, topic: str) -> list[bytes]:
    """All messages of a topic, of all its partitions."""
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "reader"})
    messages = []
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        for partition in partitions:
            place = TopicPartition(topic, partition, 0)
            low, high = consumer.get_watermark_offsets(place, timeout=10)
            place.offset = low
            consumer.assign([place])
            missing = high - low
            while missing:
                for message in consumer.consume(missing, timeout=10):
                    if message.error():
                        raise RuntimeError(message.error())
                    messages.append(message.value())
                    missing -= 1
    finally:
        consumer.close()
    return messages


class _KafkaProxy(TcpProxy):
    API_VERSIONS, UNSUPPORTED_VERSION = 18, 35

    def pass_requests(self, client: socket.socket, server: socket.socket) -> None:
        while True:
            head = _exactly(client, 4)
            request = _exactly(client, struct.unpack(">i", head)[0])
            key, version, correlation = struct.unpack(">hhi", request[:8])
            if key == self.API_VERSIONS and version > 2:
                # As brokers do: in the oldest form, with the versions that are understood.
                answer = struct.pack(
                    ">ihihhh", correlation, self.UNSUPPORTED_VERSION, 1, self.API_VERSIONS, 0, 2
                )
                client.sendall(struct.pack(">i", len(answer)) + answer)
                continue
            if self.delay_s:
                time.sleep(self.delay_s)
            server.sendall(head + request)


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _librdkafka() -> ctypes.CDLL:
    """The library inside the wheel of confluent-kafka."""
    import confluent_kafka

    folder = Path(confluent_kafka.__file__).parents[1] / "confluent_kafka.libs"
    found = sorted(folder.glob("librdkafka-*.so*"))
    if not found:
        raise ServerMissing(f"no librdkafka in {folder}: pip install confluent-kafka from a wheel")
    library = ctypes.CDLL(str(found[0]))
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32
    for name, result, arguments in (
        ("rd_kafka_conf_new", pointer, []),
        ("rd_kafka_conf_set", number, [pointer, text, text, text, ctypes.c_size_t]),
        ("rd_kafka_new", pointer, [number, pointer, text, ctypes.c_size_t]),
        ("rd_kafka_destroy", None, [pointer]),
        ("rd_kafka_mock_cluster_new", pointer, [pointer, number]),
        ("rd_kafka_mock_cluster_destroy", None, [pointer]),
        ("rd_kafka_mock_cluster_bootstraps", text, [pointer]),
        ("rd_kafka_mock_topic_create", number, [pointer, text, number, number]),
        ("rd_kafka_mock_broker_set_host_port", number, [pointer, number, text, number]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments

    def quiet_configuration():
        configuration = library.rd_kafka_conf_new()
        error = ctypes.create_string_buffer(512)
        library.rd_kafka_conf_set(configuration, b"log_level", b"0", error, 512)
        return configuration

    library.rd_kafka_conf_new_quiet = quiet_configuration
    return library


class WebhookServer:
    """An HTTP server that keeps what it is sent, once per idempotency key."""

    password = "p@ss/word"

    def __init__(self, certificates: Certificates | None = None) -> None:
        self.certificates = certificates
        self.bodies: dict[str, list] = {}
        self.order: list[tuple[str, str]] = []
        self.statuses: list[int] = []
        """Answers for the next requests; then 204."""
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.port = free_port()
        self.tls_port = free_port()
        self._servers: list[http.server.ThreadingHTTPServer] = []
        self.up()

    def up(self) -> None:
        owner = self
        login = base64.b64encode(f"camera:{self.password}".encode()).decode()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.requests.append((self.path, dict(self.headers)))
                status = owner.statuses.pop(0) if owner.statuses else 204
                is_tls = self.server.server_port == owner.tls_port
                if is_tls and self.headers["Authorization"] != f"Basic {login}":
                    status = 401
                key = self.headers["Idempotency-Key"]
                if status < 300 and key not in owner.bodies:
                    owner.bodies[key] = json.loads(body)
                    owner.order.append((self.headers["X-Pythia-Stream"], key))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_) -> None:
                pass

        self._serve(self.port, Handler, None)
        if self.certificates is not None:
            context = ssl.create_default_context(
                ssl.Purpose.CLIENT_AUTH, cafile=self.certificates.authority
            )
            context.load_cert_chain(self.certificates.certificate, self.certificates.key)
            context.verify_mode = ssl.CERT_REQUIRED
            self._serve(self.tls_port, Handler, context)

    def down(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._servers.clear()

    close = down

    def uri(self, stream: str, port: int | None = None) -> str:
        return f"webhook://127.0.0.1:{port or self.port}/hook?stream={stream}"

    def tls_uri(self, stream: str) -> str:
        user = f"camera:{quote(self.password, '')}"
        return f"https://{user}@127.0.0.1:{self.tls_port}/hook?stream={stream}"

    def received(self, stream: str) -> list:
        return [item for name, key in self.order if name == stream for item in self.bodies[key]]

    def _serve(self, port: int, handler, context: ssl.SSLContext | None) -> None:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # clients that go away are meant to
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self._servers.append(server)
