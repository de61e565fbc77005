"""The national document axis: messages per agency and month, and the messages themselves.

The message table is there because the real system has it; nothing of the platform may read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from demo import canaries
from demo.agencies import alias
from demo.planting import Fault, Planted, Span, becomes
from demo.sectors.offices import (
    fault,
    loose,
    months,
    more_than,
    no_value,
    offices,
    offices_on,
    older_copy,
    plant,
    put,
    several,
    thousands,
)
from demo.store import Row, Table
from demo.system import Place, System, World
from demo.truth import Outcome

NAME = "edoc_axis"
COUNTS = Table(
    "THONG_KE_THANG",
    (
        *("ID", "MaDinhDanh", "Thang", "Chieu", "TongSo", "CoKySo", "BiTuChoi", "LayLai"),
        *("ChotSo", "NgayCapNhat"),
    ),
    frozenset({"ID", "ChotSo"}),
    index=("MaDinhDanh",),
)
MESSAGES = Table(
    "GOI_TIN",
    ("ID", "MaGui", "MaNhan", "TieuDe", "NguoiKy", "TrangThai", "NgayGui"),
    frozenset({"ID"}),
)
_BEFORE = Span.BEFORE_MERGER
_USUAL = {"ubnd_tinh": 900, "so": 260, "ban": 90, "ubnd_huyen": 210, "ubnd_xa": 45}


def make(world: World, place: Place) -> int:
    """Write the whole system; gives the number of its rows."""
    counts = list(_counts(world))
    before = sum(1 for row in counts if str(row["NgayCapNhat"]) < "2025-07-02")
    rows, truths = plant(
        world, NAME, COUNTS.name, "MaDinhDanh", counts, faults(world), before=before
    )
    messages = _messages(world)
    with place.database() as writer:
        for table, held in ((COUNTS, rows), (MESSAGES, messages)):
            writer.create(table)
            writer.insert(table, table.tuples(held))
        place.tell(truths)
    return len(rows) + len(messages)


def _counts(world: World) -> Iterator[Row]:
    rng, everyone, number = world.rng(NAME, 1), offices(world.units), 0
    for first in months():
        year, month, _day = str(first).split("-")
        closed = str(first.astype("datetime64[M]") + 1)
        for agency in offices_on(everyone, first):
            for way in ("GUI", "NHAN"):
                number += 1
                total = 20 + int(rng.poisson(_USUAL[agency.kind] * (1 if way == "GUI" else 1.4)))
                yield {
                    "ID": number,
                    "MaDinhDanh": agency.code,
                    "Thang": f"{month}/{year}",
                    "Chieu": way,
                    "TongSo": str(total),
                    "CoKySo": str(total - int(rng.binomial(total, 0.06))),
                    "BiTuChoi": str(int(rng.binomial(total // 2, 0.01))),
                    "LayLai": str(int(rng.binomial(total // 2, 0.005))),
                    "ChotSo": 1,
                    "NgayCapNhat": f"{closed}-01 06:00:00",
                }


def _messages(world: World) -> list[Row]:
    """Messages of the last month; one holds the canary, so that a reading of them shows."""
    rng = world.rng(NAME, 2)
    there = offices_on(offices(world.units), months()[-1])
    ends = rng.integers(0, len(there), (world.size(2000, least=50), 2)).tolist()
    rows: list[Row] = [
        {
            "ID": n,
            "MaGui": there[sender].code,
            "MaNhan": there[receiver].code,
            "TieuDe": f"V/v báo cáo tình hình thực hiện nhiệm vụ số {n}",
            "NguoiKy": "Lê Quốc Phong",
            "TrangThai": "03",
            "NgayGui": f"2026-10-{n % 28 + 1:02} 09:00:00",
        }
        for n, (sender, receiver) in enumerate(ends, start=1)
    ]
    rows[0]["TieuDe"] = f"V/v hồ sơ của {canaries.NAME}"
    return rows


def _old_code(row: Row, rng: Random) -> Planted:
    """The form of QCVN 102, which every agency of before the merger had."""
    del rng
    code = str(row["MaDinhDanh"])
    row["MaDinhDanh"] = alias(code)
    return becomes("MaDinhDanh", "agency_code", code)


def faults(world: World) -> tuple[Fault, ...]:
    """Every fault of the monthly numbers."""
    fixed, refused, excluded = Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED
    gone = sorted(a.code for a in offices(world.units) if a.until and a.kind == "ubnd_huyen")
    return (
        fault("loose_spaces", 0.003, fixed, "clean_text", loose("MaDinhDanh", "agency_code")),
        fault("thousands", 0.003, fixed, "number_vi", thousands("TongSo", "documents")),
        fault("null_word", 0.003, fixed, "null_word", no_value("LayLai", "taken_back")),
        Fault("agency_old_form", 0.002, fixed, "agency_code_from_qcvn102", _old_code, _BEFORE),
        fault(
            "impossible_month",
            0.001,
            refused,
            "period.readable",
            put("Thang", "period", "13/2025", "00/2026"),
        ),
        fault(
            "unknown_agency",
            0.001,
            refused,
            "agency_code.reference",
            put("MaDinhDanh", "agency_code", "H20.999", "H20.998"),
        ),
        fault(
            "ended_agency",
            0.001,
            refused,
            "agency_code.reference",
            several("agency_code", MaDinhDanh=gone[0], Thang="09/2026"),
        ),
        fault(
            "negative", 0.001, refused, "documents.range", put("TongSo", "documents", "-4", "-1")
        ),
        fault(
            "too_many_signed",
            0.001,
            refused,
            "signed_within_documents",
            more_than("CoKySo", "TongSo", "signed"),
        ),
        fault(
            "too_many_refused",
            0.001,
            refused,
            "returned_within_documents",
            more_than("BiTuChoi", "TongSo", "rejected"),
        ),
        fault(
            "unknown_way",
            0.0005,
            refused,
            "direction.readable",
            put("Chieu", "direction", "CHUYEN"),
        ),
        fault(
            "duplicate_key",
            0.001,
            refused,
            "primary_key.unique",
            older_copy("MaDinhDanh", "agency_code", NgayCapNhat="2025-01-01 00:00:00"),
        ),
        fault("none_signed", 0.002, Outcome.SUSPECT, "none_signed", put("CoKySo", "signed", "0")),
        fault("month_open", 0.003, excluded, "month_open", put("ChotSo", "", 0)),
        fault(
            "trial_agency",
            0.001,
            excluded,
            "trial_agency",
            put("MaDinhDanh", "agency_code", "TEST.01", "TEST.02"),
        ),
    )


SYSTEM = System(NAME, make)
