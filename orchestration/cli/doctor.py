"""``dungchung doctor``: whether this machine and this home are fit, and what to do if not."""

from __future__ import annotations

import importlib.util
import platform as machine
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contracts.errors import Fault
from contracts.i18n import _
from orchestration.cataloguing import registry_session
from orchestration.cli.console import Console, terminal_can_show_vietnamese
from orchestration.cli.frame import command, option
from orchestration.platform import Platform, open_platform, prepare_public_access
from orchestration.trying import source_problems

_NEEDED_BYTES = 2 << 30


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `remedy` says what to do when it is not well."""

    name: str
    well: bool
    remedy: str = ""


@command(
    "doctor",
    _(
        "Look at this machine, the home, the store, the catalogue and every source.\n\n"
        "Changes nothing, but makes the home's folders or buckets where they are missing."
    ),
)
@option(
    "--prepare-store",
    is_flag=True,
    help_text=_(
        "On S3: make the buckets, and let the public worker's key read open files and public "
        "manifests and nothing else."
    ),
)
def doctor(console: Console, prepare_store: bool) -> None:
    """Exit status 1 when anything is not well."""
    platform = open_platform()
    if prepare_store:
        prepare_public_access(platform)
    findings = list(_look(console, platform))
    console.emit([{"name": f.name, "ok": f.well, "remedy": f.remedy} for f in findings])
    for finding in findings:
        console.say(
            "{mark} {name}{remedy}",
            mark="✓" if finding.well else "✗",
            name=finding.name,
            remedy=f": {finding.remedy}" if finding.remedy else "",
        )
    if not all(finding.well for finding in findings):
        sys.exit(1)


def _look(console: Console, platform: Platform) -> Iterator[Finding]:
    text = console.text
    yield Finding(
        text(_("Operating system: {name}"), name=machine.system()),
        machine.system() in ("Linux", "Darwin"),
        "" if machine.system() in ("Linux", "Darwin") else text(_("On Windows use WSL.")),
    )
    yield Finding(
        text(_("Python {version}"), version=machine.python_version()),
        sys.version_info >= (3, 11),
    )
    yield Finding(
        text(_("The terminal shows Vietnamese")),
        terminal_can_show_vietnamese(),
        "" if terminal_can_show_vietnamese() else text(_("Set LANG to a UTF-8 locale.")),
    )
    free = shutil.disk_usage(platform.home).free
    yield Finding(
        text(_("Free disk space: {size} GB"), size=console.number(round(free / 2**30))),
        free > _NEEDED_BYTES,
    )
    dagster = importlib.util.find_spec("dagster_webserver") is not None
    yield Finding(text(_("Dagster's own pages are installed")), dagster)
    yield _try(console, _("Contracts"), lambda: platform.catalogue_of_datasets)
    yield _try(
        console, _("Object store, with its conditional-write probe"), lambda: platform.stores
    )
    yield _try(console, _("The catalogue's database"), lambda: _registry(platform))
    faults = source_problems(platform)
    for fault in faults:
        yield Finding(text(_("Source")), False, fault.render(console.language))
    if not faults:
        yield Finding(text(_("Every source can be read")), True)


def _registry(platform: Platform) -> None:
    with registry_session(platform):
        pass


def _try(console: Console, name: str, look: Callable[[], object]) -> Finding:
    try:
        look()
    except Fault as fault:
        return Finding(console.text(name), False, fault.render(console.language))
    return Finding(console.text(name), True)
