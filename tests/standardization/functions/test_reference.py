"""The page about the functions is the functions' own."""

from pathlib import Path

from standardization.functions.reference import render

PAGE = Path(__file__).parents[3] / "docs" / "functions.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), (
        "run: python -m standardization.functions.reference > docs/functions.md"
    )
