"""Telling a catalogue of releases: ours where it runs, one started for the purpose, or a CKAN.

Which catalogue, and with which token; how it is told is `catalog.publisher`. Where our own
catalogue runs is noted by ``serve`` in the home.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol

import httpx

from catalog.publisher import announce
from catalog.serving import running
from catalog.tokens import read_token
from contracts.errors import Fault
from contracts.failpoints import failpoint
from contracts.i18n import _
from contracts.releases import Release
from lakehouse.processes import process_is_alive
from orchestration.cataloguing import catalog_config
from orchestration.platform import Platform

_NOTE = "serving.json"
_ANSWERS_WITHIN = 2.0


class Announcer(Protocol):
    """Whatever is told of releases."""

    def announce(self, release: Release) -> str:
        """Tell of `release`; gives the address of its record."""


class CatalogAnnouncer:
    """Announces to the CKAN of the settings, else to our own catalogue: the one that runs on
    this home, or one that is started on the loopback and ends with this context."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._stack = ExitStack()
        self._target: tuple[str, str] | None = None

    def __enter__(self) -> CatalogAnnouncer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._target = None
        self._stack.close()

    def announce(self, release: Release) -> str:
        """Tell of `release`.

        Raises:
            Fault: ``publish.*`` from `catalog.publisher`.
        """
        memory = self._platform.home / "announced" / release.dataset
        if not self._platform.settings.ckan_url and _remembers(memory, release):
            # Our own catalogue reconciles itself from the manifests if it lost this one.
            return f"{self._platform.public_url}/dataset/{release.dataset}"
        url = self._tell(release)
        failpoint("after_announce")
        if not self._platform.settings.ckan_url:
            memory.parent.mkdir(exist_ok=True)
            memory.write_text(str(release.release), encoding="ascii")
        self._retry()
        return url

    def _tell(self, release: Release) -> str:
        """Tell the catalogue; what it could not be told is noted until it could."""
        note = self._platform.home / "untold" / release.dataset
        note.parent.mkdir(exist_ok=True)
        note.touch()
        url, token = self._found()
        own = not self._platform.settings.ckan_url
        public_url = self._platform.public_url
        told = announce(release, url=url, token=token, public_url=public_url, own=own)
        note.unlink(missing_ok=True)
        return told.url

    def _retry(self) -> None:
        """Now that the catalogue answers: what it was not told before. A withdrawal above
        all, which no later run of its dataset would announce."""
        for note in sorted((self._platform.home / "untold").iterdir()):
            release = self._platform.releases.latest(note.name)
            if release is None:
                note.unlink(missing_ok=True)
                continue
            # It keeps its note, and the run that could not tell it has said so.
            with suppress(Fault):
                self._tell(release)

    def _found(self) -> tuple[str, str]:
        if self._target is None:
            settings = self._platform.settings
            if settings.ckan_url:
                token = settings.ckan_token.get_secret_value() if settings.ckan_token else ""
                self._target = (settings.ckan_url, token)
            else:
                url = serving_address(self._platform.home) or self._stack.enter_context(
                    running(catalog_config(self._platform))
                )
                self._target = (url, self._own_token())
        return self._target

    def _own_token(self) -> str:
        token = read_token(self._platform.home / "secrets", "publisher")
        if token is None:
            raise Fault(
                "publish.no_token",
                _("The publisher's token is not in the home."),
                remedy=_("Start the catalogue once with: dungchung serve"),
            )
        return token


def _remembers(memory: Path, release: Release) -> bool:
    try:
        return memory.read_text(encoding="ascii") == str(release.release)
    except FileNotFoundError:
        return False


@contextmanager
def noted(home: Path, url: str) -> Iterator[None]:
    """Note in `home` that our catalogue answers at `url`, while it does."""
    note = home / _NOTE
    fresh = note.with_suffix(".new")
    fresh.write_text(json.dumps({"url": url, "process": os.getpid()}), encoding="utf-8")
    fresh.replace(note)
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def serving_address(home: Path) -> str | None:
    """Where our catalogue answers now, or None. A note left by a killed process is not
    believed: whoever holds that port now must not be sent the publisher's token."""
    try:
        note = json.loads((home / _NOTE).read_text(encoding="utf-8"))
        if not process_is_alive(int(note["process"])):
            return None
        url = str(note["url"])
        answer = httpx.get(
            f"{url}/api/3/action/status_show", timeout=_ANSWERS_WITHIN, trust_env=False
        )
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None
    return url if answer.status_code == httpx.codes.OK else None
