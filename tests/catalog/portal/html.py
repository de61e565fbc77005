"""Reading a page as strictly as a careful browser and a screen reader would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})
LANDMARKS = frozenset({"header", "main", "footer"})
_SVG_EMPTY = frozenset({"rect", "path"})


@dataclass
class Page(HTMLParser):
    """A parsed page. Feeding it HTML that does not nest properly raises AssertionError."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @staticmethod
    def of(html: str) -> Page:
        page = Page()
        page.feed(html)
        page.close()
        assert page._open == [], f"never closed: {page._open}"
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = [name for name, _value in attrs]
        assert len(named) == len(set(named)), f"an attribute twice in <{tag}>"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _SVG_EMPTY, f"<{tag}/> is not HTML"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1:] == [tag], f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(" ".join(data.split()))

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of this name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> list[str]:
        """Every id."""
        return [attributes["id"] for _tag, attributes in self.elements if "id" in attributes]

    @property
    def text(self) -> str:
        """All of its text in one line."""
        return " ".join(self.texts)


def assert_accessible(page: Page) -> None:
    """What can be checked without a browser: names, headings, landmarks, references."""
    ids = page.ids()
    assert len(ids) == len(set(ids)), f"ids twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    known = set(ids)
    for tag, attributes in page.elements:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(attributes.get(name, "").split()) <= known, f"<{tag} {name}> points nowhere"
        assert "style" not in attributes, f"<{tag}> has a style the policy would refuse"
        assert not any(name.startswith("on") and name != "on" for name in attributes), tag
    assert page.headings.count(1) == 1, "a page has one h1"
    assert page.headings[0] == 1, "the first heading is the h1"
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps), f"levels skip: {page.headings}"
    labelled = {attributes["for"] for attributes in page.all("label")}
    for control in (*page.all("input"), *page.all("select")):
        hidden = control.get("type") == "hidden"
        assert hidden or control["id"] in labelled, f"no label for {control}"
    for tag in LANDMARKS:
        # Sections may have headers of their own; the page's own is there once at least.
        assert page.all(tag), f"no <{tag}>"
    assert len(page.all("main")) == 1
    assert all("aria-label" in nav for nav in page.all("nav"))
    for svg in page.all("svg"):
        assert svg.get("aria-hidden") == "true" or "aria-labelledby" in svg
    assert len(page.all("table")) == len(page.all("caption"))
    assert all("scope" in cell for cell in page.all("th"))
    anchors = {attributes.get("href", "") for attributes in page.all("a")}
    assert all(anchor[1:] in known for anchor in anchors if anchor.startswith("#"))
