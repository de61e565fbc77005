"""The multi-sector reporting system of the sample: the province's catalogue of indicators.

Its rows are definitions, a few and the same at every size; what they are computed to is not
kept here.
"""

from __future__ import annotations

from demo.store import Row, Table
from demo.system import Place, System, World
from demo.truth import Outcome, PlantedFault

_TABLE = Table(
    "DM_CHI_TIEU",
    (
        *("ID", "MA_CHI_TIEU", "TEN_CHI_TIEU", "TEN_TIENG_ANH", "DON_VI_TINH", "LINH_VUC"),
        *("CHIEU_HUONG", "NGUONG_TOT", "NGUONG_CANH_BAO", "CONG_THUC", "CO_QUAN", "TONG_HOP"),
        "TRANG_THAI",
    ),
    integers=frozenset({"ID"}),
)
_EFFECTIVENESS, _SHARE = "Hiệu quả hoạt động của chính quyền", "Tỷ lệ"
_FINISHED = "số hồ sơ giải quyết xong trong tháng"
_INDICATORS: tuple[tuple[str | None, ...], ...] = (
    (
        *("HQCQ-001", "Tỷ lệ hồ sơ giải quyết đúng hạn", "Share of cases finished on time"),
        *("%", _EFFECTIVENESS, "Càng cao càng tốt", "95", "85"),
        *(f"100 × số hồ sơ trước hạn và đúng hạn / {_FINISHED}", "H20.1", _SHARE),
        "Đang dùng",
    ),
    (
        *("HQCQ-002", "Số hồ sơ giải quyết xong", "Cases finished"),
        *("hồ sơ", _EFFECTIVENESS, "Không xét", None, None),
        *(f"Tổng {_FINISHED}", "H20.1", "Cộng dồn", "Đang dùng"),
    ),
    (
        *("HQCQ-003", "Tỷ lệ hồ sơ giải quyết quá hạn", "Share of cases finished late"),
        *("%", _EFFECTIVENESS, "Càng thấp càng tốt", "5", "15"),
        *(f"100 × số hồ sơ quá hạn / {_FINISHED}", "H20.1", _SHARE, "Đang dùng"),
    ),
    (
        *("HQCQ-900", "Tỷ lệ dịch vụ công mức độ 4", "Share of services of level 4"),
        *("%", _EFFECTIVENESS, "Càng cao càng tốt", None, None),
        *("Không còn dùng từ Nghị định 42/2022/NĐ-CP", "H20.1", _SHARE, "Ngừng"),
    ),
)


def _rows() -> list[Row]:
    return [
        {"ID": number, **dict(zip(_TABLE.columns[1:], cells, strict=True))}
        for number, cells in enumerate(_INDICATORS, start=1)
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
        if row["TRANG_THAI"] == "Ngừng"
    )
    with place.database() as writer:
        writer.create(_TABLE)
        writer.insert(_TABLE, _TABLE.tuples(rows))
    return len(rows)


SYSTEM = System("bao_cao_da_nganh", make)
