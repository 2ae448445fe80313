from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythia.exceptions import MissingParameterError, TemplateError
from pythia.pipelines.template import is_jinja, parameter_names, render

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True)
PLAIN = st.text(alphabet=st.characters(codec="ascii", exclude_characters='{}\\%"'), max_size=20)


def test_parameter_is_filled_in_where_it_is_glued_to_text() -> None:
    assert render("uri=file://{input} ! x", {"input": "/a.mp4"}) == "uri=file:///a.mp4 ! x"


def test_parameter_may_be_used_twice() -> None:
    assert render("{a} ! {a}", {"a": "tee"}) == "tee ! tee"


@pytest.mark.parametrize("given_name", ["pgie-conf", "pgie_conf"])
@pytest.mark.parametrize("template_name", ["pgie-conf", "pgie_conf"])
def test_hyphen_and_underscore_are_the_same(template_name: str, given_name: str) -> None:
    assert render(f"x={{{template_name}}}", {given_name: "c.txt"}) == "x=c.txt"


def test_exact_spelling_wins_over_the_other() -> None:
    assert render("{a-b} {a_b}", {"a_b": "1", "a-b": "2"}) == "2 1"


@pytest.mark.parametrize(
    "text",
    [
        "video/x-raw,format={ I420, NV12 }",
        "video/x-raw,format={I420,NV12}",
        "video/x-raw,format={ (string)I420, (string)NV12 }",
        "video/x-raw,width={ 320, 640 }",
        "video/x-raw,format={ I420 }",
        r"name=a\ b",
    ],
)
def test_braces_of_caps_are_left_alone(text: str) -> None:
    assert parameter_names(text) == ()
    assert render(text, {"I420": "wrong"}) == text


def test_backslash_makes_a_brace_text() -> None:
    assert render(r"format=\{I420} ! {x}", {"x": "y"}) == "format={I420} ! y"


def test_all_missing_parameters_are_named_with_what_was_given() -> None:
    with pytest.raises(MissingParameterError) as caught:
        render("{input} ! {pgie-conf} ! {output}", {"imput": "a", "output": "b"})
    assert caught.value.missing == ("input", "pgie-conf")
    message = str(caught.value)
    assert "input, pgie-conf" in message
    assert "Given: imput, output" in message
    assert "Did you mean imput?" in message
    assert isinstance(caught.value, KeyError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.10", "1.10"), ("1e3", "1e3"), ("0x10", "0x10"), ("None", "None"), ("a,b", "a,b")],
)
def test_values_are_verbatim(value: str, expected: str) -> None:
    assert render("{x}", {"x": value}) == expected


def test_numbers_and_paths_become_text() -> None:
    assert render("{n} {p}", {"n": 3, "p": Path("/a/b")}) == "3 /a/b"


def test_spaces_of_a_property_are_escaped_outside_quotes_only() -> None:
    value = {"v": "a b"}
    assert render("filesink location={v}", value) == r"filesink location=a\ b"
    assert render('filesink location="{v}"', value) == 'filesink location="a b"'
    assert render("{v}", value) == "a b"


def test_value_with_quotes_of_its_own_is_left_alone() -> None:
    assert render("location={v}", {"v": '"a b"'}) == 'location="a b"'


def test_value_is_not_a_template_again() -> None:
    assert render("{a}", {"a": "{b}", "b": "no"}) == "{b}"


def test_double_braces_make_a_jinja_template() -> None:
    text = "{% for i in range(n) %}queue name=q{{ i }} ! {% endfor %}fakesink"
    assert is_jinja(text)
    assert render(text, {"n": 2}) == "queue name=q0 ! queue name=q1 ! fakesink"


def test_statement_alone_makes_a_jinja_template() -> None:
    assert render("{% if x %}a{% else %}b{% endif %}", {"x": ""}) == "b"


def test_jinja_knows_hyphens_as_underscores() -> None:
    assert render("{{ pgie_conf }}", {"pgie-conf": "c"}) == "c"


def test_jinja_defaults_and_tests_need_no_value() -> None:
    text = "{{ w | default(640) }}{% if h is defined %}x{{ h }}{% endif %}"
    assert render(text) == "640"


@pytest.mark.parametrize(
    "text",
    [
        "{{ a }} {{ b.c }}",
        "{% if a and b %}{% endif %}{{ b }}",
        "{{ a + 1 }}{{ b * 2 }}",
        "{% for i in range(a) %}{% endfor %}{% for i in b %}{% endfor %}",
        "{{ a | upper }}{{ b }}",
    ],
)
def test_all_parameters_missing_in_jinja_are_named(text: str) -> None:
    with pytest.raises(MissingParameterError) as caught:
        render(text)
    assert set(caught.value.missing) == {"a", "b"}


def test_broken_jinja_names_the_line() -> None:
    with pytest.raises(TemplateError, match="line 2"):
        render("fakesrc !\n{% if %}")


def test_engine_can_be_chosen() -> None:
    assert render("{{x}}", {"x": "1"}, engine="braces") == "{1}"
    assert render("{x}", {"x": "1"}, engine="jinja") == "{x}"


@given(PLAIN)
def test_text_without_parameters_is_unchanged(text: str) -> None:
    assert render(text) == text


@given(st.lists(st.tuples(PLAIN, NAMES)), PLAIN, st.text(alphabet="abc/.:-", max_size=8))
def test_every_named_parameter_is_found_and_replaced(
    parts: list[tuple[str, str]], tail: str, value: str
) -> None:
    template = "".join(f"{text}{{{name}}}" for text, name in parts) + tail
    names = parameter_names(template)
    assert set(names) == {name for _, name in parts}
    assert len(names) == len(set(names))
    expected = "".join(text + value for text, _ in parts) + tail
    assert render(template, dict.fromkeys(names, value)) == expected
