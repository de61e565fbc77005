"""Releases as orchestration writes them, small: an open list, open statistics, a dataset on
request and one without English. Column names here are the tests' own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contracts.checks import CheckResult, Severity, Verdict
from contracts.releases import Account, ColumnSchema, InputSnapshot, Release

CANARY = '<script>alert("canary")</script>'

_OWNER = {"code": "H20.5", "title": {"vi": "Sở Tư pháp", "en": "Department of Justice"}}
_LICENCE = {
    "id": "cc-by",
    "title": {"vi": "Ghi công 4.0", "en": "Attribution 4.0"},
    "url": "https://creativecommons.org/licenses/by/4.0/",
}


def column(name: str, logical_type: str = "string", **more: Any) -> ColumnSchema:
    """A column whose texts are made from its name."""
    base = ColumnSchema(
        name=name,
        type="VARCHAR",
        logical_type=logical_type,
        title=(f"Cột {name}", f"Column {name}"),
        description=(f"Mô tả của {name}.", f"Description of {name}."),
        classification="public",
        how={"igate": (f"Đọc từ {name}.", f"Read from {name}.")},
    )
    return replace(base, **more)


def metadata(vi: str, en: str, **more: Any) -> dict[str, Any]:
    """The metadata of a manifest with titles `vi` and `en`."""
    return {
        "title": {"vi": vi, "en": en},
        "description": {"vi": f"{vi} là gì.", "en": f"What {en} is."},
        "grain": {"vi": "Một dòng là một thứ.", "en": "One row is one thing."},
        "owner": _OWNER,
        "steward": "steward@example.vn",
        "legal_basis": ["Luật Dữ liệu 60/2024/QH15"],
        "licence": _LICENCE,
        "theme": "gove",
        "tags": ["một cửa"],
        "status": "active",
        "primary_key": ["code"],
        "code_lists": {"kind": {"a": {"vi": "Loại A", "en": "Kind A"}}},
        "calendar": {"cron": "0 6 * * *", "fresh_within_hours": 48},
        "checks": {"code.pattern": {"vi": "Mã đúng dạng", "en": "Code is well formed"}},
        "rules": {"soft_deleted": {"vi": "Đã xóa ở nguồn", "en": "Deleted at the source"}},
        "sources": {"igate": {"title": {"vi": "Một cửa iGate", "en": "iGate one-stop system"}}},
        "stories": {},
        "requires": [],
        "breakdowns": [],
        "disclosure": None,
        **more,
    }


def release(dataset: str, number: int, said: dict[str, Any], **more: Any) -> Release:
    """Release `number` of `dataset`, open unless told otherwise."""
    base = Release(
        dataset=dataset,
        release=number,
        access="open",
        created_at=f"2026-11-{number:02d}T02:00:00+00:00",
        contract_version="1.0.0",
        contract_hash="c" * 64,
        code_version="1",
        fingerprint="f" * 64,
        content_hash=f"{number:064d}",
        rows=1240,
        open_rows=1240,
        inputs=(InputSnapshot("igate", "a" * 64, "2026-11-01T01:00:00+00:00", 1300),),
        tables=(),
        files=(),
        verdict=Verdict(
            passed=True,
            results=(
                CheckResult("code.pattern", True, 1240, 0),
                CheckResult("code.odd", True, 1240, 12, Severity.WARNING),
            ),
            engine="great_expectations",
        ),
        accounts=(
            Account(
                "igate",
                read=1300,
                accepted=1240,
                quarantined=7,
                excluded=53,
                quarantined_by={"code.pattern": 7},
                excluded_by={"soft_deleted": 53},
            ),
        ),
        schema=(column("code"), column("kind", code_list="kind"), column("size", "integer")),
        metadata=said,
    )
    return replace(base, **more)
