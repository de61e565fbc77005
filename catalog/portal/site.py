"""Turning values into an HTML page: templates, links in both languages, static files.

What a page says is made elsewhere; nothing here reads records or rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from catalog.access import ANONYMOUS
from catalog.context import CatalogContext, View
from catalog.portal.wording import Words
from contracts.i18n import Language, _

MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_NAVIGATION = (
    ("/dataset", "dataset", _("Datasets")),
    ("/organization", "organization", _("Agencies")),
    ("/group", "group", _("Themes")),
    ("/units", "units", _("Communes, old and new")),
    ("/indicators", "indicators", _("Indicators")),
    ("/about", "about", _("Help")),
)


@dataclass(frozen=True)
class Here:
    """The same page in both languages: absolute for search engines, a path for readers."""

    vi: str
    en: str
    vi_path: str
    en_path: str


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the main navigation."""

    path: str
    section: str
    title: str


@cache
def assets() -> Mapping[str, bytes]:
    """Name → content of every static file."""
    folder = files("catalog.portal") / "static"
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


@cache
def assets_version() -> str:
    """A short hash over the static files; part of their address, so they can be kept for good."""
    digest = hashlib.sha256()
    for name in sorted(assets()):
        digest.update(name.encode() + b"\0" + assets()[name])
    return digest.hexdigest()[:12]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("catalog.portal"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def address(language: Language, path: str, **query: object) -> str:
    """A path of the portal in `language`, with the parts of `query` that hold something."""
    prefix = "" if language == "vi" else "/en"
    wanted = {key: value for key, value in query.items() if value not in (None, "")}
    return f"{prefix}{quote(path)}" + (f"?{urlencode(wanted, doseq=True)}" if wanted else "")


def language_of(path: str) -> Language:
    """The language that a path asks for."""
    return "en" if path == "/en" or path.startswith("/en/") else "vi"


@dataclass(frozen=True)
class Site:
    """Renders pages for one catalogue."""

    context: CatalogContext

    def view(self) -> View:
        """The newest state, as everybody may see it: pages show nothing that is not public,
        whoever asks."""
        return self.context.view(ANONYMOUS)

    def page(
        self,
        request: Request,
        words: Words,
        template: str,
        *,
        status: int = 200,
        section: str = "",
        **values: object,
    ) -> HTMLResponse:
        """The HTML of `template`. `section` marks where in the navigation the reader is."""

        def url(path: str, **query: object) -> str:
            return address(words.language, path, **query)

        text = (
            _environment()
            .get_template(template)
            .render(
                {
                    "lang": words.language,
                    "words": words,
                    "_": words.say,
                    "url": url,
                    "static": lambda name: f"/static/{assets_version()}/{name}",
                    "here": self._here(request),
                    "root": self.context.public_url,
                    "site": self.context.title,
                    "section": section,
                    "status": status,
                    "alternates": (),
                    "navigation": [
                        NavigationItem(path, name, words.say(title))
                        for path, name, title in _NAVIGATION
                    ],
                    **values,
                }
            )
        )
        return HTMLResponse(text, status, headers={"Content-Language": words.language})

    def _here(self, request: Request) -> Here:
        path = request.url.path
        if language_of(path) == "en":
            path = path[len("/en") :]
        path = "/" + quote(path.lstrip("/"))
        query = f"?{request.url.query}" if request.url.query else ""
        vi, en = f"{path}{query}", f"/en{path}{query}"
        root = self.context.public_url
        return Here(f"{root}{vi}", f"{root}{en}", vi, en)
