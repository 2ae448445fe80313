"""Tell apart the tool's options, the parameters of the user's template, and the pipeline's words.

The template decides: the names it contains are its own, even where the tool has an option of that
name. The tool's options stay reachable as ``--pylaunch-<option>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pythia.exceptions import PythiaError, did_you_mean
from pythia.pipelines.template import escape_spaces, parameter_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["PREFIX", "Arguments", "UsageError", "join_words", "split_arguments"]

PREFIX = "--pylaunch-"

_FILE_OPTIONS = ("-p", "--pipeline-file", f"{PREFIX}pipeline-file")
_ASSIGNMENT = re.compile(r"[A-Za-z_][\w:-]*=")


class UsageError(PythiaError, ValueError):
    """A command line that cannot be understood."""


@dataclass
class Arguments:
    """A command line, taken apart.

    Attributes:
        template: The pipeline, not filled in; None when the command line has none.
        params: What the template's parameters were given, verbatim.
        options: The tool's own options, in its own spelling.
    """

    template: str | None = None
    params: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)


def split_arguments(
    args: Iterable[str],
    tool_options: Mapping[str, bool],
    read_template: Callable[[str], str],
    default_file: str | None = None,
) -> Arguments:
    """Take a command line apart.

    Args:
        args: The command line, without the program's name.
        tool_options: Options of the tool, such as ``--check`` and ``-p``, and whether they take a
            value.
        read_template: Reads the template from what ``-p`` names.
        default_file: What ``-p`` names if the command line has neither it nor words.

    Raises:
        UsageError: An option is unknown or lacks its value, or there are both a file and words.
    """
    args = list(args)
    located = _pipeline_file(args)
    if located is not None:
        by_option, file = located
        return _split(args, tool_options, read_template(file), file, by_option)
    from_words = " ".join(each for each in args if not each.startswith("--"))
    if default_file is not None:
        template = read_template(default_file)
        result, words = _scan(args, tool_options, parameter_names(template))
        if not words:
            result.template = template
            return result
    return _split(args, tool_options, from_words)


def join_words(words: Iterable[str]) -> str:
    """Join words of a shell to the text of a pipeline; a property's value stays one word."""
    return " ".join(escape_spaces(word) if _ASSIGNMENT.match(word) else word for word in words)


def _pipeline_file(args: list[str]) -> tuple[str, str] | None:
    """Return the option that names the pipeline's file, and the file."""
    for position, arg in enumerate(args):
        if arg == "--":
            break
        for option in _FILE_OPTIONS:
            if arg == option:
                if position + 1 == len(args):
                    raise UsageError(f"{option} needs a value: a file, or - for the standard input")
                return option, args[position + 1]
            if arg.startswith(f"{option}=") and option.startswith("--"):
                return option, arg[len(option) + 1 :]
        if arg.startswith("-p") and len(arg) > 2:
            return "-p", arg[2:]
    return None


def _split(
    args: list[str],
    tool_options: Mapping[str, bool],
    template: str,
    file: str | None = None,
    by_option: str | None = None,
) -> Arguments:
    result, words = _scan(args, tool_options, parameter_names(template), by_option)
    # A pasted gst-launch line brings the name of its program along.
    if words and words[0] in ("gst-launch-1.0", "gst-pylaunch"):
        del words[0]
    if file is not None and words:
        raise UsageError(
            f"there are both a pipeline file ({file}) and words of a pipeline ({' '.join(words)}): "
            "give one of them. A parameter is --name=value"
        )
    if file is not None:
        result.template = template
    elif words:
        result.template = join_words(words)
    return result


def _scan(
    args: list[str],
    tool_options: Mapping[str, bool],
    names: tuple[str, ...],
    reserved: str | None = None,
) -> tuple[Arguments, list[str]]:
    """Sort a command line into parameters, options and words.

    Args:
        args: The command line.
        tool_options: As for `split_arguments`.
        names: Parameters that the template names.
        reserved: The option that led to the template, which thus cannot be a parameter of it.
    """
    result, words = Arguments(), list[str]()
    keys = {name.replace("-", "_") for name in names}
    position = 0
    while position < len(args):
        arg = args[position]
        position += 1
        if arg == "--":
            words += args[position:]
            break
        if not arg.startswith("-") or arg == "-":
            words.append(arg)
            continue
        option, value = _option_and_value(arg)
        name = option.removeprefix("--")
        is_parameter = (
            option.startswith("--") and option != reserved and name.replace("-", "_") in keys
        )
        if not is_parameter:
            option = _tool_option(option, tool_options, names)
        if value is None and (is_parameter or tool_options[option]):
            if position == len(args) or args[position].startswith("--"):
                raise UsageError(f"{option} needs a value: {option}=VALUE")
            value = args[position]
            position += 1
        if is_parameter:
            result.params[name] = value or ""
        elif tool_options[option]:
            result.options += [option, value or ""]
        elif value is not None:
            raise UsageError(f"{option} takes no value; got {value!r}")
        else:
            result.options.append(option)
    return result, words


def _option_and_value(arg: str) -> tuple[str, str | None]:
    if arg.startswith("--"):
        option, equals, value = arg.partition("=")
        return option, value if equals else None
    return arg[:2], arg[2:] or None


def _tool_option(option: str, tool_options: Mapping[str, bool], names: tuple[str, ...]) -> str:
    """Return the tool's spelling of an option."""
    if option.startswith(PREFIX):
        unprefixed = "--" + option.removeprefix(PREFIX)
        if unprefixed in tool_options:
            return unprefixed
    elif option in tool_options:
        return option
    parameters = [f"--{name}" for name in names]
    known = [*tool_options, *parameters]
    raise UsageError(
        f"no option {option}.{did_you_mean(option, known)} The pipeline has the parameters: "
        f"{', '.join(parameters) or 'none'}; the tool has: {', '.join(tool_options)}"
    )
