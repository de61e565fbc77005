"""Data Docs: the verdict as static pages, by Great Expectations' own renderer.

They hold counts and the contract's own words only; nothing is fetched from elsewhere.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader

from contracts.errors import Fault, Place
from contracts.i18n import _
from contracts.model import Contract
from quality.expectations.checkpoint import ENGINE, Judgement
from quality.expectations.results import silenced

TEMPLATES = Path(__file__).parent / "templates"
_DANGLING = re.compile(r'<a href="\.\./[^"]*"\s*>(.*?)</a>', re.DOTALL)
"""Links to pages of a whole Data Docs site, which is not made."""


def write_documents(judgement: Judgement, contract: Contract, directory: Path) -> tuple[Path, ...]:
    """Write one Data Docs page per asset, ``<asset>.html``, from the stripped results.

    Great Expectations' own renderer, without its scripts and style sheets from elsewhere.
    Fault ``gate.documents`` when the directory cannot be written.
    """
    renderer = ValidationResultsPageRenderer()
    view: Any = DefaultJinjaPageView()  # its methods carry no types
    view.env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), view.env.loader])
    written = []
    for result in judgement.results:
        heading = f"{contract.id} · {result.suite_name} · {ENGINE}"
        with silenced():
            page = view.render(renderer.render(result), heading=heading)
        path = directory / f"{result.suite_name}.html"
        try:
            path.write_text(_DANGLING.sub(r"\1", page), "utf-8")
        except OSError as error:
            raise Fault(
                "gate.documents",
                _("The quality report could not be written."),
                remedy=_("Make room or give write permission in the folder {folder}."),
                place=Place(dataset=contract.id),
                folder=directory,
            ) from error
        written.append(path)
    return tuple(written)
