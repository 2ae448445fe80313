"""The public surface: names, stub, version."""

from __future__ import annotations

import enum
from pathlib import Path

import pytest
from nanobind import stubgen

import pyds
from pyds import _native

PACKAGE = Path(__file__).parents[1]
STUB = PACKAGE / "src" / "pyds" / "_native.pyi"
NAMES = Path(__file__).with_name("public_names.txt")


def test_the_public_names_are_the_ones_written_down():
    assert sorted(pyds.__all__) == NAMES.read_text().split()


def test_every_public_name_exists():
    assert [name for name in pyds.__all__ if not hasattr(pyds, name)] == []


def test_the_stub_is_what_the_module_is(tmp_path):
    patterns = PACKAGE / "bindings" / "stubs.pat"
    stubgen.main(
        ["-q", "-m", "pyds._native", "-P", "-p", str(patterns), "-o", str(tmp_path / "_native.pyi")]
    )
    assert (tmp_path / "_native.pyi").read_text() == STUB.read_text(), (
        f"regenerate the stub with the command in {patterns}"
    )


def test_the_version_is_that_of_the_api():
    assert pyds.__version__ == "1.2.0"


@pytest.mark.parametrize(
    "kind",
    [value for value in vars(_native).values() if isinstance(value, enum.EnumMeta)],
    ids=lambda kind: kind.__name__,
)
def test_enum_members_are_exported_and_compare_with_ints(kind):
    for name, member in kind.__members__.items():
        assert getattr(pyds, name) is member
        assert member == member.value == int(member)
        assert kind(member.value) is member


@pytest.mark.parametrize(
    "kind",
    [
        value
        for value in vars(_native).values()
        if isinstance(value, type)
        and issubclass(value, pyds.Struct)
        and value not in (pyds.Struct, pyds.GList)
    ],
    ids=lambda kind: kind.__name__,
)
def test_every_struct_can_be_made_cast_and_read(kind):
    made = kind()
    assert kind.cast(made) == made
    fields = [name for name, value in vars(kind).items() if isinstance(value, property)]
    assert fields
    for name in fields:
        if (kind, name) != (pyds.NvDsBatchMeta, "objects"):  # needs a batch with pools
            getattr(made, name)
