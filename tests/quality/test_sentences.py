from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path

import pytest

from contracts.checks import CheckKind, CheckResult, Verdict
from contracts.i18n import translate
from contracts.model import Contract
from quality.sentences import refusal, title
from tests.quality.building import check, column, contract

ROOM = Path(__file__).parents[2] / "quality"


def dataset() -> Contract:
    return contract(
        [column("id", key=1), column("note")],
        [
            check("note.pattern", CheckKind.PATTERN, "note", predicate="TRUE"),
            check("rows", CheckKind.ROW_COUNT, minimum=1),
        ],
    )


def sentence(result: CheckResult, language: str = "en") -> str:
    fault = refusal(dataset(), Verdict(False, (result,), "e", (result.check,)))
    assert fault is not None
    assert fault.check == result.check
    return fault.render("vi" if language == "vi" else "en")


def msgids() -> list[str]:
    found = []
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "_"
            ):
                argument = node.args[0]
                assert isinstance(argument, ast.Constant)
                found.append(str(argument.value))
    return found


def test_every_sentence_has_a_vietnamese_one_with_the_same_places() -> None:
    assert len(msgids()) > 20
    for msgid in msgids():
        vietnamese = translate(msgid, "vi")
        assert vietnamese != msgid, msgid
        assert unicodedata.is_normalized("NFC", vietnamese)
        places = re.compile(r"{[^}]+}")
        assert sorted(places.findall(msgid)) == sorted(places.findall(vietnamese)), msgid


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (CheckResult("gate.no_checks", False, 0, 0, crashed="gate.no_checks"), "No check could be"),
        (
            CheckResult("note.pattern", False, 0, 0, crashed="check.not_understood"),
            "check.not_understood",
        ),
        (CheckResult("note.pattern", False, 10, 3), "3 rows served until now"),
        (
            CheckResult("note.pattern.tolerance", False, 10, 3, observed=0.3),
            "3 of 10 rows (30.0 %)",
        ),
        (CheckResult("tolerance", False, 10, 3, observed=0.3), "3 of 10 rows (30.0 %)"),
        (CheckResult("rows", False, 0, 0, observed=0.0), "the number found is 0"),
        (CheckResult("privacy.personal_text.note", False, 10, 2), "2 of 10"),
    ],
)
def test_a_refusal_is_one_sentence_that_names_the_dataset(result: CheckResult, words: str) -> None:
    assert sentence(result).startswith("ho_so")
    assert words in sentence(result)
    assert sentence(result, "vi") != sentence(result)


def test_a_refusal_names_the_column() -> None:
    assert sentence(CheckResult("note.pattern", False, 10, 3)).startswith("ho_so · note: ")
    text = CheckResult("privacy.personal_text.note", False, 10, 2)
    assert sentence(text).startswith("ho_so · note: ")


def test_nothing_refused_is_no_sentence() -> None:
    assert refusal(dataset(), Verdict(True, (), "e")) is None


def test_titles_of_all_kinds_of_ids() -> None:
    assert title(dataset(), "note.pattern") == ("Kiểm tra", "Check")
    assert title(dataset(), "note.pattern.tolerance")[1].startswith("Check: the share")
    assert title(dataset(), "tolerance")[1].startswith("The share of rows set aside")
    assert title(dataset(), "tolerance.igate")[1].startswith("igate: ")
    assert title(dataset(), "privacy.personal_text.note")[1].startswith("Name: no e-mail")
    assert title(dataset(), "unknown") == ("unknown", "unknown")
