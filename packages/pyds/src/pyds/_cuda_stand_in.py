"""A module ``cuda`` for machines without cuda-python, as far as DeepStream's sample apps ask it.

They ask one thing: whether the GPU is integrated. It answers that there is one device and that it
is not, which is how our elements behave: like those for a discrete GPU.
"""

from __future__ import annotations

import enum
import importlib
import sys
from types import ModuleType, SimpleNamespace
from typing import Any


class CUresult(enum.IntEnum):
    """Results of the driver API."""

    CUDA_SUCCESS = 0


class cudaError_t(enum.IntEnum):
    """Results of the runtime API."""

    cudaSuccess = 0


def cuInit(flags: int) -> tuple[CUresult]:
    """Start the driver."""
    return (CUresult.CUDA_SUCCESS,)


def cuDeviceGetCount() -> tuple[CUresult, int]:
    """Count the devices."""
    return CUresult.CUDA_SUCCESS, 1


def cudaGetDeviceProperties(device: int) -> tuple[cudaError_t, SimpleNamespace]:
    """Describe a device: only whether it is integrated."""
    return cudaError_t.cudaSuccess, SimpleNamespace(integrated=0)


def is_missing() -> bool:
    """Whether ``cuda.cuda`` and ``cuda.cudart`` cannot be imported."""
    try:
        for name in ("cuda.cuda", "cuda.cudart"):
            importlib.import_module(name)
    except ImportError:
        return True
    return False


def install() -> None:
    """Make ``cuda``, ``cuda.cuda`` and ``cuda.cudart`` importable unless they are already."""
    if not is_missing():
        return
    driver, runtime = ModuleType("cuda.cuda", __doc__), ModuleType("cuda.cudart", __doc__)
    for module, names in (
        (driver, (CUresult, cuInit, cuDeviceGetCount)),
        (runtime, (cudaError_t, cudaGetDeviceProperties)),
    ):
        for item in names:
            setattr(module, item.__name__, item)
    package: Any = sys.modules.get("cuda")  # there may be one with other contents
    if package is None:
        package = ModuleType("cuda", __doc__)
        package.__path__ = []
    package.cuda, package.cudart = driver, runtime
    sys.modules.update({"cuda": package, "cuda.cuda": driver, "cuda.cudart": runtime})
