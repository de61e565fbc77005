# ruff: noqa: E501 - a table reads best with one procedure a line
"""The administrative procedures both systems handle, before their vendors' spelling.

Codes follow the national catalogue's form; names, fees and deadlines are a sample.
"""

from __future__ import annotations

from dataclasses import dataclass

FIELDS: dict[str, str] = {
    "HT": "Hộ tịch",
    "CT": "Chứng thực",
    "TP": "Lý lịch tư pháp",
    "DD": "Đất đai",
    "MT": "Môi trường",
    "XD": "Hoạt động xây dựng",
    "GT": "Đường bộ",
    "DN": "Thành lập và hoạt động của doanh nghiệp",
    "HKD": "Hộ kinh doanh",
    "BT": "Bảo trợ xã hội",
    "NCC": "Người có công",
    "VL": "Việc làm",
    "GD": "Giáo dục và đào tạo",
    "YT": "Khám bệnh, chữa bệnh",
    "ATTP": "An toàn thực phẩm",
    "CTH": "Lưu thông hàng hóa trong nước",
    "NN": "Chăn nuôi và thú y",
    "TS": "Thủy sản",
    "VH": "Văn hóa cơ sở",
    "KHCN": "Hoạt động khoa học và công nghệ",
}


@dataclass(frozen=True)
class Procedure:
    """`level` before the merger: ``tinh``, ``huyen`` or ``xa``; after it huyen became xa.
    `sla` in working days; `fee` in VND; `online` 2..4 (the levels of before 2022); `weight`
    its share of the cases; `enterprise` whether enterprises are the applicants; `department`
    a key of `demo.agencies`; `abolished` the day from which it takes no case, if any."""

    code: str
    name: str
    field: str
    level: str
    sla: int
    fee: int
    online: int
    department: str
    weight: float
    components: str
    enterprise: bool = False
    abolished: str | None = None


_ID = "Căn cước công dân"


def _p(  # one line of the table below
    code: str, name: str, place: tuple[str, str, str], terms: tuple[int, int, int, float], docs: str
) -> Procedure:
    field, level, department = place
    sla, fee, online, weight = terms
    return Procedure(
        code, name, field, level, sla, fee, online, department, weight, f"Tờ khai theo mẫu;{docs}",
        enterprise=field == "DN", abolished="2025-03-01" if field == "TP" else None,
    )  # fmt: skip


PROCEDURES: tuple[Procedure, ...] = (
    _p("1.001193", "Đăng ký khai sinh", ("HT", "xa", "STP"), (1, 0, 4, 5.0), "Giấy chứng sinh"),
    _p("1.000894", "Đăng ký kết hôn", ("HT", "xa", "STP"), (2, 0, 4, 3.5), f"{_ID};Giấy xác nhận tình trạng hôn nhân"),
    _p("1.000656", "Đăng ký khai tử", ("HT", "xa", "STP"), (1, 0, 4, 2.5), "Giấy báo tử"),
    _p("2.000635", "Cấp bản sao trích lục hộ tịch", ("HT", "xa", "STP"), (1, 8000, 4, 4.0), _ID),
    _p("1.004873", "Cấp giấy xác nhận tình trạng hôn nhân", ("HT", "xa", "STP"), (3, 15000, 4, 4.0), _ID),
    _p("1.004859", "Thay đổi, cải chính, bổ sung thông tin hộ tịch", ("HT", "huyen", "STP"), (3, 15000, 4, 2.0), "Giấy tờ chứng minh"),
    _p("2.000528", "Đăng ký khai sinh có yếu tố nước ngoài", ("HT", "huyen", "STP"), (3, 50000, 3, 1.2), "Giấy chứng sinh;Hộ chiếu"),
    _p("2.000815", "Chứng thực bản sao từ bản chính giấy tờ, văn bản", ("CT", "xa", "STP"), (1, 10000, 2, 5.5), "Bản chính giấy tờ"),
    _p("2.000884", "Chứng thực chữ ký trong các giấy tờ, văn bản", ("CT", "xa", "STP"), (1, 10000, 2, 3.5), _ID),
    _p("2.001035", "Chứng thực hợp đồng, giao dịch liên quan đến tài sản", ("CT", "xa", "STP"), (2, 50000, 2, 2.0), "Dự thảo hợp đồng"),
    _p("1.012753", "Đăng ký đất đai, cấp giấy chứng nhận quyền sử dụng đất lần đầu", ("DD", "huyen", "SNNMT"), (17, 100000, 3, 3.5), "Giấy tờ về quyền sử dụng đất"),
    _p("1.012783", "Cấp đổi giấy chứng nhận quyền sử dụng đất", ("DD", "huyen", "SNNMT"), (5, 50000, 3, 3.0), "Giấy chứng nhận đã cấp"),
    _p("1.012817", "Đăng ký biến động quyền sử dụng đất do chuyển nhượng", ("DD", "huyen", "SNNMT"), (10, 80000, 3, 4.0), "Hợp đồng chuyển nhượng;Giấy chứng nhận đã cấp"),
    _p("1.003554", "Hòa giải tranh chấp đất đai", ("DD", "xa", "SNNMT"), (30, 0, 2, 1.2), "Đơn yêu cầu hòa giải"),
    _p("1.010736", "Tham vấn trong đánh giá tác động môi trường", ("MT", "xa", "SNNMT"), (15, 0, 3, 1.2), "Báo cáo đánh giá tác động môi trường"),
    _p("1.013225", "Cấp giấy phép xây dựng mới nhà ở riêng lẻ", ("XD", "huyen", "SXD"), (12, 75000, 4, 3.0), "Bản vẽ thiết kế;Giấy chứng nhận quyền sử dụng đất"),
    _p("1.001612", "Đăng ký thành lập hộ kinh doanh", ("HKD", "huyen", "STC"), (3, 100000, 4, 3.5), _ID),
    _p("2.000720", "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh", ("HKD", "huyen", "STC"), (3, 30000, 4, 2.5), "Giấy chứng nhận đăng ký hộ kinh doanh"),
    _p("1.001776", "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hằng tháng", ("BT", "xa", "SYT"), (22, 0, 3, 2.5), "Giấy xác nhận khuyết tật"),
    _p("1.001731", "Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội", ("BT", "xa", "SYT"), (12, 0, 3, 1.6), "Giấy chứng tử"),
    _p("1.010833", "Cấp giấy xác nhận thân nhân của người có công", ("NCC", "xa", "SNV"), (5, 0, 4, 1.6), "Bản khai"),
    _p("1.004440", "Cho phép nhóm trẻ, lớp mẫu giáo độc lập hoạt động", ("GD", "xa", "SGDDT"), (12, 0, 3, 1.2), "Tờ trình"),
    _p("1.003622", "Thông báo tổ chức lễ hội cấp xã", ("VH", "xa", "SVHTTDL"), (8, 0, 4, 1.2), "Kế hoạch tổ chức"),
    _p("2.002412", "Cấp giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm", ("ATTP", "huyen", "SNNMT"), (10, 700000, 3, 1.4), "Bản thuyết minh cơ sở vật chất"),
    _p("2.002369", "Cấp phiếu lý lịch tư pháp cho công dân Việt Nam", ("TP", "tinh", "STP"), (10, 200000, 4, 2.0), _ID),
    _p("2.002041", "Đăng ký thay đổi địa chỉ trụ sở chính của doanh nghiệp", ("DN", "tinh", "STC"), (3, 50000, 4, 1.6), "Nghị quyết của chủ sở hữu"),
    _p("2.001610", "Đăng ký thành lập doanh nghiệp tư nhân", ("DN", "tinh", "STC"), (3, 50000, 4, 1.8), _ID),
    _p("1.002809", "Đổi giấy phép lái xe do ngành giao thông vận tải cấp", ("GT", "tinh", "SXD"), (5, 135000, 4, 3.0), "Giấy khám sức khỏe"),
    _p("1.000105", "Cấp giấy phép lao động cho người lao động nước ngoài", ("VL", "tinh", "SNV"), (5, 600000, 4, 1.4), "Hộ chiếu;Lý lịch tư pháp"),
    _p("1.012289", "Cấp mới giấy phép hành nghề khám bệnh, chữa bệnh", ("YT", "tinh", "SYT"), (15, 430000, 3, 1.4), "Văn bằng chuyên môn"),
    _p("2.000674", "Cấp giấy xác nhận đủ điều kiện làm đại lý bán lẻ xăng dầu", ("CTH", "tinh", "SCT"), (20, 1200000, 4, 1.2), "Hợp đồng đại lý"),
    _p("1.001686", "Cấp chứng chỉ hành nghề buôn bán thuốc thú y", ("NN", "tinh", "SNNMT"), (8, 50000, 4, 1.2), "Văn bằng chuyên môn"),
    _p("1.004692", "Cấp giấy xác nhận đăng ký nuôi trồng thủy sản", ("TS", "tinh", "SNNMT"), (5, 0, 4, 1.6), "Sơ đồ mặt bằng"),
    _p("1.005144", "Đề nghị miễn, giảm học phí cho học sinh, sinh viên", ("GD", "tinh", "SGDDT"), (10, 0, 4, 1.3), "Giấy xác nhận hộ nghèo"),
    _p("1.003676", "Cấp giấy phép tổ chức lễ hội cấp tỉnh", ("VH", "tinh", "SVHTTDL"), (15, 0, 4, 1.1), "Kế hoạch tổ chức"),
    _p("1.011820", "Đăng ký kết quả thực hiện nhiệm vụ khoa học và công nghệ", ("KHCN", "tinh", "SKHCN"), (5, 0, 4, 1.1), "Báo cáo kết quả"),
)  # fmt: skip
