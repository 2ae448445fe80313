r"""Pipeline templates: one renderer for the command line and the Python interface.

A template is the text of a pipeline with parameters:

- ``{name}`` is a parameter: a letter or ``_``, then letters, digits, ``-`` and ``_``. It may be
  glued to other text (``uri=file://{input}``) and used several times. ``{pgie-conf}`` and
  ``{pgie_conf}`` are the same parameter.
- Any other brace is text: ``format={ I420, NV12 }`` stays as it is. A list of one item needs a
  space or a backslash: ``format={ I420 }`` or ``format=\{I420}``.
- A value is put in verbatim. Where it is (part of) the value of a property outside quotes, its
  spaces are escaped, so that ``location={output}`` works for ``/tmp/my video.mp4``.
- A text that contains ``{{`` or ``{%`` is a Jinja template instead, where ``{name}`` is text. Names
  with ``-`` are spelled with ``_`` there.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Literal

import jinja2
import jinja2.meta

from pythia.exceptions import MissingParameterError, TemplateError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Engine", "escape_spaces", "is_jinja", "parameter_names", "render"]

Engine = Literal["auto", "braces", "jinja"]

_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
# One step of the scan: an escaped character, a parameter, or any other character.
_TOKEN = re.compile(rf"\\(?P<escaped>.)|\{{(?P<name>{_NAME})\}}|(?P<text>.)", re.DOTALL)
# What a Jinja expression may do with a parameter, beside what has a result of another type.
_OPERATORS = tuple(
    f"__{name}__"
    for name in (
        *("getitem", "call", "lt", "le", "gt", "ge"),
        *("add", "radd", "sub", "rsub", "mul", "rmul", "mod", "rmod"),
        *("truediv", "rtruediv", "floordiv", "rfloordiv"),
    )
)
_ASSIGNMENT = re.compile(r"[A-Za-z_][\w:-]*=")


def is_jinja(template: str) -> bool:
    """Whether a text is a Jinja template rather than one with ``{name}`` parameters."""
    return "{{" in template or "{%" in template


def parameter_names(template: str, *, engine: Engine = "auto") -> tuple[str, ...]:
    """Return the parameters that a template names, in order of appearance, each once.

    For Jinja this includes parameters that have a default or are tested with ``is defined``.
    """
    if _engine(template, engine) == "jinja":
        environment = _jinja_environment(jinja2.Undefined)
        try:
            return tuple(sorted(jinja2.meta.find_undeclared_variables(environment.parse(template))))
        except jinja2.TemplateSyntaxError as error:
            raise _jinja_error(error) from error
    names = (match["name"] for match in _TOKEN.finditer(template) if match["name"])
    return tuple(dict.fromkeys(names))


def render(
    template: str, params: Mapping[str, Any] | None = None, *, engine: Engine = "auto"
) -> str:
    """Fill in a template.

    Args:
        template: The text, see the module's docstring.
        params: Values by name; ``-`` and ``_`` in names are interchangeable. Values are converted
            with ``str`` (paths with ``os.fspath``). Those that the template does not name are left
            unused.
        engine: ``auto`` chooses Jinja when the text contains ``{{`` or ``{%``.

    Raises:
        MissingParameterError: Lists all parameters that are named and not given.
        TemplateError: Jinja cannot parse or run the template.
    """
    given = dict(params or {})
    if _engine(template, engine) == "jinja":
        return _render_jinja(template, given)
    return _render_braces(template, given)


def escape_spaces(value: str) -> str:
    """Escape the spaces of a text outside double quotes, as gst-launch does for its arguments."""
    escaped: list[str] = []
    in_quotes = False
    previous = ""
    for character in value:
        if character == '"' and not (in_quotes and previous == "\\"):
            in_quotes = not in_quotes
        if character == " " and not in_quotes and previous != "\\":
            escaped.append("\\")
        escaped.append(character)
        previous = character
    return "".join(escaped)


def _engine(template: str, engine: Engine) -> Engine:
    if engine == "auto":
        return "jinja" if is_jinja(template) else "braces"
    return engine


def _render_braces(template: str, given: Mapping[str, Any]) -> str:
    missing = [name for name in parameter_names(template, engine="braces") if not _has(given, name)]
    if missing:
        raise _missing(missing, given)
    return "".join(_fill(template, given))


def _fill(template: str, given: Mapping[str, Any]) -> Iterator[str]:
    word = ""  # the template's text since the last space, to tell `location={a}` from `{a} ! {b}`
    in_quotes = False
    for match in _TOKEN.finditer(template):
        name = match["name"]
        if name:
            value = _text(_get(given, name))
            in_property = not in_quotes and _ASSIGNMENT.match(word)
            yield escape_spaces(value) if in_property else value
            word += "{}"
            continue
        if match["escaped"] is not None:
            # Only braces are ours to unescape; every other backslash belongs to GStreamer.
            yield match["escaped"] if match["escaped"] in "{}" else match[0]
            word += match[0]
            continue
        character = match["text"]
        if character == '"':
            in_quotes = not in_quotes
        word = "" if character.isspace() and not in_quotes else word + character
        yield character


def _render_jinja(template: str, given: Mapping[str, Any]) -> str:
    missing: dict[str, None] = {}

    class Missing(jinja2.Undefined):
        """Notes each use of an absent parameter; ``default()`` and ``is defined`` are no use."""

        __slots__ = ()

        def _note(self, *_: Any) -> Missing:
            missing[str(self._undefined_name)] = None
            return self

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):  # Python asking what this object can do
                raise AttributeError(name)
            return self._note()

        def __str__(self) -> str:
            self._note()
            return ""

        def __bool__(self) -> bool:
            self._note()
            return False

        def __len__(self) -> int:
            self._note()
            return 0

        def __index__(self) -> int:
            self._note()
            return 0

        def __iter__(self) -> Iterator[Any]:
            self._note()
            return iter(())

        def __eq__(self, other: object) -> bool:
            self._note()
            return False

        __hash__ = jinja2.Undefined.__hash__

    for operator in _OPERATORS:
        setattr(Missing, operator, Missing._note)

    values = {name.replace("-", "_"): value for name, value in given.items()}
    try:
        rendered = _jinja_environment(Missing).from_string(template).render(values)
    except jinja2.TemplateSyntaxError as error:
        raise _jinja_error(error) from error
    except Exception as error:
        if not missing:  # else it is a consequence of what is missing
            raise TemplateError(f"the Jinja template failed: {error}") from error
        rendered = ""
    if missing:
        raise _missing(list(missing), given)
    return rendered


def _jinja_environment(undefined: type[jinja2.Undefined]) -> jinja2.Environment:
    # Pipelines are not HTML: escaping would damage them.
    return jinja2.Environment(undefined=undefined, autoescape=False)


def _jinja_error(error: jinja2.TemplateSyntaxError) -> TemplateError:
    return TemplateError(f"line {error.lineno} of the Jinja template: {error.message}")


def _key(name: str) -> str:
    return name.replace("-", "_")


def _has(given: Mapping[str, Any], name: str) -> bool:
    return name in given or any(_key(each) == _key(name) for each in given)


def _get(given: Mapping[str, Any], name: str) -> Any:
    if name in given:
        return given[name]
    return next(value for each, value in given.items() if _key(each) == _key(name))


def _text(value: Any) -> str:
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)


def _missing(missing: list[str], given: Mapping[str, Any]) -> MissingParameterError:
    listed = ", ".join(missing)
    near = "".join(
        f" {name}:{hint}" for name in missing if (hint := did_you_mean(name, list(given)))
    )
    return MissingParameterError(
        f"the pipeline needs {'a value' if len(missing) == 1 else 'values'} for: {listed}. Given: "
        f"{', '.join(given) or 'nothing'}.{near} Braces that are no parameter are written with a "
        r"space, { I420 }, or a backslash, \{I420}",
        tuple(missing),
    )
