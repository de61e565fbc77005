"""What identity and card numbers say, and sex in words. All of it is personal data.

A number says when and with which sex a birth was registered; whether that agrees with the
row's own birth date and sex is a rule of the contract.
"""

from __future__ import annotations

from standardization.functions.spec import Helper, SqlFunction, let, word_list

_MALE = ("nam", "trai", "male", "m", "ông", "anh")
_FEMALE = ("nữ", "nu", "gái", "female", "f", "bà", "chị", "cô")
_UNKNOWN = ("khác", "không xác định", "chưa xác định", "không rõ", "unknown", "other")

HELPERS: tuple[Helper, ...] = ()

FUNCTIONS = (
    SqlFunction(
        "personal_id_kind",
        ("x",),
        "VARCHAR",
        {
            "vi": "Loại giấy tờ: cccd (12 số) hoặc cmnd (9 số).",
            "en": "Kind of identity number: cccd (12 digits) or cmnd (9 digits).",
        },
        "Cleaning rules: CCCD, CMND. Takes personal_id(x)",
        ((("087190012345",), "cccd"), (("341234567",), "cmnd"), (("12",), None)),
        macro="CASE strlen(personal_id(x)) WHEN 12 THEN 'cccd' WHEN 9 THEN 'cmnd' END",
        parses=True,
    ),
    SqlFunction(
        "personal_id_birth_year",
        ("x",),
        "INTEGER",
        {
            "vi": "Năm sinh ghi trong số định danh 12 số.",
            "en": "Year of birth written in the 12-digit personal identity number.",
        },
        "TT 07/2016/TT-BCA art. 7: century and sex, then two digits of the year",
        ((("087190012345",), 1990), (("087205012345",), 2005), (("341234567",), None)),
        macro=let(
            "i_",
            "personal_id(x)",
            "CASE WHEN strlen(i_) = 12 "
            "THEN 1900 + 100 * (i_[4]::INTEGER // 2) + i_[5:6]::INTEGER END",
        ),
    ),
    SqlFunction(
        "personal_id_sex",
        ("x",),
        "VARCHAR",
        {
            "vi": "Giới tính ghi trong số định danh 12 số: male (nam), female (nữ).",
            "en": "Sex written in the 12-digit personal identity number: male, female.",
        },
        "TT 07/2016/TT-BCA art. 7: even is male",
        ((("087090012345",), "male"), (("087190012345",), "female"), (("341234567",), None)),
        macro=let(
            "i_",
            "personal_id(x)",
            "CASE WHEN strlen(i_) = 12 "
            "THEN CASE WHEN i_[4]::INTEGER % 2 = 0 THEN 'male' ELSE 'female' END END",
        ),
    ),
    SqlFunction(
        "health_card",
        ("x",),
        "VARCHAR",
        {
            "vi": "Mã thẻ BHYT 15 ký tự hoặc mã số BHXH 10 số, viết hoa, liền nhau.",
            "en": "Health insurance card of 15 characters or social insurance number of 10 "
            "digits, in capitals, without spaces.",
        },
        "Cleaning rules: BHYT card",
        (
            (("dn 4 87 1234567890",), "DN4871234567890"),
            (("8721234567",), "8721234567"),
            (("DN487",), None),
        ),
        macro=let(
            "h_",
            "replace(replace(_code(x), '-', ''), '.', '')",
            r"CASE WHEN regexp_full_match(h_, '(?:[A-Z]{2}\d\d{2})?\d{10}') THEN h_ END",
        ),
        parses=True,
    ),
    SqlFunction(
        "sex",
        ("x",),
        "VARCHAR",
        {
            "vi": "Giới tính viết bằng chữ: male (nam), female (nữ), unknown (khác, chưa rõ).",
            "en": "Sex written in words: male, female, unknown.",
        },
        "Cleaning rules: sex. Numbers differ by source: use lookup() for them",
        (
            (("Nam",), "male"),
            (("NỮ",), "female"),
            (("F",), "female"),
            (("không xác định",), "unknown"),
            (("1",), None),
        ),
        macro=let(
            "s_",
            "lower(_clean(x))",
            f"CASE WHEN s_ IN {word_list(_MALE)} THEN 'male' "
            f"WHEN s_ IN {word_list(_FEMALE)} THEN 'female' "
            f"WHEN s_ IN {word_list(_UNKNOWN)} THEN 'unknown' END",
        ),
        parses=True,
    ),
)
