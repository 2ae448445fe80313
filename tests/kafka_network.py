"""Runs a script where the host name ``kafka`` is a broker, and prints what its topics got.

    unshare --net --mount python -m tests.kafka_network FOLDER TIMEOUT_S script.py

The network and the mounts are private: nothing outside sees the name, the port 9092 or the broker.
The last line on the standard output is JSON: exit code, output, and messages by topic.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

from tests.broker_servers import KafkaMock, read_topic

TOPICS = ("app_events", "raw_detections")
_WAYS = (
    ["unshare", "--net", "--mount"],
    ["unshare", "--user", "--map-root-user", "--net", "--mount"],
)
_SIOCSIFFLAGS, _IFF_UP, _MS_BIND = 0x8914, 1, 4096


def private_network() -> list[str] | None:
    """The command that runs another in a network of its own, or None where that is forbidden."""
    for command in _WAYS:
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    return None


def name_this_host_kafka(folder: Path) -> None:
    """In a private network: makes the name ``kafka`` lead here."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost kafka\n")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(bytes(hosts), b"/etc/hosts", None, _MS_BIND, None):
        raise OSError(ctypes.get_errno(), "cannot mount /etc/hosts")


def main() -> None:
    folder, timeout_s, script = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
    name_this_host_kafka(folder)
    kafka = KafkaMock(host="kafka", port=9092)
    # The mock cluster cannot make topics when asked to; with it there, the script does not ask.
    for topic in TOPICS:
        kafka.create_topic(topic)
    finished = subprocess.run(
        [sys.executable, script],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    messages = {
        topic: [each.decode() for each in read_topic(kafka.bootstrap, topic)] for topic in TOPICS
    }
    print(
        json.dumps(
            {
                "returncode": finished.returncode,
                "stdout": finished.stdout,
                "stderr": finished.stderr,
                "messages": messages,
            }
        ),
        flush=True,
    )
    os._exit(0)  # the mock's threads need no farewell


if __name__ == "__main__":
    main()
