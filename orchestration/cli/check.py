"""``dungchung check``: lint every contract and mapping, and try every source."""

from __future__ import annotations

import sys

import click

from contracts.errors import Fault
from contracts.i18n import _
from contracts.linting import lint
from contracts.problems import Problem
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.platform import Platform, open_platform
from orchestration.trying import Shown, disclosure_shares, source_problems
from standardization.functions import FUNCTIONS


@command(
    "check",
    _(
        "Check every contract and mapping, and connect to every source.\n\n"
        "With names, only these datasets are looked at. Names file and line of each fault and "
        "how to mend it. Nothing is read but schemas, and nothing is written. "
        "Example: dungchung check service_case"
    ),
)
@click.argument("datasets", nargs=-1)
@option("--no-sources", is_flag=True, help_text=_("Do not connect to the sources."))
def check(console: Console, datasets: tuple[str, ...], no_sources: bool) -> None:
    """Exit status 1 when there is any problem."""
    platform = open_platform()
    problems = _linted(platform, datasets)
    faults: tuple[Fault, ...] = ()
    if not problems:
        for name in datasets:
            platform.dataset(name)
        shown = disclosure_shares(platform, datasets)
        faults = tuple(item.fault for item in shown if item.fault)
        if not no_sources:
            faults = (*source_problems(platform, datasets), *faults)
        _tell_shares(console, shown)
    _tell(console, problems, faults)
    if problems or faults:
        sys.exit(1)
    _tell_order(console, platform, datasets)


def _linted(platform: Platform, datasets: tuple[str, ...]) -> tuple[Problem, ...]:
    """What is wrong in the folder; with names, in their folders and outside of all others."""
    root = platform.settings.datasets
    problems = lint(root, frozenset(FUNCTIONS))
    others = tuple(
        f"{root.name}/{folder.name}/"
        for folder in (root.iterdir() if datasets and root.is_dir() else ())
        if folder.name not in datasets
    )
    return tuple(problem for problem in problems if not problem.file.startswith(others))


def _tell_shares(console: Console, shown: tuple[Shown, ...]) -> None:
    """How much of the cells and of the cases each open breakdown shows."""
    rows = [
        (
            item.dataset,
            share.name,
            console.text("{part} / {whole}", part=share.cells_shown, whole=share.cells),
            console.text("{percent} %", percent=round(100 * share.share)),
        )
        for item in shown
        for share in item.shares
    ]
    console.table((_("Dataset"), _("Breakdown"), _("Cells shown"), _("Cases shown")), rows)


def _tell(console: Console, problems: tuple[Problem, ...], faults: tuple[Fault, ...]) -> None:
    language = console.language
    console.emit(
        {
            "problems": [
                {
                    "check": problem.check,
                    "file": problem.file,
                    "line": problem.line,
                    "message": problem.render(language),
                }
                for problem in problems
            ]
            + [{"check": fault.check, "message": fault.render(language)} for fault in faults]
        }
    )
    for text in [p.render(language) for p in problems] + [f.render(language) for f in faults]:
        console.say("✗ {text}", text=text)
    if problems or faults:
        console.say(_("Problems found: {count}"), count=len(problems) + len(faults))


def _tell_order(console: Console, platform: Platform, datasets: tuple[str, ...]) -> None:
    known = platform.catalogue_of_datasets
    looked_at = [item for name, item in known.datasets.items() if not datasets or name in datasets]
    sources = {mapping.source for dataset in looked_at for mapping in dataset.mappings}
    console.say(
        _("✓ In order. Datasets: {datasets}, sources: {sources}."),
        datasets=len(looked_at),
        sources=len(sources),
    )
