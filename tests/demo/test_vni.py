import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.vni import encode
from standardization.functions import fonts

LETTERS = (
    "abcxyz ABC ăâđêôơư ĂÂĐÊÔƠƯ áàảãạ ắằẳẵặ ấầẩẫậ éèẻẽẹ ếềểễệ íìỉĩị óòỏõọ ốồổỗộ ớờởỡợ"
    "úùủũụ ứừửữự ýỳỷỹỵ ÁÀẢÃẠ ẮẰẲẴẶ ẤẦẨẪẬ ÉÈẺẼẸ ẾỀỂỄỆ ÍÌỈĨỊ ÓÒỎÕỌ ỐỒỔỖỘ ỚỜỞỠỢ ÚÙỦŨỤ ỨỪỬỮỰ ÝỲỶỸỴ"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tỉnh Tiền Giang", "Tænh Tieàn Giang"),
        ("Nguyễn Văn Phượng", "Nguyeãn Vaên Phöôïng"),
        ("ĐỒNG THÁP", "ÑOÀNG THAÙP"),
    ],
)
def test_real_examples(text: str, expected: str) -> None:
    assert encode(text) == expected


@given(st.text(alphabet=LETTERS))
def test_the_platform_reads_it_back(text: str) -> None:
    assert fonts._vni(encode(text)) == text


def test_every_letter_is_of_cp1252() -> None:
    assert encode(LETTERS).encode("cp1252")
