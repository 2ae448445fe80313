"""The seam to ``pyds``, ours or NVIDIA's; imported when first needed, never at import time."""

from __future__ import annotations

import importlib
import logging
import sys
from typing import TYPE_CHECKING, Any

from pythia.exceptions import PydsNotFoundError
from pythia.utils.gst import Gst, gst_init

if TYPE_CHECKING:
    from types import ModuleType

__all__ = [
    "as_batch_meta",
    "buf2batchmeta",
    "import_pyds",
    "info2batchmeta",
    "inject_external_classification",
    "require_pyds",
]

_logger = logging.getLogger("pythia.pyds")
_INSTALL = "pip install pythia-pyds (or use the pyds of a DeepStream installation)"
_reported: set[str] = set()


def import_pyds() -> ModuleType | None:
    """Import ``pyds`` if there is a usable one, else return None.

    Importing ours also registers its GStreamer elements, so this is called before any pipeline is
    parsed.
    """
    module = sys.modules.get("pyds")
    if module is None:
        gst_init()
        try:
            module = importlib.import_module("pyds")
        except ModuleNotFoundError as error:
            if error.name != "pyds":
                _report_once(f"pyds is installed but cannot be imported: {error}")
            return None
        except ImportError as error:
            _report_once(f"pyds is installed but cannot be imported: {error}")
            return None
    if not hasattr(module, "gst_buffer_get_nvds_batch_meta"):
        _report_once(
            f"the module pyds at {getattr(module, '__file__', '?')} is not DeepStream's (PyPI has "
            f"an unrelated project of that name): remove it, then {_INSTALL}"
        )
        return None
    return module


def require_pyds(purpose: str) -> ModuleType:
    """Return ``pyds``, or say what needs it and how to get it.

    Raises:
        PydsNotFoundError: No usable ``pyds`` is installed.
    """
    module = import_pyds()
    if module is None:
        raise PydsNotFoundError(f"{purpose} needs pyds, which is not installed: {_INSTALL}")
    return module


def buf2batchmeta(buffer: Any) -> Any | None:
    """Return the batch metadata of a ``Gst.Buffer``, or None when it carries none.

    The metadata is valid while the buffer is: inside the probe that received it.
    """
    # The hash of a PyGObject wrapper is the address it wraps; pyds takes that address.
    return require_pyds("reading metadata").gst_buffer_get_nvds_batch_meta(hash(buffer))


def info2batchmeta(info: Any) -> Any | None:
    """Return the batch metadata of the buffer in a ``Gst.PadProbeInfo``, or None."""
    buffer = info.get_buffer()
    return None if buffer is None else buf2batchmeta(buffer)


def as_batch_meta(source: Any) -> Any | None:
    """Return the batch metadata of a batch, a ``Gst.Buffer`` or a ``Gst.PadProbeInfo``.

    Raises:
        TypeError: `source` is none of these.
    """
    if hasattr(source, "frame_meta_list"):
        return source
    if isinstance(source, Gst.PadProbeInfo):
        return info2batchmeta(source)
    if isinstance(source, Gst.Buffer):
        return buf2batchmeta(source)
    raise TypeError(
        f"cannot iterate over the metadata of {type(source).__name__}: give pyds.NvDsBatchMeta, "
        "Gst.Buffer or Gst.PadProbeInfo"
    )


def inject_external_classification(
    batch_meta: Any, obj_meta: Any, *, label: str | None = None, **fields: Any
) -> Any:
    """Add a classification made outside of the pipeline to an object; return its label info.

    Args:
        batch_meta: The batch that the object belongs to.
        obj_meta: The object.
        label: Text to append to what ``nvdsosd`` draws at the object; it is also ``result_label``
            unless that is given.
        **fields: Fields of ``pyds.NvDsLabelInfo``: ``result_label``, ``result_prob``,
            ``result_class_id``, ...

    Raises:
        AttributeError: A field is none of ``pyds.NvDsLabelInfo``; nothing is added.
    """
    pyds = require_pyds("adding a classification")
    for name in fields:
        if not hasattr(pyds.NvDsLabelInfo, name):
            raise AttributeError(f"pyds.NvDsLabelInfo has no field {name!r}")
    if label is not None:
        fields.setdefault("result_label", label)
    classification = pyds.nvds_acquire_classifier_meta_from_pool(batch_meta)
    info = pyds.nvds_acquire_label_info_meta_from_pool(batch_meta)
    for name, value in fields.items():
        setattr(info, name, value)
    pyds.nvds_add_label_info_meta_to_classifier(classification, info)
    pyds.nvds_add_classifier_meta_to_object(obj_meta, classification)
    if label is not None:
        params = obj_meta.text_params
        drawn = params.display_text
        if isinstance(drawn, int):  # the address of the text
            drawn = pyds.get_string(drawn)
        params.display_text = f"{drawn} {label}" if drawn else label
    return info


def _report_once(message: str) -> None:
    if message not in _reported:
        _reported.add(message)
        _logger.warning(message)
