"""From a contract to what its manifest says about the dataset: metadata and schema.

The catalogue, the portal and any CKAN are told from this and nothing else, so that a
release can be described without the contracts at hand. No row is read here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.mappings import Dataset, Source
from contracts.model import QUALITY_FLAGS, CodeList, Contract, Localized
from contracts.releases import ColumnSchema
from contracts.themes import THEMES
from standardization.fixing import rules_of
from standardization.linking import NEAR_DUPLICATE

Pair = dict[str, str]


def _pair(text: Localized) -> Pair:
    return {"vi": text.vi, "en": text.en}


def _codes(code_list: CodeList) -> dict[str, Pair]:
    return {code.code: _pair(code.title) for code in code_list.codes}


def describe(
    dataset: Dataset, sources: Mapping[str, Source], requires: Sequence[str]
) -> dict[str, object]:
    """`Release.metadata`: plain JSON data, the same for the same contract and mappings."""
    contract = dataset.contract
    lists = {**contract.code_lists, QUALITY_FLAGS.name: QUALITY_FLAGS}
    used = {mapping.source for mapping in dataset.mappings}
    theme = THEMES.get(contract.theme)
    return {
        "title": _pair(contract.title),
        "description": _pair(contract.description),
        "grain": _pair(contract.grain),
        "owner": {"code": contract.owner_agency, "title": _pair(contract.owner_title)},
        "steward": contract.steward,
        "legal_basis": list(contract.legal_basis),
        "licence": {
            "id": contract.licence.id,
            "title": _pair(contract.licence.title),
            "url": contract.licence.url,
        },
        "theme": contract.theme,
        "theme_title": _pair(theme) if theme else {"vi": contract.theme, "en": contract.theme},
        "tags": list(contract.tags),
        "status": contract.status,
        "primary_key": list(contract.primary_key),
        "code_lists": {name: _codes(code_list) for name, code_list in lists.items()},
        "calendar": {
            "cron": contract.calendar.cron,
            "fresh_within_hours": _hours(contract),
        },
        "checks": _checks(dataset),
        "rules": titles_of_rules(dataset),
        "sources": {
            name: {"title": _pair(sources[name].title), "owner_agency": sources[name].owner_agency}
            for name in sorted(used)
        },
        "stories": dict(contract.stories),
        "requires": list(requires),
        "derived_from": next(iter(dataset.derived_from), None),
        "breakdowns": [
            {"name": b.name, "by": list(b.by), "title": _pair(b.title)} for b in contract.breakdowns
        ],
        "disclosure": (
            {
                "threshold": contract.disclosure.threshold,
                "round_to": contract.disclosure.round_to,
                "total": contract.disclosure.total,
                "parts": list(contract.disclosure.parts),
            }
            if contract.disclosure
            else None
        ),
    }


def schema(
    contract: Contract, how: Mapping[str, Mapping[str, tuple[str, str]]]
) -> tuple[ColumnSchema, ...]:
    """The served columns in order; `how` is column → mapping name → (vi, en)."""
    return tuple(
        ColumnSchema(
            name=column.name,
            type=column.sql_type,
            logical_type=column.logical_type,
            title=(column.title.vi, column.title.en),
            description=(column.description.vi, column.description.en),
            classification=column.classification.value,
            code_list=column.code_list,
            required=column.required,
            unit=column.unit,
            how=dict(how.get(column.name, {})),
        )
        for column in contract.served_columns
    )


def _hours(contract: Contract) -> float | None:
    within = contract.calendar.fresh_within
    return within.total_seconds() / 3600 if within else None


def _checks(dataset: Dataset) -> dict[str, Pair]:
    """The titles of all checks; of rows that are counted as in quarantine (by their name) and
    as in the verdict (``row.<check>``)."""
    found: dict[str, Pair] = {}
    for check in dataset.aggregate.row.checks if dataset.aggregate else ():
        title = dict(zip(("vi", "en"), check.title, strict=True))
        found |= {check.id: title, f"row.{check.id}": title}
    for check in dataset.contract.checks:
        found[check.id] = dict(zip(("vi", "en"), check.title, strict=True))
    return found


def titles_of_rules(dataset: Dataset) -> dict[str, Pair]:
    """Exclusions, fixes and doubts, those that functions tell among them, with their titles."""
    conditions = [
        condition
        for mapping in dataset.mappings
        for condition in (*mapping.exclusions, *mapping.fixes, *mapping.doubts)
    ]
    if dataset.derivation:
        conditions.extend(dataset.derivation.exclusions)
    linked = dataset.contract.near_duplicates
    told = {NEAR_DUPLICATE: _pair(linked.title)} if linked else {}
    told |= {
        rule: dict(title)
        for mapping in dataset.mappings
        for rule, title in rules_of(mapping).items()
    }
    return told | {condition.name: _pair(condition.title) for condition in conditions}
