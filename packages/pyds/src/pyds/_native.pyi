"""The C side of pyds: use `import pyds`."""

from collections.abc import (
    Callable,
    Collection,
    Iterator,
    Mapping,
    Sequence
)
import enum
from typing import Annotated, Any, TypeAlias

import gi.repository.Gst
import numpy
import numpy.dtypes
import numpy.typing
from numpy.typing import NDArray
from typing_extensions import CapsuleType


class StaleMetaError(RuntimeError):
    pass

class Struct:
    """A C struct, by reference. Equal if the same struct."""

    def __eq__(self, other: object, /) -> bool: ...

    def __hash__(self) -> int: ...

class GList(Struct):
    """A node of a list. Truthy; None stands for the end of the list."""

    def __init__(self) -> None: ...

    @property
    def data(self) -> CapsuleType | None:
        """What the node holds, to be given to the `cast` of its class."""

    @property
    def next(self) -> GList | None: ...

    @property
    def prev(self) -> GList | None: ...

class NvBufSurfaceMemType(enum.IntEnum):
    NVBUF_MEM_DEFAULT = 0

    NVBUF_MEM_CUDA_PINNED = 1

    NVBUF_MEM_CUDA_DEVICE = 2

    NVBUF_MEM_CUDA_UNIFIED = 3

    NVBUF_MEM_SURFACE_ARRAY = 4

    NVBUF_MEM_HANDLE = 5

    NVBUF_MEM_SYSTEM = 6

NVBUF_MEM_DEFAULT: NvBufSurfaceMemType = NvBufSurfaceMemType.NVBUF_MEM_DEFAULT

NVBUF_MEM_CUDA_PINNED: NvBufSurfaceMemType = NvBufSurfaceMemType.NVBUF_MEM_CUDA_PINNED

NVBUF_MEM_CUDA_DEVICE: NvBufSurfaceMemType = NvBufSurfaceMemType.NVBUF_MEM_CUDA_DEVICE

NVBUF_MEM_CUDA_UNIFIED: NvBufSurfaceMemType = NvBufSurfaceMemType.NVBUF_MEM_CUDA_UNIFIED

NVBUF_MEM_SURFACE_ARRAY: NvBufSurfaceMemType = NvBufSurfaceMemType.NVBUF_MEM_SURFACE_ARRAY

NVBUF_MEM_HANDLE: NvBufSurfaceMemType = NvBufSurfaceMemType.NVBUF_MEM_HANDLE

NVBUF_MEM_SYSTEM: NvBufSurfaceMemType = NvBufSurfaceMemType.NVBUF_MEM_SYSTEM

class NvBufSurfaceLayout(enum.IntEnum):
    NVBUF_LAYOUT_PITCH = 0

    NVBUF_LAYOUT_BLOCK_LINEAR = 1

NVBUF_LAYOUT_PITCH: NvBufSurfaceLayout = NvBufSurfaceLayout.NVBUF_LAYOUT_PITCH

NVBUF_LAYOUT_BLOCK_LINEAR: NvBufSurfaceLayout = NvBufSurfaceLayout.NVBUF_LAYOUT_BLOCK_LINEAR

class NvBufSurfaceMemMapFlags(enum.IntEnum):
    NVBUF_MAP_READ = 0

    NVBUF_MAP_WRITE = 1

    NVBUF_MAP_READ_WRITE = 2

NVBUF_MAP_READ: NvBufSurfaceMemMapFlags = NvBufSurfaceMemMapFlags.NVBUF_MAP_READ

NVBUF_MAP_WRITE: NvBufSurfaceMemMapFlags = NvBufSurfaceMemMapFlags.NVBUF_MAP_WRITE

NVBUF_MAP_READ_WRITE: NvBufSurfaceMemMapFlags = NvBufSurfaceMemMapFlags.NVBUF_MAP_READ_WRITE

class NvBufSurfaceColorFormat(enum.IntEnum):
    NVBUF_COLOR_FORMAT_INVALID = 0

    NVBUF_COLOR_FORMAT_GRAY8 = 1

    NVBUF_COLOR_FORMAT_YUV420 = 2

    NVBUF_COLOR_FORMAT_YVU420 = 3

    NVBUF_COLOR_FORMAT_YUV420_ER = 4

    NVBUF_COLOR_FORMAT_YVU420_ER = 5

    NVBUF_COLOR_FORMAT_NV12 = 6

    NVBUF_COLOR_FORMAT_NV12_ER = 7

    NVBUF_COLOR_FORMAT_NV21 = 8

    NVBUF_COLOR_FORMAT_NV21_ER = 9

    NVBUF_COLOR_FORMAT_UYVY = 10

    NVBUF_COLOR_FORMAT_UYVY_ER = 11

    NVBUF_COLOR_FORMAT_VYUY = 12

    NVBUF_COLOR_FORMAT_VYUY_ER = 13

    NVBUF_COLOR_FORMAT_YUYV = 14

    NVBUF_COLOR_FORMAT_YUYV_ER = 15

    NVBUF_COLOR_FORMAT_YVYU = 16

    NVBUF_COLOR_FORMAT_YVYU_ER = 17

    NVBUF_COLOR_FORMAT_YUV444 = 18

    NVBUF_COLOR_FORMAT_RGBA = 19

    NVBUF_COLOR_FORMAT_BGRA = 20

    NVBUF_COLOR_FORMAT_ARGB = 21

    NVBUF_COLOR_FORMAT_ABGR = 22

    NVBUF_COLOR_FORMAT_RGBx = 23

    NVBUF_COLOR_FORMAT_BGRx = 24

    NVBUF_COLOR_FORMAT_xRGB = 25

    NVBUF_COLOR_FORMAT_xBGR = 26

    NVBUF_COLOR_FORMAT_RGB = 27

    NVBUF_COLOR_FORMAT_BGR = 28

    NVBUF_COLOR_FORMAT_NV12_10LE = 29

    NVBUF_COLOR_FORMAT_NV12_12LE = 30

    NVBUF_COLOR_FORMAT_YUV420_709 = 31

    NVBUF_COLOR_FORMAT_YUV420_709_ER = 32

    NVBUF_COLOR_FORMAT_NV12_709 = 33

    NVBUF_COLOR_FORMAT_NV12_709_ER = 34

    NVBUF_COLOR_FORMAT_YUV420_2020 = 35

    NVBUF_COLOR_FORMAT_NV12_2020 = 36

    NVBUF_COLOR_FORMAT_NV12_10LE_ER = 37

    NVBUF_COLOR_FORMAT_NV12_10LE_709 = 38

    NVBUF_COLOR_FORMAT_NV12_10LE_709_ER = 39

    NVBUF_COLOR_FORMAT_NV12_10LE_2020 = 40

    NVBUF_COLOR_FORMAT_SIGNED_R16G16 = 41

    NVBUF_COLOR_FORMAT_LAST = 113

NVBUF_COLOR_FORMAT_INVALID: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_GRAY8: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_GRAY8

NVBUF_COLOR_FORMAT_YUV420: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_YUV420

NVBUF_COLOR_FORMAT_YVU420: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_YVU420

NVBUF_COLOR_FORMAT_YUV420_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_YVU420_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_NV12: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_NV12

NVBUF_COLOR_FORMAT_NV12_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_NV21: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_NV21

NVBUF_COLOR_FORMAT_NV21_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_UYVY: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_UYVY

NVBUF_COLOR_FORMAT_UYVY_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_VYUY: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_VYUY

NVBUF_COLOR_FORMAT_VYUY_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_YUYV: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_YUYV

NVBUF_COLOR_FORMAT_YUYV_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_YVYU: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_YVYU

NVBUF_COLOR_FORMAT_YVYU_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_YUV444: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_YUV444

NVBUF_COLOR_FORMAT_RGBA: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_RGBA

NVBUF_COLOR_FORMAT_BGRA: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_BGRA

NVBUF_COLOR_FORMAT_ARGB: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_ARGB

NVBUF_COLOR_FORMAT_ABGR: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_ABGR

NVBUF_COLOR_FORMAT_RGBx: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_RGBx

NVBUF_COLOR_FORMAT_BGRx: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_BGRx

NVBUF_COLOR_FORMAT_xRGB: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_xRGB

NVBUF_COLOR_FORMAT_xBGR: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_xBGR

NVBUF_COLOR_FORMAT_RGB: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_RGB

NVBUF_COLOR_FORMAT_BGR: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_BGR

NVBUF_COLOR_FORMAT_NV12_10LE: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_NV12_12LE: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_YUV420_709: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_YUV420_709_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_NV12_709: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_NV12_709_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_YUV420_2020: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_NV12_2020: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_NV12_10LE_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_NV12_10LE_709: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_NV12_10LE_709_ER: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_NV12_10LE_2020: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_SIGNED_R16G16: NvBufSurfaceColorFormat = ...

NVBUF_COLOR_FORMAT_LAST: NvBufSurfaceColorFormat = NvBufSurfaceColorFormat.NVBUF_COLOR_FORMAT_LAST

class NvBufSurfaceCreateParams(Struct):
    """What to create."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvBufSurfaceCreateParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def gpuId(self) -> int: ...

    @gpuId.setter
    def gpuId(self, arg: int, /) -> None: ...

    @property
    def width(self) -> int:
        """Pixels."""

    @width.setter
    def width(self, arg: int, /) -> None: ...

    @property
    def height(self) -> int:
        """Pixels."""

    @height.setter
    def height(self, arg: int, /) -> None: ...

    @property
    def size(self) -> int: ...

    @size.setter
    def size(self, arg: int, /) -> None: ...

    @property
    def isContiguous(self) -> bool: ...

    @isContiguous.setter
    def isContiguous(self, arg: int, /) -> None: ...

    @property
    def colorFormat(self) -> NvBufSurfaceColorFormat: ...

    @colorFormat.setter
    def colorFormat(self, arg: NvBufSurfaceColorFormat, /) -> None: ...

    @property
    def layout(self) -> NvBufSurfaceLayout: ...

    @layout.setter
    def layout(self, arg: NvBufSurfaceLayout, /) -> None: ...

    @property
    def memType(self) -> NvBufSurfaceMemType: ...

    @memType.setter
    def memType(self, arg: NvBufSurfaceMemType, /) -> None: ...

class NvBufSurfacePlaneParams(Struct):
    """The planes of a picture."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvBufSurfacePlaneParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def num_planes(self) -> int: ...

    @num_planes.setter
    def num_planes(self, arg: int, /) -> None: ...

    @property
    def width(self) -> Annotated[NDArray[numpy.uint32], dict(shape=(4))]:
        """Pixels."""

    @property
    def height(self) -> Annotated[NDArray[numpy.uint32], dict(shape=(4))]:
        """Rows."""

    @property
    def pitch(self) -> Annotated[NDArray[numpy.uint32], dict(shape=(4))]:
        """Bytes of a row."""

    @property
    def offset(self) -> Annotated[NDArray[numpy.uint32], dict(shape=(4))]:
        """Bytes from dataPtr."""

    @property
    def psize(self) -> Annotated[NDArray[numpy.uint32], dict(shape=(4))]:
        """Bytes."""

    @property
    def bytesPerPix(self) -> Annotated[NDArray[numpy.uint32], dict(shape=(4))]: ...

class NvBufSurfaceMappedAddr(Struct):
    """Where the planes of a picture are."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvBufSurfaceMappedAddr:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def eglImage(self) -> CapsuleType | None: ...

    @property
    def addr(self) -> Annotated[NDArray[numpy.uint64], dict(shape=(4))]:
        """The address of each plane."""

class NvBufSurfaceParams(Struct):
    """A picture."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvBufSurfaceParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def width(self) -> int:
        """Pixels."""

    @width.setter
    def width(self, arg: int, /) -> None: ...

    @property
    def height(self) -> int:
        """Pixels."""

    @height.setter
    def height(self, arg: int, /) -> None: ...

    @property
    def pitch(self) -> int:
        """Bytes of a row of the first plane."""

    @pitch.setter
    def pitch(self, arg: int, /) -> None: ...

    @property
    def colorFormat(self) -> NvBufSurfaceColorFormat: ...

    @colorFormat.setter
    def colorFormat(self, arg: NvBufSurfaceColorFormat, /) -> None: ...

    @property
    def layout(self) -> NvBufSurfaceLayout: ...

    @layout.setter
    def layout(self, arg: NvBufSurfaceLayout, /) -> None: ...

    @property
    def bufferDesc(self) -> int: ...

    @bufferDesc.setter
    def bufferDesc(self, arg: int, /) -> None: ...

    @property
    def dataSize(self) -> int:
        """Bytes."""

    @dataSize.setter
    def dataSize(self, arg: int, /) -> None: ...

    @property
    def dataPtr(self) -> CapsuleType | None: ...

    @property
    def planeParams(self) -> NvBufSurfacePlaneParams: ...

    @planeParams.setter
    def planeParams(self, arg: NvBufSurfacePlaneParams, /) -> None: ...

    @property
    def mappedAddr(self) -> NvBufSurfaceMappedAddr: ...

    @mappedAddr.setter
    def mappedAddr(self, arg: NvBufSurfaceMappedAddr, /) -> None: ...

class NvBufSurface(Struct):
    """The pictures of a batch."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvBufSurface:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def gpuId(self) -> int: ...

    @gpuId.setter
    def gpuId(self, arg: int, /) -> None: ...

    @property
    def batchSize(self) -> int:
        """Room for pictures."""

    @batchSize.setter
    def batchSize(self, arg: int, /) -> None: ...

    @property
    def numFilled(self) -> int:
        """Number of pictures."""

    @numFilled.setter
    def numFilled(self, arg: int, /) -> None: ...

    @property
    def isContiguous(self) -> bool: ...

    @isContiguous.setter
    def isContiguous(self, arg: int, /) -> None: ...

    @property
    def memType(self) -> NvBufSurfaceMemType: ...

    @memType.setter
    def memType(self, arg: NvBufSurfaceMemType, /) -> None: ...

    @property
    def surfaceList(self) -> NvBufSurfaceParams | None:
        """The first picture, or None."""

def NvBufSurfaceCreate(surf: NvBufSurface, batchSize: int, params: NvBufSurfaceCreateParams) -> int:
    """
    Gives a new NvBufSurface() zeroed pictures; 0, or -1 if the parameters are not possible.
    """

def NvBufSurfaceDestroy(surf: NvBufSurface) -> int:
    """Frees the pictures of NvBufSurfaceCreate(); -1 for any others."""

def NvBufSurfaceMap(surf: NvBufSurface, index: int, plane: int, type: NvBufSurfaceMemMapFlags) -> int:
    """
    Pictures in CPU memory need none of this: 0 if the picture and plane exist (-1: all), else -1.
    """

def NvBufSurfaceUnMap(surf: NvBufSurface, index: int, plane: int) -> int:
    """
    Pictures in CPU memory need none of this: 0 if the picture and plane exist (-1: all), else -1.
    """

def NvBufSurfaceSyncForCpu(surf: NvBufSurface, index: int, plane: int) -> int:
    """
    Pictures in CPU memory need none of this: 0 if the picture and plane exist (-1: all), else -1.
    """

def NvBufSurfaceSyncForDevice(surf: NvBufSurface, index: int, plane: int) -> int:
    """
    Pictures in CPU memory need none of this: 0 if the picture and plane exist (-1: all), else -1.
    """

def NvBufSurfaceMemSet(surf: NvBufSurface, index: int, plane: int, value: int) -> int:
    """Sets every byte of a plane (-1: all); 0, or -1 if it does not exist."""

def NvBufSurfaceCopy(srcSurf: NvBufSurface, dstSurf: NvBufSurface) -> int:
    """Copies all pictures; 0, or -1 if the surfaces are not alike."""

def NvBufSurfaceFromFd(dmabuf: int, buffer: object | None) -> int:
    """Raises RuntimeError: there are no dmabufs here."""

def NvBufSurfaceMapEglImage(surf: NvBufSurface, index: int) -> int:
    """Raises RuntimeError: there are no EGL images here."""

def get_nvds_buf_surface(gst_buffer: int | gi.repository.Gst.Buffer, batchID: int) -> NDArray[numpy.uint8]:
    """
    The RGBA or RGB picture at `frame_meta.batch_id` as a writable view, uint8 of shape (height, width, 4 or 3).

    What is written shows downstream of this buffer and nowhere else. The pixels stay valid as long as the array. Raises RuntimeError for other formats and for buffers without pictures, IndexError for a bad batchID.
    """

def unmap_nvds_buf_surface(gst_buffer: int | gi.repository.Gst.Buffer, batchID: int) -> None:
    """Does nothing: pictures in CPU memory need no unmapping."""

def get_nvds_buf_surface_gpu(gst_buffer: int | gi.repository.Gst.Buffer, batchID: int) -> tuple[numpy.dtype, tuple[int, int, int], tuple[int, int, int], CapsuleType, int]:
    """
    The RGBA or RGB picture at `frame_meta.batch_id` for a kernel: dtype, shape, strides in bytes, an unnamed capsule of the address, size in bytes.

    The address is that of the picture in CPU memory, which a GPU reads and writes in place, over the bus. The first time a pool's memory is met it is pinned. It stays valid as long as the capsule; synchronize with your stream before the probe returns. Raises RuntimeError where there is no CUDA driver or GPU, for other formats and for buffers without pictures, IndexError for a bad batchID.
    """

class NvOSD_Mode(enum.IntEnum):
    MODE_CPU = 0

    MODE_GPU = 1

    MODE_NONE = 2

MODE_CPU: NvOSD_Mode = NvOSD_Mode.MODE_CPU

MODE_GPU: NvOSD_Mode = NvOSD_Mode.MODE_GPU

MODE_NONE: NvOSD_Mode = NvOSD_Mode.MODE_NONE

class NvOSD_Arrow_Head_Direction(enum.IntEnum):
    START_HEAD = 0

    END_HEAD = 1

    BOTH_HEAD = 2

START_HEAD: NvOSD_Arrow_Head_Direction = NvOSD_Arrow_Head_Direction.START_HEAD

END_HEAD: NvOSD_Arrow_Head_Direction = NvOSD_Arrow_Head_Direction.END_HEAD

BOTH_HEAD: NvOSD_Arrow_Head_Direction = NvOSD_Arrow_Head_Direction.BOTH_HEAD

class NvOSD_ColorParams(Struct):
    """A colour; components are 0..1."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_ColorParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def red(self) -> float: ...

    @red.setter
    def red(self, arg: float, /) -> None: ...

    @property
    def green(self) -> float: ...

    @green.setter
    def green(self, arg: float, /) -> None: ...

    @property
    def blue(self) -> float: ...

    @blue.setter
    def blue(self, arg: float, /) -> None: ...

    @property
    def alpha(self) -> float: ...

    @alpha.setter
    def alpha(self, arg: float, /) -> None: ...

    def set(self, red: float, green: float, blue: float, alpha: float) -> None: ...

class NvOSD_FontParams(Struct):
    """A font."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_FontParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def font_name(self) -> int:
        """Set with a str; reads as the address of the text (see get_string)."""

    @font_name.setter
    def font_name(self, arg: str, /) -> None: ...

    @property
    def font_size(self) -> int: ...

    @font_size.setter
    def font_size(self, arg: int, /) -> None: ...

    @property
    def font_color(self) -> NvOSD_ColorParams: ...

    @font_color.setter
    def font_color(self, arg: NvOSD_ColorParams, /) -> None: ...

class NvOSD_TextParams(Struct):
    """A line of text."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_TextParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def display_text(self) -> int:
        """Set with a str; reads as the address of the text (see get_string)."""

    @display_text.setter
    def display_text(self, arg: str, /) -> None: ...

    @property
    def x_offset(self) -> int:
        """Left edge, pixels."""

    @x_offset.setter
    def x_offset(self, arg: int, /) -> None: ...

    @property
    def y_offset(self) -> int:
        """Top edge, pixels."""

    @y_offset.setter
    def y_offset(self, arg: int, /) -> None: ...

    @property
    def font_params(self) -> NvOSD_FontParams: ...

    @font_params.setter
    def font_params(self, arg: NvOSD_FontParams, /) -> None: ...

    @property
    def set_bg_clr(self) -> int:
        """1 to fill the background."""

    @set_bg_clr.setter
    def set_bg_clr(self, arg: int, /) -> None: ...

    @property
    def text_bg_clr(self) -> NvOSD_ColorParams: ...

    @text_bg_clr.setter
    def text_bg_clr(self, arg: NvOSD_ColorParams, /) -> None: ...

class NvOSD_Color_info(Struct):
    """A colour with a number."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_Color_info:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def id(self) -> int: ...

    @id.setter
    def id(self, arg: int, /) -> None: ...

    @property
    def color(self) -> NvOSD_ColorParams: ...

    @color.setter
    def color(self, arg: NvOSD_ColorParams, /) -> None: ...

class NvOSD_RectParams(Struct):
    """A rectangle, in pixels of the muxed frame."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_RectParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def left(self) -> float: ...

    @left.setter
    def left(self, arg: float, /) -> None: ...

    @property
    def top(self) -> float: ...

    @top.setter
    def top(self, arg: float, /) -> None: ...

    @property
    def width(self) -> float: ...

    @width.setter
    def width(self, arg: float, /) -> None: ...

    @property
    def height(self) -> float: ...

    @height.setter
    def height(self, arg: float, /) -> None: ...

    @property
    def border_width(self) -> int:
        """Pixels; 0 draws no border."""

    @border_width.setter
    def border_width(self, arg: int, /) -> None: ...

    @property
    def border_color(self) -> NvOSD_ColorParams: ...

    @border_color.setter
    def border_color(self, arg: NvOSD_ColorParams, /) -> None: ...

    @property
    def has_bg_color(self) -> int:
        """1 to fill with bg_color."""

    @has_bg_color.setter
    def has_bg_color(self, arg: int, /) -> None: ...

    @property
    def reserved(self) -> int: ...

    @reserved.setter
    def reserved(self, arg: int, /) -> None: ...

    @property
    def bg_color(self) -> NvOSD_ColorParams: ...

    @bg_color.setter
    def bg_color(self, arg: NvOSD_ColorParams, /) -> None: ...

    @property
    def has_color_info(self) -> int: ...

    @has_color_info.setter
    def has_color_info(self, arg: int, /) -> None: ...

    @property
    def color_id(self) -> int: ...

    @color_id.setter
    def color_id(self, arg: int, /) -> None: ...

    @property
    def rotation_angle(self) -> float: ...

    @rotation_angle.setter
    def rotation_angle(self, arg: float, /) -> None: ...

class NvOSD_MaskParams(Struct):
    """Which pixels of a box belong to its object."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_MaskParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def size(self) -> int:
        """Bytes of the mask."""

    @size.setter
    def size(self, arg: int, /) -> None: ...

    @property
    def threshold(self) -> float:
        """A pixel belongs to the object where the mask is greater."""

    @threshold.setter
    def threshold(self, arg: float, /) -> None: ...

    @property
    def width(self) -> int: ...

    @width.setter
    def width(self, arg: int, /) -> None: ...

    @property
    def height(self) -> int: ...

    @height.setter
    def height(self, arg: int, /) -> None: ...

    @property
    def data(self) -> float | None:
        """The first value only; use get_mask_array()."""

    def get_mask_array(self) -> Annotated[NDArray[numpy.float32], dict(shape=(None,))]:
        """
        The mask as a writable view, float32 of shape (width * height,); empty without mask.
        """

    def alloc_mask_array(self) -> Annotated[NDArray[numpy.float32], dict(shape=(None,))]:
        """
        Allocates width * height zeros, in place of the former mask, and returns their view.
        """

class NvOSD_LineParams(Struct):
    """A line, in pixels of the muxed frame."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_LineParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def x1(self) -> int: ...

    @x1.setter
    def x1(self, arg: int, /) -> None: ...

    @property
    def y1(self) -> int: ...

    @y1.setter
    def y1(self, arg: int, /) -> None: ...

    @property
    def x2(self) -> int: ...

    @x2.setter
    def x2(self, arg: int, /) -> None: ...

    @property
    def y2(self) -> int: ...

    @y2.setter
    def y2(self, arg: int, /) -> None: ...

    @property
    def line_width(self) -> int: ...

    @line_width.setter
    def line_width(self, arg: int, /) -> None: ...

    @property
    def line_color(self) -> NvOSD_ColorParams: ...

    @line_color.setter
    def line_color(self, arg: NvOSD_ColorParams, /) -> None: ...

class NvOSD_ArrowParams(Struct):
    """An arrow, in pixels of the muxed frame."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_ArrowParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def x1(self) -> int: ...

    @x1.setter
    def x1(self, arg: int, /) -> None: ...

    @property
    def y1(self) -> int: ...

    @y1.setter
    def y1(self, arg: int, /) -> None: ...

    @property
    def x2(self) -> int: ...

    @x2.setter
    def x2(self, arg: int, /) -> None: ...

    @property
    def y2(self) -> int: ...

    @y2.setter
    def y2(self, arg: int, /) -> None: ...

    @property
    def arrow_width(self) -> int: ...

    @arrow_width.setter
    def arrow_width(self, arg: int, /) -> None: ...

    @property
    def arrow_head(self) -> NvOSD_Arrow_Head_Direction: ...

    @arrow_head.setter
    def arrow_head(self, arg: NvOSD_Arrow_Head_Direction, /) -> None: ...

    @property
    def arrow_color(self) -> NvOSD_ColorParams: ...

    @arrow_color.setter
    def arrow_color(self, arg: NvOSD_ColorParams, /) -> None: ...

    @property
    def reserved(self) -> int: ...

    @reserved.setter
    def reserved(self, arg: int, /) -> None: ...

class NvOSD_CircleParams(Struct):
    """A circle, in pixels of the muxed frame."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_CircleParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def xc(self) -> int: ...

    @xc.setter
    def xc(self, arg: int, /) -> None: ...

    @property
    def yc(self) -> int: ...

    @yc.setter
    def yc(self, arg: int, /) -> None: ...

    @property
    def radius(self) -> int: ...

    @radius.setter
    def radius(self, arg: int, /) -> None: ...

    @property
    def circle_color(self) -> NvOSD_ColorParams: ...

    @circle_color.setter
    def circle_color(self, arg: NvOSD_ColorParams, /) -> None: ...

    @property
    def has_bg_color(self) -> int: ...

    @has_bg_color.setter
    def has_bg_color(self, arg: int, /) -> None: ...

    @property
    def bg_color(self) -> NvOSD_ColorParams: ...

    @bg_color.setter
    def bg_color(self, arg: NvOSD_ColorParams, /) -> None: ...

    @property
    def circle_width(self) -> int: ...

    @circle_width.setter
    def circle_width(self, arg: int, /) -> None: ...

    @property
    def reserved(self) -> int: ...

    @reserved.setter
    def reserved(self, arg: int, /) -> None: ...

class NvOSD_FrameTextParams(Struct):
    """What to draw on a picture, of one kind."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_FrameTextParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def buf_ptr(self) -> NvBufSurfaceParams | None:
        """The picture."""

    @buf_ptr.setter
    def buf_ptr(self, value: NvBufSurfaceParams | None) -> None: ...

    @property
    def mode(self) -> NvOSD_Mode: ...

    @mode.setter
    def mode(self, arg: NvOSD_Mode, /) -> None: ...

    @property
    def num_strings(self) -> int: ...

    @num_strings.setter
    def num_strings(self, arg: int, /) -> None: ...

    @property
    def text_params_list(self) -> NvOSD_TextParams | None:
        """The first of them, or None."""

    @text_params_list.setter
    def text_params_list(self, value: NvOSD_TextParams | None) -> None: ...

class NvOSD_FrameRectParams(Struct):
    """What to draw on a picture, of one kind."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_FrameRectParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def buf_ptr(self) -> NvBufSurfaceParams | None:
        """The picture."""

    @buf_ptr.setter
    def buf_ptr(self, value: NvBufSurfaceParams | None) -> None: ...

    @property
    def mode(self) -> NvOSD_Mode: ...

    @mode.setter
    def mode(self, arg: NvOSD_Mode, /) -> None: ...

    @property
    def num_rects(self) -> int: ...

    @num_rects.setter
    def num_rects(self, arg: int, /) -> None: ...

    @property
    def rect_params_list(self) -> NvOSD_RectParams | None:
        """The first of them, or None."""

    @rect_params_list.setter
    def rect_params_list(self, value: NvOSD_RectParams | None) -> None: ...

class NvOSD_FrameLineParams(Struct):
    """What to draw on a picture, of one kind."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_FrameLineParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def buf_ptr(self) -> NvBufSurfaceParams | None:
        """The picture."""

    @buf_ptr.setter
    def buf_ptr(self, value: NvBufSurfaceParams | None) -> None: ...

    @property
    def mode(self) -> NvOSD_Mode: ...

    @mode.setter
    def mode(self, arg: NvOSD_Mode, /) -> None: ...

    @property
    def num_lines(self) -> int: ...

    @num_lines.setter
    def num_lines(self, arg: int, /) -> None: ...

    @property
    def line_params_list(self) -> NvOSD_LineParams | None:
        """The first of them, or None."""

    @line_params_list.setter
    def line_params_list(self, value: NvOSD_LineParams | None) -> None: ...

class NvOSD_FrameArrowParams(Struct):
    """What to draw on a picture, of one kind."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_FrameArrowParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def buf_ptr(self) -> NvBufSurfaceParams | None:
        """The picture."""

    @buf_ptr.setter
    def buf_ptr(self, value: NvBufSurfaceParams | None) -> None: ...

    @property
    def mode(self) -> NvOSD_Mode: ...

    @mode.setter
    def mode(self, arg: NvOSD_Mode, /) -> None: ...

    @property
    def num_arrows(self) -> int: ...

    @num_arrows.setter
    def num_arrows(self, arg: int, /) -> None: ...

    @property
    def arrow_params_list(self) -> NvOSD_ArrowParams | None:
        """The first of them, or None."""

    @arrow_params_list.setter
    def arrow_params_list(self, value: NvOSD_ArrowParams | None) -> None: ...

class NvOSD_FrameCircleParams(Struct):
    """What to draw on a picture, of one kind."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOSD_FrameCircleParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def buf_ptr(self) -> NvBufSurfaceParams | None:
        """The picture."""

    @buf_ptr.setter
    def buf_ptr(self, value: NvBufSurfaceParams | None) -> None: ...

    @property
    def mode(self) -> NvOSD_Mode: ...

    @mode.setter
    def mode(self, arg: NvOSD_Mode, /) -> None: ...

    @property
    def num_circles(self) -> int: ...

    @num_circles.setter
    def num_circles(self, arg: int, /) -> None: ...

    @property
    def circle_params_list(self) -> NvOSD_CircleParams | None:
        """The first of them, or None."""

    @circle_params_list.setter
    def circle_params_list(self, value: NvOSD_CircleParams | None) -> None: ...

class MetaIterator:
    def __iter__(self) -> MetaIterator: ...

    def __next__(self) -> Any: ...

class MetaView:
    """A metadata list as a collection."""

    def __len__(self) -> int: ...

    def __contains__(self, meta: Struct) -> bool: ...

    def __iter__(self) -> MetaIterator: ...

class NvDsMetaType(enum.IntEnum):
    """What a meta is. NvDsMetaType(n) accepts every int."""

    NVDS_INVALID_META = -1

    NVDS_BATCH_META = 1

    NVDS_FRAME_META = 2

    NVDS_OBJ_META = 3

    NVDS_DISPLAY_META = 4

    NVDS_CLASSIFIER_META = 5

    NVDS_LABEL_INFO_META = 6

    NVDS_USER_META = 7

    NVDS_PAYLOAD_META = 8

    NVDS_EVENT_MSG_META = 9

    NVDS_OPTICAL_FLOW_META = 10

    NVDS_LATENCY_MEASUREMENT_META = 11

    NVDSINFER_TENSOR_OUTPUT_META = 12

    NVDSINFER_SEGMENTATION_META = 13

    NVDS_CROP_IMAGE_META = 14

    NVDS_TRACKER_PAST_FRAME_META = 15

    NVDS_TRACKER_BATCH_REID_META = 16

    NVDS_TRACKER_OBJ_REID_META = 17

    NVDS_AUDIO_BATCH_META = 25

    NVDS_AUDIO_FRAME_META = 26

    NVDS_RESERVED_META = 4095

    NVDS_GST_CUSTOM_META = 4096

    NVDS_START_USER_META = 8193

    NVDS_FORCE32_META = 2147483647

NVDS_INVALID_META: NvDsMetaType = NvDsMetaType.NVDS_INVALID_META

NVDS_BATCH_META: NvDsMetaType = NvDsMetaType.NVDS_BATCH_META

NVDS_FRAME_META: NvDsMetaType = NvDsMetaType.NVDS_FRAME_META

NVDS_OBJ_META: NvDsMetaType = NvDsMetaType.NVDS_OBJ_META

NVDS_DISPLAY_META: NvDsMetaType = NvDsMetaType.NVDS_DISPLAY_META

NVDS_CLASSIFIER_META: NvDsMetaType = NvDsMetaType.NVDS_CLASSIFIER_META

NVDS_LABEL_INFO_META: NvDsMetaType = NvDsMetaType.NVDS_LABEL_INFO_META

NVDS_USER_META: NvDsMetaType = NvDsMetaType.NVDS_USER_META

NVDS_PAYLOAD_META: NvDsMetaType = NvDsMetaType.NVDS_PAYLOAD_META

NVDS_EVENT_MSG_META: NvDsMetaType = NvDsMetaType.NVDS_EVENT_MSG_META

NVDS_OPTICAL_FLOW_META: NvDsMetaType = NvDsMetaType.NVDS_OPTICAL_FLOW_META

NVDS_LATENCY_MEASUREMENT_META: NvDsMetaType = NvDsMetaType.NVDS_LATENCY_MEASUREMENT_META

NVDSINFER_TENSOR_OUTPUT_META: NvDsMetaType = NvDsMetaType.NVDSINFER_TENSOR_OUTPUT_META

NVDSINFER_SEGMENTATION_META: NvDsMetaType = NvDsMetaType.NVDSINFER_SEGMENTATION_META

NVDS_CROP_IMAGE_META: NvDsMetaType = NvDsMetaType.NVDS_CROP_IMAGE_META

NVDS_TRACKER_PAST_FRAME_META: NvDsMetaType = NvDsMetaType.NVDS_TRACKER_PAST_FRAME_META

NVDS_TRACKER_BATCH_REID_META: NvDsMetaType = NvDsMetaType.NVDS_TRACKER_BATCH_REID_META

NVDS_TRACKER_OBJ_REID_META: NvDsMetaType = NvDsMetaType.NVDS_TRACKER_OBJ_REID_META

NVDS_AUDIO_BATCH_META: NvDsMetaType = NvDsMetaType.NVDS_AUDIO_BATCH_META

NVDS_AUDIO_FRAME_META: NvDsMetaType = NvDsMetaType.NVDS_AUDIO_FRAME_META

NVDS_RESERVED_META: NvDsMetaType = NvDsMetaType.NVDS_RESERVED_META

NVDS_GST_CUSTOM_META: NvDsMetaType = NvDsMetaType.NVDS_GST_CUSTOM_META

NVDS_START_USER_META: NvDsMetaType = NvDsMetaType.NVDS_START_USER_META

NVDS_FORCE32_META: NvDsMetaType = NvDsMetaType.NVDS_FORCE32_META

class NvBbox_Coords(Struct):
    """A box, in pixels."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvBbox_Coords:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def left(self) -> float: ...

    @left.setter
    def left(self, arg: float, /) -> None: ...

    @property
    def top(self) -> float: ...

    @top.setter
    def top(self, arg: float, /) -> None: ...

    @property
    def width(self) -> float: ...

    @width.setter
    def width(self, arg: float, /) -> None: ...

    @property
    def height(self) -> float: ...

    @height.setter
    def height(self, arg: float, /) -> None: ...

class NvDsComp_BboxInfo(Struct):
    """The box as one component saw it."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsComp_BboxInfo:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def org_bbox_coords(self) -> NvBbox_Coords: ...

    @org_bbox_coords.setter
    def org_bbox_coords(self, arg: NvBbox_Coords, /) -> None: ...

class NvDsMetaPool(Struct):
    """The elements of one kind in a batch."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsMetaPool:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def meta_type(self) -> NvDsMetaType: ...

    @meta_type.setter
    def meta_type(self, arg: NvDsMetaType, /) -> None: ...

    @property
    def max_elements_in_pool(self) -> int: ...

    @max_elements_in_pool.setter
    def max_elements_in_pool(self, arg: int, /) -> None: ...

    @property
    def element_size(self) -> int: ...

    @element_size.setter
    def element_size(self, arg: int, /) -> None: ...

    @property
    def num_empty_elements(self) -> int: ...

    @num_empty_elements.setter
    def num_empty_elements(self, arg: int, /) -> None: ...

    @property
    def num_full_elements(self) -> int: ...

    @num_full_elements.setter
    def num_full_elements(self, arg: int, /) -> None: ...

    @property
    def empty_list(self) -> GList | None: ...

    @property
    def full_list(self) -> GList | None: ...

class NvDsBaseMeta(Struct):
    """What all kinds of metadata start with."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsBaseMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def meta_type(self) -> NvDsMetaType: ...

    @meta_type.setter
    def meta_type(self, arg: NvDsMetaType, /) -> None: ...

    @property
    def uContext(self) -> CapsuleType | None: ...

    @uContext.setter
    def uContext(self, value: object | None) -> None: ...

    @property
    def batch_meta(self) -> NvDsBatchMeta | None: ...

class NvDsBatchMeta(Struct):
    """The metadata of one batched buffer."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsBatchMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def base_meta(self) -> NvDsBaseMeta: ...

    @base_meta.setter
    def base_meta(self, arg: NvDsBaseMeta, /) -> None: ...

    @property
    def max_frames_in_batch(self) -> int: ...

    @max_frames_in_batch.setter
    def max_frames_in_batch(self, arg: int, /) -> None: ...

    @property
    def num_frames_in_batch(self) -> int: ...

    @num_frames_in_batch.setter
    def num_frames_in_batch(self, arg: int, /) -> None: ...

    @property
    def frame_meta_list(self) -> GList | None: ...

    @property
    def batch_user_meta_list(self) -> GList | None: ...

    @property
    def misc_batch_info(self) -> Annotated[NDArray[numpy.int64], dict(shape=(4))]: ...

    @property
    def reserved(self) -> Annotated[NDArray[numpy.int64], dict(shape=(4))]: ...

    @property
    def meta_mutex(self) -> CapsuleType | None:
        """The GRecMutex as a capsule; use nvds_acquire_meta_lock()."""

    @property
    def frame_meta_pool(self) -> NvDsMetaPool | None: ...

    @property
    def obj_meta_pool(self) -> NvDsMetaPool | None: ...

    @property
    def classifier_meta_pool(self) -> NvDsMetaPool | None: ...

    @property
    def display_meta_pool(self) -> NvDsMetaPool | None: ...

    @property
    def user_meta_pool(self) -> NvDsMetaPool | None: ...

    @property
    def label_info_meta_pool(self) -> NvDsMetaPool | None: ...

    @property
    def frames(self, /) -> Collection[NvDsFrameMeta]:
        """
        The NvDsFrameMeta in the list, live. The current one may be removed while iterating.
        """

    @property
    def user_metas(self, /) -> Collection[NvDsUserMeta]:
        """
        The NvDsUserMeta in the list, live. The current one may be removed while iterating.
        """

    @property
    def objects(self, /) -> numpy.typing.NDArray[numpy.void]:
        """
        All objects of all frames as a structured array of dtype OBJECT_DTYPE, a copy. Rows are in list order, frame by frame; coordinates are pixels of the muxed frame.
        """

    def to_arrow(self) -> Any:
        """
        The objects as a pyarrow.Table: the columns of OBJECT_DTYPE, with `label` (text) in place of `label_id`. Needs pyarrow.
        """

    def to_supervision(self) -> list[Any]:
        """
        One supervision.Detections for each frame, in the order of the frames. Needs supervision.
        """

class NvDsFrameMeta(Struct):
    """A frame of the batch."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsFrameMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def base_meta(self) -> NvDsBaseMeta: ...

    @base_meta.setter
    def base_meta(self, arg: NvDsBaseMeta, /) -> None: ...

    @property
    def pad_index(self) -> int:
        """N of the mux pad sink_N."""

    @pad_index.setter
    def pad_index(self, arg: int, /) -> None: ...

    @property
    def batch_id(self) -> int:
        """Index of the picture in the batch."""

    @batch_id.setter
    def batch_id(self, arg: int, /) -> None: ...

    @property
    def frame_num(self) -> int:
        """Frames of this source before this one."""

    @frame_num.setter
    def frame_num(self, arg: int, /) -> None: ...

    @property
    def buf_pts(self) -> int:
        """Presentation time, ns."""

    @buf_pts.setter
    def buf_pts(self, arg: int, /) -> None: ...

    @property
    def ntp_timestamp(self) -> int:
        """Time of capture, ns since 1970."""

    @ntp_timestamp.setter
    def ntp_timestamp(self, arg: int, /) -> None: ...

    @property
    def source_id(self) -> int: ...

    @source_id.setter
    def source_id(self, arg: int, /) -> None: ...

    @property
    def num_surfaces_per_frame(self) -> int: ...

    @num_surfaces_per_frame.setter
    def num_surfaces_per_frame(self, arg: int, /) -> None: ...

    @property
    def source_frame_width(self) -> int:
        """Before the mux scaled it."""

    @source_frame_width.setter
    def source_frame_width(self, arg: int, /) -> None: ...

    @property
    def source_frame_height(self) -> int: ...

    @source_frame_height.setter
    def source_frame_height(self, arg: int, /) -> None: ...

    @property
    def surface_type(self) -> int: ...

    @surface_type.setter
    def surface_type(self, arg: int, /) -> None: ...

    @property
    def surface_index(self) -> int: ...

    @surface_index.setter
    def surface_index(self, arg: int, /) -> None: ...

    @property
    def num_obj_meta(self) -> int:
        """Objects in the frame."""

    @num_obj_meta.setter
    def num_obj_meta(self, arg: int, /) -> None: ...

    @property
    def bInferDone(self) -> int:
        """1 if inference ran on the frame."""

    @bInferDone.setter
    def bInferDone(self, arg: int, /) -> None: ...

    @property
    def obj_meta_list(self) -> GList | None: ...

    @property
    def display_meta_list(self) -> GList | None: ...

    @property
    def frame_user_meta_list(self) -> GList | None: ...

    @property
    def misc_frame_info(self) -> Annotated[NDArray[numpy.int64], dict(shape=(4))]: ...

    @property
    def pipeline_width(self) -> int:
        """Of the muxed frame, pixels."""

    @pipeline_width.setter
    def pipeline_width(self, arg: int, /) -> None: ...

    @property
    def pipeline_height(self) -> int: ...

    @pipeline_height.setter
    def pipeline_height(self, arg: int, /) -> None: ...

    @property
    def reserved(self) -> Annotated[NDArray[numpy.int64], dict(shape=(4))]: ...

    @property
    def objects(self, /) -> Collection[NvDsObjectMeta]:
        """
        The NvDsObjectMeta in the list, live. The current one may be removed while iterating.
        """

    @property
    def display_metas(self, /) -> Collection[NvDsDisplayMeta]:
        """
        The NvDsDisplayMeta in the list, live. The current one may be removed while iterating.
        """

    @property
    def user_metas(self, /) -> Collection[NvDsUserMeta]:
        """
        The NvDsUserMeta in the list, live. The current one may be removed while iterating.
        """

class NvDsObjectMeta(Struct):
    """Something seen in a frame."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsObjectMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def base_meta(self) -> NvDsBaseMeta: ...

    @base_meta.setter
    def base_meta(self, arg: NvDsBaseMeta, /) -> None: ...

    @property
    def unique_component_id(self) -> int:
        """Of the element that found it."""

    @unique_component_id.setter
    def unique_component_id(self, arg: int, /) -> None: ...

    @property
    def class_id(self) -> int: ...

    @class_id.setter
    def class_id(self, arg: int, /) -> None: ...

    @property
    def object_id(self) -> int:
        """Of the tracker; 0xFFFFFFFFFFFFFFFF if not tracked."""

    @object_id.setter
    def object_id(self, arg: int, /) -> None: ...

    @property
    def detector_bbox_info(self) -> NvDsComp_BboxInfo: ...

    @detector_bbox_info.setter
    def detector_bbox_info(self, arg: NvDsComp_BboxInfo, /) -> None: ...

    @property
    def tracker_bbox_info(self) -> NvDsComp_BboxInfo: ...

    @tracker_bbox_info.setter
    def tracker_bbox_info(self, arg: NvDsComp_BboxInfo, /) -> None: ...

    @property
    def confidence(self) -> float:
        """Of the detector, 0..1."""

    @confidence.setter
    def confidence(self, arg: float, /) -> None: ...

    @property
    def tracker_confidence(self) -> float: ...

    @tracker_confidence.setter
    def tracker_confidence(self, arg: float, /) -> None: ...

    @property
    def rect_params(self) -> NvOSD_RectParams:
        """The box, also as it is drawn."""

    @rect_params.setter
    def rect_params(self, arg: NvOSD_RectParams, /) -> None: ...

    @property
    def mask_params(self) -> NvOSD_MaskParams: ...

    @mask_params.setter
    def mask_params(self, arg: NvOSD_MaskParams, /) -> None: ...

    @property
    def text_params(self) -> NvOSD_TextParams:
        """The text drawn with the box."""

    @text_params.setter
    def text_params(self, arg: NvOSD_TextParams, /) -> None: ...

    @property
    def obj_label(self) -> str:
        """At most 127 bytes of UTF-8."""

    @obj_label.setter
    def obj_label(self, arg: str, /) -> None: ...

    @property
    def classifier_meta_list(self) -> GList | None: ...

    @property
    def obj_user_meta_list(self) -> GList | None: ...

    @property
    def misc_obj_info(self) -> Annotated[NDArray[numpy.int64], dict(shape=(4))]: ...

    @property
    def reserved(self) -> Annotated[NDArray[numpy.int64], dict(shape=(4))]: ...

    @property
    def parent(self) -> NvDsObjectMeta | None:
        """The object this one is part of, or None."""

    @parent.setter
    def parent(self, parent: NvDsObjectMeta | None) -> None: ...

    @property
    def classifiers(self, /) -> Collection[NvDsClassifierMeta]:
        """
        The NvDsClassifierMeta in the list, live. The current one may be removed while iterating.
        """

    @property
    def user_metas(self, /) -> Collection[NvDsUserMeta]:
        """
        The NvDsUserMeta in the list, live. The current one may be removed while iterating.
        """

class NvDsClassifierMeta(Struct):
    """What one classifier says of an object."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsClassifierMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def base_meta(self) -> NvDsBaseMeta: ...

    @base_meta.setter
    def base_meta(self, arg: NvDsBaseMeta, /) -> None: ...

    @property
    def num_labels(self) -> int: ...

    @num_labels.setter
    def num_labels(self, arg: int, /) -> None: ...

    @property
    def unique_component_id(self) -> int: ...

    @unique_component_id.setter
    def unique_component_id(self, arg: int, /) -> None: ...

    @property
    def label_info_list(self) -> GList | None: ...

    @property
    def classifier_type(self) -> str | None: ...

    @classifier_type.setter
    def classifier_type(self, arg: str, /) -> None: ...

    @property
    def labels(self, /) -> Collection[NvDsLabelInfo]:
        """
        The NvDsLabelInfo in the list, live. The current one may be removed while iterating.
        """

class NvDsLabelInfo(Struct):
    """A label a classifier gave."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsLabelInfo:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def base_meta(self) -> NvDsBaseMeta: ...

    @base_meta.setter
    def base_meta(self, arg: NvDsBaseMeta, /) -> None: ...

    @property
    def num_classes(self) -> int: ...

    @num_classes.setter
    def num_classes(self, arg: int, /) -> None: ...

    @property
    def result_label(self) -> str:
        """At most 127 bytes of UTF-8."""

    @result_label.setter
    def result_label(self, arg: str, /) -> None: ...

    @property
    def pResult_label(self) -> str | None:
        """The label if it does not fit into result_label."""

    @pResult_label.setter
    def pResult_label(self, value: str | None) -> None: ...

    @property
    def result_class_id(self) -> int: ...

    @result_class_id.setter
    def result_class_id(self, arg: int, /) -> None: ...

    @property
    def label_id(self) -> int: ...

    @label_id.setter
    def label_id(self, arg: int, /) -> None: ...

    @property
    def result_prob(self) -> float: ...

    @result_prob.setter
    def result_prob(self, arg: float, /) -> None: ...

class NvDsDisplayMeta(Struct):
    """Things to draw on a frame, at most 16 of each kind."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsDisplayMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def base_meta(self) -> NvDsBaseMeta: ...

    @base_meta.setter
    def base_meta(self, arg: NvDsBaseMeta, /) -> None: ...

    @property
    def num_rects(self) -> int: ...

    @num_rects.setter
    def num_rects(self, arg: int, /) -> None: ...

    @property
    def num_labels(self) -> int: ...

    @num_labels.setter
    def num_labels(self, arg: int, /) -> None: ...

    @property
    def num_lines(self) -> int: ...

    @num_lines.setter
    def num_lines(self, arg: int, /) -> None: ...

    @property
    def num_arrows(self) -> int: ...

    @num_arrows.setter
    def num_arrows(self, arg: int, /) -> None: ...

    @property
    def num_circles(self) -> int: ...

    @num_circles.setter
    def num_circles(self, arg: int, /) -> None: ...

    @property
    def rect_params(self) -> list[NvOSD_RectParams]: ...

    @property
    def text_params(self) -> list[NvOSD_TextParams]: ...

    @property
    def line_params(self) -> list[NvOSD_LineParams]: ...

    @property
    def arrow_params(self) -> list[NvOSD_ArrowParams]: ...

    @property
    def circle_params(self) -> list[NvOSD_CircleParams]: ...

    @property
    def misc_osd_data(self) -> Annotated[NDArray[numpy.int64], dict(shape=(4))]: ...

    @property
    def reserved(self) -> Annotated[NDArray[numpy.int64], dict(shape=(4))]: ...

class NvDsUserMeta(Struct):
    """A payload of any kind."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsUserMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def base_meta(self) -> NvDsBaseMeta: ...

    @base_meta.setter
    def base_meta(self, arg: NvDsBaseMeta, /) -> None: ...

    @property
    def user_meta_data(self) -> CapsuleType | None:
        """The payload. An object assigned here lives as long as the meta."""

    @user_meta_data.setter
    def user_meta_data(self, value: object | None) -> None: ...

    @property
    def user_data(self, /) -> Any:
        """
        Any Python object, in place of user_meta_data. Deep copies of the meta refer to the same object; it is let go with the last of them. None if there is none.
        """

    @user_data.setter
    def user_data(self, value: object, /) -> None: ...

def nvds_create_batch_meta(max_batch_size: int) -> NvDsBatchMeta:
    """
    A batch of its own. It lives until nvds_destroy_batch_meta() or until the buffer it is added to is freed.
    """

def nvds_destroy_batch_meta(batch_meta: NvDsBatchMeta) -> int:
    """Releases everything in the batch. Handles to it become stale."""

def nvds_acquire_meta_lock(batch_meta: NvDsBatchMeta) -> None:
    """
    Locks the batch for this thread (recursive). Other Python threads run meanwhile.
    """

def nvds_release_meta_lock(batch_meta: NvDsBatchMeta) -> None: ...

def nvds_batch_meta_copy_func(data: NvDsBatchMeta, user_meta: object | None = None) -> NvDsBatchMeta:
    """A deep copy. It lives until nvds_destroy_batch_meta()."""

def nvds_batch_meta_release_func(data: NvDsBatchMeta, user_data: object | None = None) -> None:
    """
    As nvds_destroy_batch_meta(): for a batch of nvds_create_batch_meta() or a copy, not for one of a buffer.
    """

def nvds_get_current_metadata_info(batch_meta: NvDsBatchMeta) -> int:
    """1 if the batch holds any metadata, else 0."""

def nvds_clear_meta_list(batch_meta: NvDsBatchMeta, meta_list: GList | None, meta_pool: NvDsMetaPool) -> GList | None:
    """
    Returns the elements from this node of a list on, all of the pool's kind, to their pool. Returns the head of what is left of the list, None if nothing is.
    """

def nvds_get_nth_frame_meta(frame_meta_list: GList | None, index: int) -> NvDsFrameMeta | None:
    """None beyond the end of the list."""

def nvds_acquire_frame_meta_from_pool(batch_meta: NvDsBatchMeta) -> NvDsFrameMeta:
    """A zeroed element of the batch's pool. Pools grow: never None."""

def nvds_acquire_obj_meta_from_pool(batch_meta: NvDsBatchMeta) -> NvDsObjectMeta:
    """A zeroed element of the batch's pool. Pools grow: never None."""

def nvds_acquire_classifier_meta_from_pool(batch_meta: NvDsBatchMeta) -> NvDsClassifierMeta:
    """A zeroed element of the batch's pool. Pools grow: never None."""

def nvds_acquire_label_info_meta_from_pool(batch_meta: NvDsBatchMeta) -> NvDsLabelInfo:
    """A zeroed element of the batch's pool. Pools grow: never None."""

def nvds_acquire_display_meta_from_pool(batch_meta: NvDsBatchMeta) -> NvDsDisplayMeta:
    """A zeroed element of the batch's pool. Pools grow: never None."""

def nvds_acquire_user_meta_from_pool(batch_meta: NvDsBatchMeta) -> NvDsUserMeta:
    """A zeroed element of the batch's pool. Pools grow: never None."""

def nvds_add_obj_meta_to_frame(frame_meta: NvDsFrameMeta, obj_meta: NvDsObjectMeta, obj_parent: NvDsObjectMeta | None = None) -> None:
    """Adds the object in front of the frame's list."""

def nvds_add_frame_meta_to_batch(batch_meta: NvDsBatchMeta, frame_meta: NvDsFrameMeta) -> None: ...

def nvds_add_classifier_meta_to_object(obj_meta: NvDsObjectMeta, classifier_meta: NvDsClassifierMeta) -> None: ...

def nvds_add_label_info_meta_to_classifier(classifier_meta: NvDsClassifierMeta, label_info_meta: NvDsLabelInfo) -> None: ...

def nvds_add_display_meta_to_frame(frame_meta: NvDsFrameMeta, display_meta: NvDsDisplayMeta) -> None: ...

def nvds_add_user_meta_to_batch(batch_meta: NvDsBatchMeta, user_meta: NvDsUserMeta) -> None: ...

def nvds_add_user_meta_to_frame(frame_meta: NvDsFrameMeta, user_meta: NvDsUserMeta) -> None: ...

def nvds_add_user_meta_to_obj(obj_meta: NvDsObjectMeta, user_meta: NvDsUserMeta) -> None: ...

def nvds_remove_frame_meta_from_batch(batch_meta: NvDsBatchMeta, frame_meta: NvDsFrameMeta) -> None:
    """Returns the meta, with everything in it, to its pool."""

def nvds_remove_obj_meta_from_frame(frame_meta: NvDsFrameMeta, obj_meta: NvDsObjectMeta) -> None:
    """Returns the meta, with everything in it, to its pool."""

def nvds_remove_classifier_meta_from_obj(obj_meta: NvDsObjectMeta, classifier_meta: NvDsClassifierMeta) -> None:
    """Returns the meta, with everything in it, to its pool."""

def nvds_remove_label_info_meta_from_classifier(classifier_meta: NvDsClassifierMeta, label_info_meta: NvDsLabelInfo) -> None:
    """Returns the meta, with everything in it, to its pool."""

def nvds_remove_display_meta_from_frame(frame_meta: NvDsFrameMeta, display_meta: NvDsDisplayMeta) -> None:
    """Returns the meta, with everything in it, to its pool."""

def nvds_remove_user_meta_from_batch(batch_meta: NvDsBatchMeta, user_meta: NvDsUserMeta) -> None:
    """Returns the meta, with everything in it, to its pool."""

def nvds_remove_user_meta_from_frame(frame_meta: NvDsFrameMeta, user_meta: NvDsUserMeta) -> None:
    """Returns the meta, with everything in it, to its pool."""

def nvds_remove_user_meta_from_object(obj_meta: NvDsObjectMeta, user_meta: NvDsUserMeta) -> None:
    """Returns the meta, with everything in it, to its pool."""

def nvds_clear_frame_meta_list(batch_meta: NvDsBatchMeta, meta_list: GList | None) -> None:
    """
    Returns the elements from this node of the parent's list on to their pool.
    """

def nvds_clear_obj_meta_list(frame_meta: NvDsFrameMeta, meta_list: GList | None) -> None:
    """
    Returns the elements from this node of the parent's list on to their pool.
    """

def nvds_clear_display_meta_list(frame_meta: NvDsFrameMeta, meta_list: GList | None) -> None:
    """
    Returns the elements from this node of the parent's list on to their pool.
    """

def nvds_clear_batch_user_meta_list(batch_meta: NvDsBatchMeta, meta_list: GList | None) -> None:
    """
    Returns the elements from this node of the parent's list on to their pool.
    """

def nvds_clear_frame_user_meta_list(frame_meta: NvDsFrameMeta, meta_list: GList | None) -> None:
    """
    Returns the elements from this node of the parent's list on to their pool.
    """

def nvds_clear_obj_user_meta_list(object_meta: NvDsObjectMeta, meta_list: GList | None) -> None:
    """
    Returns the elements from this node of the parent's list on to their pool.
    """

def nvds_copy_frame_meta_list(src_frame_meta_list: GList | None, dst_batch_meta: NvDsBatchMeta) -> None:
    """
    Deep copies of the list's elements, in their order. User metas without a copy function are left out.
    """

def nvds_copy_obj_meta_list(src_obj_meta_list: GList | None, dst_object_meta: NvDsFrameMeta) -> None:
    """
    Deep copies of the list's elements, in their order. User metas without a copy function are left out.
    """

def nvds_copy_display_meta_list(src_display_meta: GList | None, dst_frame_meta: NvDsFrameMeta) -> None:
    """
    Deep copies of the list's elements, in their order. User metas without a copy function are left out.
    """

def nvds_copy_batch_user_meta_list(src_user_meta_list: GList | None, dst_batch_meta: NvDsBatchMeta) -> None:
    """
    Deep copies of the list's elements, in their order. User metas without a copy function are left out.
    """

def nvds_copy_frame_user_meta_list(src_user_meta_list: GList | None, dst_frame_meta: NvDsFrameMeta) -> None:
    """
    Deep copies of the list's elements, in their order. User metas without a copy function are left out.
    """

def nvds_get_user_meta_type(meta_descriptor: str) -> int:
    """
    The number of a user meta type named like "ORG.COMPONENT.TYPE", for NvDsMetaType().
    """

def set_user_copyfunc(meta: NvDsUserMeta, func: Callable[[CapsuleType, None], object]) -> None:
    """
    Sets what makes the payload of a deep copy: func(capsule of the NvDsUserMeta, None) returns it, or None to leave the meta out of the copy. Each meta has its own function.
    """

def user_copyfunc(meta: NvDsUserMeta, func: Callable[[CapsuleType, None], object]) -> None:
    """
    Sets what makes the payload of a deep copy: func(capsule of the NvDsUserMeta, None) returns it, or None to leave the meta out of the copy. Each meta has its own function.
    """

def set_user_releasefunc(meta: NvDsUserMeta, func: Callable[[CapsuleType, None], object]) -> None:
    """
    Sets what is called once before the meta returns to its pool: func(capsule of the NvDsUserMeta, None). Each meta has its own function.
    """

def user_releasefunc(meta: NvDsUserMeta, func: Callable[[CapsuleType, None], object]) -> None:
    """
    Sets what is called once before the meta returns to its pool: func(capsule of the NvDsUserMeta, None). Each meta has its own function.
    """

def register_user_copyfunc(func: Callable[[CapsuleType, None], object]) -> None:
    """
    Does nothing; kept for old code. Set the function of each meta instead.
    """

def register_user_releasefunc(func: Callable[[CapsuleType, None], object]) -> None:
    """
    Does nothing; kept for old code. Set the function of each meta instead.
    """

def unset_callback_funcs() -> None:
    """Copy and release functions set so far are not called any more."""

OBJECT_DTYPE: numpy.dtypes.VoidDType = ...

def _add_object_rows(batch_meta: NvDsBatchMeta, rows: bytes) -> int: ...

def label_text(label_id: int) -> str | None:
    """The label of a `label_id` in an object table; None for 0."""

def label_id(label: str) -> int:
    """
    The number of a label, the same for equal labels while the process runs; 0 for "".
    """

class GstNvDsMetaType(enum.IntEnum):
    NVDS_GST_INVALID_META = -1

    NVDS_BATCH_GST_META = 4097

    NVDS_DECODER_GST_META = 4098

    NVDS_DEWARPER_GST_META = 4099

    NVDS_RESERVED_GST_META = 8192

    NVDS_GST_META_FORCE32 = 2147483647

NVDS_GST_INVALID_META: GstNvDsMetaType = GstNvDsMetaType.NVDS_GST_INVALID_META

NVDS_BATCH_GST_META: GstNvDsMetaType = GstNvDsMetaType.NVDS_BATCH_GST_META

NVDS_DECODER_GST_META: GstNvDsMetaType = GstNvDsMetaType.NVDS_DECODER_GST_META

NVDS_DEWARPER_GST_META: GstNvDsMetaType = GstNvDsMetaType.NVDS_DEWARPER_GST_META

NVDS_RESERVED_GST_META: GstNvDsMetaType = GstNvDsMetaType.NVDS_RESERVED_GST_META

NVDS_GST_META_FORCE32: GstNvDsMetaType = GstNvDsMetaType.NVDS_GST_META_FORCE32

class NvDsMeta(Struct):
    """The GstMeta that carries metadata on a buffer."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def meta(self) -> CapsuleType | None:
        """The GstMeta itself, as a capsule."""

    @property
    def meta_data(self) -> CapsuleType | None: ...

    @meta_data.setter
    def meta_data(self, value: object | None) -> None: ...

    @property
    def user_data(self) -> CapsuleType | None: ...

    @user_data.setter
    def user_data(self, value: object | None) -> None: ...

    @property
    def meta_type(self) -> int: ...

    @meta_type.setter
    def meta_type(self, arg: int, /) -> None: ...

def gst_buffer_get_nvds_batch_meta(buffer: int | gi.repository.Gst.Buffer) -> NvDsBatchMeta | None:
    """The batch metadata of a Gst.Buffer or its hash(), or None."""

def gst_buffer_add_nvds_meta(buffer: int | gi.repository.Gst.Buffer, meta_data: object | None, user_data: object | None = None, copy_func: object | None = None, release_func: object | None = None) -> NvDsMeta:
    """
    Adds metadata to a writable buffer. A batch without functions is copied and released with the buffer and gets its meta_type set; for anything else the functions are capsules of C functions.
    """

class Frame:
    """
    One picture of a batch, shared with the pipeline (no copy).

    The pixels stay valid as long as this object or any array made from it; what the pipeline writes later may show in them. uint8, on the CPU.
    """

    @property
    def format(self) -> str:
        """The GStreamer name, such as "NV12" or "RGBA"."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def colorimetry(self) -> str:
        """
        The GStreamer name of matrix, range, transfer and primaries, such as "bt709".
        """

    @property
    def planes(self, /) -> tuple[numpy.typing.NDArray[numpy.uint8], ...]:
        """
        Each plane as an array (rows, columns) or (rows, columns, channels). NV12: Y (height, width) and UV (height / 2, width / 2, 2).
        """

    def to_rgb(self) -> NDArray[numpy.uint8]:
        """A new array (height, width, 3), RGB, full range."""

    def __dlpack__(self, **kwargs: Any) -> CapsuleType:
        """numpy() for torch.from_dlpack() and the like, also without a copy."""

    def __dlpack_device__(self) -> tuple[int, int]: ...

    def numpy(self) -> NDArray[numpy.uint8]:
        """
        All pixels as one array: (height, width, channels) of packed formats, (height, width) of GRAY8, (height * 3 / 2, width) of NV12, which is what OpenCV's COLOR_YUV2*_NV12 take. Raises RuntimeError for I420 and odd sizes of NV12, whose planes are apart.
        """

def frame(gst_buffer: int | gi.repository.Gst.Buffer, batch_id: int, *, writable: bool = False) -> Frame:
    """
    The picture at `frame_meta.batch_id` of a buffer, in whatever format it has.

    Arrays made from it are read-only unless `writable`, which first makes the picture exclusive to this buffer if another branch of the pipeline shares it.

    Raises RuntimeError if the buffer holds no pictures, IndexError for a bad batch_id.
    """

def get_string(ptr: int) -> str | None:
    """
    The text at an address, as `display_text` reads. None for 0. Bytes that are not UTF-8 become U+FFFD.
    """

def alloc_buffer(size: int) -> int:
    """The address of `size` zeroed bytes; free them with free_buffer()."""

def alloc_char_buffer(size: int) -> int:
    """Same as alloc_buffer()."""

def free_buffer(buffer: int) -> None:
    """
    Frees what alloc_buffer(), strdup() or memdup() gave. Anything else, such as 0, a string that belongs to metadata or what was freed before, is left alone.
    """

def free_gbuffer(buffer: object | None) -> None:
    """free_buffer() for a capsule."""

def strdup(ptr: int) -> int:
    """The address of a copy of a string; free it with free_buffer()."""

def strdup2str(ptr: int) -> str:
    """The text at an address; "" for 0."""

def memdup(ptr: int, size: int) -> int:
    """
    The address of a copy of `size` bytes, of a struct of an event message not more than it has; free it with free_buffer().
    """

def get_ptr(ptr: object | None) -> int:
    """The address in a capsule or of a bound object. 0 for None."""

def _add_probe(pad: int | gi.repository.Gst.Pad, callback: Callable[[NvDsBatchMeta], object], on_error: Callable[[BaseException], object] | None) -> int: ...

def _remove_probe(pad: int | gi.repository.Gst.Pad, id: int) -> None: ...

class NvDsInferDataType(enum.IntEnum):
    """The element type of a tensor."""

    FLOAT = 0

    HALF = 1

    INT8 = 2

    INT32 = 3

    INT64 = 4

    UINT8 = 5

FLOAT: NvDsInferDataType = NvDsInferDataType.FLOAT

HALF: NvDsInferDataType = NvDsInferDataType.HALF

INT8: NvDsInferDataType = NvDsInferDataType.INT8

INT32: NvDsInferDataType = NvDsInferDataType.INT32

INT64: NvDsInferDataType = NvDsInferDataType.INT64

UINT8: NvDsInferDataType = NvDsInferDataType.UINT8

class NvDsInferDims(Struct):
    """The extents of a tensor."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsInferDims:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def numDims(self) -> int: ...

    @numDims.setter
    def numDims(self, arg: int, /) -> None: ...

    @property
    def numElements(self) -> int: ...

    @numElements.setter
    def numElements(self, arg: int, /) -> None: ...

    @property
    def d(self) -> Annotated[NDArray[numpy.uint32], dict(shape=(8))]: ...

class NvDsInferDimsCHW(Struct):
    """The extents of a picture tensor."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsInferDimsCHW:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def c(self) -> int: ...

    @c.setter
    def c(self, arg: int, /) -> None: ...

    @property
    def h(self) -> int: ...

    @h.setter
    def h(self, arg: int, /) -> None: ...

    @property
    def w(self) -> int: ...

    @w.setter
    def w(self, arg: int, /) -> None: ...

class NvDsInferAttribute(Struct):
    """What a classifier says of one attribute."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsInferAttribute:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def attributeIndex(self) -> int: ...

    @attributeIndex.setter
    def attributeIndex(self, arg: int, /) -> None: ...

    @property
    def atttributeIndex(self) -> int:
        """attributeIndex, misspelt."""

    @atttributeIndex.setter
    def atttributeIndex(self, arg: int, /) -> None: ...

    @property
    def attributeValue(self) -> int: ...

    @attributeValue.setter
    def attributeValue(self, arg: int, /) -> None: ...

    @property
    def attributeConfidence(self) -> float: ...

    @attributeConfidence.setter
    def attributeConfidence(self, arg: float, /) -> None: ...

    @property
    def attributeLabel(self) -> str | None: ...

class NvDsInferNetworkInfo(Struct):
    """The size of a network's input."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsInferNetworkInfo:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def width(self) -> int: ...

    @width.setter
    def width(self, arg: int, /) -> None: ...

    @property
    def height(self) -> int: ...

    @height.setter
    def height(self, arg: int, /) -> None: ...

    @property
    def channels(self) -> int: ...

    @channels.setter
    def channels(self, arg: int, /) -> None: ...

class NvDsInferObjectDetectionInfo(Struct):
    """A detection, in network pixels."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsInferObjectDetectionInfo:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def classId(self) -> int: ...

    @classId.setter
    def classId(self, arg: int, /) -> None: ...

    @property
    def left(self) -> float: ...

    @left.setter
    def left(self, arg: float, /) -> None: ...

    @property
    def top(self) -> float: ...

    @top.setter
    def top(self, arg: float, /) -> None: ...

    @property
    def width(self) -> float: ...

    @width.setter
    def width(self, arg: float, /) -> None: ...

    @property
    def height(self) -> float: ...

    @height.setter
    def height(self, arg: float, /) -> None: ...

    @property
    def detectionConfidence(self) -> float: ...

    @detectionConfidence.setter
    def detectionConfidence(self, arg: float, /) -> None: ...

    @property
    def rotation_angle(self) -> float: ...

    @rotation_angle.setter
    def rotation_angle(self, arg: float, /) -> None: ...

class NvDsInferLayerInfo(Struct):
    """One output of a network, of one frame."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsInferLayerInfo:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def dataType(self) -> NvDsInferDataType: ...

    @dataType.setter
    def dataType(self, arg: NvDsInferDataType, /) -> None: ...

    @property
    def dims(self) -> NvDsInferDims: ...

    @dims.setter
    def dims(self, arg: NvDsInferDims, /) -> None: ...

    @property
    def inferDims(self) -> NvDsInferDims: ...

    @inferDims.setter
    def inferDims(self, arg: NvDsInferDims, /) -> None: ...

    @property
    def bindingIndex(self) -> int: ...

    @bindingIndex.setter
    def bindingIndex(self, arg: int, /) -> None: ...

    @property
    def isInput(self) -> int: ...

    @isInput.setter
    def isInput(self, arg: int, /) -> None: ...

    @property
    def layerName(self) -> str | None: ...

    @property
    def buffer(self) -> CapsuleType | None:
        """The values, contiguous, as a capsule."""

class NvDsInferTensorMeta(Struct):
    """The raw outputs of a network for one frame (`output-tensor-meta=1`)."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsInferTensorMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def unique_id(self) -> int: ...

    @unique_id.setter
    def unique_id(self, arg: int, /) -> None: ...

    @property
    def num_output_layers(self) -> int: ...

    @num_output_layers.setter
    def num_output_layers(self, arg: int, /) -> None: ...

    @property
    def gpu_id(self) -> int: ...

    @gpu_id.setter
    def gpu_id(self, arg: int, /) -> None: ...

    @property
    def network_info(self) -> NvDsInferNetworkInfo: ...

    @network_info.setter
    def network_info(self, arg: NvDsInferNetworkInfo, /) -> None: ...

    @property
    def out_buf_ptrs_host(self) -> CapsuleType | None: ...

    @property
    def out_buf_ptrs_dev(self) -> CapsuleType | None: ...

    @property
    def priv_data(self) -> CapsuleType | None: ...

    @property
    def maintain_aspect_ratio(self) -> int: ...

    @maintain_aspect_ratio.setter
    def maintain_aspect_ratio(self, arg: int, /) -> None: ...

    @property
    def symmetric_padding(self) -> int: ...

    @symmetric_padding.setter
    def symmetric_padding(self, arg: int, /) -> None: ...

    def output_layers_info(self, j: int) -> NvDsInferLayerInfo:
        """Layer `j`."""

    @property
    def tensors(self, /) -> dict[str, numpy.ndarray]:
        """
        The outputs by name, without a copy. They stay valid as long as they are kept.
        """

def get_nvds_LayerInfo(data: object, j: int) -> NvDsInferLayerInfo:
    """Layer `j` of a tensor meta."""

def get_detections(data: object, i: int) -> float:
    """
    Value `i` of a float32 layer's `buffer`. The index is not checked: `NvDsInferTensorMeta.tensors` is safer and much faster.
    """

class NvDsEventType(enum.IntEnum):
    """What happened to an object."""

    NVDS_EVENT_ENTRY = 0

    NVDS_EVENT_EXIT = 1

    NVDS_EVENT_MOVING = 2

    NVDS_EVENT_STOPPED = 3

    NVDS_EVENT_EMPTY = 4

    NVDS_EVENT_PARKED = 5

    NVDS_EVENT_RESET = 6

    NVDS_EVENT_RESERVED = 256

    NVDS_EVENT_CUSTOM = 257

    NVDS_EVENT_FORCE32 = 2147483647

NVDS_EVENT_ENTRY: NvDsEventType = NvDsEventType.NVDS_EVENT_ENTRY

NVDS_EVENT_EXIT: NvDsEventType = NvDsEventType.NVDS_EVENT_EXIT

NVDS_EVENT_MOVING: NvDsEventType = NvDsEventType.NVDS_EVENT_MOVING

NVDS_EVENT_STOPPED: NvDsEventType = NvDsEventType.NVDS_EVENT_STOPPED

NVDS_EVENT_EMPTY: NvDsEventType = NvDsEventType.NVDS_EVENT_EMPTY

NVDS_EVENT_PARKED: NvDsEventType = NvDsEventType.NVDS_EVENT_PARKED

NVDS_EVENT_RESET: NvDsEventType = NvDsEventType.NVDS_EVENT_RESET

NVDS_EVENT_RESERVED: NvDsEventType = NvDsEventType.NVDS_EVENT_RESERVED

NVDS_EVENT_CUSTOM: NvDsEventType = NvDsEventType.NVDS_EVENT_CUSTOM

NVDS_EVENT_FORCE32: NvDsEventType = NvDsEventType.NVDS_EVENT_FORCE32

class NvDsObjectType(enum.IntEnum):
    """What an object is."""

    NVDS_OBJECT_TYPE_VEHICLE = 0

    NVDS_OBJECT_TYPE_PERSON = 1

    NVDS_OBJECT_TYPE_FACE = 2

    NVDS_OBJECT_TYPE_BAG = 3

    NVDS_OBJECT_TYPE_BICYCLE = 4

    NVDS_OBJECT_TYPE_ROADSIGN = 5

    NVDS_OBJECT_TYPE_VEHICLE_EXT = 6

    NVDS_OBJECT_TYPE_PERSON_EXT = 7

    NVDS_OBJECT_TYPE_FACE_EXT = 8

    NVDS_OBJECT_TYPE_RESERVED = 256

    NVDS_OBJECT_TYPE_CUSTOM = 257

    NVDS_OBJECT_TYPE_UNKNOWN = 258

    NVDS_OBEJCT_TYPE_FORCE32 = 2147483647

NVDS_OBJECT_TYPE_VEHICLE: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_VEHICLE

NVDS_OBJECT_TYPE_PERSON: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_PERSON

NVDS_OBJECT_TYPE_FACE: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_FACE

NVDS_OBJECT_TYPE_BAG: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_BAG

NVDS_OBJECT_TYPE_BICYCLE: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_BICYCLE

NVDS_OBJECT_TYPE_ROADSIGN: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_ROADSIGN

NVDS_OBJECT_TYPE_VEHICLE_EXT: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_VEHICLE_EXT

NVDS_OBJECT_TYPE_PERSON_EXT: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_PERSON_EXT

NVDS_OBJECT_TYPE_FACE_EXT: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_FACE_EXT

NVDS_OBJECT_TYPE_RESERVED: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_RESERVED

NVDS_OBJECT_TYPE_CUSTOM: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_CUSTOM

NVDS_OBJECT_TYPE_UNKNOWN: NvDsObjectType = NvDsObjectType.NVDS_OBJECT_TYPE_UNKNOWN

NVDS_OBEJCT_TYPE_FORCE32: NvDsObjectType = NvDsObjectType.NVDS_OBEJCT_TYPE_FORCE32

class NvDsPayloadType(enum.IntEnum):
    """The kinds of message that nvmsgconv makes."""

    NVDS_PAYLOAD_DEEPSTREAM = 0

    NVDS_PAYLOAD_DEEPSTREAM_MINIMAL = 1

    NVDS_PAYLOAD_RESERVED = 256

    NVDS_PAYLOAD_CUSTOM = 257

    NVDS_PAYLOAD_FORCE32 = 2147483647

NVDS_PAYLOAD_DEEPSTREAM: NvDsPayloadType = NvDsPayloadType.NVDS_PAYLOAD_DEEPSTREAM

NVDS_PAYLOAD_DEEPSTREAM_MINIMAL: NvDsPayloadType = NvDsPayloadType.NVDS_PAYLOAD_DEEPSTREAM_MINIMAL

NVDS_PAYLOAD_RESERVED: NvDsPayloadType = NvDsPayloadType.NVDS_PAYLOAD_RESERVED

NVDS_PAYLOAD_CUSTOM: NvDsPayloadType = NvDsPayloadType.NVDS_PAYLOAD_CUSTOM

NVDS_PAYLOAD_FORCE32: NvDsPayloadType = NvDsPayloadType.NVDS_PAYLOAD_FORCE32

class NvDsRect(Struct):
    """A box, in pixels."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsRect:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def top(self) -> float: ...

    @top.setter
    def top(self, arg: float, /) -> None: ...

    @property
    def left(self) -> float: ...

    @left.setter
    def left(self, arg: float, /) -> None: ...

    @property
    def width(self) -> float: ...

    @width.setter
    def width(self, arg: float, /) -> None: ...

    @property
    def height(self) -> float: ...

    @height.setter
    def height(self, arg: float, /) -> None: ...

class NvDsGeoLocation(Struct):
    """A place on Earth: degrees, degrees, metres."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsGeoLocation:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def lat(self) -> float: ...

    @lat.setter
    def lat(self, arg: float, /) -> None: ...

    @property
    def lon(self) -> float: ...

    @lon.setter
    def lon(self, arg: float, /) -> None: ...

    @property
    def alt(self) -> float: ...

    @alt.setter
    def alt(self, arg: float, /) -> None: ...

class NvDsCoordinate(Struct):
    """A place in a room."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsCoordinate:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def x(self) -> float: ...

    @x.setter
    def x(self, arg: float, /) -> None: ...

    @property
    def y(self) -> float: ...

    @y.setter
    def y(self, arg: float, /) -> None: ...

    @property
    def z(self) -> float: ...

    @z.setter
    def z(self, arg: float, /) -> None: ...

class NvDsObjectSignature(Struct):
    """Numbers that tell objects apart."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsObjectSignature:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def signature(self) -> float | None:
        """The first value only."""

    @property
    def size(self) -> int:
        """Number of values."""

    @size.setter
    def size(self, arg: int, /) -> None: ...

class NvDsVehicleObject(Struct):
    """
    What is known of a vehicle. Strings read as addresses (see get_string).
    """

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsVehicleObject:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def type(self) -> int: ...

    @type.setter
    def type(self, arg: str, /) -> None: ...

    @property
    def make(self) -> int: ...

    @make.setter
    def make(self, arg: str, /) -> None: ...

    @property
    def model(self) -> int: ...

    @model.setter
    def model(self, arg: str, /) -> None: ...

    @property
    def color(self) -> int: ...

    @color.setter
    def color(self, arg: str, /) -> None: ...

    @property
    def region(self) -> int: ...

    @region.setter
    def region(self, arg: str, /) -> None: ...

    @property
    def license(self) -> int: ...

    @license.setter
    def license(self, arg: str, /) -> None: ...

class NvDsPersonObject(Struct):
    """What is known of a person. Strings read as addresses (see get_string)."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsPersonObject:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def gender(self) -> int: ...

    @gender.setter
    def gender(self, arg: str, /) -> None: ...

    @property
    def hair(self) -> int: ...

    @hair.setter
    def hair(self, arg: str, /) -> None: ...

    @property
    def cap(self) -> int: ...

    @cap.setter
    def cap(self, arg: str, /) -> None: ...

    @property
    def apparel(self) -> int: ...

    @apparel.setter
    def apparel(self, arg: str, /) -> None: ...

    @property
    def age(self) -> int: ...

    @age.setter
    def age(self, arg: int, /) -> None: ...

class NvDsFaceObject(Struct):
    """What is known of a face. Strings read as addresses (see get_string)."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsFaceObject:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def gender(self) -> int: ...

    @gender.setter
    def gender(self, arg: str, /) -> None: ...

    @property
    def hair(self) -> int: ...

    @hair.setter
    def hair(self, arg: str, /) -> None: ...

    @property
    def cap(self) -> int: ...

    @cap.setter
    def cap(self, arg: str, /) -> None: ...

    @property
    def glasses(self) -> int: ...

    @glasses.setter
    def glasses(self, arg: str, /) -> None: ...

    @property
    def facialhair(self) -> int: ...

    @facialhair.setter
    def facialhair(self, arg: str, /) -> None: ...

    @property
    def name(self) -> int: ...

    @name.setter
    def name(self, arg: str, /) -> None: ...

    @property
    def eyecolor(self) -> int: ...

    @eyecolor.setter
    def eyecolor(self, arg: str, /) -> None: ...

    @property
    def age(self) -> int: ...

    @age.setter
    def age(self, arg: int, /) -> None: ...

class NvDsVehicleObjectExt(Struct):
    """A vehicle with its outline."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsVehicleObjectExt:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def type(self) -> str | None: ...

    @type.setter
    def type(self, value: str | None) -> None: ...

    @property
    def make(self) -> str | None: ...

    @make.setter
    def make(self, value: str | None) -> None: ...

    @property
    def model(self) -> str | None: ...

    @model.setter
    def model(self, value: str | None) -> None: ...

    @property
    def color(self) -> str | None: ...

    @color.setter
    def color(self, value: str | None) -> None: ...

    @property
    def region(self) -> str | None: ...

    @region.setter
    def region(self, value: str | None) -> None: ...

    @property
    def license(self) -> str | None: ...

    @license.setter
    def license(self, value: str | None) -> None: ...

    @property
    def mask(self) -> GList | None: ...

class NvDsPersonObjectExt(Struct):
    """A person with an outline."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsPersonObjectExt:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def gender(self) -> str | None: ...

    @gender.setter
    def gender(self, value: str | None) -> None: ...

    @property
    def hair(self) -> str | None: ...

    @hair.setter
    def hair(self, value: str | None) -> None: ...

    @property
    def cap(self) -> str | None: ...

    @cap.setter
    def cap(self, value: str | None) -> None: ...

    @property
    def apparel(self) -> str | None: ...

    @apparel.setter
    def apparel(self, value: str | None) -> None: ...

    @property
    def age(self) -> int: ...

    @age.setter
    def age(self, arg: int, /) -> None: ...

    @property
    def mask(self) -> GList | None: ...

class NvDsFaceObjectWithExt(Struct):
    """A face with its outline."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsFaceObjectWithExt:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def gender(self) -> str | None: ...

    @gender.setter
    def gender(self, value: str | None) -> None: ...

    @property
    def hair(self) -> str | None: ...

    @hair.setter
    def hair(self, value: str | None) -> None: ...

    @property
    def cap(self) -> str | None: ...

    @cap.setter
    def cap(self, value: str | None) -> None: ...

    @property
    def glasses(self) -> str | None: ...

    @glasses.setter
    def glasses(self, value: str | None) -> None: ...

    @property
    def facialhair(self) -> str | None: ...

    @facialhair.setter
    def facialhair(self, value: str | None) -> None: ...

    @property
    def name(self) -> str | None: ...

    @name.setter
    def name(self, value: str | None) -> None: ...

    @property
    def eyecolor(self) -> str | None: ...

    @eyecolor.setter
    def eyecolor(self, value: str | None) -> None: ...

    @property
    def age(self) -> int: ...

    @age.setter
    def age(self, arg: int, /) -> None: ...

    @property
    def mask(self) -> GList | None: ...

class NvDsEventMsgMeta(Struct):
    """
    An event to be sent to a message broker. Strings read as addresses (see get_string).
    """

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsEventMsgMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def extMsg(self) -> CapsuleType | None:
        """
        An NvDsVehicleObject, NvDsPersonObject or the like, by objType; kept alive.
        """

    @extMsg.setter
    def extMsg(self, value: object | None) -> None: ...

    @property
    def type(self) -> NvDsEventType: ...

    @type.setter
    def type(self, arg: NvDsEventType, /) -> None: ...

    @property
    def objType(self) -> NvDsObjectType: ...

    @objType.setter
    def objType(self, arg: NvDsObjectType, /) -> None: ...

    @property
    def bbox(self) -> NvDsRect: ...

    @bbox.setter
    def bbox(self, arg: NvDsRect, /) -> None: ...

    @property
    def location(self) -> NvDsGeoLocation: ...

    @location.setter
    def location(self, arg: NvDsGeoLocation, /) -> None: ...

    @property
    def coordinate(self) -> NvDsCoordinate: ...

    @coordinate.setter
    def coordinate(self, arg: NvDsCoordinate, /) -> None: ...

    @property
    def objClassId(self) -> int: ...

    @objClassId.setter
    def objClassId(self, arg: int, /) -> None: ...

    @property
    def sensorId(self) -> int: ...

    @sensorId.setter
    def sensorId(self, arg: int, /) -> None: ...

    @property
    def moduleId(self) -> int: ...

    @moduleId.setter
    def moduleId(self, arg: int, /) -> None: ...

    @property
    def placeId(self) -> int: ...

    @placeId.setter
    def placeId(self, arg: int, /) -> None: ...

    @property
    def componentId(self) -> int: ...

    @componentId.setter
    def componentId(self, arg: int, /) -> None: ...

    @property
    def frameId(self) -> int: ...

    @frameId.setter
    def frameId(self, arg: int, /) -> None: ...

    @property
    def confidence(self) -> float: ...

    @confidence.setter
    def confidence(self, arg: float, /) -> None: ...

    @property
    def trackingId(self) -> int: ...

    @trackingId.setter
    def trackingId(self, arg: int, /) -> None: ...

    @property
    def objectId(self) -> int: ...

    @objectId.setter
    def objectId(self, arg: str, /) -> None: ...

    @property
    def sensorStr(self) -> int: ...

    @sensorStr.setter
    def sensorStr(self, arg: str, /) -> None: ...

    @property
    def otherAttrs(self) -> int: ...

    @otherAttrs.setter
    def otherAttrs(self, arg: str, /) -> None: ...

    @property
    def videoPath(self) -> int: ...

    @videoPath.setter
    def videoPath(self, arg: str, /) -> None: ...

    @property
    def extMsgSize(self) -> int: ...

    @extMsgSize.setter
    def extMsgSize(self, arg: int, /) -> None: ...

    @property
    def objSignature(self) -> NvDsObjectSignature: ...

    @objSignature.setter
    def objSignature(self, arg: NvDsObjectSignature, /) -> None: ...

    @property
    def ts(self) -> int:
        """
        The time, RFC 3339, as the address of its text. Set it to an address of alloc_buffer(), which becomes this event's, or to a str.
        """

    @ts.setter
    def ts(self, arg: int | str, /) -> None: ...

class NvDsEvent(Struct):
    """An event and its message."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsEvent:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def eventType(self) -> NvDsEventType: ...

    @eventType.setter
    def eventType(self, arg: NvDsEventType, /) -> None: ...

    @property
    def metadata(self) -> NvDsEventMsgMeta | None: ...

    @metadata.setter
    def metadata(self, value: NvDsEventMsgMeta | None) -> None: ...

class NvDsPayload(Struct):
    """A message ready to be sent."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsPayload:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def payload(self) -> CapsuleType | None: ...

    @payload.setter
    def payload(self, value: object | None) -> None: ...

    @property
    def payloadSize(self) -> int:
        """Bytes."""

    @payloadSize.setter
    def payloadSize(self, arg: int, /) -> None: ...

    @property
    def componentId(self) -> int: ...

    @componentId.setter
    def componentId(self, arg: int, /) -> None: ...

def alloc_nvds_vehicle_object() -> NvDsVehicleObject:
    """
    A zeroed struct that lives as long as Python, or metadata it was given to, refers to it.
    """

def alloc_nvds_person_object() -> NvDsPersonObject:
    """
    A zeroed struct that lives as long as Python, or metadata it was given to, refers to it.
    """

def alloc_nvds_face_object() -> NvDsFaceObject:
    """
    A zeroed struct that lives as long as Python, or metadata it was given to, refers to it.
    """

def alloc_nvds_event() -> NvDsEvent:
    """
    A zeroed struct that lives as long as Python, or metadata it was given to, refers to it.
    """

def alloc_nvds_payload() -> NvDsPayload:
    """
    A zeroed struct that lives as long as Python, or metadata it was given to, refers to it.
    """

def alloc_nvds_event_msg_meta(user_meta: NvDsUserMeta | None = None) -> NvDsEventMsgMeta:
    """
    A zeroed struct. Given a user meta, it is made its payload, to be copied and released with it; so it is when it is assigned to `user_meta_data` later.
    """

def generate_ts_rfc3339(buffer: int, size: int) -> None:
    """
    Writes the time, such as "2026-01-31T12:00:00.123Z", to an address with room for `size` bytes; 25 hold all of it.
    """

class CustomDataStruct(Struct):
    """An example of a payload of one's own."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> CustomDataStruct:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def structId(self) -> int: ...

    @structId.setter
    def structId(self, arg: int, /) -> None: ...

    @property
    def message(self) -> int:
        """Set with a str; reads as the address of the text (see get_string)."""

    @message.setter
    def message(self, arg: str, /) -> None: ...

    @property
    def sampleInt(self) -> int: ...

    @sampleInt.setter
    def sampleInt(self, arg: int, /) -> None: ...

def alloc_custom_struct(meta: NvDsUserMeta | None = None) -> CustomDataStruct:
    """
    A zeroed struct. Given a user meta, it is made its payload, to be copied and released with it; so it is when it is assigned to `user_meta_data` later.
    """

class ROI_STATUS_360D(enum.IntEnum):
    """Where an object is in a surround view."""

    ROI_ENTRY_360D = 1

    ROI_EXIT_360D = 2

    INSIDE_AISLE_360D = 4

ROI_ENTRY_360D: ROI_STATUS_360D = ROI_STATUS_360D.ROI_ENTRY_360D

ROI_EXIT_360D: ROI_STATUS_360D = ROI_STATUS_360D.ROI_EXIT_360D

INSIDE_AISLE_360D: ROI_STATUS_360D = ROI_STATUS_360D.INSIDE_AISLE_360D

class RectDim(Struct):
    """A region of a surround view."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> RectDim:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def left(self) -> float: ...

    @left.setter
    def left(self, arg: float, /) -> None: ...

    @property
    def top(self) -> float: ...

    @top.setter
    def top(self, arg: float, /) -> None: ...

    @property
    def width(self) -> float: ...

    @width.setter
    def width(self, arg: float, /) -> None: ...

    @property
    def height(self) -> float: ...

    @height.setter
    def height(self, arg: float, /) -> None: ...

    @property
    def class_id(self) -> int: ...

    @class_id.setter
    def class_id(self, arg: int, /) -> None: ...

    @property
    def tracking_id(self) -> int: ...

    @tracking_id.setter
    def tracking_id(self, arg: int, /) -> None: ...

    @property
    def gie_unique_id(self) -> int: ...

    @gie_unique_id.setter
    def gie_unique_id(self, arg: int, /) -> None: ...

    @property
    def roi_status(self) -> int:
        """Flags of ROI_STATUS_360D."""

    @roi_status.setter
    def roi_status(self, arg: int, /) -> None: ...

    @property
    def text(self) -> CapsuleType | None: ...

    @text.setter
    def text(self, value: object | None) -> None: ...

class NvDsTargetMiscDataFrame(Struct):
    """A target in one frame."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsTargetMiscDataFrame:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def frameNum(self) -> int: ...

    @frameNum.setter
    def frameNum(self, arg: int, /) -> None: ...

    @property
    def tBbox(self) -> NvOSD_RectParams:
        """Pixels of the muxed frame."""

    @tBbox.setter
    def tBbox(self, arg: NvOSD_RectParams, /) -> None: ...

    @property
    def confidence(self) -> float: ...

    @confidence.setter
    def confidence(self, arg: float, /) -> None: ...

    @property
    def age(self) -> int:
        """Frames since it was first seen, which is 1."""

    @age.setter
    def age(self, arg: int, /) -> None: ...

class NvDsTargetMiscDataObject(Struct):
    """One target."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsTargetMiscDataObject:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def numObj(self) -> int:
        """Number of frames."""

    @numObj.setter
    def numObj(self, arg: int, /) -> None: ...

    @property
    def uniqueId(self) -> int:
        """Its object_id."""

    @uniqueId.setter
    def uniqueId(self, arg: int, /) -> None: ...

    @property
    def classId(self) -> int: ...

    @classId.setter
    def classId(self, arg: int, /) -> None: ...

    @property
    def objLabel(self) -> str: ...

    @objLabel.setter
    def objLabel(self, arg: str, /) -> None: ...

    def list(self, /) -> Iterator[NvDsTargetMiscDataFrame]:
        """The entries, as references."""

class NvDsTargetMiscDataStream(Struct):
    """The targets of one source."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsTargetMiscDataStream:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def streamID(self) -> int:
        """The source_id of its frames."""

    @streamID.setter
    def streamID(self, arg: int, /) -> None: ...

    @property
    def surfaceStreamID(self) -> int: ...

    @surfaceStreamID.setter
    def surfaceStreamID(self, arg: int, /) -> None: ...

    @property
    def numAllocated(self) -> int: ...

    @numAllocated.setter
    def numAllocated(self, arg: int, /) -> None: ...

    @property
    def numFilled(self) -> int:
        """Number of targets."""

    @numFilled.setter
    def numFilled(self, arg: int, /) -> None: ...

    def list(self, /) -> Iterator[NvDsTargetMiscDataObject]:
        """The entries, as references."""

class NvDsTargetMiscDataBatch(Struct):
    """Targets by source: payload of a batch user meta."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsTargetMiscDataBatch:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def numAllocated(self) -> int: ...

    @numAllocated.setter
    def numAllocated(self, arg: int, /) -> None: ...

    @property
    def numFilled(self) -> int:
        """Number of sources."""

    @numFilled.setter
    def numFilled(self, arg: int, /) -> None: ...

    def list(self, /) -> Iterator[NvDsTargetMiscDataStream]:
        """The entries, as references."""

NvDsPastFrameObj: TypeAlias = NvDsTargetMiscDataFrame

NvDsPastFrameObjList: TypeAlias = NvDsTargetMiscDataObject

NvDsPastFrameObjStream: TypeAlias = NvDsTargetMiscDataStream

NvDsPastFrameObjBatch: TypeAlias = NvDsTargetMiscDataBatch

class NvDsObjReid(Struct):
    """The embedding of an object."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsObjReid:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def featureSize(self) -> int: ...

    @featureSize.setter
    def featureSize(self, arg: int, /) -> None: ...

    def get_host_reid_vector(self) -> Annotated[NDArray[numpy.float32], dict(shape=(None,))]:
        """A copy of the vector, float32 of shape (featureSize,)."""

class NvDsAnalyticsObjInfo(Struct):
    """What nvdsanalytics says of an object. Containers are copies."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsAnalyticsObjInfo:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def roiStatus(self) -> list[str]:
        """Regions it is in."""

    @roiStatus.setter
    def roiStatus(self, arg: Sequence[str], /) -> None: ...

    @property
    def ocStatus(self) -> list[str]:
        """Overcrowded regions it is in."""

    @ocStatus.setter
    def ocStatus(self, arg: Sequence[str], /) -> None: ...

    @property
    def lcStatus(self) -> list[str]:
        """Lines it crosses in this frame."""

    @lcStatus.setter
    def lcStatus(self, arg: Sequence[str], /) -> None: ...

    @property
    def dirStatus(self) -> str:
        """The direction it moves in, or ""."""

    @dirStatus.setter
    def dirStatus(self, arg: str, /) -> None: ...

    @property
    def objStatus(self) -> str: ...

    @objStatus.setter
    def objStatus(self, arg: str, /) -> None: ...

    @property
    def unique_id(self) -> int:
        """Of the element."""

    @unique_id.setter
    def unique_id(self, arg: int, /) -> None: ...

class NvDsAnalyticsFrameMeta(Struct):
    """What nvdsanalytics says of a frame. Containers are copies."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsAnalyticsFrameMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def ocStatus(self) -> dict[str, bool]:
        """Region: whether it is overcrowded."""

    @ocStatus.setter
    def ocStatus(self, arg: Mapping[str, bool], /) -> None: ...

    @property
    def objInROIcnt(self) -> dict[str, int]:
        """Region: objects in it."""

    @objInROIcnt.setter
    def objInROIcnt(self, arg: Mapping[str, int], /) -> None: ...

    @property
    def objLCCurrCnt(self) -> dict[str, int]:
        """Line: crossings in this frame."""

    @objLCCurrCnt.setter
    def objLCCurrCnt(self, arg: Mapping[str, int], /) -> None: ...

    @property
    def objLCCumCnt(self) -> dict[str, int]:
        """Line: crossings so far."""

    @objLCCumCnt.setter
    def objLCCumCnt(self, arg: Mapping[str, int], /) -> None: ...

    @property
    def objCnt(self) -> dict[int, int]:
        """Class: objects in the frame."""

    @objCnt.setter
    def objCnt(self, arg: Mapping[int, int], /) -> None: ...

    @property
    def unique_id(self) -> int:
        """Of the element."""

    @unique_id.setter
    def unique_id(self, arg: int, /) -> None: ...

class NvDsInferSegmentationMeta(Struct):
    """The class of each pixel."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsInferSegmentationMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def classes(self) -> int: ...

    @classes.setter
    def classes(self, arg: int, /) -> None: ...

    @property
    def width(self) -> int:
        """Of the map, pixels."""

    @width.setter
    def width(self, arg: int, /) -> None: ...

    @property
    def height(self) -> int:
        """Of the map, pixels."""

    @height.setter
    def height(self, arg: int, /) -> None: ...

    @property
    def unique_id(self) -> int:
        """Of the element that made it."""

    @unique_id.setter
    def unique_id(self, arg: int, /) -> None: ...

    @property
    def class_map(self) -> int | None:
        """The first value only; use get_segmentation_masks()."""

    @property
    def class_probabilities_map(self) -> float | None:
        """The first value only."""

    @property
    def priv_data(self) -> CapsuleType | None: ...

def get_segmentation_masks(data: object) -> numpy.typing.NDArray[numpy.int32]:
    """
    A copy of the class map, int32 of shape (height, width); -1 where no class is likely enough. `data` is the NvDsInferSegmentationMeta or a capsule of it.
    """

class NvOFFlowVector(Struct):
    """The motion of a block of pixels."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvOFFlowVector:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def flowx(self) -> int: ...

    @flowx.setter
    def flowx(self, arg: int, /) -> None: ...

    @property
    def flowy(self) -> int: ...

    @flowy.setter
    def flowy(self, arg: int, /) -> None: ...

class NvDsOpticalFlowMeta(Struct):
    """Motion between two frames."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsOpticalFlowMeta:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def rows(self) -> int: ...

    @rows.setter
    def rows(self, arg: int, /) -> None: ...

    @property
    def cols(self) -> int: ...

    @cols.setter
    def cols(self, arg: int, /) -> None: ...

    @property
    def mv_size(self) -> int:
        """Bytes of one vector."""

    @mv_size.setter
    def mv_size(self, arg: int, /) -> None: ...

    @property
    def frame_num(self) -> int: ...

    @frame_num.setter
    def frame_num(self, arg: int, /) -> None: ...

    @property
    def data(self) -> CapsuleType | None: ...

    @data.setter
    def data(self, value: object | None) -> None: ...

    @property
    def priv(self) -> CapsuleType | None: ...

    @priv.setter
    def priv(self, value: object | None) -> None: ...

    @property
    def reserved(self) -> CapsuleType | None: ...

def get_optical_flow_vectors(data: object) -> numpy.typing.NDArray[numpy.float32]:
    """
    The vectors, float32 of shape (rows * cols * 2,): dx, dy of each block, row by row.
    """

class NvDsObjEncUsrArgs(Struct):
    """What to encode and where to put it."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsObjEncUsrArgs:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    @property
    def saveImg(self) -> bool:
        """Write a file."""

    @saveImg.setter
    def saveImg(self, arg: int, /) -> None: ...

    @property
    def attachUsrMeta(self) -> bool:
        """
        Attach a user meta of type NVDS_CROP_IMAGE_META to the object or frame.
        """

    @attachUsrMeta.setter
    def attachUsrMeta(self, arg: int, /) -> None: ...

    @property
    def scaleImg(self) -> bool: ...

    @scaleImg.setter
    def scaleImg(self, arg: int, /) -> None: ...

    @property
    def scaledWidth(self) -> int:
        """Pixels."""

    @scaledWidth.setter
    def scaledWidth(self, arg: int, /) -> None: ...

    @property
    def scaledHeight(self) -> int:
        """Pixels."""

    @scaledHeight.setter
    def scaledHeight(self, arg: int, /) -> None: ...

    @property
    def fileNameImg(self) -> str:
        """
        At most 1023 bytes; if empty, a name is made from frame, source and object.
        """

    @fileNameImg.setter
    def fileNameImg(self, arg: str, /) -> None: ...

    @property
    def objNum(self) -> int:
        """Of the object in its frame, for that name."""

    @objNum.setter
    def objNum(self, arg: int, /) -> None: ...

    @property
    def quality(self) -> int:
        """1..100; 0 is the default, 95."""

    @quality.setter
    def quality(self, arg: int, /) -> None: ...

    @property
    def isFrame(self) -> bool:
        """Encode the whole frame."""

    @isFrame.setter
    def isFrame(self, arg: int, /) -> None: ...

    @property
    def calcEncodeTime(self) -> bool:
        """Log how long it took (GST_DEBUG=nvds_obj_encode:4)."""

    @calcEncodeTime.setter
    def calcEncodeTime(self, arg: int, /) -> None: ...

class NvDsObjEncOutParams(Struct):
    """A JPEG: payload of NVDS_CROP_IMAGE_META."""

    def __init__(self) -> None:
        """
        A zeroed struct owned by Python. Metadata made this way cannot be added to a pipeline: acquire it from a pool.
        """

    @staticmethod
    def cast(data: object) -> NvDsObjEncOutParams:
        """
        The object at what a list's `data` or a `void*` field holds. None gives None.
        """

    def outBuffer(self) -> Annotated[NDArray[numpy.uint8], dict(shape=(None,))]:
        """
        The bytes of the JPEG as a view, uint8; copy it to keep it beyond the buffer.
        """

    @property
    def outLen(self) -> int:
        """Bytes."""

def nvds_obj_enc_create_context(gpu_id: int) -> int:
    """
    A context for the other nvds_obj_enc_* functions, used by one thread at a time.
    """

def nvds_obj_enc_destroy_context(ctx: int) -> None: ...

def nvds_obj_enc_process(ctx: int, args: NvDsObjEncUsrArgs, gst_buffer: int | gi.repository.Gst.Buffer, obj_meta: NvDsObjectMeta | None, frame_meta: NvDsFrameMeta) -> bool:
    """
    Encodes an object, or the frame, as JPEG. False if nothing was encoded, such as for a box outside the picture or a file that cannot be written.
    """

def nvds_obj_enc_finish(ctx: int) -> None:
    """Waits until everything is encoded; here it already is."""

def gst_element_send_nvevent_new_stream_reset(gst_element: int | gi.repository.Gst.Element, source_id: int) -> int:
    """
    Tells an element and those after it that a source starts anew; 1 if it was handled.
    """

def gst_element_send_nvevent_interval_update(gst_element: int | gi.repository.Gst.Element, stream_id: str, interval: int) -> bool:
    """
    Asks nvinfer to pass over `interval` batches between two inferences; whether it was handled.
    """

def configure_source_for_ntp_sync(src_elem: int | gi.repository.Gst.Element) -> None:
    """
    Lets frames of an RTSP source, or of a bin with one, carry the sender's time. With nvstreammux attach-sys-ts=0 it is frame_meta.ntp_timestamp, ns since 1970; 0 until the sender's first report.
    """

def nvds_measure_buffer_latency(gst_buffer: int | gi.repository.Gst.Buffer) -> int:
    """
    Prints, for each frame of the batch, how long ago it arrived at the muxer, and returns how many there are; 0 unless the environment variable NVDS_ENABLE_LATENCY_MEASUREMENT was 1 when the process started.
    """

def glist_get_nvds_batch_meta(data: object) -> NvDsBatchMeta:
    """Deprecated: NvDsBatchMeta.cast(data)."""

def glist_get_nvds_frame_meta(data: object) -> NvDsFrameMeta:
    """Deprecated: NvDsFrameMeta.cast(data)."""

def glist_get_nvds_object_meta(data: object) -> NvDsObjectMeta:
    """Deprecated: NvDsObjectMeta.cast(data)."""

def glist_get_nvds_user_meta(data: object) -> NvDsUserMeta:
    """Deprecated: NvDsUserMeta.cast(data)."""

def glist_get_nvds_classifier_meta(data: object) -> NvDsClassifierMeta:
    """Deprecated: NvDsClassifierMeta.cast(data)."""

def glist_get_nvds_display_meta(data: object) -> NvDsDisplayMeta:
    """Deprecated: NvDsDisplayMeta.cast(data)."""

def glist_get_nvds_label_info(data: object) -> NvDsLabelInfo:
    """Deprecated: NvDsLabelInfo.cast(data)."""

def glist_get_nvds_event_msg_meta(data: object) -> NvDsEventMsgMeta:
    """Deprecated: NvDsEventMsgMeta.cast(data)."""

def glist_get_nvds_vehicle_object(data: object) -> NvDsVehicleObject:
    """Deprecated: NvDsVehicleObject.cast(data)."""

def glist_get_nvds_person_object(data: object) -> NvDsPersonObject:
    """Deprecated: NvDsPersonObject.cast(data)."""

def glist_get_nvds_tensor_meta(data: object) -> NvDsInferTensorMeta:
    """Deprecated: NvDsInferTensorMeta.cast(data)."""

def glist_get_nvds_Surface_Params(data: object) -> NvBufSurfaceParams:
    """Deprecated: NvBufSurfaceParams.cast(data)."""

def _load_plugin(directory: str) -> None: ...

def _resolve_deepstream_path(path: str) -> str: ...
