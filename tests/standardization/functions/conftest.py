"""One connection with every cleaning function, and the texts that are thrown at them."""

from collections.abc import Callable, Iterator

import duckdb
import pytest
from hypothesis import strategies as st

from standardization.functions import register

Call = Callable[..., object]

LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)
# Any text, Vietnamese text with its dirt, and pieces of dates, numbers and codes.
DIRTY = st.one_of(
    st.text(max_size=30),
    st.text(LETTERS + LETTERS.upper() + " \u00a0\u200b\u0300\u0302\u0323'’", max_size=30),
    st.text("0123456789/-.:,+ THZđ()%", max_size=24),
    st.from_regex(r"\d{1,2}/\d{1,2}/\d{2,4}( \d{1,2}:\d{2})?", fullmatch=True),
)


@pytest.fixture(scope="session")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone='Asia/Ho_Chi_Minh'")
        register(opened, pseudonym_key=bytes(32), this_year=2026)
        yield opened


@pytest.fixture(scope="session")
def call(connection: duckdb.DuckDBPyConnection) -> Call:
    """``call(name, *arguments)``: one value through one function."""

    def run(name: str, *arguments: object) -> object:
        marks = ", ".join("?" * len(arguments))
        row = connection.execute(f"SELECT {name}({marks})", list(arguments)).fetchone()
        assert row is not None
        return row[0]

    return run
