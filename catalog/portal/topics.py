"""What a dataset is about: its themes and tags, as links to the datasets that share them."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.context import Record, Records
from catalog.portal.asked import Asked
from catalog.portal.records import text_of
from catalog.portal.wording import Words

_MOST_TAGS = 40


@dataclass(frozen=True)
class Topic:
    """A theme or tag; `href` lists the datasets that have it."""

    title: str
    href: str


def topics_of(record: Record, records: Records, words: Words) -> tuple[Topic, ...]:
    """The themes of `record`, then its tags."""
    themes = [
        Topic(
            text_of(records.group(str(group["name"])) or group, "title", words)
            or str(group["name"]),
            Asked().having("groups", str(group["name"])).href(words),
        )
        for group in record.get("groups") or ()
    ]
    tags = [
        Topic(str(tag["name"]), Asked().having("tags", str(tag["name"])).href(words))
        for tag in (record.get("tags") or ())[:_MOST_TAGS]
    ]
    return (*themes, *tags)
