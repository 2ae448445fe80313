"""Builds the pybind11 module that the loop over our bindings is compared with."""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from benchmarks.peer import REPOSITORY


def build(folder: Path) -> Any:
    """Compiles `pybind11_peer.cpp` as pybind11's own build does, and returns the module."""
    import pybind11

    flags = subprocess.run(
        ["pkg-config", "--cflags", "glib-2.0"], capture_output=True, text=True, check=True
    )
    library = folder / f"pybind11_peer{sysconfig.get_config_var('EXT_SUFFIX')}"
    command = ["c++", "-std=c++17", "-O3", "-DNDEBUG", "-flto=auto", "-fvisibility=hidden"]
    command += ["-shared", "-fPIC", f"-I{REPOSITORY / 'packages/pyds/include'}"]
    command += [f"-I{pybind11.get_include()}", f"-I{sysconfig.get_path('include')}"]
    command += [str(Path(__file__).with_name("pybind11_peer.cpp")), "-o", str(library)]
    subprocess.run([*command, *shlex.split(flags.stdout)], check=True)
    spec = importlib.util.spec_from_file_location("pybind11_peer", library)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
