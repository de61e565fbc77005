"""The list of datasets: what was asked, searched and made into cards, facets and pages.

Finding is `catalog.search`, the address `asked`, the facets `facets`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from catalog.context import View
from catalog.portal.asked import FACETS, LAST_PAGE, PER_PAGE, SORTS, Asked
from catalog.portal.facets import MOST_VALUES, Choice, Facet, Titles, facets_of
from catalog.portal.records import Card, cards
from catalog.portal.wording import Words
from catalog.search.request import SearchAnswer
from contracts.i18n import _, translate_count


@dataclass(frozen=True)
class Listing:
    """Everything the list page shows. `unread` says what could not be read, `bounded` that not
    all can be leafed through; `previous` and `next` are empty at the ends."""

    asked: Asked
    found: str
    cards: tuple[Card, ...]
    suggestion: Choice | None = None
    facets: tuple[Facet, ...] = ()
    chosen: tuple[Choice, ...] = ()
    sorts: tuple[Choice, ...] = ()
    pages: tuple[Choice, ...] = ()
    previous: str = ""
    next: str = ""
    unread: str = ""
    bounded: str = ""


def listing(view: View, asked: Asked, words: Words, place: Callable[[str], str]) -> Listing:
    """Search `view` for what is asked; `place` names a commune by its code."""
    answer = view.search(asked.search(MOST_VALUES + 1))
    last = _last_page(answer)
    if asked.page > last:
        asked = replace(asked, page=last)
        answer = view.search(asked.search(MOST_VALUES + 1))
    titles = Titles(view, words, place)
    return Listing(
        asked=asked,
        found=_found(answer.count, words),
        cards=cards(answer.packages, titles.owners, words, asked.query),
        suggestion=_suggestion(asked, answer, words),
        facets=facets_of(asked, answer, titles, words),
        chosen=_chosen(asked, titles, words),
        sorts=_sorts(asked, words),
        pages=_pages(asked, last, words),
        previous=replace(asked, page=asked.page - 1).href(words) if asked.page > 1 else "",
        next=replace(asked, page=asked.page + 1).href(words) if asked.page < last else "",
        unread=_unread(words) if asked.unread else "",
        bounded=_bounded(words) if answer.count > LAST_PAGE * PER_PAGE else "",
    )


def _last_page(answer: SearchAnswer) -> int:
    return min(max(-(-answer.count // PER_PAGE), 1), LAST_PAGE)


def _found(count: int, words: Words) -> str:
    found = translate_count(
        "{count} dataset found", "{count} datasets found", count, words.language
    )
    return found.format(count=words.number(count))


def _suggestion(asked: Asked, answer: SearchAnswer, words: Words) -> Choice | None:
    if not answer.suggestion:
        return None
    meant = replace(asked, query=answer.suggestion, page=1)
    return Choice(answer.suggestion, meant.href(words))


def _chosen(asked: Asked, titles: Titles, words: Words) -> tuple[Choice, ...]:
    """What narrows the list, each as the link that takes it away."""
    chips = [
        Choice(
            titles.title(name, value),
            asked.without(name, value).href(words),
            facet=words.say(FACETS[name]),
        )
        for name, value in asked.filters
    ]
    if asked.since:
        free = replace(asked, since=None, page=1).href(words)
        chips.append(Choice(_said(asked.since.text, words), free, facet=words.say(_("From"))))
    if asked.until:
        free = replace(asked, until=None, page=1).href(words)
        chips.append(Choice(_said(asked.until.text, words), free, facet=words.say(_("Up to"))))
    return tuple(chips)


def _said(period: str, words: Words) -> str:
    return words.day(period) if len(period) == len("2024-06-30") else words.month(period)


def _sorts(asked: Asked, words: Words) -> tuple[Choice, ...]:
    # Without words there is no best match: the newest come first by themselves.
    active = asked.sort or ("" if asked.query else "newest")
    return tuple(
        Choice(words.say(label), replace(asked, sort=sort, page=1).href(words), sort == active)
        for sort, (label, _order) in SORTS.items()
        if sort or asked.query
    )


def _pages(asked: Asked, last: int, words: Words) -> tuple[Choice, ...]:
    if last == 1:
        return ()
    near = {1, last, *range(max(asked.page - 2, 1), min(asked.page + 2, last) + 1)}
    return tuple(
        Choice(words.number(page), replace(asked, page=page).href(words), page == asked.page)
        for page in sorted(near)
    )


def _unread(words: Words) -> str:
    said = _("A time cannot be read. Write it as 2024, 06/2024 or 30/06/2024, for example.")
    return words.say(said)


def _bounded(words: Words) -> str:
    said = _("The first {shown} can be leafed through. Narrow the list to see the others.")
    return words.say(said, shown=words.number(LAST_PAGE * PER_PAGE))
