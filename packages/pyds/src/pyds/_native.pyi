"""The C side of pyds: use `import pyds`."""

from collections.abc import Callable, Collection
import enum
from typing import Annotated, Any

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

def nvds_batch_meta_copy_func(data: NvDsBatchMeta, user_data: object | None = None) -> NvDsBatchMeta:
    """A deep copy. It lives until nvds_destroy_batch_meta()."""

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

def get_nvds_buf_surface(gst_buffer: int | gi.repository.Gst.Buffer, batchID: int) -> NDArray[numpy.uint8]:
    """
    The RGBA or RGB picture at `frame_meta.batch_id` as a writable view, uint8 of shape (height, width, 4 or 3).

    What is written shows downstream of this buffer and nowhere else. The pixels stay valid as long as the array. Raises RuntimeError for other formats and for buffers without pictures, IndexError for a bad batchID.
    """

def unmap_nvds_buf_surface(gst_buffer: int | gi.repository.Gst.Buffer, batchID: int) -> None:
    """Does nothing: pictures in CPU memory need no unmapping."""

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
    """The address of a copy of `size` bytes; free it with free_buffer()."""

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

def _load_plugin(directory: str) -> None: ...

def _resolve_deepstream_path(path: str) -> str: ...
