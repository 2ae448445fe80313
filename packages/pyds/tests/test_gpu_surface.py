"""get_nvds_buf_surface_gpu(): pictures for kernels, with a GPU, a stand-in driver and without."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import pyds
from packages.pyds.tests.pipelines import samples

HERE = Path(__file__).parent
FRAMES = 40
PICTURES = (
    f"videotestsrc num-buffers={FRAMES} pattern=white ! video/x-raw,width=64,height=48 "
    "! nvvideoconvert ! video/x-raw(memory:NVMM),format={} ! identity name=probed"
)
# Writes through every address it is given, and counts what arrives.
SCRIPT = f"""
import ctypes
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
import numpy as np
import pyds

Gst.init(None)
pipeline = Gst.parse_launch("{PICTURES.format("RGBA")} ! fakesink")
pointer = ctypes.pythonapi.PyCapsule_GetPointer
pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
seen = set()

def probe(pad, info):
    buffer = info.get_buffer()
    dtype, shape, strides, capsule, size = pyds.get_nvds_buf_surface_gpu(hash(buffer), 0)
    address = pointer(capsule, None)
    ctypes.memset(address, 7, size)
    pixels = pyds.get_nvds_buf_surface(hash(buffer), 0)
    assert (pixels == 7).all()
    assert (pixels.dtype, pixels.shape, pixels.strides) == (dtype, shape, strides)
    assert size == shape[0] * strides[0]
    seen.add(address)
    return Gst.PadProbeReturn.OK

pad = pipeline.get_by_name("probed").get_static_pad("src")
pad.add_probe(Gst.PadProbeType.BUFFER, probe)
pipeline.set_state(Gst.State.PLAYING)
message = pipeline.get_bus().timed_pop_filtered(
    60 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR
)
assert message.type == Gst.MessageType.EOS, message.parse_error()
pipeline.set_state(Gst.State.NULL)
print(len(seen))
"""


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or pytest.skip("no C compiler to build the stand-in driver")
    folder = tmp_path_factory.mktemp("driver")
    source = HERE / "stand_in_cuda_driver.c"
    library = folder / "libcuda.so.1"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    return folder


def run(driver: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "LD_LIBRARY_PATH": str(driver), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_pool_is_mapped_once_and_unmapped_when_it_is_freed(driver: Path) -> None:
    done = run(driver)
    assert done.returncode == 0, done.stderr
    blocks = int(done.stdout)
    assert f"registered={blocks} unregistered={blocks} contexts=0" in done.stderr
    assert blocks < FRAMES


def test_the_drivers_refusal_is_told(driver: Path) -> None:
    done = run(driver, NO_DEVICE="1")
    assert "the CUDA driver finds no usable GPU: CUDA_ERROR_NO_DEVICE" in done.stderr
    assert "use get_nvds_buf_surface()" in done.stderr


def test_other_formats_are_refused() -> None:
    buffer = samples(PICTURES.format("NV12"))[0].get_buffer()
    with pytest.raises(RuntimeError, match="the picture is NV12, not RGBA or RGB"):
        pyds.get_nvds_buf_surface_gpu(hash(buffer), 0)


def test_without_a_driver_there_is_no_address() -> None:
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        buffer = samples(PICTURES.format("RGBA"))[0].get_buffer()
        with pytest.raises(RuntimeError, match="there is no CUDA driver here"):
            pyds.get_nvds_buf_surface_gpu(buffer, 0)
    else:
        pytest.skip("there is a CUDA driver here")


def test_a_kernel_writes_the_picture() -> None:
    cupy = pytest.importorskip("cupy")
    buffer = samples(PICTURES.format("RGBA"))[0].get_buffer()
    dtype, shape, strides, capsule, size = pyds.get_nvds_buf_surface_gpu(buffer, 0)
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    memory = cupy.cuda.MemoryPointer(
        cupy.cuda.UnownedMemory(pointer(capsule, None), size, capsule), 0
    )
    on_gpu = cupy.ndarray(shape, dtype, memory, strides)
    on_gpu[:, :, 0] = 5
    cupy.cuda.get_current_stream().synchronize()
    pixels = pyds.get_nvds_buf_surface(buffer, 0)
    assert (pixels[:, :, 0] == 5).all()
    assert (pixels[:, :, 1:] == np.array([255, 255, 255])).all()
