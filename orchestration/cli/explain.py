"""``dungchung explain``: what became of one row, without personal values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import click

from contracts.i18n import _
from contracts.mappings import Dataset
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.describing import titles_of_rules
from orchestration.explaining import ExplainedRow, explain_row
from orchestration.platform import open_platform
from standardization.one_row import ExplainedColumn

HIDDEN = "•••"


@command(
    "explain",
    _(
        "Say what became of one row: what was changed in it, and by which rule.\n\n"
        "The key is the primary key (its parts joined by /) or the key in the source. Values of "
        "personal columns are shown to nobody here. "
        "Example: dungchung explain service_case H20.12-250605-000123"
    ),
)
@click.argument("dataset")
@click.argument("key")
@option("--source", help_text=_("Only this source."))
def explain(console: Console, dataset: str, key: str, source: str | None) -> None:
    """For the steward, and for the owner agency that asks what was done to its row."""
    platform = open_platform()
    rows = explain_row(platform, dataset, key, source)
    titles = _titles(platform.dataset(dataset), console)
    if console.as_json:
        console.emit({"dataset": dataset, "rows": [asdict(row) for row in rows]})
        return
    for row in rows:
        _row(console, row, titles)


def _titles(dataset: Dataset, console: Console) -> dict[str, str]:
    """Rule → what it says, in the reader's language."""
    which = 0 if console.language == "vi" else 1
    titles = {check.id: check.title[which] for check in dataset.contract.checks}
    return titles | {
        rule: title[console.language] for rule, title in titles_of_rules(dataset).items()
    }


def _row(console: Console, row: ExplainedRow, titles: Mapping[str, str]) -> None:
    console.say()
    console.say(_("Source {source}, key {key}"), source=row.source, key=row.source_key)
    if row.excluded:
        console.say(_("  excluded: {name}"), name=_told(row.excluded, titles))
    for rule in row.refused:
        console.say(_("  in quarantine: {name}"), name=_told(rule, titles))
    for rule in row.doubts:
        console.say(_("  doubtful: {names}"), names=_told(rule, titles))
    if row.release is not None:
        console.say(
            _("  served in release {release}, marked {flag}"), release=row.release, flag=row.flag
        )
        if row.original:
            console.say(_("  tells again what {key} told"), key=row.original)
    elif not row.excluded and not row.refused:
        console.say(_("  in no release yet"))
    console.table(
        (_("Column"), _("Read from"), _("Before"), _("After"), _("Rules")),
        [_line(console, column) for column in row.columns],
    )
    for rule in row.fixed:
        console.say("  {text}", text=_told(rule, titles))


def _line(console: Console, column: ExplainedColumn) -> tuple[str, str, str, str, str]:
    before = column.before
    rules = ", ".join(column.rules)
    if column.unreadable:
        rules = console.text(_("← cannot be read"))
    return (
        column.name,
        ", ".join(column.reads),
        HIDDEN if before is None else _shown(" | ".join(v or "" for v in before.values())),
        HIDDEN if column.hidden else _shown(column.after or ""),
        rules,
    )


def _told(rule: str, titles: Mapping[str, str]) -> str:
    return f"{rule}: {titles[rule]}" if rule in titles else rule


def _shown(value: str, width: int = 40) -> str:
    text = " ".join(value.split())
    return text if len(text) <= width else text[: width - 1] + "…"
