"""Every name, type and value of NVIDIA's bindings is here, and the page in the docs says so."""

from __future__ import annotations

import pytest

from tools.compat import compare, write_page

TABLE = compare.load_table()


@pytest.mark.parametrize("name", TABLE["enums"])
def test_an_enum_has_the_members_and_values_of_the_original(name):
    assert list(compare.enum_problems(name, TABLE["enums"][name])) == []


@pytest.mark.parametrize("name", TABLE["classes"])
def test_a_class_has_the_fields_and_methods_of_the_original(name):
    assert list(compare.class_problems(name, TABLE["classes"][name])) == []


@pytest.mark.parametrize("name", TABLE["functions"])
def test_a_function_takes_the_keywords_of_the_original(name):
    assert list(compare.function_problems(name, TABLE["functions"][name])) == []


def test_nothing_of_the_table_is_lost():
    classes = TABLE["classes"].values()
    assert len(TABLE["enums"]) == 13
    assert sum(len(members) for members in TABLE["enums"].values()) == 126
    assert len(classes) == 66
    assert sum(len(entry["fields"]) for entry in classes) == 380
    assert len(TABLE["functions"]) == 106


def test_the_comparison_notices_what_is_missing_or_different():
    assert list(compare.enum_problems("NvOSD_Mode", {"MODE_CPU": 1, "MODE_NPU": 3}))
    assert list(compare.enum_problems("NvNone", {}))
    wrong = {"fields": {"left": ["int", "rw", "int"], "none": ["int", "rw", "int"]}}
    problems = list(compare.class_problems("NvDsRect", {**wrong, "methods": ["fly"]}))
    assert any("left: reads 0.0" in problem for problem in problems)
    assert "NvDsRect.none is missing" in problems
    assert "NvDsRect.fly() is missing" in problems
    assert list(compare.function_problems("get_string", ["address"]))


def test_the_page_in_the_docs_is_up_to_date():
    assert write_page.PAGE.read_text() == write_page.page(), "python -m tools.compat.write_page"
