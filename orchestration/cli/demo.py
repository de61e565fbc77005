"""``dungchung demo``: the sample province, from sector databases to the open catalogue."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import click

from catalog.serving import running
from contracts.errors import Fault
from contracts.i18n import _
from demo.province import MINIMUM_CASES, make_province
from demo.store import ForeignSchemaError
from demo.system import USUAL_CASES
from orchestration.announcing import CatalogAnnouncer, noted, serving_address
from orchestration.cataloguing import catalog_config
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.cli.telling import LiveProgress, Making, all_good, summary, write_summary
from orchestration.platform import Platform, open_platform
from orchestration.runs import dagster_home, run_through_dagster

SYSTEMS = ("igate", "mot_cua_2017")
_STOP_WITHIN = 10.0


@command(
    "demo",
    _(
        "Make a sample province, run every pipeline, open the catalogue and Dagster.\n\n"
        "Run again, it does only what changed. Example: dungchung demo --exit --json summary.json"
    ),
    json_flag=False,
)
@option("--scale", type=click.FloatRange(MINIMUM_CASES / USUAL_CASES), default=1.0,
        show_default=True,
        help_text=_(
            "How large the sample is: 1 is 50,000 cases, 20,000 tickets and 250,000 hospital "
            "visits, 20 is twenty times that. Lists such as agencies stay as they are, and what "
            "holds faults has a least size."))  # fmt: skip
@option("--seed", type=int, default=2025, show_default=True, help_text=_("Same seed, same rows."))
@option("--dsn", help_text=_("Put the two systems into this PostgreSQL instead of SQLite."))
@option("--exit", "end", is_flag=True, help_text=_("End after publishing."))
@option("--json", "summary_file", type=click.Path(dir_okay=False, path_type=Path),
        help_text=_(
            "Write what came of every dataset to this file: rows, rate, memory and more."
        ))  # fmt: skip
def demo(
    console: Console, scale: float, seed: int, dsn: str | None, end: bool, summary_file: Path | None
) -> None:
    """Exit status 0 only if every landed row is accounted for, every derived dataset
    reconciles and every verdict passed."""
    platform = open_platform(_with_sources(dsn))
    cases = round(scale * USUAL_CASES)
    console.say(_("Making the sample province ({cases} cases) …"), cases=console.number(cases))
    try:
        made = make_province(
            platform.home / "demo", cases=cases, seed=seed, dsn=dsn, progress=Making(console)
        )
    except ForeignSchemaError as error:
        raise Fault(
            "demo.foreign_schema",
            _("The database has a schema {schema} that no demo made; it is left as it is."),
            remedy=_("Give the demo a database of its own."),
            schema=str(error.args[0]),
        ) from None
    if not made.made:
        console.say(_("  it is there already, with the same seed and size"))
    with ExitStack() as stack:
        url = serving_address(platform.home)
        if url is None and not end:
            url = stack.enter_context(
                running(catalog_config(platform), port=platform.settings.port)
            )
            stack.enter_context(noted(platform.home, url))
        console.say(_("Running every pipeline through Dagster …"))
        good = (_run if end else _run_apart)(console, platform, summary_file)
        console.say(
            _("✓ Every row is accounted for and every gate was passed.")
            if good
            else _("✗ Not every dataset got through; the lines above say why.")
        )
        if end:
            stack.close()
            sys.exit(0 if good else 1)
        _stay(console, platform, str(url))


def _with_sources(dsn: str | None) -> dict[str, str]:
    """The environment, with the two systems at `dsn` if one is given."""
    environ = dict(os.environ)
    if dsn:
        environ |= {f"DUNGCHUNG_SOURCE_{name.upper()}": dsn for name in SYSTEMS}
    return environ


def _run(console: Console, platform: Platform, summary_file: Path | None) -> bool:
    with CatalogAnnouncer(platform) as announcer, LiveProgress(console) as progress:
        outcomes = run_through_dagster(platform, (), progress, announcer)
    if summary_file:
        write_summary(summary_file, summary(platform, outcomes))
    return all_good(platform, outcomes)


def _run_apart(console: Console, platform: Platform, summary_file: Path | None) -> bool:
    """As `_run`, in a process of its own: what Dagster and Great Expectations take of memory
    is given back before the pages stay open."""
    words = [sys.executable, "-m", "orchestration", "run", "--lang", console.language]
    if summary_file:
        words += ["--summary", str(summary_file.resolve())]
    done = subprocess.run(words, env=_environment(platform), check=False)  # noqa: S603 - our own interpreter and fixed words
    return done.returncode == 0


def _environment(platform: Platform) -> dict[str, str]:
    """For our own processes: this home, and our packages wherever they are started."""
    return {
        **platform.environ,
        "DUNGCHUNG_HOME": str(platform.home),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }


def _stay(console: Console, platform: Platform, url: str) -> None:
    """Say where to look, and stay until Ctrl-C."""
    dagster = f"http://127.0.0.1:{platform.settings.dagster_port}"
    with _dagster(platform):
        for line in (
            _("Open in a browser:"),
            _("  {url}              the catalogue (English: {url}/en)"),
            _("  {url}/units        what an old commune is now"),
            _("  {dagster}              Dagster: runs, schedules, checks"),
            _("Try next, in another terminal:"),
            _("  {ckanapi} action package_search -r {url}"),
            _("  {program} quarantine service_case"),
            _("  {program} grant H20.2 service_case_daily"),
            _("  {program} preview service_case --source igate"),
            _("Ctrl-C ends it. Run it again: it does only what changed."),
        ):
            program = Path(sys.argv[0])
            ckanapi = program.with_name("ckanapi")
            console.say(line, url=url, dagster=dagster, program=program, ckanapi=ckanapi)
        ended = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_signal: ended.set())
        ended.wait()
        console.say()


@contextmanager
def _dagster(platform: Platform) -> Iterator[None]:
    """Dagster's own pages and its daemon, on the loopback, telemetry off."""
    home = dagster_home(platform.home)
    environ = {**_environment(platform), "DAGSTER_HOME": str(home)}
    module = ["-m", "orchestration.definitions"]
    port = str(platform.settings.dagster_port)
    commands = (
        ["dagster_webserver", "--host", "127.0.0.1", "--port", port, *module],
        ["dagster._daemon", "run", *module],
    )
    log = (home / "pages.log").open("ab")
    processes = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and fixed arguments
            [sys.executable, "-m", *words],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        for words in commands
    ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(_STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
        log.close()
