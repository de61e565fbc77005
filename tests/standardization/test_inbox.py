"""An inbox: every file is taken in once, when it is whole, and nothing is lost on the way."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import openpyxl
import pytest

from contracts.errors import Fault
from contracts.mappings import Source
from standardization.sources import inbox, open_reader
from tests.standardization.factory import source

NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_clock", lambda: NOW)


def drop(folder: Path, name: str, content: bytes, age: float = 3_600) -> Path:
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (NOW - age, NOW - age))
    return path


def read(
    folder: Path, options: str = "", made: Source | None = None, table: str = inbox.TABLE
) -> list[tuple[str, ...]]:
    with open_reader(made or source(), f"inbox:///{folder}{options}") as reader:
        names = [name for name in reader.schema(table).names if name != inbox.FILE_NAME]
        found = reader.read(table, [*names, inbox.FILE_NAME]).read_all().to_pylist()
    return [tuple(row.values()) for row in found]


def accepted(folder: Path) -> list[str]:
    return [inbox.original_name(path) for path in sorted((folder / "accepted").iterdir())]


def test_files_are_taken_in_oldest_first_and_stay(tmp_path: Path) -> None:
    drop(tmp_path, "b.csv", b"id,v\n1,a\n", age=500)
    drop(tmp_path, "a.csv", b"v,id\nb,2\n", age=400)
    expected = [("1", "a", "b.csv"), ("2", "b", "a.csv")]
    assert read(tmp_path) == expected
    assert read(tmp_path) == expected
    drop(tmp_path, "c.csv", b"id,v\n3,c\n")
    assert read(tmp_path) == [*expected, ("3", "c", "c.csv")]
    assert accepted(tmp_path) == ["b.csv", "a.csv", "c.csv"]
    assert not list(tmp_path.glob("*.csv"))


def test_the_same_file_again_does_nothing_whatever_its_name(tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", b"id\n1\n")
    read(tmp_path)
    drop(tmp_path, "a.csv", b"id\n1\n")
    drop(tmp_path, "copy.csv", b"id\n1\n")
    assert read(tmp_path) == [("1", "a.csv")]
    assert accepted(tmp_path) == ["a.csv"]
    drop(tmp_path, "a.csv", b"id\n2\n")
    assert read(tmp_path) == [("1", "a.csv"), ("2", "a.csv")]


def test_a_file_that_is_being_written_waits(tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", b"id\n1\n")
    drop(tmp_path, "new.csv", b"id\n", age=5)
    assert read(tmp_path) == [("1", "a.csv")]
    drop(tmp_path, "new.csv", b"id\n2\n", age=61)
    assert len(read(tmp_path)) == 2


def test_a_file_with_a_done_mark(tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", b"id\n1\n")
    (tmp_path / "a.csv.done").touch()
    drop(tmp_path, "b.csv", b"id\n2\n")
    assert read(tmp_path, "?ready=done") == [("1", "a.csv")]
    assert [path.name for path in tmp_path.glob("*.*")] == ["b.csv"]


def test_a_manifest_tells_what_is_whole(tmp_path: Path) -> None:
    whole = hashlib.sha256(b"id\n1\n").hexdigest()
    drop(tmp_path, "a.csv", b"id\n1\n")
    drop(tmp_path, "b.csv", b"id\n")
    (tmp_path / "SHA256SUMS").write_text(f"{whole}  a.csv\n{whole} *b.csv\n\nnonsense\n")
    assert read(tmp_path, "?ready=manifest") == [("1", "a.csv")]
    drop(tmp_path, "b.csv", b"id\n1\n")
    assert read(tmp_path, "?ready=manifest") == [("1", "a.csv")]
    assert accepted(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("name", [".a.csv", "~$a.csv", "a.csv.part", "a.txt", "sub"])
def test_what_is_not_meant_is_left_alone(tmp_path: Path, name: str) -> None:
    drop(tmp_path, "x.csv", b"id\n1\n")
    if name == "sub":
        (tmp_path / name).mkdir()
    else:
        drop(tmp_path, name, b"id\n2\n")
    assert read(tmp_path) == [("1", "x.csv")]
    assert (tmp_path / name).exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "box").mkdir()
    drop(tmp_path, "secret.csv", b"id\n1\n")
    (tmp_path / "box" / "a.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(Fault) as caught:
        read(tmp_path / "box")
    assert caught.value.check == "source.inbox_empty"


def test_what_cannot_be_read_is_set_aside_with_the_reason(tmp_path: Path) -> None:
    drop(tmp_path, "bad.csv", b"id,v\n1,a\n2\n")
    drop(tmp_path, "good.csv", b"id,v\n1,a\n")
    assert read(tmp_path) == [("1", "a", "good.csv")]
    assert (tmp_path / "refused" / "bad.csv").read_bytes() == b"id,v\n1,a\n2\n"
    reason = (tmp_path / "refused" / "bad.csv.txt").read_text(encoding="utf-8")
    assert "bad.csv:3" in reason
    assert "header" in reason


def test_a_file_without_a_column_is_named(tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", b"id,v\n1,a\n")
    drop(tmp_path, "b.csv", b"id,w\n1,a\n")
    with pytest.raises(Fault) as caught:
        read(tmp_path)
    assert (caught.value.check, caught.value.place.file) == ("source.file_columns", "a.csv")
    assert caught.value.values["columns"] == "w"


def test_workbooks(tmp_path: Path) -> None:
    for number in (1, 2):
        book = openpyxl.Workbook()
        book.worksheets[0].title = "Giá"
        book.worksheets[0].append(["Mã", "Giá"])
        book.worksheets[0].append([number, 5])
        book.save(tmp_path / f"{number}.xlsx")
        os.utime(tmp_path / f"{number}.xlsx", (NOW - 900 + number, NOW - 900 + number))
    assert read(tmp_path, "?format=xlsx", table="Giá") == [
        ("1", "5", "1.xlsx"),
        ("2", "5", "2.xlsx"),
    ]


def test_json_files(tmp_path: Path) -> None:
    drop(tmp_path, "x.json", b'{"rows": [{"a": 1}]}')
    made = source(tables={"rows": "rows[]"})
    assert read(tmp_path, "?format=json", made, "rows") == [("1", "x.json")]


@pytest.mark.parametrize("options", ["?format=exe", "?ready=now", "?settle=soon"])
def test_unknown_options(tmp_path: Path, options: str) -> None:
    with pytest.raises(Fault) as caught:
        read(tmp_path, options)
    assert caught.value.check == "source.dsn"


def test_no_folder_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(Fault) as caught:
        read(tmp_path / "none")
    assert caught.value.check == "source.unreachable"
    with pytest.raises(Fault) as caught:
        read(tmp_path)
    assert caught.value.check == "source.inbox_empty"


def test_an_unknown_table(tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", b"id\n1\n")
    with open_reader(source(), f"inbox:///{tmp_path}") as reader, pytest.raises(KeyError):
        reader.schema("none")
