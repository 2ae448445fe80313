"""``gst-pylaunch``: run a GStreamer pipeline with Python probes."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from pythia.cli.arguments import Arguments, UsageError, split_arguments
from pythia.cli.errors import exit_code, explain
from pythia.cli.probe_spec import EXTRACTOR_PARSER, ProbeSpec
from pythia.exceptions import PipelineStuckError
from pythia.pipelines.template import render
from pythia.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["EXTRACTOR_PARSER", "app"]

_FILE_VARIABLE = "PYTHIA_PIPELINE_FILE"
_PROBE_VARIABLE = "PYTHIA_EXTRACTOR"

_HELP = """Run a GStreamer pipeline with Python probes.

The pipeline is given as words, as for gst-launch-1.0, or as a file.

Parameters: {name} in a pipeline is filled in by --name VALUE or --name=VALUE. Values are taken as
they are. A text with {{ or {% is a Jinja template.

Names that the pipeline contains belong to it, also where an option below has the same name; every
option can always be written --pylaunch-OPTION instead. After -- everything is the pipeline.

Ctrl-C ends the stream, so that files are complete; a second Ctrl-C stops at once.
"""

_EPILOG = """Exit codes: 0 end of stream; 1 failure while running, or wrong usage; 2 invalid
pipeline; 3 a probe that cannot be loaded; 4 no such element or pad; 5 the pipeline cannot start;
130 stopped by a second Ctrl-C.
"""


class _Command(TyperCommand):
    """Hands the tool's own options to typer, and keeps what is the template's."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **kwargs: Any) -> Any:
        """Run the command; failures become a message and an exit code."""
        try:
            return super().main(args, *rest, **kwargs)
        except Exception as error:
            _exit_with(error)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the command line apart, see `pythia.cli.arguments`."""
        options = {
            spelling: not getattr(param, "is_flag", False)
            for param in self.get_params(ctx)
            if param.param_type_name == "option"
            for spelling in param.opts
        }
        file = os.environ.get(_FILE_VARIABLE)
        if not args and not file:
            args = ["--help"]
        ctx.obj = split_arguments(args, options, _read_template, file)
        return super().parse_args(ctx, ctx.obj.options)


app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, name="gst-pylaunch"
)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"gst-pylaunch {__version__}")
        raise typer.Exit


@app.command(cls=_Command, help=_HELP, epilog=_EPILOG, name="gst-pylaunch")
def main(
    ctx: typer.Context,
    pipeline_parts: Annotated[
        list[str] | None,
        typer.Argument(help="Words of the pipeline.", metavar="[PIPELINE]..."),
    ] = None,
    pipeline_file: Annotated[
        str | None,
        typer.Option(
            "-p",
            "--pipeline-file",
            metavar="FILE",
            help=f"File with the pipeline; - is the standard input. [env: {_FILE_VARIABLE}]",
        ),
    ] = None,
    probe: Annotated[
        list[str] | None,
        typer.Option(
            "-x",
            "--probe",
            metavar="SPEC",
            help="Attach module:function@element.pad or path.py:function@element.pad. Repeatable. "
            f"[env: {_PROBE_VARIABLE}, separated by spaces]",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the pipeline, do not run it.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Check pipeline and probes, do not run them.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Run a GStreamer pipeline with Python probes."""
    arguments: Arguments = ctx.obj
    if arguments.template is None:
        raise UsageError("there is no pipeline: give its words, or a file with -p. See --help")
    specs = [ProbeSpec.parse(each) for each in probe or os.environ.get(_PROBE_VARIABLE, "").split()]
    pipeline = render(arguments.template, arguments.params)
    if dry_run:
        typer.echo(f"```gst\n{pipeline.strip()}\n```")
    if check or not dry_run:
        _run(pipeline, specs, is_check=check)


def _run(pipeline: str, specs: Sequence[ProbeSpec], *, is_check: bool) -> None:
    # Imported here: --help and --version need no GStreamer.
    from pythia.applications.command_line import CliApplication
    from pythia.cli.progress import StderrHandler

    application = CliApplication.from_pipeline_string(pipeline)
    handler = StderrHandler(application.progress)
    with _logging_to(handler):
        for spec in specs:
            application.probe(spec.element, spec.pad)(spec.load())
        if is_check:
            return
        try:
            application()
        except KeyboardInterrupt:
            raise typer.Exit(128 + (application.interrupted_by or 2)) from None
        except PipelineStuckError as error:
            _report(explain(error))
            sys.stdout.flush()
            # Its threads are still inside the interpreter and would crash a normal exit.
            os._exit(128 + application.interrupted_by if application.interrupted_by else 1)
        except BaseException as error:
            _exit_with(error)
        finally:
            _release_broken_stdout()


@contextlib.contextmanager
def _logging_to(handler: logging.Handler) -> Iterator[None]:
    handler.setFormatter(_Formatter())
    logger = logging.getLogger("pythia")
    logger.addHandler(handler)
    propagate, logger.propagate = logger.propagate, False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"gst-pylaunch: {record.levelname.lower()}: {record.getMessage()}"


def _read_template(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    try:
        with open(file, encoding="utf-8") as opened:
            return opened.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"cannot read the pipeline file {file}: {reason}") from None


def _exit_with(error: BaseException) -> NoReturn:
    if not isinstance(error, SystemExit) or isinstance(error.code, str):
        _report(explain(error))
    sys.exit(exit_code(error))


def _report(message: str) -> None:
    typer.secho(f"gst-pylaunch: error: {message}", fg="red", err=True)


def _release_broken_stdout() -> None:
    """Make the interpreter's last flush succeed when the reader of the standard output is gone."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)
