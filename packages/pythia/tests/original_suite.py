"""Runs the test-suite of the original pythia against this one.

    python packages/pythia/tests/original_suite.py CHECKOUT [pytest options]

CHECKOUT is a clone of github.com/rmclabs-io/pythiags-dev; nothing in it is changed. What its
tests expect of their machine is provided here: a tree of DeepStream samples (ours; the street model
stands in for PeopleSegNet, with a head that makes masks where a test needs some), the retired test
API of older typer and py, brokers under the names ``redis`` and ``kafka`` (where a private network
is allowed). Results and reasons: docs/original-tests.md.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import types
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.testing

import pyds

if TYPE_CHECKING:
    from tests.broker_servers import KafkaMock

_ROOT = "/opt/nvidia/deepstream/deepstream"
_REPOSITORY = Path(__file__).resolve().parents[3]
_NETWORK = "samples/models/street_4class"
_INSIDE = "PYTHIA_ORIGINAL_SUITE_NETWORK"


def main() -> int:
    if len(sys.argv) < 2 or not (Path(sys.argv[1]) / "tests/pytest").is_dir():
        sys.exit(f"{__doc__}\nno tests/pytest in {sys.argv[1:2] or 'nothing'}")
    checkout = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(_REPOSITORY))
    from tests import broker_servers, kafka_network

    network = kafka_network.private_network()
    if network and _INSIDE not in os.environ:
        os.environ[_INSIDE] = "1"
        os.execvp(network[0], [*network, sys.executable, *sys.argv])
    with tempfile.TemporaryDirectory() as folder:
        deepstream = Path(folder, "deepstream")
        lay_out_samples(deepstream, checkout)
        if network:
            kafka_network.name_this_host_kafka(Path(folder))
        services = Services(broker_servers.KafkaMock if network else None, kafka_network.TOPICS)
        forget_our_tests()
        os.environ["DS_PATH"] = str(deepstream)
        os.environ["CACA_DRIVER"] = "raw"
        os.environ["PATH"] = f"{gst_pylaunch(Path(folder))}:{os.environ['PATH']}"
        os.environ["PYTHONPATH"] = os.pathsep.join(
            [str(checkout), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
        sys.path.insert(0, str(checkout))
        restore_retired_apis()
        options = ["-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(checkout)]
        os.chdir(checkout)
        return int(
            pytest.main(
                [*options, "-rA", str(checkout / "tests/pytest"), *sys.argv[2:]],
                plugins=[services],
            )
        )


def forget_our_tests() -> None:
    """Leaves the name of the package ``tests`` to theirs."""
    for name in [each for each in sys.modules if each.split(".")[0] == "tests"]:
        del sys.modules[name]


def lay_out_samples(deepstream: Path, checkout: Path) -> None:
    """Makes the tree that the tests look into, of our own files and one of theirs."""
    source = Path(pyds.samples.resolve(f"{_ROOT}/samples/streams/sample_720p.mp4")).parents[1]
    shutil.copytree(source, deepstream / "samples", symlinks=False)
    clip = deepstream / "samples/streams/sample_720p.mp4"
    subprocess.run(
        [
            *("gst-launch-1.0", "-q", "filesrc", f"location={clip}", "!", "decodebin", "!"),
            *("videoconvert", "!", "identity", "eos-after=2", "!", "jpegenc", "quality=95", "!"),
            *("multifilesink", "max-files=1", f"location={clip.with_suffix('.jpg')}"),
        ],
        check=True,
    )
    network = deepstream / "samples/models/peoplesegnet"
    shutil.copytree(deepstream / _NETWORK, network)
    config = deepstream / "samples/configs/deepstream-app/config_infer_primary.txt"
    text = config.read_text().replace("../../models/street_4class/", "")
    (network / "pgie.conf").write_text(text)
    data = Path(os.environ.get("PYTHIA_TEST_DATA", _REPOSITORY.parent / "shared/data"))
    model = data / "models/vehicle-attributes-recognition-barrier-0039_dyn.onnx"
    if model.is_file():
        (config.parent / "config_infer_secondary_carcolor.txt").write_text(
            "[property]\nprocess-mode=2\nnetwork-type=1\nmodel-color-format=1\n"
            f"net-scale-factor=1\nonnx-file={model}\nlabelfile-path=colors.txt\n"
            "classifier-threshold=0.5\n"
        )
        (config.parent / "colors.txt").write_text(
            "white;gray;yellow;red;green;blue;black\ncar;van;truck;bus\n"
        )
    application = deepstream / "sources/deepstream_python_apps/apps/deepstream-nvdsanalytics"
    application.mkdir(parents=True)
    shutil.copy(
        checkout / "tests/fixture_data/configs/tracker_NvDCF_perf.yml",
        application / "config_tracker_NvDCF_perf.yml",
    )


def gst_pylaunch(folder: Path) -> Path:
    """Makes the command for this interpreter, wherever its own scripts are; returns its folder."""
    script = folder / "bin/gst-pylaunch"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec {sys.executable} -m pythia "$@"\n')
    script.chmod(0o755)
    return script.parent


def restore_retired_apis() -> None:
    """Brings back what the tests use of older versions of typer and py."""

    class CliRunner(typer.testing.CliRunner):
        def __init__(self, *, echo_stdin: bool = False, mix_stderr: bool = True) -> None:
            super().__init__()
            self._mixes = mix_stderr

        def invoke(self, app: Any, args: Any = None, **options: Any) -> Any:
            result = super().invoke(app, args, **options)
            mixed = result.output
            return types.SimpleNamespace(
                exit_code=result.exit_code, stdout=mixed if self._mixes else result.stdout
            )

    typer.testing.CliRunner = CliRunner
    local = types.ModuleType("py._path.local")
    local.LocalPath = Path
    sys.modules["py._path.local"] = local


class Services:
    """What the tests take from containers, and a network of masks."""

    def __init__(self, kafka: type[KafkaMock] | None, topics: tuple[str, ...]) -> None:
        self._kafka, self._topics = kafka, topics

    @pytest.fixture(autouse=True)
    def _kafka_broker(self, monkeypatch: pytest.MonkeyPatch, request: Any) -> Iterator[None]:
        if "kafka" not in request.node.name or self._kafka is None:
            yield
            return
        monkeypatch.setattr(sys.modules["tests.pytest.conftest"], "docker_compose", _nothing)
        broker = self._kafka(host="kafka", port=9092)
        for topic in self._topics:
            broker.create_topic(topic)
        yield
        broker.close()

    @pytest.fixture(autouse=True)
    def _masks(self, request: Any) -> Iterator[None]:
        """The test of analytics writes masks: its network makes some."""
        if "analytics" not in request.node.name:
            yield
            return
        from tools.compat.mask_model import CONFIG, add_masks

        config = Path(os.environ["DS_PATH"], "samples/models/peoplesegnet/pgie.conf")
        text = config.read_text()
        model = add_masks(config.with_name("masks.onnx"))
        config.write_text(CONFIG.format(model=model, labels="labels.txt"))
        yield
        config.write_text(text)

    @pytest.fixture(autouse=True)
    def _redis(self, monkeypatch: pytest.MonkeyPatch, request: Any) -> Iterator[None]:
        if "redis" not in request.node.name or shutil.which("redis-server") is None:
            yield
            return
        resolve = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *rest, **options: resolve(
                "127.0.0.1" if host == "redis" else host, *rest, **options
            ),
        )
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            server = subprocess.Popen(
                ["redis-server", "--port", "6379", "--save", "", "--dir", folder],
                stdout=subprocess.DEVNULL,
            )
            stack.callback(server.wait)
            stack.callback(server.terminate)
            monkeypatch.setattr(sys.modules["tests.pytest.conftest"], "docker_compose", _nothing)
            yield


def _nothing(*args: Any, **options: Any) -> str:
    """In place of docker-compose."""
    return ""


if __name__ == "__main__":
    sys.exit(main())
