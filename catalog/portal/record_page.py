"""The page of a record that no contract made: what its author wrote, and its files.

Anything may be missing or odd here: the record came from a person or another catalogue.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from catalog.context import Record
from catalog.portal.citing import cite_record
from catalog.portal.dataset_page import DatasetPage, Fact, Surroundings, common_facts, described
from catalog.portal.getting import File, safe_link
from catalog.portal.programs import ways_for_programs
from catalog.portal.records import AccessWords, access_words, extra, shorten, text_of
from catalog.portal.wording import Words
from contracts.i18n import _
from contracts.model import Access


def record_page(record: Record, around: Surroundings) -> DatasetPage:
    """The page of `record`."""
    words = around.words
    name = str(record["name"])
    text = text_of(record, "notes", words)
    title = text_of(record, "title", words) or name
    access = _access(record, words)
    return DatasetPage(
        name=name,
        title=title,
        description=described(text),
        summary=shorten(text),
        access=access,
        date=str(record.get("metadata_modified") or ""),
        facts=(*common_facts(record, around), *_changed(record, words)),
        files=tuple(
            _file(resource, around)
            for resource in record.get("resources") or ()
            if safe_link(str(resource.get("url") or ""))
        ),
        programs=ways_for_programs(record, words, rows=access.value == Access.OPEN),
        terms=_terms(record, around),
        lasting=around.lasting(name),
        citation=cite_record(record, title, words, around.owner, around.site, around.lasting(name)),
    )


def _access(record: Record, words: Words) -> AccessWords:
    """What may be done with it: of a record without an access level its licence says."""
    stated = extra(record, "access")
    access = access_words(stated or Access.OPEN, words)
    if stated or record.get("isopen"):
        return access
    said = _("Anyone may read and download it. Its licence says what else may be done with it.")
    return replace(access, explained=words.say(said))


def _file(resource: Record, around: Surroundings) -> File:
    words = around.words
    url = safe_link(str(resource["url"]))
    form = str(resource.get("format") or "")
    host = urlsplit(url).netloc.rpartition("@")[2]
    size = resource.get("size")
    return File(
        label=text_of(resource, "name", words) or form or url.rsplit("/", 1)[-1] or url,
        use=shorten(text_of(resource, "description", words)),
        href=url,
        size=size if isinstance(size, int) and size > 0 else None,
        sha256="",
        form=form,
        host=host if host != urlsplit(around.public_url).netloc else "",
    )


def _changed(record: Record, words: Words) -> tuple[Fact, ...]:
    date = str(record.get("metadata_modified") or "")
    return (Fact(words.say(_("Changed")), words.day(date)),) if date else ()


def _terms(record: Record, around: Surroundings) -> tuple[Fact, ...]:
    words = around.words
    licence = str(record.get("license_title") or words.say(_("not stated")))
    terms = [
        Fact(words.say(_("Licence")), licence, href=safe_link(str(record.get("license_url") or "")))
    ]
    for label, field in ((_("Author"), "author"), (_("Maintainer"), "maintainer")):
        name, mail = (str(record.get(key) or "") for key in (field, f"{field}_email"))
        said = " · ".join(dict.fromkeys(part for part in (name, mail) if part))
        if said not in ("", around.owner):
            terms.append(Fact(words.say(label), said))
    if source := safe_link(str(record.get("url") or "")):
        terms.append(Fact(words.say(_("Its own page")), source, href=source))
    if version := str(record.get("version") or ""):
        terms.append(Fact(words.say(_("Version")), version))
    return tuple(terms)
