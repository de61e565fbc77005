"""Identity numbers, names and pseudonyms."""

import hashlib
import hmac
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors import Fault
from standardization.functions import register
from standardization.functions.persons import PROVINCES_OF_BIRTH, pads
from tests.standardization.functions.conftest import LETTERS, Call

KEY = b"a key of thirty-two bytes or more"


def test_there_are_63_provinces_of_birth() -> None:
    assert len(set(PROVINCES_OF_BIRTH.split())) == 63


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("082190012345", "082190012345"),
        ("082 190 012 345", "082190012345"),
        ("82190012345", "082190012345"),
        ("1190012345", "001190012345"),
        ("82190012345.0", "082190012345"),
        ("310123456", "310123456"),
        ("10123456", "010123456"),
        ("003190012345", None),
        ("0821900123456", None),
        ("410123456", None),
        ("1234567", None),
        ("08219001234A", None),
    ],
)
def test_personal_ids(call: Call, text: str, expected: str | None) -> None:
    assert call("personal_id", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ông: Trần Văn Bé", "Trần Văn Bé"),
        ("Bà LÊ THỊ HOA", "Lê Thị Hoa"),
        ("Ông (Bà) Lê Văn Tám", "Lê Văn Tám"),
        ("Đ/c Phạm Hùng", "Phạm Hùng"),
        ("GS. TS. Võ Tòng Xuân", "Võ Tòng Xuân"),
        ("Mr. John Smith", "John Smith"),
        ("NGUYỄN VĂN A", "Nguyễn Văn A"),
        ("Nguyễn Văn A", "Nguyễn Văn A"),
        ("nguyễn văn an", "nguyễn văn an"),
        ("Ông Thắng", "Ông Thắng"),
        ("Nguye\u0302\u0303n Va\u0306n An", "Nguyễn Văn An"),
        ("Hợp tác xã Tân Lợi 5", "Hợp tác xã Tân Lợi 5"),
        ("Đồng chí Lê Văn Tám", "Lê Văn Tám"),
        ("--", None),
    ],
)
def test_names(call: Call, text: str, expected: str | None) -> None:
    assert call("person_name", text) == expected


@settings(max_examples=200, deadline=None)
@given(
    words=st.lists(
        st.one_of(
            st.sampled_from(["Ông", "bà", "Mr", "Ms", "Đồng", "chí", "LÊ", "Văn", "xã", "5", "Bé"]),
            st.text(LETTERS + LETTERS.upper() + "'’-.:/0 ", min_size=1, max_size=5),
        ),
        max_size=5,
    )
)
def test_a_usual_name_is_what_the_slow_way_reads(call: Call, words: list[str]) -> None:
    text = " ".join(words)
    assert call("person_name", text) == call("_read_name", text)


@settings(max_examples=20, deadline=None)
@given(
    key=st.binary(min_size=32, max_size=100),
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
)
def test_a_pseudonym_is_the_standard_hmac(key: bytes, text: str) -> None:
    with duckdb.connect() as fresh:
        register(fresh, pseudonym_key=key)
        row = fresh.execute("SELECT pseudonym(?)", [text]).fetchone()
    assert row == (hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32],)


def test_pseudonyms_of_a_column_stay_with_their_rows() -> None:
    """More rows than DuckDB looks at at once, some without a value."""
    numbers = [None if i % 7 == 0 else f"{i:012d}" for i in range(5000)]
    with duckdb.connect() as fresh:
        register(fresh, pseudonym_key=KEY)
        fresh.execute("CREATE TABLE people AS SELECT unnest(?::VARCHAR[]) AS n", [numbers])
        made = dict(fresh.execute("SELECT n, pseudonym(n) FROM people").fetchall())
        nobody = fresh.execute("SELECT pseudonym(n) FROM people WHERE n IS NULL").fetchall()
    assert set(nobody) == {(None,)}
    assert all(
        pseudonym == hmac.new(KEY, number.encode(), hashlib.sha256).hexdigest()[:32]
        for number, pseudonym in made.items()
        if number is not None
    )


def test_no_pseudonym_without_a_key() -> None:
    with duckdb.connect() as fresh:
        register(fresh)
        with pytest.raises(duckdb.Error, match="no pseudonym key is set") as refusal:
            fresh.execute("SELECT pseudonym('082190012345')").fetchall()
    assert "082190012345" not in str(refusal.value)


def test_a_short_key_is_refused() -> None:
    with duckdb.connect() as fresh, pytest.raises(Fault) as refusal:
        register(fresh, pseudonym_key=b"short")
    assert refusal.value.check == "pseudonym.key"


def test_the_key_is_in_no_file_catalogue_plan_or_profile(tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    with duckdb.connect(str(tmp_path / "bench.duckdb")) as fresh:
        register(fresh, pseudonym_key=KEY)
        fresh.execute("CREATE TABLE people AS SELECT 'a' AS n")
        secrets = [KEY, *(give() for give in pads(KEY).values())]
        written = [fresh.execute("SELECT ?::BLOB::VARCHAR", [s[:8]]).fetchone() for s in secrets]
        shown = str(fresh.execute("SELECT * FROM duckdb_functions()").fetchall())
        fresh.execute("PRAGMA enable_profiling='json'")
        fresh.execute(f"PRAGMA profiling_output='{profile}'")
        for asked in ("SELECT pseudonym(n) FROM people", "SELECT pseudonym('a')"):
            shown += str(fresh.execute(f"EXPLAIN (FORMAT json) {asked}").fetchall())
            fresh.execute(asked).fetchall()
            shown += profile.read_text()
    assert not any(secret in (tmp_path / "bench.duckdb").read_bytes() for secret in secrets)
    # As texts in Python's and JSON's escapes, which are those of a plan as well.
    assert not any(repr(text)[1:-1] in shown for (text,) in written)
