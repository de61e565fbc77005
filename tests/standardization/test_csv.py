"""CSV files as offices write them: encodings, quotes, line breaks, rows that do not fit."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.errors import Fault
from standardization.sources import open_reader
from tests.standardization.factory import source

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=8)


def read(path: Path, content: bytes, options: str = "") -> list[dict[str, str]]:
    (path / "t.csv").write_bytes(content)
    with open_reader(source(), f"csv:///{path}{options}") as reader:
        names = reader.schema("t").names
        found: list[dict[str, str]] = reader.read("t", names).read_all().to_pylist()
    return found


def refusal(path: Path, content: bytes, options: str = "") -> Fault:
    with pytest.raises(Fault) as caught:
        read(path, content, options)
    return caught.value


@pytest.mark.parametrize(
    ("content", "options", "expected"),
    [
        ("\ufeffTên\nMỹ Tho\n".encode(), "", {"Tên": "Mỹ Tho"}),
        ("T\nMỹ\n".encode("utf-16"), "?encoding=utf-16", {"T": "Mỹ"}),
        (b"T\nTi\xd2n Giang\n", "?encoding=TCVN3", {"T": "TiÒn Giang"}),
        (b"T\nTie\xe0n Giang, \xf1\xf6\xf4\xf8ng\n", "?encoding=vni&delimiter=;",
         {"T": "Tieàn Giang, ñöôøng"}),
        ("T\nTiê\u0300n\n".encode("cp1258"), "?encoding=cp1258", {"T": "Tiê\u0300n"}),
        (b"T\nTie^`n Giang\n", "?encoding=viqr", {"T": "Tie^`n Giang"}),
    ],
)  # fmt: skip
def test_bytes_become_characters(
    tmp_path: Path, content: bytes, options: str, expected: dict[str, str]
) -> None:
    assert read(tmp_path, content, options) == [expected]


def test_an_unknown_encoding_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"T\n1\n", "?encoding=vn-none").check == "source.unreadable"


def test_line_breaks_quotes_and_nul(tmp_path: Path) -> None:
    content = b'a,"hai\ndong",c\n1,"x ""y""\r\nz",5" nail\n,"a,b",n\0l\n'
    assert read(tmp_path, content) == [
        {"a": "1", "hai dong": 'x "y"\r\nz', "c": '5" nail'},
        {"a": "", "hai dong": "a,b", "c": "n\0l"},
    ]


def test_columns_without_a_name_and_with_one_twice(tmp_path: Path) -> None:
    assert read(tmp_path, b"a,,a\n1,2,3\n") == [{"a": "1", "a (2)": "3"}]


def test_a_header_below_titles(tmp_path: Path) -> None:
    content = b'"B\xe1\xba\xa3ng 1,\n n\xc4\x83m 2025",,\nx\na;b\n1;2\n'
    assert read(tmp_path, content, "?header=4") == [{"a": "1", "b": "2"}]
    fault = refusal(tmp_path, content + b"3\n", "?header=4")
    assert (fault.check, fault.place.line) == ("source.csv_row", 6)


@pytest.mark.parametrize(
    ("content", "line", "cells"),
    [
        (b"a,b\n1,2\n3\n", 3, 1),
        (b'a,b\n"x\ny",2\n1,2,3\n', 4, 3),
        (b"a,b\n1,2\n" + b"1,2\n" * 100_000 + b"9,9,9\n", 100_003, 3),
    ],
)
def test_a_row_that_does_not_fit_refuses_the_file_at_its_line(
    tmp_path: Path, content: bytes, line: int, cells: int
) -> None:
    fault = refusal(tmp_path, content)
    assert (fault.check, fault.place.line, fault.values["cells"]) == ("source.csv_row", line, cells)
    assert fault.place.file == "t.csv"


@pytest.mark.parametrize("content", [b'a,b\n1,"open\n2,3\n', b"a\n\xff\n", b""])
def test_a_file_that_is_not_whole_is_unreadable(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content).check == "source.unreadable"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=5), delimiter=st.sampled_from(",;\t|"))
def test_whatever_a_writer_writes_is_read(
    tmp_path: Path, rows: list[tuple[str, str]], delimiter: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    found = read(tmp_path, text.getvalue().encode())
    assert [tuple(row.values()) for row in found] == rows
