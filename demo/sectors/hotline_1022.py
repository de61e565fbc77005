"""The 1022 hotline: tickets that operators type while somebody speaks, with what they heard.

Addresses are text, agencies are names, and ratings are words. In life a MariaDB database.
"""

from __future__ import annotations

from random import Random

from demo import canaries, text_dirt
from demo.planting import Fault, Planted, Planter, Span
from demo.sectors import dirt
from demo.sectors import feedback_faults as ticket
from demo.sectors.feedback_tables import write_tickets
from demo.sectors.feedback_tickets import RESERVED, Drawing, Tickets, texts
from demo.store import Cell, Row, Table
from demo.system import Place, System, World
from demo.truth import Outcome

NAME = "hotline_1022"
TICKETS = Table(
    "PHIEU_TIEP_NHAN",
    (
        "ID", "SoPhieu", "LinhVuc", "TieuDe", "NoiDung", "HoTenNguoiGoi", "DienThoaiGoi",
        "DiaChiSuViec", "GioGoi", "GioTiepNhan", "HanXuLy", "GioTraLoi", "GioDong", "TrangThai",
        "DonViXuLy", "MucHaiLong", "QuaHan", "DongYCongKhai", "DaDuyet", "PhieuGoc", "DaXoa",
        "CapNhat",
    ),
    frozenset({"ID", "DaDuyet", "DaXoa"}),
    index=("SoPhieu", "CapNhat"),
)  # fmt: skip
FIELDS = {
    "01": "An ninh trật tự, ATGT", "02": "Thông tin truyền thông", "03": "Tài nguyên môi trường",
    "04": "Công thương", "05": "Văn hóa, thể thao, du lịch", "06": "Trật tự đô thị",
    "07": "Sự cố hạ tầng", "08": "Xử lý dịch vụ công", "99": "Khác",
}  # fmt: skip
_STATUSES = ("Mới ghi nhận", "Đã tiếp nhận", "Đã chuyển đơn vị", "Đang xử lý", "Đã trả lời",
             "Đã đóng", "Từ chối", "Mở lại")  # fmt: skip
_RATINGS = (None, "Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
_TIMES = ("GioGoi", "GioTiepNhan", "HanXuLy", "GioTraLoi", "GioDong")


def number(ordinal: int) -> str:
    """The number of the ticket that came as the `ordinal`-th, from 0."""
    return f"1022-{ordinal + 1:07}"


def size(world: World) -> int:
    """How many tickets the hotline has, without what is planted twice."""
    return world.size(10_000, least=8_000)


def told_first(world: World) -> Tickets:
    """The hotline's first tickets, which other systems tell again."""
    return Drawing(world, NAME, size(world)).first()


def make(world: World, place: Place) -> int:
    """Write the whole system; gives the number of its rows."""
    total = size(world)
    planter = Planter(
        NAME, TICKETS.name, "SoPhieu", faults(), world.seed, cases=total, before=RESERVED
    )
    with place.database() as writer:
        added = write_tickets(
            writer, TICKETS, place, Drawing(world, NAME, total), planter, _columns
        )
    return total + added


def _columns(tickets: Tickets) -> dict[str, list[Cell]]:
    ordinals = range(tickets.first, tickets.first + len(tickets))
    late = [
        None if running else "Có" if over else "Không"
        for running, over in zip(
            [text is None for text in texts(tickets.answered)],
            (tickets.answered > tickets.due).tolist(),
            strict=True,
        )
    ]
    columns: dict[str, list[Cell]] = {
        "ID": [n + 1 for n in ordinals],
        "SoPhieu": [number(n) for n in ordinals],
        "LinhVuc": [FIELDS[field] for field in tickets.fields],
        "TieuDe": [*tickets.titles],
        "NoiDung": [*tickets.contents],
        "HoTenNguoiGoi": [*tickets.people.names],
        "DienThoaiGoi": [*tickets.people.phones],
        "DiaChiSuViec": [f"{street}, {place.address}" for street, place in
                         zip(tickets.streets, tickets.places, strict=True)],
        "GioGoi": [*texts(tickets.created)],
        "GioTiepNhan": [*texts(tickets.accepted)],
        "HanXuLy": [*texts(tickets.due)],
        "GioTraLoi": [*texts(tickets.answered)],
        "GioDong": [*texts(tickets.closed)],
        "TrangThai": [_STATUSES[status] for status in tickets.status],
        "DonViXuLy": [name or None for name in tickets.agencies],
        "MucHaiLong": [_RATINGS[rating] for rating in tickets.ratings],
        "QuaHan": [*late],
        "DongYCongKhai": ["Có" if public else "Không" for public in tickets.public],
        "DaDuyet": [int(reviewed) for reviewed in tickets.reviewed],
        "PhieuGoc": [None] * len(tickets),
        "DaXoa": [0] * len(tickets),
        "CapNhat": [*texts(tickets.created)],
    }  # fmt: skip
    if tickets.first == 0:
        # Never read: it shows if somebody does.
        columns["HoTenNguoiGoi"][0] = canaries.NAME
    return columns


def _wrong_overdue(row: Row, rng: Random) -> Planted:
    """The system's own opinion against its own times."""
    del rng
    over = row["QuaHan"]
    row["QuaHan"] = "Không" if over == "Có" else "Có"
    return Planted("QuaHan", "answered_on_time")


def faults() -> tuple[Fault, ...]:
    """Every fault of the hotline's tickets."""
    fixed, refused, excluded = Outcome.FIXED, Outcome.QUARANTINED, Outcome.EXCLUDED
    suspect, kept = Outcome.SUSPECT, Outcome.KEPT
    text = ("TieuDe", "title")
    again = ticket.reported_again("SoPhieu", str, _TIMES, 1)
    return dirt.faults(
        (
            ("nfd", 0.004, fixed, "clean_text", dirt.mutated(*text, text_dirt.decomposed)),
            ("loose_spaces", 0.006, fixed, "clean_text",
             dirt.mutated(*text, text_dirt.loose_spaces)),
            ("zero_width", 0.003, fixed, "clean_text", dirt.mutated(*text, text_dirt.invisible)),
            ("nbsp", 0.003, fixed, "clean_text", dirt.mutated(*text, text_dirt.no_break_space)),
            ("date_vietnamese", 0.004, fixed, "parse_timestamp",
             ticket.vietnamese("GioGoi", "created_at")),
            ("null_word", 0.004, fixed, "null_word", dirt.null_word("MucHaiLong", "rating")),
            ("personal_in_text", 0.03, fixed, "mask_personal", ticket.personal("NoiDung")),
            ("canary", 0, fixed, "mask_personal", ticket.canary("NoiDung", canaries.IGATE[0])),
            ("canary", 0, kept, "", ticket.unread_name("NoiDung", "DaDuyet", 0)),
            ("unknown_field", 0.003, refused, "field_code.readable",
             dirt.set_to("LinhVuc", "field_code", "Chuyện khác 7")),
            ("unknown_status", 0.002, refused, "status.readable",
             dirt.set_to("TrangThai", "status", "Chờ ý kiến 9")),
            ("unknown_agency", 0.002, refused, "agency_code.readable",
             dirt.set_to("DonViXuLy", "agency_code", "Sở Thương mại và Du lịch")),
            ("missing_title", 0.001, refused, "title.required",
             dirt.set_to("TieuDe", "title", None)),
            ("impossible_date", 0.001, refused, "created_at.readable",
             dirt.set_to("GioGoi", "created_at", "31/02/2025 08:00")),
            ("answered_first", 0.002, refused, "answered_after_accepted",
             ticket.moved("GioTraLoi", "answered_at", "GioGoi", 3)),
            ("duplicate_key", 0.002, refused, "primary_key.unique",
             dirt.older_copy("SoPhieu", "ticket_id", CapNhat="2024-12-01 08:00:00")),
            ("soft_deleted", 0.005, excluded, "soft_deleted", dirt.set_to("DaXoa", "", 1)),
            ("test_record", 0.002, excluded, "test_record",
             dirt.set_to("TieuDe", "", "Cuộc gọi thử")),
            ("commune_without_marks", 0.004, suspect, "commune_ambiguous",
             dirt.set_to("DiaChiSuViec", "unit_code", ticket.UNMARKED_TWIN)),
            ("no_commune", 0.01, suspect, "commune_unknown",
             dirt.set_to("DiaChiSuViec", "unit_code", "gần ngã ba chợ, hỏi bà con chỉ đường")),
            ("overdue_mismatch", 0.004, suspect, "overdue_mismatch", _wrong_overdue),
            ("reported_again", 0.01, suspect, "near_duplicate", again),
        ),
        Span.AFTER_MERGER,
    )  # fmt: skip


SYSTEM = System(NAME, make)
