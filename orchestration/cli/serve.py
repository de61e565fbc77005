"""``dungchung serve``: the catalogue, for people and programs."""

from __future__ import annotations

from contextlib import ExitStack

import click

from catalog.serving import serve as serve_catalogue
from contracts.i18n import _
from orchestration.announcing import noted
from orchestration.cataloguing import catalog_config
from orchestration.cli.console import Console
from orchestration.cli.frame import command, option
from orchestration.platform import open_platform


@command(
    "serve",
    _(
        "Start the catalogue: portal, CKAN API, downloads.\n\n"
        "It answers to this machine only unless the store is on S3. End it with Ctrl-C. "
        "Example: dungchung serve --port 8000"
    ),
)
@option("--port", type=click.IntRange(0, 65535), help_text=_("Port to bind; 0 takes a free one."))
@option("--host", help_text=_("Address to bind; beyond the loopback it needs an S3 store."))
def serve(console: Console, port: int | None, host: str | None) -> None:
    """Runs until it is interrupted."""
    platform = open_platform(port=port, host=host)
    with ExitStack() as stack:

        def ready(url: str) -> None:
            stack.enter_context(noted(platform.home, url))
            console.emit({"url": url})
            console.say(_("✓ The catalogue answers at {url} (Ctrl-C ends it)."), url=url)

        serve_catalogue(catalog_config(platform), port=platform.settings.port, ready=ready)
