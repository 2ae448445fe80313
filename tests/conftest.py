"""Fixtures of the tests across packages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import gi
import pytest

gi.require_version("Gst", "1.0")
from gi.repository import Gst

from tests.broker_servers import Certificates, ServerMissing
from tests.brokers import CLIENTS, SERVERS, Broker
from tests.support import REPOSITORY


@pytest.fixture(scope="session", autouse=True)
def _gst() -> None:
    Gst.init(None)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with real videos and models, which are not ours to redistribute."""
    folder = Path(os.environ.get("PYTHIA_TEST_DATA", REPOSITORY.parent / "shared/data"))
    if not (folder / "videos").is_dir():
        pytest.skip(f"no test data in {folder}; set PYTHIA_TEST_DATA to the folder that has it")
    return folder


@pytest.fixture
def pylaunch(tmp_path: Path):
    """Runs gst-pylaunch in an empty folder and returns the finished process."""

    def run(*arguments: str, timeout_s: float = 250, **options) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pythia", *arguments],
            cwd=options.pop("cwd", tmp_path),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            **options,
        )

    return run


@pytest.fixture(scope="session")
def certificates(tmp_path_factory) -> Certificates:
    """An authority, what it signed, and one that nobody trusts."""
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def servers(tmp_path_factory, certificates):
    """Starts each server when it is first asked for."""
    running = {}

    def get(name: str):
        if name not in running:
            try:
                running[name] = SERVERS[name](tmp_path_factory.mktemp(name), certificates)
            except ServerMissing as missing:
                running[name] = missing
        if isinstance(running[name], ServerMissing):
            pytest.skip(str(running[name]))
        return running[name]

    yield get
    for each in running.values():
        if not isinstance(each, ServerMissing):
            each.close()


@pytest.fixture(params=sorted(SERVERS))
def broker(request, servers):
    """Each broker that pythia can send to, behind a proxy."""
    if request.param in CLIENTS:
        pytest.importorskip(CLIENTS[request.param])
    broker = Broker(servers(request.param))
    yield broker
    broker.close()
