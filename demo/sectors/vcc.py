"""The contact centre: a CSV file a month, dropped with an empty ``.done`` beside it.

Semicolons, Windows-1258, days before months, agencies by their short names. Its counters take
down what is brought in person or read on social networks.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from pathlib import Path

from demo import canaries
from demo.agencies import DEPARTMENTS
from demo.planting import Fault, Planter, Span
from demo.sectors import dirt
from demo.sectors import feedback_faults as ticket
from demo.sectors.feedback_retold import Retelling
from demo.sectors.feedback_tickets import RESERVED, Drawing, Tickets, Times, texts
from demo.sectors.hotline_1022 import FIELDS, told_first
from demo.store import Cell, Row
from demo.system import Place, System, World
from demo.truth import Outcome

NAME, TABLE = "vcc", "files"
RETELLING = Retelling(NAME, TABLE, "TieuDe", range(80, 100), range(100, 120))
_STATUSES = ("Mới", "Tiếp nhận", "Chuyển xử lý", "Đang xử lý", "Trả lời", "Kết thúc", "Từ chối",
             "Mở lại")  # fmt: skip
# Three marks only.
_RATINGS = (None, "Chưa đạt", "Chưa đạt", "Đạt", "Đạt", "Tốt")
_SHORT = {item.name: item.short for item in DEPARTMENTS.values()}
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def make(world: World, place: Place) -> int:
    """Write all files; gives the number of rows."""
    total = world.size(2_000, least=1_200)
    planter = Planter(NAME, TABLE, "SoPhieu", faults(), world.seed, cases=total, before=RESERVED)
    months: dict[str, list[Row]] = defaultdict(list)
    extras = list[Row]()
    for tickets in Drawing(world, NAME, total).batches():
        if tickets.first == 0:
            RETELLING.retell(world, tickets, told_first(world))
            place.tell(RETELLING.truth(range(1, total + 1)))
        columns = _columns(tickets)
        told, more = planter.plant(columns, tickets.first)
        place.tell(told)
        extras += more
        names = [str(month) for month in tickets.created.astype("datetime64[M]")]
        for month, cells in zip(names, zip(*columns.values(), strict=True), strict=True):
            months[month].append(dict(zip(columns, cells, strict=True)))
    months[max(months)] += extras
    with place.folder() as folder:
        for month, rows in months.items():
            _write(folder / f"vcc_{month}.csv", rows)
    return total + len(extras)


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="cp1258", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(rows[0])
        for row in rows:
            writer.writerow([windows_1258(str(cell or "")) for cell in row.values()])
    path.with_name(f"{path.name}.done").touch()


def windows_1258(text: str) -> str:
    """`text` with tones as marks of their own, the one form that the code page has."""

    def spelled(letter: str) -> str:
        marks = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in marks if mark in _TONES), "")
        return unicodedata.normalize("NFC", marks.replace(tone, "")) + tone if tone else letter

    return "".join(map(spelled, unicodedata.normalize("NFC", text)))


def _days(times: Times) -> list[Cell]:
    return [text and f"{text[8:10]}/{text[5:7]}/{text[:4]} {text[11:16]}" for text in texts(times)]


def _columns(tickets: Tickets) -> dict[str, list[Cell]]:
    ordinals = range(tickets.first, tickets.first + len(tickets))
    return {
        "ID": [n + 1 for n in ordinals],
        "SoPhieu": [f"VCC-{n + 1:06}" for n in ordinals],
        "HinhThuc": ["Facebook" if n % 5 == 0 else "Tại quầy" for n in ordinals],
        "LinhVuc": [FIELDS[field] for field in tickets.fields],
        "TieuDe": [*tickets.titles],
        "NoiDung": [*tickets.contents],
        "NguoiDan": [*tickets.people.names],
        "SoDienThoai": [*tickets.people.phones],
        "DiaChi": [f"{street}, {place.address}" for street, place in
                   zip(tickets.streets, tickets.places, strict=True)],
        "NgayGui": _days(tickets.created),
        "NgayNhan": _days(tickets.accepted),
        "HanTraLoi": _days(tickets.due),
        "NgayTraLoi": _days(tickets.answered),
        "NgayDong": _days(tickets.closed),
        "TinhTrang": [_STATUSES[status] for status in tickets.status],
        "DonVi": [_SHORT.get(name, name) for name in tickets.agencies],
        "DanhGia": [_RATINGS[rating] for rating in tickets.ratings],
        "CongKhai": ["C" if public else "K" for public in tickets.public],
        "Duyet": ["C" if reviewed else "K" for reviewed in tickets.reviewed],
        "GhiChu": [None] * len(tickets),
        "CapNhat": [*texts(tickets.created)],
    }  # fmt: skip


def faults() -> tuple[Fault, ...]:
    """Every fault of the contact centre's rows."""
    fixed, refused = Outcome.FIXED, Outcome.QUARANTINED
    return dirt.faults(
        (
            ("null_word", 0.006, fixed, "null_word", dirt.null_word("DanhGia", "rating")),
            ("personal_in_text", 0.03, fixed, "mask_personal", ticket.personal("NoiDung")),
            ("canary", 0, fixed, "mask_personal", ticket.canary("NoiDung", canaries.IGATE[2])),
            ("canary", 0, Outcome.KEPT, "", ticket.unread_name("NoiDung", "Duyet", "K")),
            ("unknown_channel", 0.003, refused, "channel.readable",
             dirt.set_to("HinhThuc", "channel", "Bồ câu đưa thư")),
            ("unknown_field", 0.004, refused, "field_code.readable",
             dirt.set_to("LinhVuc", "field_code", "Chuyện khác 7")),
            ("unknown_status", 0.004, refused, "status.readable",
             dirt.set_to("TinhTrang", "status", "Chờ ý kiến 9")),
            ("missing_title", 0.003, refused, "title.required",
             dirt.set_to("TieuDe", "title", None)),
            ("impossible_date", 0.003, refused, "created_at.readable",
             dirt.set_to("NgayGui", "created_at", "31/02/2025 08:00")),
            ("duplicate_key", 0.006, refused, "primary_key.unique",
             dirt.older_copy("SoPhieu", "ticket_id", CapNhat="2024-12-01 08:00:00")),
            ("test_record", 0.006, Outcome.EXCLUDED, "test_record",
             dirt.set_to("GhiChu", "", "Phiếu thử")),
            ("commune_without_marks", 0.004, Outcome.SUSPECT, "commune_ambiguous",
             dirt.set_to("DiaChi", "unit_code", ticket.UNMARKED_TWIN)),
            ("no_commune", 0.01, Outcome.SUSPECT, "commune_unknown",
             dirt.set_to("DiaChi", "unit_code", "gần ngã ba chợ, hỏi bà con chỉ đường")),
        ),
        Span.AFTER_MERGER,
    )  # fmt: skip


SYSTEM = System(NAME, make, database=False)
