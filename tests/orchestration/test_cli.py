"""Every command: help in both languages, JSON, bad input in one sentence, and what it does."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import httpx
import openpyxl
import pytest

from orchestration.cli import SUMMARIES
from tests.orchestration.conftest import Live
from tests.orchestration.homes import ALL, CommandLine, latest, platform_of

PATHS = (
    *((name,) for name in SUMMARIES),
    ("new", "dataset"),
    ("new", "source"),
    ("token", "new"),
    ("token", "list"),
    ("token", "revoke"),
    ("index", "status"),
    ("index", "rebuild"),
)
USAGE = {"vi": "Cách dùng:", "en": "Usage:"}
VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


@pytest.fixture
def at_live(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """The command line on the home whose catalogue runs."""
    return CommandLine(live.home, monkeypatch, capsys)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_in_both_languages(path: tuple[str, ...], dungchung: CommandLine) -> None:
    vi = dungchung(*path, "--lang", "vi", "--help")
    en = dungchung(*path, "--lang", "en", "--help")
    assert (vi.status, en.status) == (0, 0)
    assert vi.out.startswith(USAGE["vi"])
    assert en.out.startswith(USAGE["en"])
    told = en.out.partition("\n")[2]
    assert VIETNAMESE.search(vi.out.partition("\n")[2])
    assert not VIETNAMESE.search(told.replace("Sai mã cơ quan", ""))


def test_help_lists_every_command(dungchung: CommandLine) -> None:
    said = dungchung("--help")
    assert said.status == 0
    assert all(re.search(rf"^  {name}\b", said.out, re.MULTILINE) for name in SUMMARIES)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "service_cases"),
        ("releases", "nothing"),
        ("releases", "agency", "--release", "99"),
        ("quarantine", "nothing"),
        ("withdraw", "nothing", "--reason", "x", "--yes"),
        ("preview", "nothing"),
        ("grant", "H20.2", "nothing"),
        ("grant", "H20.2", "agency"),
        ("grant", "../x", "service_case_daily"),
        ("grant", "H20.2", "service_case_daily", "--columns", "nothing"),
        ("grant", "H20.2", "service_case_daily", "--where", "1"),
        ("revoke", "nothing"),
        ("grants", "--dataset", "nothing"),
        ("token", "new", "--agency", "../x"),
        ("token", "new", "--agency", "H20.2", "--user", "admin"),
        ("token", "revoke", "nothing"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_told_in_one_sentence(
    arguments: tuple[str, ...], language: str, dungchung: CommandLine
) -> None:
    said = dungchung(*arguments, "--lang", language)
    assert said.status == 1
    assert said.out == ""
    assert said.err.startswith("✗ ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [("rnu",), ("run", "--fast"), ("grant",), ("token", "new"), ("serve", "--port", "x")],
)
def test_a_command_not_understood_ends_with_two(
    arguments: tuple[str, ...], dungchung: CommandLine
) -> None:
    said = dungchung(*arguments)
    assert said.status == 2
    assert "--help" in said.err
    assert "Traceback" not in said.text


def test_an_unknown_setting_is_refused(dungchung: CommandLine) -> None:
    said = dungchung("releases", "agency", "--lang", "en", PROT="1")
    assert said.status == 1
    assert "DUNGCHUNG_PROT" in said.err
    assert "DUNGCHUNG_PORT" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("releases", "agency"),
        ("quarantine", "agency"),
        ("grants",),
        ("grants", "--log"),
        ("token", "list"),
        ("doctor",),
        ("releases", "agency", "--release", "1"),
    ],
    ids=" ".join,
)
def test_json_is_json(arguments: tuple[str, ...], dungchung: CommandLine) -> None:
    said = dungchung(*arguments, "--json")
    assert said.status == 0, said.text
    assert json.loads(said.out) is not None


def test_json_tells_errors_too(dungchung: CommandLine) -> None:
    said = dungchung("run", "nothing", "--json")
    assert said.status == 1
    assert json.loads(said.out)["error"]["check"] == "dataset.unknown"


def test_preview_shows_rows_and_writes_nothing(dungchung: CommandLine) -> None:
    store = dungchung.home / "store"
    before = {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()}
    said = dungchung("preview", "agency", "--source", "igate", "--json")
    assert said.status == 0, said.text
    assert json.loads(said.out)
    after = {path: path.stat().st_mtime_ns for path in store.rglob("*") if path.is_file()}
    assert after == before


def test_releases_are_listed_newest_first(dungchung: CommandLine) -> None:
    found = json.loads(dungchung("releases", "agency", "--json").out)
    assert [item["release"] for item in found] == [1]
    shown = dungchung("releases", "agency", "--lang", "en")
    assert "served" in shown.out


def test_the_quarantine_as_excel_is_readable(dungchung: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "refused.xlsx"
    said = dungchung("quarantine", "service_case", "--xlsx", str(file), "--json")
    assert said.status == 0
    rows = json.loads(said.out)["rows"]
    sheet = openpyxl.load_workbook(file, read_only=True).worksheets[0]
    lines = list(sheet.iter_rows(values_only=True))
    assert len(lines) == len(rows) + 1
    assert [line[:2] for line in lines[1:]] == [(row["source"], row["key"]) for row in rows]
    only = json.loads(
        dungchung("quarantine", "service_case", "--rule", "status.readable", "--json").out
    )
    assert {rule for row in only["rows"] for rule in row["rules"]} >= {"status.readable"}
    assert len(only["rows"]) < len(rows)


def test_a_grant_works_at_once_and_not_after_it_is_revoked(
    at_live: CommandLine, live: Live
) -> None:
    said = at_live("grant", "H20.2", "service_case_daily", "--days", "9", "--lang", "en")
    assert said.status == 0, said.text
    following = "dungchung token new --agency H20.2"
    assert following in said.out
    made = json.loads(at_live(*shlex.split(following)[1:], "--json", PUBLIC_URL=live.url).out)
    command = shlex.split(made["curl"])
    assert command[0] == "curl"
    done = subprocess.run(
        [*command, "--silent", "--noproxy", "*"], capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout)
    assert answer["success"], answer
    assert len(answer["result"]["records"]) == 5
    (given,) = json.loads(at_live("grants", "--dataset", "service_case_daily", "--json").out)
    assert (given["organization"], given["state"]) == ("h20-2", "active")
    (read,) = json.loads(at_live("grants", "--log", "--json").out)
    assert (read["grant"], read["rows"], read["user"]) == (given["id"], 5, "h20-2")
    assert given["id"] in at_live("grants", "--log").out
    assert at_live("revoke", given["id"]).status == 0
    url = command[-1]
    refused = httpx.get(url, headers={"Authorization": made["token"]}, trust_env=False)
    assert refused.status_code == 403
    assert httpx.get(url, trust_env=False).status_code == 403


def test_a_grant_of_some_rows_and_columns(at_live: CommandLine, live: Live) -> None:
    (column, *_others) = [
        one.name
        for one in latest(live.platform, "service_case").schema
        if one.classification == "personal"
    ]
    asked = ("grant", "H20.7", "service_case", "--columns", column, "--where", "true")
    refused = at_live(*asked, "--lang", "en")
    assert refused.status == 1
    assert "--class personal" in refused.err
    given = json.loads(at_live(*asked, "--class", "personal", "--json").out)
    assert (given["columns"], given["condition"]) == ([column], "TRUE")
    assert column in at_live("grants").out


def test_a_token_is_shown_once_and_revoked(at_live: CommandLine, live: Live) -> None:
    said = at_live(
        "token", "new", "--agency", "H20.8", "--user", "lan", "--role", "editor",
        "--scope", "write", "--json",
    )  # fmt: skip
    made = json.loads(said.out)
    assert (made["user"], made["scopes"], made["curl"]) == ("lan", ["read", "write"], None)
    (listed,) = json.loads(at_live("token", "list", "--user", "lan", "--json").out)
    assert made["token"] not in json.dumps(listed)
    call = f"{live.url}/api/3/action/organization_list_for_user"
    headers = {"Authorization": made["token"]}
    mine = httpx.get(call, headers=headers, trust_env=False).json()["result"]
    assert [one["name"] for one in mine] == ["h20-8"]
    assert at_live("token", "revoke", listed["id"]).status == 0
    assert json.loads(at_live("token", "list", "--user", "lan", "--json").out)[0]["state"] == (
        "revoked"
    )


def test_withdrawn_is_gone_with_its_reason_and_comes_back(at_live: CommandLine, live: Live) -> None:
    name, reason = "public_service_procedure", "Sai mã thủ tục"
    file = f"{live.url}/dataset/{name}/latest/{name}.csv"
    assert httpx.get(file, trust_env=False).status_code == 200
    said = at_live("withdraw", name, "--reason", reason, "--yes")
    assert said.status == 0, said.text
    assert httpx.get(file, trust_env=False).status_code == 410
    page = httpx.get(f"{live.url}/dataset/{name}", trust_env=False)
    assert page.status_code == 410 or reason in page.text
    assert not list((live.home / "store" / "open" / name).rglob("*.csv"))
    told = json.loads(at_live("run", name, "--json").out)["datasets"]
    assert next(one["state"] for one in told if one["name"] == name) == "withdrawn"
    back = at_live("withdraw", name, "--undo")
    assert back.status == 0, back.text
    assert httpx.get(file, trust_env=False).status_code == 200
    assert latest(platform_of(live.home), name).release == 3
    assert set(platform_of(live.home).releases.datasets()) == set(ALL)


def test_doctor_finds_a_missing_source(dungchung: CommandLine) -> None:
    assert dungchung("doctor").status == 0
    (dungchung.home / "demo" / "igate.db").unlink()
    said = dungchung("doctor", "--lang", "en")
    assert said.status == 1
    assert "igate" in said.out
