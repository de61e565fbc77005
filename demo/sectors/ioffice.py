"""iOffice: the document register, monthly reports by agency, and what is never read.

Secret documents and those of Party bodies stand in tables of their own, and abstracts and
signers in the register, because the real system has them; nothing of the platform may read
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from demo import canaries
from demo.planting import Fault
from demo.sectors import dirt
from demo.sectors.lists import plant, write_tables
from demo.sectors.offices import count_faults, months, offices, offices_on
from demo.store import Row, Table
from demo.system import Place, System, World
from demo.truth import Outcome

NAME = "ioffice"
UNITS = Table("DM_DON_VI", ("ID", "MA_DINH_DANH", "TEN_DON_VI", "KHOI"), frozenset({"ID"}))
REPORTS = Table(
    "BAO_CAO_THANG",
    (
        *("ID", "ID_DON_VI", "NAM", "THANG", "LOAI_VB", "SO_LUONG", "KY_SO", "TU_CHOI"),
        *("THU_HOI", "TRANG_THAI", "NGAY_DUYET"),
    ),
    frozenset({"ID", "ID_DON_VI", "NAM", "THANG"}),
    index=("ID_DON_VI",),
)
_REGISTER = ("ID", "ID_DON_VI", "SO_KY_HIEU", "NGAY_VB", "TRICH_YEU", "NGUOI_KY", "DO_KHAN")
REGISTER, SECRET, PARTY = (
    Table(name, _REGISTER, frozenset({"ID", "ID_DON_VI"}))
    for name in ("VAN_BAN", "VAN_BAN_MAT", "VAN_BAN_DANG")
)
_USUAL = {"ubnd_tinh": 700, "so": 310, "ban": 120, "ubnd_huyen": 280, "ubnd_xa": 60}
_PARTY_BODIES = ("Tỉnh ủy", "Ban Tổ chức Tỉnh ủy", "Ủy ban Kiểm tra Tỉnh ủy")
_SENT, _RECEIVED = "Văn bản đi", "Văn bản đến"
_DIRECTIONS = {_SENT: "sent", _RECEIVED: "received"}


def make(world: World, place: Place) -> int:
    """Write the whole system; gives the number of its rows."""
    units = _units(world)
    numbers = {
        str(unit["MA_DINH_DANH"]): int(unit["ID"] or 0) for unit in units if "MA_DINH_DANH" in unit
    }
    rows = list(_reports(world, numbers))
    party = next(int(unit["ID"] or 0) for unit in units if unit["KHOI"] == "Đảng")
    planted, truths = plant(world, NAME, REPORTS.name, "ID_DON_VI", rows, faults(party))
    return write_tables(place, {UNITS: units, REPORTS: planted, **_documents(world)}, truths)


def _units(world: World) -> list[Row]:
    """One row per agency code, whatever its validities, and the bodies of the Party."""
    names = {agency.code: agency.name for agency in offices(world.units)}
    rows: list[Row] = [
        # As its administrator typed them: small letters.
        {"ID": 100 + n, "MA_DINH_DANH": code.lower(), "TEN_DON_VI": name, "KHOI": "Chính quyền"}
        for n, (code, name) in enumerate(sorted(names.items()))
    ]
    rows += [
        {"ID": 10 + n, "MA_DINH_DANH": f"a56.{n + 1}", "TEN_DON_VI": name, "KHOI": "Đảng"}
        for n, name in enumerate(_PARTY_BODIES)
    ]
    return [*rows, {"ID": 1, "TEN_DON_VI": "Phòng Hành chính (tạm)", "KHOI": "Chính quyền"}]


def _reports(world: World, numbers: Mapping[str, int]) -> Iterator[Row]:
    rng, everyone, number = world.rng(NAME, 1), offices(world.units), 0
    for first in months():
        year, month, _day = map(int, str(first).split("-"))
        approved = str(first.astype("datetime64[M]") + 1)
        for agency in offices_on(everyone, first):
            for kind in (_SENT, _RECEIVED):
                number += 1
                total = 20 + int(rng.poisson(_USUAL[agency.kind]))
                yield {
                    "ID": number,
                    "ID_DON_VI": numbers[agency.code.lower()],
                    "NAM": year,
                    "THANG": month,
                    "LOAI_VB": kind,
                    "SO_LUONG": str(total),
                    "KY_SO": str(total - int(rng.binomial(total, 0.1))),
                    "TU_CHOI": str(int(rng.binomial(total // 2, 0.008))),
                    "THU_HOI": str(int(rng.binomial(total // 2, 0.01))),
                    "TRANG_THAI": "Đã duyệt",
                    "NGAY_DUYET": f"{approved}-05 16:30:00",
                }


def _documents(world: World) -> dict[Table, list[Row]]:
    """The register and what is never read, each with the canary in its first abstract."""
    size = world.size(2000, least=40)
    tables = {}
    for table, count, mark in ((REGISTER, size, "UBND"), (SECRET, 20, "M"), (PARTY, 20, "TU")):
        rows: list[Row] = [
            {
                "ID": n,
                "ID_DON_VI": 100 + n % 15,
                "SO_KY_HIEU": f"{n}/BC-{mark}",
                "NGAY_VB": f"2026-10-{n % 28 + 1:02}",
                "TRICH_YEU": f"Báo cáo kết quả thực hiện nhiệm vụ số {n}",
                "NGUOI_KY": "Phạm Minh Tuấn",
                "DO_KHAN": "Thường",
            }
            for n in range(1, count + 1)
        ]
        rows[0]["TRICH_YEU"] = f"Báo cáo về {canaries.NAME}"
        tables[table] = rows
    return tables


def faults(party: int) -> tuple[Fault, ...]:
    """Every fault of the monthly reports; `party` is the number of a Party body."""
    fixed, refused, excluded = Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED
    return dirt.faults(
        (
            *count_faults("SO_LUONG", "KY_SO", "THU_HOI"),
            ("loose_spaces", 0.003, fixed, "clean_text",
             dirt.loose("LOAI_VB", "direction", _DIRECTIONS)),
            ("impossible_month", 0.001, refused, "period.readable",
             dirt.set_to("THANG", "period", 0, 13)),
            ("nameless_unit", 0.001, refused, "agency_code.required",
             dirt.set_to("ID_DON_VI", "agency_code", 1)),
            ("negative", 0.001, refused, "rejected.range",
             dirt.set_to("TU_CHOI", "rejected", "-2")),
            ("not_a_number", 0.001, refused, "documents.readable",
             dirt.set_to("SO_LUONG", "documents", "khoảng 200", "#REF!")),
            ("unknown_kind", 0.0005, refused, "direction.readable",
             dirt.set_to("LOAI_VB", "direction", "Tờ trình")),
            ("duplicate_key", 0.001, refused, "primary_key.unique",
             dirt.older_copy("ID_DON_VI", "agency_code", NGAY_DUYET="2025-01-01 00:00:00")),
            ("party_body", 0.002, excluded, "party_body",
             dirt.set_to("ID_DON_VI", "agency_code", party)),
            ("internal", 0.003, excluded, "internal",
             dirt.set_to("LOAI_VB", "direction", "Nội bộ")),
            ("not_approved", 0.003, excluded, "not_approved",
             dirt.several("", TRANG_THAI="Chờ duyệt", NGAY_DUYET=None)),
        )
    )  # fmt: skip


SYSTEM = System(NAME, make)
