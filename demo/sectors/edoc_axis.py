"""The national document axis: messages per agency and month, and the messages themselves.

The message table is there because the real system has it; nothing of the platform may read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from demo import canaries
from demo.agencies import alias
from demo.planting import Fault, Planted, Span, becomes
from demo.sectors import dirt
from demo.sectors.lists import plant, write_tables
from demo.sectors.offices import count_faults, months, offices, offices_on
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
    return write_tables(place, {COUNTS: rows, MESSAGES: _messages(world)}, truths)


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
        Fault("agency_old_form", 0.002, fixed, "agency_code_from_qcvn102", _old_code, _BEFORE),
        *dirt.faults((
            *count_faults("TongSo", "CoKySo", "LayLai"),
            ("loose_spaces", 0.003, fixed, "clean_text", dirt.loose("MaDinhDanh", "agency_code")),
            ("impossible_month", 0.001, refused, "period.readable",
             dirt.set_to("Thang", "period", "13/2025", "00/2026")),
            ("unknown_agency", 0.001, refused, "agency_code.reference",
             dirt.set_to("MaDinhDanh", "agency_code", "H20.999", "H20.998")),
            ("ended_agency", 0.001, refused, "agency_code.reference",
             dirt.several("agency_code", MaDinhDanh=gone[0], Thang="09/2026")),
            ("negative", 0.001, refused, "documents.range",
             dirt.set_to("TongSo", "documents", "-4", "-1")),
            ("too_many_refused", 0.001, refused, "returned_within_documents",
             dirt.more_than("BiTuChoi", "TongSo", "rejected")),
            ("unknown_way", 0.0005, refused, "direction.readable",
             dirt.set_to("Chieu", "direction", "CHUYEN")),
            ("duplicate_key", 0.001, refused, "primary_key.unique",
             dirt.older_copy("MaDinhDanh", "agency_code", NgayCapNhat="2025-01-01 00:00:00")),
            ("month_open", 0.003, excluded, "month_open", dirt.set_to("ChotSo", "", 0)),
            ("trial_agency", 0.001, excluded, "trial_agency",
             dirt.set_to("MaDinhDanh", "agency_code", "TEST.01", "TEST.02")),
        )),
    )  # fmt: skip


SYSTEM = System(NAME, make)
