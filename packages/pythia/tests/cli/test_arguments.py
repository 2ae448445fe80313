from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythia.cli.arguments import Arguments, UsageError, join_words, split_arguments
from pythia.pipelines.template import render

TOOL = {
    "-p": True,
    "--pipeline-file": True,
    "-x": True,
    "--probe": True,
    "--dry-run": False,
    "--check": False,
    "--help": False,
}
FILES = {
    "readme.txt": "filesrc location={input} ! nvinfer config-file-path={pgie-conf} ! x {output}",
    "greedy.txt": "{check} ! {probe} ! {pipeline-file}",
    "-": "fakesrc ! {from-stdin}",
}


def split(*args: str, **options: Any) -> Arguments:
    return split_arguments(args, TOOL, FILES.__getitem__, **options)


def test_readme_command_line() -> None:
    result = split(
        *("-p", "readme.txt", "--pgie-conf=/c.txt", "--input=/in.mp4", "--output=/out.mp4"),
        "--probe=probe.py:gen@pgie.src",
    )
    assert result.template == FILES["readme.txt"]
    assert result.params == {"pgie-conf": "/c.txt", "input": "/in.mp4", "output": "/out.mp4"}
    assert result.options == ["-p", "readme.txt", "--probe", "probe.py:gen@pgie.src"]


@pytest.mark.parametrize(
    "spelling", [("-p", "readme.txt"), ("-preadme.txt",), ("--pipeline-file=readme.txt",)]
)
def test_file_may_be_named_anywhere_in_any_spelling(spelling: tuple[str, ...]) -> None:
    result = split("--input", "a", *spelling, "--output", "b")
    assert result.template == FILES["readme.txt"]
    assert result.params == {"input": "a", "output": "b"}


def test_standard_input_is_a_file() -> None:
    assert split("-p", "-", "--from-stdin", "x").params == {"from-stdin": "x"}


def test_parameters_take_both_spellings() -> None:
    assert split("-p", "readme.txt", "--pgie_conf", "c").params == {"pgie_conf": "c"}


def test_words_are_the_pipeline() -> None:
    result = split("videotestsrc", "num-buffers={n}", "!", "fakesink", "--n", "3", "--dry-run")
    assert result.template == "videotestsrc num-buffers={n} ! fakesink"
    assert result.params == {"n": "3"}
    assert result.options == ["--dry-run"]


def test_flag_before_words_eats_none_of_them() -> None:
    assert split("--dry-run", "videotestsrc", "!", "fakesink").template == "videotestsrc ! fakesink"


def test_names_of_the_template_win_over_the_tool() -> None:
    result = split("-p", "greedy.txt", "--check=3", "--probe", "a", "--pipeline-file", "b")
    assert result.params == {"check": "3", "probe": "a", "pipeline-file": "b"}
    assert result.options == ["-p", "greedy.txt"]


def test_prefixed_options_are_always_the_tools() -> None:
    result = split("-p", "greedy.txt", "--pylaunch-check", "--pylaunch-probe=m:f@e.src")
    assert result.options == ["-p", "greedy.txt", "--check", "--probe", "m:f@e.src"]
    assert result.params == {}


def test_option_that_led_to_the_template_is_not_its_parameter() -> None:
    result = split("--pipeline-file", "greedy.txt", "--check", "x")
    assert result.options == ["--pipeline-file", "greedy.txt"]
    assert result.params == {"check": "x"}


def test_everything_after_two_dashes_is_the_pipeline() -> None:
    result = split("--check", "--", "fakesrc", "--odd", "!", "fakesink")
    assert result.template == "fakesrc --odd ! fakesink"


def test_unknown_option_names_the_nearest_parameter_and_option() -> None:
    with pytest.raises(UsageError, match=r"no option --imput\. Did you mean --input.*--pgie-conf"):
        split("-p", "readme.txt", "--imput=a")


@pytest.mark.parametrize("args", [("-p",), ("-p", "readme.txt", "--input"), ("fakesrc", "--probe")])
def test_missing_value_is_said(args: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=r"needs a value"):
        split(*args)


def test_flag_with_a_value_is_refused() -> None:
    with pytest.raises(UsageError, match="--check takes no value; got '3'"):
        split("fakesrc", "--check=3")


def test_file_and_words_together_are_refused() -> None:
    with pytest.raises(UsageError, match=r"both a pipeline file \(readme.txt\) and words"):
        split("-p", "readme.txt", "fakesrc")


def test_default_file_serves_when_there_are_no_words() -> None:
    assert split("--input=a", default_file="readme.txt").params == {"input": "a"}
    assert split("fakesrc", default_file="readme.txt").template == "fakesrc"


def test_program_name_of_a_pasted_line_is_dropped() -> None:
    assert split("gst-launch-1.0", "fakesrc", "!", "fakesink").template == "fakesrc ! fakesink"


def test_nothing_gives_no_template() -> None:
    assert split("--check").template is None


def test_quoted_property_stays_one_word() -> None:
    assert join_words(["fakesink", "name=a b"]) == r"fakesink name=a\ b"
    assert join_words(["fakesink", 'name="a b"']) == 'fakesink name="a b"'
    assert join_words(["videotestsrc ! fakesink"]) == "videotestsrc ! fakesink"
    assert join_words(["a", "!", "video/x-raw,format={ I420 }", "!", "b"]) == (
        "a ! video/x-raw,format={ I420 } ! b"
    )


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
def test_values_arrive_verbatim(value: str) -> None:
    assert split("-p", "readme.txt", f"--input={value}").params == {"input": value}


@given(st.lists(st.text(max_size=8)))
def test_any_command_line_is_understood_or_refused_clearly(args: list[str]) -> None:
    with contextlib.suppress(UsageError):
        result = split_arguments(args, TOOL, lambda file: "{a} {b-c}")
        assert set(result.params) <= {"a", "b-c", "b_c"} or result.template != "{a} {b-c}"


@given(st.text(alphabet="ab /.", min_size=1, max_size=12))
def test_spaces_of_a_value_stay_in_its_property(value: str) -> None:
    text = render("filesrc location={v} ! fakesink", {"v": value})
    unescaped = text.replace("\\ ", " ")
    assert unescaped == f"filesrc location={value} ! fakesink"
    assert text.count("\\") == value.count(" ")
