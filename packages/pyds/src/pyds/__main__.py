"""``python -m pyds``: run applications, lay out samples, look for what is missing."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pyds import _doctor, _headers, _plugin, _run, samples

if TYPE_CHECKING:
    from collections.abc import Sequence


def _plugin_path(_: argparse.Namespace) -> int:
    print(_plugin.directory())
    return 0


def _include_path(_: argparse.Namespace) -> int:
    print(_headers.get_include())
    return 0


def _install_plugin(arguments: argparse.Namespace) -> int:
    if arguments.remove:
        removed = _plugin.uninstall()
        print(f"removed {_plugin.user_plugin_link()}" if removed else "nothing was installed")
    else:
        print(f"{_plugin.install()} -> {_plugin.directory()}")
    return 0


def _samples(arguments: argparse.Namespace) -> int:
    try:
        print(samples.lay_out(arguments.directory))
    except OSError as error:
        print(f"pyds samples: {error}", file=sys.stderr)
        return 1
    return 0


def _run_application(arguments: argparse.Namespace) -> int:
    try:
        _run.run(arguments.application, arguments.arguments, headless=arguments.headless)
    except FileNotFoundError as error:
        if error.errno is not None:  # the application's own
            raise
        print(f"pyds run: {error}", file=sys.stderr)
        return 1
    return 0


def _examine(_: argparse.Namespace) -> int:
    findings = list(_doctor.examine())
    for finding in findings:
        print(finding)
    return 1 if any(finding.is_fatal for finding in findings) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pyds", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("run", help="run an application written for DeepStream, as it is")
    command.add_argument("--headless", action="store_true", help="open no windows")
    command.add_argument("application", metavar="APP.py")
    command.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGUMENTS")
    command.set_defaults(run=_run_application)

    command = commands.add_parser(
        "plugin-path", help="print the plugin's directory, for GST_PLUGIN_PATH"
    )
    command.set_defaults(run=_plugin_path)

    command = commands.add_parser(
        "include-path", help="print the directory of the C headers, for c++ -I"
    )
    command.set_defaults(run=_include_path)

    command = commands.add_parser(
        "install-plugin", help="let gst-launch-1.0 and gst-inspect-1.0 of this user find the plugin"
    )
    command.add_argument("--remove", action="store_true", help="undo it")
    command.set_defaults(run=_install_plugin)

    command = commands.add_parser("samples", help="copy the samples tree to DIR/samples")
    command.add_argument("directory", metavar="DIR")
    command.set_defaults(run=_samples)

    command = commands.add_parser("doctor", help="say what this machine has and lacks")
    command.set_defaults(run=_examine)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    arguments = _parser().parse_args(argv)
    result: int = arguments.run(arguments)
    return result


if __name__ == "__main__":
    sys.exit(main())
