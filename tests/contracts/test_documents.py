from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.documents import Document, read_document, unknown
from contracts.errors import Fault
from contracts.problems import nearest


def read(folder: Path, text: str, *, text_only: bool = False) -> Document:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return read_document(path, folder, text_only=text_only)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    document = read(tmp_path, "a: 1\nb:\n  - c: 2\n  - d:\n      e: 3\n")
    assert document.line(("b", 1, "d", "e")) == 5
    assert document.line(("b", 0)) == 3
    assert document.line(("b", 1, "not", "there")) == 4


def test_scalars_follow_yaml_1_2(tmp_path: Path) -> None:
    data = read(tmp_path, "[yes, no, on, true, 012, 12, 1.5, 2025-07-01, 1:30, ~, '1']").data
    assert data == ["yes", "no", "on", True, "012", 12, 1.5, "2025-07-01", "1:30", None, "1"]


def test_text_only_keeps_what_is_written(tmp_path: Path) -> None:
    data = read(tmp_path, "{01: 0, a: NULL, b: true, c: 1.50, d: 'NULL'}", text_only=True).data
    assert data == {"01": "0", "a": None, "b": "true", "c": "1.50", "d": "NULL"}


def test_text_is_nfc(tmp_path: Path) -> None:
    assert read(tmp_path, "a: Tie\u0302\u0300n").data == {"a": "Tiền"}


@pytest.mark.parametrize(
    ("text", "check", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "yaml.duplicate_key", 3),
        ("a: 1\n b: [\n", "yaml.syntax", 2),
        ("a: &x [1]\nb: *x\n", "yaml.anchor", 1),
        ("? [a]\n: b\n", "yaml.syntax", 1),
        ("a: \x07\n", "yaml.syntax", None),
        ("[" * 2000, "yaml.syntax", None),
    ],
)
def test_refusals(tmp_path: Path, text: str, check: str, line: int | None) -> None:
    with pytest.raises(Fault) as caught:
        read(tmp_path, text)
    assert caught.value.check == check
    if line:
        assert (caught.value.place.file, caught.value.place.line) == (
            f"{tmp_path.name}/a.yaml",
            line,
        )


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: \xff")
    with pytest.raises(Fault) as caught:
        read_document(path, tmp_path)
    assert caught.value.check == "file.not_utf8"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault) as caught:
        read_document(tmp_path / "b.yaml", tmp_path)
    assert caught.value.check == "file.missing"


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    refused = None
    try:
        read_document(path, tmp_path)
    except Fault as fault:
        refused = fault.check
    assert refused in {None, "yaml.syntax", "yaml.duplicate_key", "yaml.anchor"}


def test_problems_speak_both_languages(tmp_path: Path) -> None:
    problem = unknown(read(tmp_path, "a: b"), ("a",), "x.y", "statu", ["status", "name"])
    where = f"{tmp_path.name}/a.yaml:1"
    assert problem.render("en") == (
        f"{where}: statu does not exist. Did you mean status? Correct the name."
    )
    assert (
        problem.render("vi")
        == f"{where}: Không có statu. Có phải ý bạn là status? Hãy sửa lại tên."
    )
    assert problem.fault().check == "x.y"


def test_nearest_word() -> None:
    assert nearest("clasification", ["classification", "name"]) == "classification"
    assert nearest("xyz", ["classification"]) is None
