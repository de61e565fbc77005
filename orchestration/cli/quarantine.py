"""``dungchung quarantine``: the refused rows, for the steward and the owner agency."""

from __future__ import annotations

from pathlib import Path

import click

from contracts.i18n import _
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.platform import open_platform
from orchestration.refused import counts_by_rule, refused_keys, write_xlsx

SHOWN = 20


@command(
    "quarantine",
    _(
        "Show which rows were refused and why, or write the list to send to the owner agency.\n\n"
        "Rows are named by their key in the source; values are shown to nobody here. "
        "Example: dungchung quarantine service_case --xlsx refused.xlsx"
    ),
)
@click.argument("dataset")
@option(
    "--xlsx",
    type=click.Path(dir_okay=False, path_type=Path),
    help_text=_("Write all of them to this Excel file: source, key, rules, what each rule asks."),
)
@option("--rule", help_text=_("Only rows refused by this rule."))
def quarantine(console: Console, dataset: str, xlsx: Path | None, rule: str | None) -> None:
    """Counts by rule, then the first rows."""
    platform = open_platform()
    contract = platform.dataset(dataset).contract
    counts = counts_by_rule(platform, contract)
    keys = refused_keys(platform, contract, rule=rule, limit=None if xlsx else SHOWN)
    titles = {check.id: check.title for check in contract.checks}
    which = 0 if console.language == "vi" else 1
    if xlsx:
        write_xlsx(xlsx, keys, titles, console.language)
        console.say(
            _("{count} rows written to {file}."), count=console.number(len(keys)), file=xlsx
        )
    console.emit(
        {
            "dataset": dataset,
            "counts": counts,
            "rows": [{"source": k.source, "key": k.key, "rules": list(k.rules)} for k in keys],
            "file": str(xlsx) if xlsx else None,
        }
    )
    if xlsx:
        return
    if not counts:
        console.say(_("No row of {dataset} is in quarantine."), dataset=dataset)
        return
    console.table(
        (_("Rows"), _("Rule"), _("What it asks")),
        [
            (count, name, titles[name][which] if name in titles else "")
            for name, count in counts.items()
        ],
    )
    console.say()
    console.table(
        (_("Source"), _("Key in the source"), _("Rules")),
        [(key.source, key.key, ", ".join(key.rules)) for key in keys],
    )
    console.say(
        _("The whole list as a file: dungchung quarantine {dataset} --xlsx refused.xlsx"),
        dataset=dataset,
    )
