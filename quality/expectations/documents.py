"""Data Docs: the verdict as static pages, by Great Expectations' own renderer.

They hold counts and the contract's own words only; nothing is fetched from elsewhere.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
from great_expectations.render.view.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader

from quality.expectations.checkpoint import ENGINE, Judgement
from quality.expectations.results import silenced

TEMPLATES = Path(__file__).parent / "templates"
_DANGLING = re.compile(r'<a href="\.\./[^"]*"\s*>(.*?)</a>', re.DOTALL)
"""Links to pages of a whole Data Docs site, which is not made."""


def pages(judgement: Judgement, heading: str) -> dict[str, str]:
    """Asset → its Data Docs page (HTML) from the stripped results, by Great Expectations' own
    renderer, without its scripts and style sheets from elsewhere."""
    renderer, view = ValidationResultsPageRenderer(), _view()
    made = {}
    for result in judgement.results:
        name = str(result.suite_name)
        title = f"{heading} · {name} · {ENGINE}"
        with silenced():
            page = view.render(renderer.render(result), heading=title)
        made[name] = _DANGLING.sub(r"\1", page)
    return made


@cache
def _view() -> Any:  # its methods carry no types
    """With its templates compiled, which takes as long as filling them in."""
    view: Any = DefaultJinjaPageView()
    view.env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), view.env.loader])
    return view
