"""Make the table of names that ``pyds`` must have from a description of NVIDIA's bindings.

The table, ``packages/pyds/tests/api_table.json``, holds facts only: names, kinds, C types, numbers.
``python tools/compat/derive_api_table.py DESCRIPTION.json`` writes it; the description lists
``enums``, ``classes`` (``fields``, ``methods``) and ``functions``.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[2] / "packages/pyds/tests/api_table.json"

_ARGUMENT = re.compile(r"(?<!:)\b(\w+):(?!:)")


def _kind(field: dict[str, str]) -> str:
    """What a field is for Python, as one word; a name of a type or length follows a colon."""
    kind, ctype, note = field["kind"], field["ctype"], field["note"]
    bounds = re.search(r"\[(\w+)\]", ctype)
    if kind == "str" and bounds:
        return f"chars:{bounds[1]}"
    if "interned" in note or "int address" in note:
        return "timestamp" if "set(int address)" in note else "address"
    if kind == "str":
        return "string" if ctype.startswith("std::") else "text"
    if kind == "array":
        return f"array:{bounds[1] if bounds else ''}"
    if kind == "list":
        return "container" if ctype.startswith("std::") else "structs" if bounds else "glist"
    if kind == "dict":
        return "container"
    if kind in ("struct", "enum"):
        return f"{kind}:{ctype}"
    if kind == "pointer" and "FIRST element" in note:
        return "first"
    if kind == "pointer" and (target := re.match(r"reference to (\w+) or None", note)):
        return f"reference:{target[1]}"
    return kind


def derive(description: dict[str, Any]) -> dict[str, Any]:
    """The table for a description."""
    constants = description["meta"]["constants"]

    def number(kind: str) -> str:
        name, colon, size = kind.partition(":")
        return name + colon + str(constants.get(size, size)).strip("()")

    return {
        "enums": description["enums"],
        "classes": {
            name: {
                "constructor": bool(entry["constructor"]),
                "fields": {
                    field["name"]: [number(_kind(field)), field["rw"], field["ctype"]]
                    for field in entry["fields"]
                },
                "methods": sorted({method["name"] for method in entry["methods"]}),
            }
            for name, entry in description["classes"].items()
        },
        "functions": {
            function["name"]: []
            if "positional only" in function["note"]
            else _ARGUMENT.findall(function["signature"].partition("->")[0])
            for function in description["functions"]
        },
    }


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("description", type=Path)
    arguments = parser.parse_args()
    table = derive(json.loads(arguments.description.read_text()))
    lines = []
    for section, entries in table.items():
        body = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entries[name])}" for name in entries)
        lines.append(f" {json.dumps(section)}: {{\n{body}\n }}")
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
