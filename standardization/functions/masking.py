"""Personal data in free text, masked before the text may be open.

Masks e-mail addresses, phone and identity numbers, cards and accounts, vehicle plates and names
after a form of address. What stands in a column of its own belongs in ``persons``: it is left
out by the contract, not masked.
"""

from __future__ import annotations

import re

from contracts.quoting import literal
from standardization.functions.spec import CHANGED_TEXT, Helper, SqlFunction, let

_UPPER = "A-ZÀ-ÖØ-ÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_FAMILY = (
    "Nguyễn|Trần|Lê|Phạm|Huỳnh|Hoàng|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Lâm|Mai|Trương|"
    "Cao|Tô|Đoàn|Châu|Tạ|Hà|Thái|Quách|Lương|Trịnh|Đào|Lưu|Phùng|Vương|Văn|Kiều|Tăng|Thạch|Danh|"
    "Kim|Sơn|Diệp|Từ|Bạch|La|Hứa|Khưu|Triệu|Nghiêm|Tống|Giang|Chu|Ông|Mạc|Cù|Trang|Viên|Lữ|Đàm"
)
_ADDRESSED = (
    "[ôÔ]ng|[bB]à|[aA]nh|[cC]hị|[cC]ô|[cC]hú|[bB]ác|[eE]m|[cC]háu|[hH]ọ (?:và )?tên|[tT]ên là|"
    "[tT]ôi là|[tT]ôi tên|[nN]gười (?:gửi|phản ánh|dân)|ÔNG|BÀ|ANH|CHỊ"
)
_NAME = re.compile(
    rf"\b((?:{_ADDRESSED})(?: là)?:? ?)(?:(?:{_FAMILY})(?: [{_UPPER}]\w*){{1,4}}"
    rf"|(?:{_FAMILY.upper()})(?: [{_UPPER}]+){{1,4}})\b"
)
_EMAIL = re.compile(r"[\w.+-]+ ?@ ?[\w-]+(?:\.[\w-]+)+")
_PLATE = re.compile(r"(?<![\w.])\d{2}[ -]?[A-ZĐ]{1,2}\d?[ .-]{0,2}\d{3}\.?\d{1,2}(?![\w.]?\d)")
_PASSPORT = re.compile(r"(?<!\w)[A-Z]\d{7,8}(?!\w)", re.ASCII)
_HEALTH_CARD = re.compile(r"(?<!\w)[A-Z]{2} ?\d(?:[ .-]?\d){12}(?!\w)", re.ASCII)
_PHONE = re.compile(r"(?<![\w.,/-])(?:\(?\+?84\)?|\(?0)(?:[ .()-]{0,2}\d){8,10}(?![\d/]|[.,]\d)")
_LONG_NUMBER = re.compile(
    r"(?<![\w./-])\d(?:[ -]?\d){7,18}(?![\w/-]|[.,]\d| ?(?:đ|đồng|vnđ|vnd|m2|m²|kg|tấn)\b)",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?:\d{1,2}[ -]\d{1,2}[ -]\d{4}|\d{4}-\d{2}-\d{2})(?:[ -].*)?")
_SUSPECT = literal(
    r"@|\d(?:[ .()-]{0,2}\d){6}|\d{2}[ -]?[A-ZĐ]{1,2}\d?[ .-]{0,2}\d{3}"
    rf"|(?:{_ADDRESSED})(?: là)?:? ?(?:{_FAMILY}|{_FAMILY.upper()}) "
)


def _number(found: re.Match[str]) -> str:
    digits = sum(letter.isdigit() for letter in found[0])
    if _DAY.fullmatch(found[0]):
        return found[0]
    return "[số giấy tờ]" if digits <= 12 else "[số tài khoản]"


def mask(text: str) -> str:
    """`text` with each kind of personal data replaced by its name in brackets."""
    text = _EMAIL.sub("[thư điện tử]", text)
    text = _HEALTH_CARD.sub("[số thẻ BHYT]", text)
    text = _PHONE.sub("[số điện thoại]", text)
    text = _PLATE.sub("[biển số xe]", text)
    text = _PASSPORT.sub("[số giấy tờ]", text)
    text = _LONG_NUMBER.sub(_number, text)
    return _NAME.sub(r"\1[họ tên]", text)


HELPERS = (Helper("_mask", ("x",), read=mask),)

FUNCTIONS = (
    SqlFunction(
        "mask_personal",
        ("x",),
        "VARCHAR",
        {
            "vi": "Che thư điện tử, số điện thoại, số giấy tờ, tài khoản, biển số xe và họ tên sau "
            "lời xưng hô trong văn bản tự do.",
            "en": "Masked e-mail addresses, phone, identity and account numbers, vehicle plates "
            "and names after a form of address in free text.",
        },
        "Cleaning rules: free-text PII. Takes clean text: clean_text first",
        (
            (("Gọi tôi 0912.345.678 nhé",), "Gọi tôi [số điện thoại] nhé"),
            (("Thư: an.nguyen@mail.vn.",), "Thư: [thư điện tử]."),
            (("CCCD 087090012345, CMND 341234567",), "CCCD [số giấy tờ], CMND [số giấy tờ]"),
            (("Xe 63B1-123.45 đậu sai",), "Xe [biển số xe] đậu sai"),
            (("Thẻ 9704 1234 5678 9012 345",), "Thẻ [số tài khoản]"),
            (("bà Nguyễn Thị Sáu ở ấp 3",), "bà [họ tên] ở ấp 3"),
            (("Đường Nguyễn Huệ ngập ngày 05/06/2019",), "Đường Nguyễn Huệ ngập ngày 05/06/2019"),
            (("Bồi thường 125.000.000 đồng",), "Bồi thường 125.000.000 đồng"),
            (("Hồ sơ H20.12-250605-000123",), "Hồ sơ H20.12-250605-000123"),
        ),
        macro=let(
            "cell_",
            "x::VARCHAR",
            f"CASE WHEN cell_ IS NULL THEN NULL WHEN regexp_matches(cell_, {_SUSPECT}) "
            "THEN _mask(cell_) ELSE cell_ END",
        ),
        changed=CHANGED_TEXT,
    ),
)
