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
from pythia.cli.completion import candidates
from pythia.cli.errors import exit_code, explain
from pythia.cli.options import RunOptions, parse_address
from pythia.cli.probe_spec import EXTRACTOR_PARSER, ProbeSpec
from pythia.exceptions import PipelineStuckError
from pythia.pipelines.template import render
from pythia.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["EXTRACTOR_PARSER", "app"]

# Whether messages are lines of JSON; set while a pipeline runs.
_reports_json = False

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
        if ctx.resilient_parsing:  # the tab key: the line is not finished
            ctx.obj = list(args)
            return super().parse_args(ctx, [])
        options = self._options(ctx)
        file = os.environ.get(_FILE_VARIABLE)
        if not args and not file:
            args = ["--help"]
        ctx.obj = split_arguments(args, options, _read_template, file)
        return super().parse_args(ctx, ctx.obj.options)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Return the options that the tab key offers; the words have their own completion."""
        # Its class is click's or typer's own, depending on the version of typer.
        item = type(super().shell_complete(ctx, "--")[0])
        return [item(each) for each in candidates(ctx.obj, incomplete, self._options(ctx))]

    def _options(self, ctx: Any) -> dict[str, bool]:
        """Return the tool's options and whether they take a value."""
        return {
            spelling: not getattr(param, "is_flag", False)
            for param in self.get_params(ctx)
            if param.param_type_name == "option"
            for spelling in param.opts
        }


app: typer.Typer = typer.Typer(
    add_completion=True, pretty_exceptions_enable=False, rich_markup_mode=None, name="gst-pylaunch"
)


def _complete(ctx: typer.Context, incomplete: str) -> list[str]:
    return candidates(ctx.obj, incomplete, ())


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"gst-pylaunch {__version__}")
        raise typer.Exit


@app.command(cls=_Command, help=_HELP, epilog=_EPILOG, name="gst-pylaunch")
def main(
    ctx: typer.Context,
    pipeline_parts: Annotated[
        list[str] | None,
        typer.Argument(
            help="Words of the pipeline.", metavar="[PIPELINE]...", autocompletion=_complete
        ),
    ] = None,
    pipeline_file: Annotated[
        str | None,
        typer.Option(
            "-p",
            "--pipeline-file",
            metavar="FILE",
            autocompletion=_complete,
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
    stream: Annotated[
        str | None,
        typer.Option(
            "--stream",
            metavar="URI",
            help="Where the items of generator probes go; default log://?stream=stdout. "
            "[env: PYTHIA_STREAM_URI]",
        ),
    ] = None,
    on_error: Annotated[
        str,
        typer.Option(
            "--on-error",
            metavar="fail|log|ignore",
            help="What an exception in a probe does: end the run, be logged, be counted.",
        ),
    ] = "fail",
    log_format: Annotated[
        str,
        typer.Option(
            "--log-format",
            metavar="text|json",
            help="Messages on the standard error; json includes GStreamer's own, see GST_DEBUG.",
        ),
    ] = "text",
    reload: Annotated[
        bool, typer.Option("--reload", help="Take over changes of probe files while running.")
    ] = False,
    dot: Annotated[
        str | None,
        typer.Option(
            "--dot",
            metavar="DIR",
            help="Write graphs of the pipeline: when it plays, at errors, and at SIGHUP.",
        ),
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option(
            "--metrics", metavar="[HOST]:PORT", help="Serve metrics for Prometheus over HTTP."
        ),
    ] = None,
    latency: Annotated[
        bool,
        typer.Option("--latency", help="Measure the latency of each element; a table at the end."),
    ] = False,
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
    if on_error not in ("fail", "log", "ignore"):
        raise UsageError(f"--on-error={on_error}; allowed: fail, log, ignore")
    if log_format not in ("text", "json"):
        raise UsageError(f"--log-format={log_format}; allowed: text, json")
    specs = [ProbeSpec.parse(each) for each in probe or os.environ.get(_PROBE_VARIABLE, "").split()]
    pipeline = render(arguments.template, arguments.params)
    if dry_run:
        typer.echo(f"```gst\n{pipeline.strip()}\n```")
    options = RunOptions(
        is_check=check,
        stream=stream,
        on_error=on_error,  # type: ignore[arg-type]
        is_json_log=log_format == "json",
        is_reloading=reload,
        graph_dir=dot,
        metrics=None if metrics is None else parse_address(metrics),
        measures_latency=latency,
    )
    if check or not dry_run:
        _run(pipeline, specs, options)


def _run(pipeline: str, specs: Sequence[ProbeSpec], options: RunOptions) -> None:
    # Imported here: --help and --version need no GStreamer.
    from pythia.applications.command_line import CliApplication
    from pythia.cli.progress import StderrHandler

    handler = StderrHandler()
    with _logging_to(handler, is_json=options.is_json_log):
        try:
            application = CliApplication.from_pipeline_string(pipeline)
            handler.progress = application.progress
            application.configure(specs, options)
        except Exception as error:
            _exit_with(error)
        if options.is_check:
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
def _logging_to(handler: logging.Handler, *, is_json: bool) -> Iterator[None]:
    from pythia.observability.gst_log import bridge_gst_log
    from pythia.observability.json_log import JsonFormatter

    global _reports_json
    handler.setFormatter(JsonFormatter() if is_json else _Formatter())
    loggers = [logging.getLogger(name) for name in ("pythia", "gstreamer")]
    before = [(logger.propagate, logger.level) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
    if is_json:
        loggers[1].setLevel(logging.DEBUG)  # GST_DEBUG decides which lines there are
        bridge_gst_log()
    _reports_json = is_json
    try:
        yield
    finally:
        if is_json:
            bridge_gst_log(enabled=False)
        for logger, (propagate, level) in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.propagate = propagate
            logger.setLevel(level)
        _reports_json = False


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
        _report(explain(error), getattr(error, "element", ""))
    sys.exit(exit_code(error))


def _report(message: str, element: str = "") -> None:
    if _reports_json:
        logging.getLogger("pythia.cli").error("%s", message, extra={"element": element})
    else:
        typer.secho(f"gst-pylaunch: error: {message}", fg="red", err=True)


def _release_broken_stdout() -> None:
    """Make the interpreter's last flush succeed when the reader of the standard output is gone."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)
