"""Typed reading of a manifest's ``metadata``: titles, rules and terms in one language.

The metadata is plain data written from the contract. A part that is missing reads as empty,
so that a manifest of an older form still makes a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.portal.wording import Words
from contracts.releases import Release


@dataclass(frozen=True)
class Metadata:
    """The metadata of one release for one reader. `datasets` gives titles of the datasets
    that the release was made from, which stand beside source systems as its sources."""

    values: Mapping[str, object]
    words: Words
    datasets: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(release: Release, words: Words, datasets: Mapping[str, str] | None = None) -> Metadata:
        """The metadata of `release`."""
        return Metadata(release.metadata, words, datasets or {})

    def text(self, key: str) -> str:
        """A ``{"vi", "en"}`` text such as ``title``, ``description`` or ``grain``."""
        return self._localized(self.values.get(key))

    def plain(self, key: str) -> str:
        """A text that is the same in every language, e.g. ``steward``."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def several(self, key: str) -> tuple[str, ...]:
        """A list of texts, e.g. ``legal_basis`` or ``requires``."""
        value = self.values.get(key)
        return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()

    def part(self, key: str) -> Mapping[str, object]:
        """A nested object, e.g. ``calendar``; empty when there is none."""
        return _mapping(self.values.get(key))

    @property
    def disclosure(self) -> Mapping[str, object] | None:
        """The disclosure rule of a statistical dataset."""
        return self.part("disclosure") or None

    @property
    def owner(self) -> str:
        """Title of the owner agency."""
        return self._localized(self.part("owner").get("title"))

    def check_title(self, check: str) -> str:
        """A check in words; its id when the manifest has none."""
        return self._localized(self.part("checks").get(check)) or check

    def rule_title(self, rule: str) -> str:
        """An exclusion, fix or doubt in words; doubts may come from checks as well."""
        return self._localized(self.part("rules").get(rule)) or self.check_title(rule)

    def source_title(self, source: str) -> str:
        """A source system, or a dataset that served as one, in words."""
        title = self._localized(_mapping(self.part("sources").get(source)).get("title"))
        return title or self.datasets.get(source) or source

    def codes(self, code_list: str | None) -> tuple[tuple[str, str], ...]:
        """(code, title) of a code list in its order; empty when there is none."""
        if code_list is None:
            return ()
        entries = _mapping(self.part("code_lists").get(code_list))
        return tuple((code, self._localized(title)) for code, title in entries.items())

    def _localized(self, value: object) -> str:
        texts = _mapping(value)
        return str(texts.get(self.words.language) or texts.get("vi") or "")


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
