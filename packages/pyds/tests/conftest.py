"""What the tests of the package share."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import pyds


@pytest.fixture
def batch() -> Iterator[pyds.NvDsBatchMeta]:
    """An empty batch that is destroyed after the test."""
    batch_meta = pyds.nvds_create_batch_meta(4)
    yield batch_meta
    with contextlib.suppress(pyds.StaleMetaError):  # the test may have done it
        pyds.nvds_destroy_batch_meta(batch_meta)


@pytest.fixture
def frame(batch: pyds.NvDsBatchMeta) -> pyds.NvDsFrameMeta:
    """The only frame of ``batch``."""
    frame_meta = pyds.nvds_acquire_frame_meta_from_pool(batch)
    pyds.nvds_add_frame_meta_to_batch(batch, frame_meta)
    return frame_meta


@pytest.fixture
def add_object(
    batch: pyds.NvDsBatchMeta, frame: pyds.NvDsFrameMeta
) -> Callable[[int], pyds.NvDsObjectMeta]:
    """Adds an object of a class to ``frame``."""

    def add(class_id: int = 0) -> pyds.NvDsObjectMeta:
        object_meta = pyds.nvds_acquire_obj_meta_from_pool(batch)
        object_meta.class_id = class_id
        pyds.nvds_add_obj_meta_to_frame(frame, object_meta, None)
        return object_meta

    return add


@pytest.fixture(scope="session")
def compile_parsers() -> Callable[[Path, Path], None]:
    """Builds a library of parsers from its source, as the documentation says."""
    compiler = shutil.which("c++")
    if not compiler:
        pytest.skip("no C++ compiler (c++)")

    def build(source: Path, library: Path) -> None:
        flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
        include = f"-I{pyds.get_include()}"
        subprocess.run([compiler, *flags, include, source, "-o", library], check=True)

    return build


@pytest.fixture(scope="session")
def parser_library(
    tmp_path_factory: pytest.TempPathFactory, compile_parsers: Callable[[Path, Path], None]
) -> Path:
    """The parsers in ``parser_library.cpp``."""
    library = tmp_path_factory.mktemp("parsers") / "libparsers.so"
    compile_parsers(Path(__file__).with_name("parser_library.cpp"), library)
    return library
