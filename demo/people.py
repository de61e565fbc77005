"""Invented applicants: names, personal ids, tax codes, phones and addresses, drawn in bulk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

_FAMILIES = (
    *["Nguyễn"] * 12, *["Trần"] * 4, *["Lê"] * 4, *["Phạm"] * 3, *["Huỳnh"] * 2, *["Võ"] * 2,
    *["Phan"] * 2, "Trương", "Bùi", "Đặng", "Đỗ", "Ngô", "Hồ", "Dương", "Đoàn", "Lâm", "Mai",
    "Trịnh", "Đinh", "Cao", "Châu", "Tô", "Hà", "Lý", "Thái",
)  # fmt: skip
_MEN = ("Văn", "Hữu", "Minh", "Thanh", "Quốc", "Hoàng", "Công", "Đức", "Tấn", "Ngọc", "Phước")
_WOMEN = ("Thị", "Thị", "Thị", "Ngọc", "Thị Kim", "Thị Mỹ", "Thị Thu", "Thị Hồng", "Bích")
_MEN_GIVEN = (
    "An", "Bảo", "Bình", "Chiến", "Cường", "Danh", "Dũng", "Duy", "Đạt", "Hải", "Hậu", "Hiếu",
    "Hòa", "Hùng", "Khang", "Khoa", "Kiệt", "Lộc", "Long", "Luân", "Mẫn", "Nam", "Nghĩa", "Nhân",
    "Phong", "Phúc", "Quân", "Quang", "Sang", "Sơn", "Tài", "Tâm", "Thành", "Thiện", "Thịnh",
    "Tiến", "Toàn", "Trí", "Trung", "Tuấn", "Vinh",
)  # fmt: skip
_WOMEN_GIVEN = (
    "Anh", "Châu", "Chi", "Cúc", "Diễm", "Dung", "Duyên", "Đào", "Giang", "Hà", "Hạnh", "Hằng",
    "Hiền", "Hoa", "Hương", "Khanh", "Lan", "Liên", "Linh", "Loan", "Mai", "My", "Nga", "Ngân",
    "Ngọc", "Nhi", "Nhung", "Oanh", "Phượng", "Quyên", "Sương", "Thảo", "Thúy", "Tiên", "Trang",
    "Trinh", "Tuyền", "Vân", "Xuân", "Yến",
)  # fmt: skip
_TRADES = ("Thương mại", "Xây dựng", "Vận tải", "Thủy sản", "Chế biến nông sản", "Dịch vụ")
_BRANDS = ("Tân Lợi", "Hưng Phát", "Minh Tâm", "Sao Mai", "Tiền Phong", "Cửu Long", "Hoàng Gia",
           "Phú Mỹ", "Gò Tháp", "Vạn Xuân", "Sen Hồng", "Kim Phát", "Nam Sông Tiền")  # fmt: skip
_OFFICES = ("Trường Mầm non", "Trạm Y tế", "Trường Tiểu học", "Hội Nông dân", "Hợp tác xã")
_STREETS = ("Lý Thường Kiệt", "Nguyễn Huệ", "Lê Lợi", "Hùng Vương", "Trần Hưng Đạo", "30 tháng 4")
_MOBILE = ("032", "033", "034", "035", "036", "037", "038", "070", "076", "077", "078", "079",
           "081", "083", "084", "085", "090", "091", "093", "094", "096", "097", "098")  # fmt: skip
# The 11-digit prefixes of before 2018 beside those of today (plan of the ministry, 2018).
OLD_MOBILE = {
    "070": "0120", "079": "0121", "077": "0122", "076": "0126", "078": "0128", "083": "0123",
    "084": "0124", "085": "0125", "081": "0127", "032": "0162", "033": "0163", "034": "0164",
    "035": "0165", "036": "0166", "037": "0167", "038": "0168", "039": "0169",
}  # fmt: skip
# Provinces (of before 2025) where some were registered at birth.
_ELSEWHERE = (1, 48, 72, 74, 75, 79, 80, 83, 86, 89, 92, 96)
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


@dataclass(frozen=True)
class People:
    """Columns of a batch of applicants; `personal_id` and `tax_code` are None where not due."""

    kinds: list[int]  # 0 citizen, 1 enterprise, 2 agency
    names: list[str]
    personal_ids: list[str | None]
    tax_codes: list[str | None]
    phones: list[str]
    addresses: list[str]  # house and street or hamlet, without commune


def tax_code(nine: int) -> str:
    """The first nine digits made a valid tax code (TT 105/2020), moved on to the next one
    where the check digit would be 10."""
    while True:
        digits = f"{nine:09}"
        rest = sum(w * int(d) for w, d in zip(_TAX_WEIGHTS, digits, strict=True)) % 11
        if rest:
            return f"{digits}{10 - rest}"
        nine += 1


def _name(kind: int, woman: bool, a: int, b: int, c: int) -> str:
    if kind == 1:
        return f"Công ty TNHH {_TRADES[a % len(_TRADES)]} {_BRANDS[b % len(_BRANDS)]} {c % 90 + 1}"
    if kind == 2:
        return f"{_OFFICES[a % len(_OFFICES)]} {_BRANDS[b % len(_BRANDS)]} {c % 9 + 1}"
    middle, given = (_WOMEN, _WOMEN_GIVEN) if woman else (_MEN, _MEN_GIVEN)
    return f"{_FAMILIES[a % len(_FAMILIES)]} {middle[b % len(middle)]} {given[c % len(given)]}"


def _personal_id(province: int, woman: bool, year: int, serial: int) -> str:
    """CCCD of TT 07/2016/TT-BCA art. 7: province, century and sex, year of birth, six digits."""
    return f"{province:03}{(year >= 2000) * 2 + woman}{year % 100:02}{serial:06}"


def _identity_card(province: int, serial: int) -> str:
    """CMND, nine digits, as issued before 2016."""
    return f"{31 if province == 82 else 34}{serial:07}"


def _address(n: int, m: int) -> str:
    if n % 5 == 0:
        return f"{m % 400 + 1} {_STREETS[m % len(_STREETS)]}"
    return f"số {m % 300 + 1}, ấp {n % 9 + 1}"


def draw_people(rng: np.random.Generator, kinds: Numbers, home: int, *, old_cards: float) -> People:
    """Applicants for the given `kinds`; `home` is the old province (82 or 87) of most of
    them, `old_cards` the share that still shows a nine-digit card."""
    size = len(kinds)
    a, b, c, serial, line, house = (rng.integers(0, 10**6, size).tolist() for _ in range(6))
    women = (rng.random(size) < 0.52).tolist()
    provinces = np.where(rng.random(size) < 0.94, home, rng.choice(_ELSEWHERE, size)).tolist()
    years = rng.integers(1945, 1999, size)
    # Some were born this century; never in '99, the canaries' year.
    years = np.where(rng.random(size) < 0.12, rng.integers(2000, 2008, size), years).tolist()
    cards = (rng.random(size) < old_cards).tolist()
    kind_list: list[int] = kinds.tolist()
    ids = [
        None if kind
        else _identity_card(province, n * 10 + line_n % 10) if card
        else _personal_id(province, woman, year, n)
        for kind, province, woman, year, n, line_n, card in zip(
            kind_list, provinces, women, years, serial, line, cards, strict=True
        )
    ]  # fmt: skip
    return People(
        kinds=kind_list,
        names=[_name(*row) for row in zip(kind_list, women, a, b, c, strict=True)],
        personal_ids=ids,
        tax_codes=[
            tax_code((14 if home == 87 else 12) * 10**7 + n * 10) if kind == 1 else None
            for kind, n in zip(kind_list, serial, strict=True)
        ],
        phones=[
            f"{_MOBILE[x % len(_MOBILE)]}{n % 10}{y:06}"
            for x, n, y in zip(a, serial, line, strict=True)
        ],
        addresses=[_address(n, m) for n, m in zip(line, house, strict=True)],
    )
