"""Numbers and codes that public registers give out: units, procedures, cases, agencies, taxes.

Whether a code exists, and what it meant on a day, belongs to the reference datasets.
"""

from datetime import date

from contracts.quoting import literal
from standardization.functions.spec import LOST_ZERO, Helper, SqlFunction, let, usually

_PROCEDURE = literal(r"^(\d\.\d{6})(?:\.((?:000\.00\.00\.)?H\d{2}))?$")
_CASE = literal(r"(?:000\.\d\d\.\d\d\.H\d\d|H\d\d(?:\.\d+)*)-\d{6}-\d{4,6}")
_AGENCY = literal(r"[A-Z]\d{2}(?:\.[0-9A-Z]+)*")
_QCVN102 = literal(r"^(\d{3})\.(\d{2})\.(\d{2})\.([A-Z]\d{2})$")
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_TAX_SUM = " + ".join(
    f"{weight} * t_[{place}]::INT" for place, weight in enumerate(_TAX_WEIGHTS, start=1)
)

HELPERS = (
    Helper(
        "_code",
        ("x",),
        macro=let(
            "code_",
            "upper(_clean(x))",
            "CASE WHEN strlen(code_) = length(code_) THEN replace(code_, ' ', '') "
            "ELSE replace(regexp_replace(code_, '[‐‑–—]', '-', 'g'), ' ', '') END",
        ),
    ),
    Helper(
        "_case_number",
        ("x",),
        macro=let("n_", "x", f"CASE WHEN regexp_full_match(n_, {_CASE}) THEN n_ END"),
    ),
    Helper(
        "_tax_digits",
        ("x",),
        macro=let(
            "t_",
            "replace(replace(replace(_clean(x), ' ', ''), '.', ''), '-', '')",
            "CASE WHEN regexp_full_match(t_, '\\d{10}(?:\\d{3})?') "
            f"AND t_[10]::INT = 10 - ({_TAX_SUM}) % 11 THEN t_ END",
        ),
    ),
)

FUNCTIONS = (
    SqlFunction(
        "commune_code",
        ("x",),
        "VARCHAR",
        {
            "vi": "Mã đơn vị hành chính cấp xã đủ 5 chữ số, bù số 0 đầu bị mất.",
            "en": "Five-digit commune code, lost leading zeros restored.",
        },
        "QĐ 124/2004/QĐ-TTg, QĐ 19/2025/QĐ-TTg; cleaning rules: old commune code",
        (
            ((4,), "00004"),
            (("1234",), "01234"),
            (("28249",), "28249"),
            ((28249.0,), "28249"),
            (("0",), None),
            (("282490",), None),
        ),
        macro=let(
            "c_",
            "regexp_replace(_clean(x), '\\.0$', '')",
            "CASE WHEN regexp_full_match(c_, '0*[1-9]\\d*') AND strlen(c_) <= 5 "
            "THEN lpad(c_, 5, '0') END",
        ),
        parses=True,
        changed=LOST_ZERO,
    ),
    SqlFunction(
        "procedure_code",
        ("x",),
        "VARCHAR",
        {
            "vi": "Mã thủ tục hành chính quốc gia, bỏ phần đuôi mã cơ quan.",
            "en": "National code of the administrative procedure, without the agency suffix.",
        },
        "Cleaning rules: procedure code; National Public Service Portal",
        (
            (("1.012753.H19",), "1.012753"),
            (("1.012753.000.00.00.H19",), "1.012753"),
            (("2.000815",), "2.000815"),
            (("12753",), None),
        ),
        macro=f"_unless_empty(regexp_extract(_code(x), {_PROCEDURE}, 1))",
        parses=True,
    ),
    SqlFunction(
        "procedure_agency",
        ("x",),
        "VARCHAR",
        {
            "vi": "Mã cơ quan ghi ở đuôi mã thủ tục hành chính.",
            "en": "Agency code written at the end of the procedure's code.",
        },
        "Cleaning rules: procedure code",
        (
            (("1.012753.H19",), "H19"),
            (("1.012753.000.00.00.H19",), "H19"),
            (("2.000815",), None),
        ),
        macro=f"_unless_empty(right(regexp_extract(_code(x), {_PROCEDURE}, 2), 3))",
    ),
    SqlFunction(
        "case_number",
        ("x",),
        "VARCHAR",
        {
            "vi": "Mã hồ sơ viết hoa, đúng mẫu cũ hoặc mới.",
            "en": "Case number in capitals, of the old or the new form.",
        },
        "Cleaning rules: case number",
        (
            (("000.00.12.h58-190605-0012",), "000.00.12.H58-190605-0012"),
            (("H58.12–250605–000123",), "H58.12-250605-000123"),
            (("HS-0012",), None),
        ),
        # Most are as they should be: three times as fast as cleaning them all first.
        macro=usually(
            f"regexp_full_match(x::VARCHAR, {_CASE})", "x::VARCHAR", "_case_number(_code(x))"
        ),
        parses=True,
    ),
    SqlFunction(
        "case_number_date",
        ("x",),
        "DATE",
        {
            "vi": "Ngày tiếp nhận ghi trong mã hồ sơ.",
            "en": "Day of receipt written in the case number.",
        },
        "Cleaning rules: case number",
        (
            (("000.00.12.H58-190605-0012",), date(2019, 6, 5)),
            (("H58.12-250605-000123",), date(2025, 6, 5)),
            (("H58.12-251305-000123",), None),
        ),
        macro=let(
            "n_",
            "case_number(x)",
            "try_strptime('20' || regexp_extract(n_, '-(\\d{6})-', 1), '%Y%m%d')::DATE",
        ),
        parses=True,
    ),
    SqlFunction(
        "agency_code",
        ("x",),
        "VARCHAR",
        {
            "vi": "Mã định danh điện tử của cơ quan, viết hoa, không khoảng trắng.",
            "en": "Electronic identification code of the agency, in capitals, without spaces.",
        },
        "QĐ 20/2020/QĐ-TTg: at most 35 characters of A-Z, 0-9 and the dot",
        (
            (("h20.12",), "H20.12"),
            ((" H20 ",), "H20"),
            (("000.00.12.H20",), None),
        ),
        macro=let(
            "a_",
            "_code(x)",
            f"CASE WHEN strlen(a_) <= 35 AND regexp_full_match(a_, {_AGENCY}) THEN a_ END",
        ),
        parses=True,
    ),
    SqlFunction(
        "agency_code_from_qcvn102",
        ("x",),
        "VARCHAR",
        {
            "vi": "Đổi mã cơ quan kiểu cũ (đọc từ phải sang trái) sang mã định danh đang dùng.",
            "en": "Turned the old form of the agency code (right to left) into today's.",
        },
        "QCVN 102:2016/BTTTT to QĐ 20/2020/QĐ-TTg",
        (
            (("000.00.00.H49",), "H49"),
            (("000.00.12.H49",), "H49.12"),
            (("001.05.12.H49",), "H49.12.5.1"),
            (("001.00.12.H49",), None),
            (("H49.12",), None),
        ),
        macro=let(
            "code_",
            "x",
            let(
                "q_",
                f"regexp_extract(_code(code_), {_QCVN102}, ['fourth', 'third', 'second', 'first'])",
                "CASE WHEN coalesce(q_.first, '') = '' THEN NULL "
                "WHEN q_.fourth <> '000' AND (q_.third = '00' OR q_.second = '00') THEN NULL "
                "WHEN q_.third <> '00' AND q_.second = '00' THEN NULL "
                # The decree gives no widths below the first level; registers in use write no zeros.
                "ELSE concat_ws('.', q_.first, _unless_empty(ltrim(q_.second, '0')), "
                "_unless_empty(ltrim(q_.third, '0')), _unless_empty(ltrim(q_.fourth, '0'))) END",
            ),
        ),
        # It reads nothing but the former form.
        changed="true",
        parses=True,
    ),
    SqlFunction(
        "facility_code",
        ("x",),
        "VARCHAR",
        {
            "vi": "Mã cơ sở khám bệnh, chữa bệnh 5 ký tự, bù số 0 đầu bị mất.",
            "en": "Five-character code of the health facility, a lost leading zero restored.",
        },
        "Cleaning rules: facility code; the first two digits are a province of before 2025",
        (
            (("82015",), "82015"),
            (("01c51",), "01C51"),
            ((1020,), "01020"),
            (("82A1",), None),
            (("97015",), None),
        ),
        macro=let(
            "f_",
            "regexp_replace(_code(x), '\\.0$', '')",
            "CASE WHEN regexp_full_match(f_, '(?:0[1-9]|[1-8]\\d|9[0-6])[0-9A-Z]\\d{2}') THEN f_ "
            "WHEN regexp_full_match(f_, '[1-9][0-9A-Z]\\d{2}') THEN '0' || f_ END",
        ),
        parses=True,
        changed=LOST_ZERO,
    ),
    SqlFunction(
        "tax_code",
        ("x",),
        "VARCHAR",
        {
            "vi": "Mã số thuế đúng số kiểm tra; đơn vị phụ thuộc viết dạng 10 số, gạch nối, 3 số.",
            "en": "Tax code with a correct check digit; branches as ten digits, hyphen, three.",
        },
        "TT 105/2020/TT-BTC; cleaning rules: tax code",
        (
            (("0100109106",), "0100109106"),
            (("0100109106 001",), "0100109106-001"),
            (("0100109105",), None),
        ),
        macro=let(
            "tax_",
            "_tax_digits(x)",
            "CASE WHEN strlen(tax_) = 13 THEN tax_[1:10] || '-' || tax_[11:] ELSE tax_ END",
        ),
        parses=True,
    ),
)
