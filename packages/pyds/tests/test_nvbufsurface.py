"""NvBufSurface: pictures outside of buffers."""

from __future__ import annotations

import ctypes

import pytest

import pyds


def make(width=8, colour=pyds.NVBUF_COLOR_FORMAT_RGBA):
    parameters = pyds.NvBufSurfaceCreateParams()
    parameters.width, parameters.height, parameters.colorFormat = width, 4, colour
    surface = pyds.NvBufSurface()
    assert pyds.NvBufSurfaceCreate(surface, 2, parameters) == 0
    return surface


def first_row(surface):
    picture = surface.surfaceList
    return ctypes.string_at(int(picture.mappedAddr.addr[0]), 4 * picture.width)


def test_created_pictures_are_described():
    surface = make(colour=pyds.NVBUF_COLOR_FORMAT_NV12_709)
    assert (surface.batchSize, surface.numFilled) == (2, 2)
    assert surface.memType == pyds.NVBUF_MEM_SYSTEM
    picture = surface.surfaceList
    assert (picture.width, picture.height) == (8, 4)
    assert picture.colorFormat == pyds.NVBUF_COLOR_FORMAT_NV12_709
    planes = picture.planeParams
    assert planes.num_planes == 2
    assert planes.width.tolist()[:2] == [8, 4]
    assert planes.height.tolist()[:2] == [4, 2]
    assert pyds.get_ptr(picture.dataPtr) + int(planes.offset[1]) == picture.mappedAddr.addr[1]


def test_pictures_are_set_and_copied():
    source, target = make(), make()
    assert pyds.NvBufSurfaceMemSet(source, -1, 0, 7) == 0
    assert first_row(source) == b"\7" * 32
    assert pyds.NvBufSurfaceCopy(source, target) == 0
    assert first_row(target) == b"\7" * 32
    assert pyds.NvBufSurfaceCopy(source, make(width=10)) == -1


def test_mapping_and_synchronising_check_what_they_are_given():
    surface = make()
    read_write = pyds.NvBufSurfaceMemMapFlags.NVBUF_MAP_READ_WRITE
    assert pyds.NvBufSurfaceMap(surface, 0, 0, read_write) == 0
    assert pyds.NvBufSurfaceMap(surface, 2, 0, read_write) == -1
    for function in (
        pyds.NvBufSurfaceUnMap,
        pyds.NvBufSurfaceSyncForCpu,
        pyds.NvBufSurfaceSyncForDevice,
    ):
        assert function(surface, -1, -1) == 0
        assert function(surface, 0, 1) == -1
        assert function(pyds.NvBufSurface(), 0, 0) == -1


def test_pictures_are_freed_once():
    surface = make()
    assert pyds.NvBufSurfaceDestroy(surface) == 0
    assert surface.surfaceList is None
    assert pyds.NvBufSurfaceDestroy(surface) == -1


def test_impossible_pictures_are_refused():
    parameters = pyds.NvBufSurfaceCreateParams()
    assert pyds.NvBufSurfaceCreate(pyds.NvBufSurface(), 1, parameters) == -1


def test_what_cpu_memory_has_not_raises():
    with pytest.raises(RuntimeError, match="no EGL image"):
        pyds.NvBufSurfaceMapEglImage(make(), 0)
    with pytest.raises(RuntimeError, match="no file descriptors"):
        pyds.NvBufSurfaceFromFd(3, None)
