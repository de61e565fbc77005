"""How to get the rows of a dataset: files, whom to ask, a command for programs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.context import Record
from catalog.portal.metadata import Metadata
from catalog.portal.wording import Words
from contracts.i18n import _
from contracts.model import Access
from contracts.releases import Release

_USES = {
    "csv": _("Any spreadsheet or program. Plain text, one row per line."),
    "xlsx": _("Excel, LibreOffice and other spreadsheets."),
    "parquet": _("Analysis with Python, R, DuckDB or Spark. Small, with column types."),
    "jsonl": _("Programs that read JSON, one object per line."),
}
# Browsers read a backslash or a tab behind the "/" as if "//" began another site.
_SAFE = re.compile(r"https?://|/(?![/\\])[^\x00-\x20\x7f\\]*\Z", re.IGNORECASE)
_ORDER = ("csv", "xlsx", "parquet", "jsonl")


@dataclass(frozen=True)
class File:
    """A download. `size` in bytes and `sha256` are None or empty when not known (made on
    demand). `host` names the other site that has it, if one does; `form` is its format where the
    label is a name."""

    label: str
    use: str
    href: str
    size: int | None
    sha256: str
    form: str = ""
    host: str = ""
    on_demand: bool = False


def safe_link(url: str) -> str:
    """`url` if it is an http(s) address or a path of this site, else nothing."""
    return url if _SAFE.match(url) else ""


def files_of(record: Record, release: Release, words: Words) -> tuple[File, ...]:
    """The downloads of `release`: what is stored, and the forms its record offers besides."""
    if not release.public:
        return ()
    stored = {entry.format.lower(): entry for entry in release.files}
    forms = {str(one.get("format") or "").lower() for one in record.get("resources") or ()}
    files = []
    for form in _ORDER:
        if form not in forms and form not in stored:
            continue
        entry = stored.get(form)
        files.append(
            File(
                label=form.upper() if form != "parquet" else "Parquet",
                use=words.say(_USES[form]),
                href=(
                    f"/dataset/{release.dataset}/releases/{release.release}/{release.dataset}.{form}"
                ),
                size=entry.bytes if entry else None,
                sha256=entry.sha256 if entry else "",
                on_demand=entry is None,
            )
        )
    return tuple(files)


def ways_to_ask(release: Release, metadata: Metadata) -> tuple[str, ...]:
    """The steps to an access token, for a dataset whose rows are not open."""
    words = metadata.words
    if release.access == Access.OPEN:
        return ()
    return (
        words.say(
            _("Read the columns and their meaning below, to be sure that this is what you need.")
        ),
        words.say(
            _(
                "Write to {owner} ({steward}): who asks, for what purpose, on what legal ground, "
                "which columns and until when."
            ),
            owner=metadata.owner,
            steward=metadata.plain("steward"),
        ),
        words.say(
            _(
                "When the request is granted, your agency receives a grant (which columns, which "
                "rows, until when) and reads them with its own access token, as in the example "
                "below. Each reading is logged and shown to the owner."
            )
        ),
    )


def command(record: Record, release: Release, public_url: str) -> str:
    """A curl line that reads the first rows of `release`; empty without a resource."""
    resources = list(record.get("resources") or ())
    active = [one for one in resources if one.get("datastore_active")] or resources
    if not active:
        return ""
    address = (
        f"{public_url}/api/3/action/datastore_search"
        f"?resource_id={active[0]['id']}&release={release.release}&limit=5"
    )
    grant = "" if release.public else ' -H "Authorization: $TOKEN"'
    return f"curl{grant} '{address}'"


def command_hint(release: Release, words: Words) -> str:
    """What the command of `command` does and needs."""
    if release.public:
        return words.say(
            _("This command reads the first five rows of this release. No key is needed.")
        )
    return words.say(_("With an access token this command reads the first five rows."))
