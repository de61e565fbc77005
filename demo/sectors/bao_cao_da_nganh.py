"""The multi-sector reporting system of the sample: the province's catalogue of indicators.

Its rows are definitions, a few and the same at every size; what they are computed to is not
kept here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from demo.store import Cell, Row, Table
from demo.system import Place, System, World
from demo.truth import Outcome, PlantedFault

_TABLE = Table(
    "DM_CHI_TIEU",
    (
        *("ID", "MA_CHI_TIEU", "TEN_CHI_TIEU", "TEN_TIENG_ANH", "DON_VI_TINH"),
        *("DON_VI_TINH_EN", "LINH_VUC"),
        *("CHIEU_HUONG", "NGUONG_TOT", "NGUONG_CANH_BAO", "CONG_THUC", "TU_SO", "MAU_SO"),
        *("KY_TINH", "KY_XA", "CAN_CU", "CO_QUAN", "TONG_HOP", "TRANG_THAI"),
    ),
    integers=frozenset({"ID"}),
)
_SUM, _MEAN, _LAST, _SHARE = "Cộng dồn", "Bình quân", "Giá trị cuối kỳ", "Tỷ lệ"
_UP, _DOWN, _NEITHER = "Càng cao càng tốt", "Càng thấp càng tốt", "Không xét"
_MONTH, _QUARTER, _NEVER = "Tháng", "Quý", "Không tính"
_IN_USE, _STOPPED = "Đang dùng", "Ngừng"


@dataclass(frozen=True)
class _Indicator:
    """One row; `numerator` is also the formula where there is no `denominator`. Thresholds are
    (good, warning)."""

    code: str
    name: str
    name_en: str
    measure: str
    numerator: str
    legal_source: str
    agency: str
    denominator: str | None = None
    scale: str = "100 × "
    direction: str = _NEITHER
    thresholds: tuple[str, str] | None = None
    by_province: str = _MONTH
    by_commune: str = _NEVER
    together: str = _SUM
    state: str = _IN_USE

    def cells(self) -> Iterator[Cell]:
        """What the system writes, in the order of its columns after the number."""
        formula = f"{self.scale}{self.numerator} / {self.denominator}"
        domain = _DOMAINS[self.code.partition("-")[0]]
        yield from (self.code, self.name, self.name_en, self.measure, _MEASURES[self.measure])
        yield from (domain, self.direction)
        yield from self.thresholds or (None, None)
        yield formula if self.denominator else self.numerator
        yield from (self.numerator, self.denominator, self.by_province, self.by_commune)
        yield from (self.legal_source, self.agency, self.together, self.state)


_DOMAINS = {
    "HQCQ": "Hiệu quả hoạt động của chính quyền",
    "TTND": "Tương tác giữa chính quyền và người dân",
    "ANTT": "An ninh trật tự và ATGT",
    "MT": "Môi trường",
    "DL": "Du lịch",
    "KTXH": "Kinh tế - xã hội",
}
_MEASURES = {
    "%": "%",
    "hồ sơ": "cases",
    "phản ánh": "tickets",
    "điểm (1–5)": "points (1–5)",
    "ngày": "days",
    "g/l": "g/l",
    "khách-đêm": "guest nights",
    "đồng/kg": "VND/kg",
    "người": "persons",
    "lượt": "encounters",
}
_ONE_STOP, _FEEDBACK = "Nghị định 61/2018/NĐ-CP", "Nghị định 20/2008/NĐ-CP"
_SALT, _TOURISM = "Quyết định 18/2021/QĐ-TTg", "Luật Du lịch 09/2017/QH14"
_LIMITS = "QCVN 05:2023/BTNMT, QCVN 08:2023/BTNMT"
_FINISHED = "số hồ sơ giải quyết xong trong kỳ"
_ANSWERED = "số phản ánh đã trả lời của kỳ, không tính phản ánh trùng"
_SALINITY = "số lần đo độ mặn hợp lệ trong kỳ"
_INDICATORS = (
    _Indicator(
        *("HQCQ-001", "Tỷ lệ hồ sơ giải quyết đúng hạn", "Share of cases finished on time", "%"),
        *("số hồ sơ trước hạn và đúng hạn", _ONE_STOP, "H20.1", _FINISHED),
        direction=_UP, thresholds=("95", "85"), by_commune=_MONTH, together=_SHARE,
    ),
    _Indicator(
        *("HQCQ-002", "Số hồ sơ giải quyết xong", "Cases finished", "hồ sơ"),
        *(_FINISHED, _ONE_STOP, "H20.1"), by_commune=_MONTH,
    ),
    _Indicator(
        *("HQCQ-003", "Tỷ lệ hồ sơ giải quyết quá hạn", "Share of cases finished late", "%"),
        *("số hồ sơ quá hạn", _ONE_STOP, "H20.1", _FINISHED),
        direction=_DOWN, thresholds=("5", "15"), by_commune=_MONTH, together=_SHARE,
    ),
    _Indicator(
        *("HQCQ-004", "Tỷ lệ văn bản điện tử đi được ký số",
          "Share of outgoing electronic documents with a digital signature", "%"),
        *("số văn bản điện tử gửi đi có ký số", "Quyết định 28/2018/QĐ-TTg", "H20.1",
          "số văn bản điện tử gửi đi"),
        direction=_UP, thresholds=("95", "80"), together=_SHARE,
    ),
    _Indicator(
        *("HQCQ-900", "Tỷ lệ dịch vụ công mức độ 4", "Share of services of level 4", "%"),
        *("Không còn dùng từ Nghị định 42/2022/NĐ-CP", "Nghị định 43/2011/NĐ-CP", "H20.1"),
        direction=_UP, together=_SHARE, state=_STOPPED,
    ),
    _Indicator(
        *("TTND-001", "Tỷ lệ phản ánh trả lời đúng hạn", "Share of tickets answered on time", "%"),
        *("số phản ánh trả lời đúng hạn", _FEEDBACK, "H20.1", _ANSWERED),
        direction=_UP, thresholds=("95", "85"), by_commune=_QUARTER, together=_SHARE,
    ),
    _Indicator(
        *("TTND-002", "Mức độ hài lòng với câu trả lời", "Satisfaction with the answers",
          "điểm (1–5)"),
        *("bình quân điểm người gửi chấm câu trả lời", _FEEDBACK, "H20.1"),
        direction=_UP, thresholds=("4", "3"), by_commune=_QUARTER, together=_MEAN,
    ),
    _Indicator(
        *("TTND-003", "Thời gian trả lời phản ánh", "Time to the answer of a ticket", "ngày"),
        *("bình quân số ngày từ lúc gửi đến lúc trả lời", _FEEDBACK, "H20.1"),
        direction=_DOWN, thresholds=("7", "14"), by_commune=_QUARTER, together=_MEAN,
    ),
    _Indicator(
        *("TTND-004", "Số phản ánh đã trả lời", "Tickets answered", "phản ánh"),
        *(_ANSWERED, _FEEDBACK, "H20.1"), by_commune=_QUARTER,
    ),
    _Indicator(
        *("ANTT-001", "Số phản ánh về an ninh trật tự, an toàn giao thông",
          "Tickets about public order and traffic safety", "phản ánh"),
        *("số phản ánh thuộc lĩnh vực 01 đã trả lời trong kỳ", _FEEDBACK, "H20.1"),
    ),
    _Indicator(
        *("MT-001", "Tỷ lệ số liệu quan trắc vượt ngưỡng", "Share of readings outside the limits",
          "%"),
        *("số lần đo vượt giới hạn", _LIMITS, "H20.6",
          "số lần đo hợp lệ của thông số có giới hạn"),
        direction=_DOWN, thresholds=("5", "15"), by_commune=_MONTH, together=_SHARE,
    ),
    _Indicator(
        *("MT-002", "Tỷ lệ số lần đo độ mặn trên 1‰", "Share of salinity readings over 1‰", "%"),
        *("số lần đo trên 1 g/l", _SALT, "H20.6", _SALINITY),
        direction=_DOWN, thresholds=("10", "50"), by_commune=_MONTH, together=_SHARE,
    ),
    _Indicator(
        *("MT-003", "Tỷ lệ số lần đo độ mặn trên 4‰", "Share of salinity readings over 4‰", "%"),
        *("số lần đo trên 4 g/l", _SALT, "H20.6", _SALINITY),
        direction=_DOWN, thresholds=("0", "10"), by_commune=_MONTH, together=_SHARE,
    ),
    _Indicator(
        *("MT-004", "Độ mặn cao nhất", "Highest salinity", "g/l"),
        *("giá trị lớn nhất của độ mặn đo được trong kỳ", _SALT, "H20.6"),
        direction=_DOWN, thresholds=("1", "4"), by_commune=_MONTH, together=_LAST,
    ),
    _Indicator(
        *("DL-001", "Số khách-đêm lưu trú", "Guest nights", "khách-đêm"),
        *("tổng số khách mỗi đêm trong kỳ", _TOURISM, "H20.9"),
    ),
    _Indicator(
        *("DL-002", "Công suất phòng", "Room occupancy", "%"),
        *("tổng số phòng-đêm đã bán", _TOURISM, "H20.9", "tổng số phòng-đêm kinh doanh"),
        direction=_UP, thresholds=("60", "40"), together=_SHARE,
    ),
    _Indicator(
        *("DL-003", "Tỷ lệ khách quốc tế", "Share of guests from abroad", "%"),
        *("số khách-đêm quốc tế", _TOURISM, "H20.9", "tổng số khách-đêm"), together=_SHARE,
    ),
    _Indicator(
        *("KTXH-001", "Tỷ lệ thực hiện dự toán chi", "Share of the budget that was spent", "%"),
        *("lũy kế chi từ đầu năm", "Luật Ngân sách nhà nước 89/2025/QH15", "H20.4",
          "dự toán chi cả năm"),
        together=_SHARE,
    ),
    *(
        _Indicator(
            *(code, f"Giá {vi}", f"Price of {en}", "đồng/kg"),
            *(f"bình quân giá {vi} tại các chợ trong kỳ", "Luật Giá 16/2023/QH15", "H20.6"),
            by_commune=_MONTH, together=_MEAN,
        )
        for code, vi, en in (
            ("KTXH-002", "lúa OM 18", "rice OM 18"),
            ("KTXH-003", "heo hơi", "live pigs"),
            ("KTXH-004", "cá tra", "pangasius"),
        )
    ),
    _Indicator(
        *("KTXH-005", "Số cán bộ, công chức, viên chức", "Civil servants", "người"),
        *("số người cuối kỳ", "Luật Cán bộ, công chức 80/2025/QH15", "H20.2"),
        by_province=_QUARTER, together=_LAST,
    ),
    _Indicator(
        *("KTXH-006", "Tỷ lệ nữ cán bộ, công chức, viên chức", "Share of women in the service",
          "%"),
        *("số nữ cuối kỳ", "Luật Bình đẳng giới 73/2006/QH11", "H20.2", "số người cuối kỳ"),
        by_province=_QUARTER, together=_SHARE,
    ),
    _Indicator(
        *("KTXH-007", "Số lượt khám, chữa bệnh", "Health encounters", "lượt"),
        *("số lượt khám của người cư trú trên địa bàn", "Luật Khám bệnh, chữa bệnh 15/2023/QH15",
          "H20.11"),
        by_commune=_MONTH,
    ),
)  # fmt: skip


def _rows() -> list[Row]:
    return [
        {"ID": number, **dict(zip(_TABLE.columns[1:], indicator.cells(), strict=True))}
        for number, indicator in enumerate(_INDICATORS, start=1)
    ]


def make(_world: World, place: Place) -> int:
    """Write the catalogue; gives the number of its rows."""
    rows = _rows()
    place.tell(
        PlantedFault(
            place.name,
            _TABLE.name,
            str(row["ID"]),
            str(row["MA_CHI_TIEU"]),
            "stopped",
            Outcome.EXCLUDED,
            "stopped",
            column_hint="TRANG_THAI",
            target="",
            states_value=False,
            expected_value=None,
        )
        for row in rows
        if row["TRANG_THAI"] == _STOPPED
    )
    with place.database() as writer:
        writer.create(_TABLE)
        writer.insert(_TABLE, _TABLE.tuples(rows))
    return len(rows)


SYSTEM = System("bao_cao_da_nganh", make)
