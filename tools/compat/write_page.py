"""Write ``docs/reference/pyds-compatibility.md`` from the table of the API and its differences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tools.compat import compare

PAGE = Path(__file__).parents[2] / "docs/reference/pyds-compatibility.md"

_HEAD = """\
# What of pyds is here

<!-- Written by `python -m tools.compat.write_page`; a test compares every name. -->

`import pyds` has every public name of NVIDIA's bindings, version 1.2.0: {enums} enums with
{members} members, {classes} classes with {fields} fields and {methods} methods, {functions}
functions. A test compares names, types, ranges, values and keywords one by one and fails on any
difference that is not listed here.

## What is different on purpose

Where the original leaks, overflows or dangles, this does not:

{differences}

These fields can be assigned in the original and only be read here:

{read_only}

These can be called as well, or take more than before:

{more}
"""

_DIFFERENCES = (
    "A handle to metadata that is gone raises `StaleMetaError`; the original reads freed memory.",
    "`X.cast()` of another kind of metadata raises `TypeError`.",
    "`obj_label`, `result_label`, `objLabel` and `fileNameImg` are cut to fit, at a character, and "
    "always terminated.",
    "Setting a string frees the one before. Strings of event messages, and `extMsg`, belong to "
    "their struct and go with it, whatever its `objType`.",
    "Setting `NvDsVehicleObjectExt` strings and the like copies them.",
    "`NvDsEventMsgMeta.ts` takes over a buffer of `alloc_buffer()`; `free_buffer()` of it does "
    "nothing afterwards. It also takes a `str`.",
    "`free_buffer()` frees only what `alloc_buffer()`, `strdup()` and `memdup()` gave, and once.",
    "`memdup()` of a struct of an event message copies no more than it has, however large `size`.",
    "`get_string()` replaces bytes that are not UTF-8 and raises `ValueError` for an address of "
    "nothing.",
    "`alloc_*` structs live as long as Python or metadata refers to them.",
    "Copy and release functions belong to one user meta each; the original keeps one pair for all.",
    "The copy of a user meta made by a deep copy has its own payload; lists keep their order.",
    "`misc_*_info` and `reserved` are views of int64; the original shows halves of the first two "
    "values.",
    "Numbers that do not fit a field, and floats for ints, raise `TypeError` that names the field.",
    "`get_nvds_buf_surface()` raises `IndexError` for a bad `batchID`; the array keeps its pixels.",
    "`get_nvds_buf_surface_gpu()` gives the address of pinned CPU memory, which kernels read and "
    "write over the bus; without a CUDA driver it raises `RuntimeError`.",
    "`NvBufSurfaceMapEglImage()` and `NvBufSurfaceFromFd()` raise `RuntimeError`: pictures are in "
    "CPU memory.",
    "`NvBufSurfaceCreate()` works (its prototype in the original is wrong); the fields of "
    "`NvBufSurfaceCreateParams` can be set.",
    "`get_segmentation_masks()` and `get_optical_flow_vectors()` raise `RuntimeError` when there "
    "is no data.",
    "`get_mask_array()` without a mask is empty.",
    "Functions that return metadata return references; the original sometimes frees it twice.",
    "`nvds_clear_display_meta_list()` returns elements to the right pool.",
    "`nvds_acquire_meta_lock()` lets other Python threads run while it waits.",
    "Addresses of buffers and elements are checked; a wrong one raises `ValueError`.",
    "Objects are encoded as JPEG when `nvds_obj_enc_process()` is called, not when "
    "`nvds_obj_enc_finish()` is.",
)

_MORE = (
    "Everything that takes `hash(buffer)` or `hash(element)` takes the object itself.",
    "`cast()` takes an address of every class.",
    "`NvOFFlowVector()` and `NvDsOpticalFlowMeta()` can be made.",
    "`alloc_nvds_event_msg_meta()` and `alloc_custom_struct()` do without an argument.",
    "All arguments of functions can be given by keyword.",
    "Enum members are `enum.IntEnum`: they also compare with `<` and `>`.",
    "Fields that the original leaves out: `pipeline_width`, `pipeline_height`, `classifier_type`, "
    "`rotation_angle`, `circle_width`, `outLen`, `maintain_aspect_ratio`, `symmetric_padding`, "
    "`NvDsInferSegmentationMeta.unique_id`.",
    "The names before DeepStream 6.3: `NvDsPastFrameObjBatch`, `NvDsPastFrameObjStream`, "
    "`NvDsPastFrameObjList`, `NvDsPastFrameObj`.",
)


def _bullets(lines: Any) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _read_only_fields(table: dict[str, Any]) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for name, entry in table["classes"].items():
        for field, (shape, access, _) in entry["fields"].items():
            reason = compare.read_only_reason(f"{name}.{field}", shape)
            if access == "rw" and reason:
                reasons.setdefault(reason, []).append(f"`{name}.{field}`")
    return [f"{', '.join(fields)}: {reason}." for reason, fields in reasons.items()]


def _tables(table: dict[str, Any]) -> str:
    lines = ["", "## Classes", "", "| class | fields | methods |", "|---|---|---|"]
    for name, entry in table["classes"].items():
        fields = ", ".join(f"`{field}`" for field in entry["fields"])
        methods = ", ".join(f"`{method}()`" for method in entry["methods"])
        lines.append(f"| `{name}` | {fields} | {methods} |")
    lines += ["", "## Enums", "", "| enum | members |", "|---|---|"]
    for name, members in table["enums"].items():
        values = ", ".join(f"`{member}` {value}" for member, value in members.items())
        lines.append(f"| `{name}` | {values} |")
    lines += ["", "## Functions", ""]
    lines += [
        f"- `{name}({', '.join(arguments)})`" if arguments else f"- `{name}`"
        for name, arguments in table["functions"].items()
    ]
    return "\n".join(lines) + "\n"


def page() -> str:
    """The text of the page."""
    table = compare.load_table()
    classes, enums = table["classes"].values(), table["enums"].values()
    head = _HEAD.format(
        enums=len(enums),
        members=sum(map(len, enums)),
        classes=len(classes),
        fields=sum(len(entry["fields"]) for entry in classes),
        methods=sum(len(entry["methods"]) for entry in classes),
        functions=len(table["functions"]),
        differences=_bullets(_DIFFERENCES),
        read_only=_bullets(_read_only_fields(table)),
        more=_bullets(_MORE),
    )
    return head + _tables(table)


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
