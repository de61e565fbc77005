"""The ``dungchung`` command line.

Parsing and telling only: every command calls the rooms and says what came of it. Bad input
ends in one sentence and a non-zero status, never in a traceback.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import click

from contracts.errors import Fault
from contracts.i18n import _
from orchestration.cli.console import Console
from orchestration.cli.frame import Group, language_of, language_option
from orchestration.cli.misuse import misuse

SUMMARIES = {
    "demo": _("Make a sample province, run every pipeline, open the catalogue and Dagster."),
    "run": _("Read the sources, standardise, judge and release datasets."),
    "serve": _("Start the catalogue: portal, CKAN API, downloads."),
    "check": _("Check every contract and mapping, and connect to every source."),
    "preview": _("Show twenty rows of a source before and after, and what the gate would say."),
    "explain": _("Say what became of one row: what was changed in it, and by which rule."),
    "new": _("Start a dataset, or a source of a dataset, ready to edit."),
    "releases": _("List the releases of a dataset, newest first, or show one manifest."),
    "lineage": _("Show where each column of a release comes from."),
    "quarantine": _(
        "Show which rows were refused and why, or write the list to send to the owner agency."
    ),
    "withdraw": _("Withdraw a dataset: its rows are no longer served, its page says why."),
    "grant": _(
        "Give an agency rows of a dataset that is not open: whole, some columns, or some rows."
    ),
    "revoke": _("End a grant at once, by its id from dungchung grants."),
    "grants": _(
        "List who was given rows that are not open, or with --log who read them, newest first."
    ),
    "token": _("Make tokens for the programs of agencies, list them, take them back."),
    "index": _("See how far the catalogue's search indexes are, or make them anew."),
    "doctor": _("Look at this machine, the home, the store, the catalogue and every source."),
}
"""Command → the first sentence of its help, so that listing the commands loads none of them.
The command ``x`` is ``orchestration.cli.x:x``."""


@click.group(
    cls=Group,
    lazy=SUMMARIES,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_(
        "Dùng Chung: from sector databases to gated, released, published open data.\n\n"
        "Start with: dungchung demo. It makes a sample province, runs every pipeline and opens "
        "the catalogue. Runs on Linux and macOS, and on Windows through WSL."
    ),
)
def cli(lang: str | None = None) -> None:
    """The root of all commands."""


cli.params.append(language_option())


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process.

    Exit status: 0 done; 1 refused or failed, told in one sentence; 2 the command itself was
    not understood; 70 a fault of the platform, with a report file named; 130 interrupted.
    """
    status = _run(arguments)
    # Everything goes with the process: Python need not look through it first.
    gc.freeze()
    sys.exit(status)


def _run(arguments: list[str] | None) -> int:
    console = Console()
    context: click.Context | None = None
    try:
        with cli.make_context("dungchung", list(arguments or sys.argv[1:])) as context:
            console.language = language_of(context)
            cli.invoke(context)
    except click.exceptions.Exit as end:
        return int(end.exit_code)
    except click.exceptions.NoArgsIsHelpError as help_page:
        sys.stderr.write(help_page.format_message() + "\n")
        return 2
    except click.UsageError as error:
        sys.stderr.write(f"✗ {misuse(error, language_of(error.ctx))}\n")
        return 2
    except Fault as fault:
        settings = (context.obj or {}) if context else {}
        console.as_json = bool(settings.get("json"))
        console.language = "en" if settings.get("lang") == "en" else console.language
        console.fail(fault)
        return 1
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last net: a report file instead of a traceback
        return _unexpected(console, error)
    return 0


def _unexpected(console: Console, error: Exception) -> int:
    """Keep where it happened in a file. The exception's own text can hold a value of
    someone's row, so neither the file nor the screen gets it."""
    home = Path(os.environ.get("DUNGCHUNG_HOME") or "var")
    folder = home / "reports"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        report = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
        descriptor = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("".join(traceback.format_tb(error.__traceback__)))
            file.write(f"{type(error).__module__}.{type(error).__qualname__}\n")
        place = str(report)
    except OSError:
        place = "-"
    text = _("Something went wrong inside the platform. Send this file to its developers: {file}")
    sys.stderr.write("✗ " + console.text(text, file=place) + "\n")
    return 70
