"""``dungchung preview``: twenty rows before and after, and the would-be verdict."""

from __future__ import annotations

from dataclasses import asdict

import click

from contracts.i18n import _
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.platform import open_platform
from orchestration.previewing import Previewed, preview_dataset
from quality.sentences import refusal, title
from standardization.preview import PreviewColumn, PreviewRow


@command(
    "preview",
    _(
        "Show twenty rows of a source before and after, and what the gate would say.\n\n"
        "Nothing is written. What each column did is told beside it. The values are shown on "
        "this terminal only. Example: dungchung preview service_case --source igate"
    ),
)
@click.argument("dataset")
@option("--source", help_text=_("Only this source; the first one if not given."))
def preview(console: Console, dataset: str, source: str | None) -> None:
    """For the steward who may read the source anyway."""
    platform = open_platform()
    found = preview_dataset(platform, dataset, source)
    contract = platform.dataset(dataset).contract
    verdicts = (found.gate.verdict, found.gate.privacy)
    refusals = [fault for fault in (refusal(contract, v) for v in verdicts) if fault]
    if console.as_json:
        console.emit(
            {
                "dataset": dataset,
                "source": found.mapping.source,
                "rows": [asdict(row) for row in found.preview.rows],
                "how": {column.name: column.how for column in found.preview.columns},
                "account": asdict(found.account),
                "passed": found.gate.passed,
                "refused_by": [check for v in verdicts for check in v.refused_by],
            }
        )
        return
    _columns(console, found)
    for number, row in enumerate(found.preview.rows, start=1):
        _row(console, number, row, found.preview.columns)
    _would_be(console, found)
    for rule, count in sorted(found.account.quarantined_by.items(), key=lambda item: -item[1]):
        asks = title(contract, rule)[0 if console.language == "vi" else 1]
        console.say(
            _("    {count} × {rule}: {asks}"), count=console.number(count), rule=rule, asks=asks
        )
    for fault in refusals:
        console.say("✗ {text}", text=fault.render(console.language))
    if not refusals:
        console.say(_("✓ The gate would let it through. Release it with: dungchung run {dataset}"),
                    dataset=dataset)  # fmt: skip


def _columns(console: Console, found: Previewed) -> None:
    which = 0 if console.language == "vi" else 1
    console.table(
        (_("Column"), _("Read from"), _("What is done")),
        [(c.name, ", ".join(c.reads), c.how[which]) for c in found.preview.columns],
    )


def _row(
    console: Console, number: int, row: PreviewRow, columns: tuple[PreviewColumn, ...]
) -> None:
    console.say()
    console.say(_("Row {number} · key {key}"), number=number, key=row.source_key)
    console.table(
        (_("Column"), _("Before"), _("After"), ""),
        [
            (
                "  " + column.name,
                " | ".join(_shown(row.before.get(name)) for name in column.reads),
                _shown(row.after[column.name]),
                console.text(_("← cannot be read")) if column.name in row.unreadable else "",
            )
            for column in columns
        ],
    )
    if row.excluded:
        console.say(_("  excluded: {name}"), name=row.excluded)
    if row.fixed:
        console.say(_("  fixed: {names}"), names=", ".join(row.fixed))
    if row.doubts:
        console.say(_("  doubtful: {names}"), names=", ".join(row.doubts))


def _would_be(console: Console, found: Previewed) -> None:
    account = found.account
    console.say()
    console.say(
        _(
            "Of {read} rows read {accepted} would be accepted, {quarantined} quarantined and "
            "{excluded} excluded."
        ),
        **{
            name: console.number(getattr(account, name))
            for name in ("read", "accepted", "quarantined", "excluded")
        },
    )
    if found.limited:
        console.say(_("Only the first rows of the source were read; a run reads all of them."))


def _shown(value: str | None, width: int = 40) -> str:
    """One line of at most `width` letters; nothing for NULL."""
    text = " ".join((value or "").split())
    return text if len(text) <= width else text[: width - 1] + "…"
