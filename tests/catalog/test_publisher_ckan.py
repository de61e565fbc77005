"""Announcing to a CKAN that is not ours, replayed from ``ckan_exchanges`` (see its README)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from catalog.publisher import Outcome, announce
from contracts.errors import Fault
from contracts.releases import Release
from lakehouse.releases import Releases
from tests.catalog.ckan_exchanges.replay import Conversation, replaying
from tests.catalog.province import stores_at

TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.secret"


@pytest.fixture
def release(built: Path) -> Release:
    found = Releases(stores_at(built)).latest("schools")
    assert found is not None
    return found


def tell(ckan: Conversation, release: Release) -> Outcome:
    told = announce(
        release, url=ckan.url, token=TOKEN, public_url="https://data.example.vn", own=False
    )
    assert told.url == f"{ckan.url}/dataset/schools"
    return told.outcome


def fault_of(ckan: Conversation, release: Release) -> Fault:
    with pytest.raises(Fault) as refused:
        tell(ckan, release)
    assert TOKEN not in str(refused.value)
    return refused.value


def test_a_system_administrator_makes_everything_and_then_nothing_differs(
    release: Release,
) -> None:
    with replaying("system_administrator") as ckan:
        assert tell(ckan, release) == "created"
        assert tell(ckan, release) == "unchanged"
    assert {headers["Authorization"] for headers in ckan.headers} == {TOKEN}
    assert all(
        one["url"].startswith("https://data.example.vn/") for one in ckan.record["resources"]
    )


def test_an_editor_does_without_ids_and_themes(release: Release) -> None:
    with replaying("editor") as ckan:
        assert tell(ckan, release) == "created"
        assert tell(ckan, release) == "unchanged"


def test_a_theme_that_is_closed_to_the_account_is_left_out(release: Release) -> None:
    with replaying("theme_refused") as ckan:
        assert tell(ckan, release) == "created"


def test_an_update_keeps_their_id_and_what_they_know_of_the_files(release: Release) -> None:
    with replaying("update") as ckan:
        assert tell(ckan, release) == "created"
        assert tell(ckan, replace(release, release=2)) == "updated"


def test_a_breakdown_half_way_is_told_and_the_next_run_goes_on(release: Release) -> None:
    with replaying("breakdown") as ckan:
        assert fault_of(ckan, release).check == "publish.unreachable"
        assert tell(ckan, release) == "created"


def test_a_lost_answer_makes_no_duplicate(release: Release) -> None:
    with replaying("lost_answer") as ckan:
        assert fault_of(ckan, release).check == "publish.unreachable"
        assert tell(ckan, release) == "unchanged"


def test_what_their_rules_refuse_is_named(release: Release) -> None:
    with replaying("refused") as ckan:
        fault = fault_of(ckan, release)
    assert fault.check == "publish.refused"
    assert fault.values["fields"] == "maintainer_email, owner_org"


def test_an_organisation_that_the_account_may_not_make_is_one_sentence(release: Release) -> None:
    with replaying("denied") as ckan:
        fault = fault_of(ckan, release)
    assert fault.check == "publish.denied"
    assert "administrator" in fault.render("en")


def test_a_record_that_somebody_wrote_by_hand_is_left_alone(release: Release) -> None:
    with replaying("name_taken") as ckan:
        assert fault_of(ckan, release).check == "publish.name_taken"


def test_an_address_that_redirects_is_no_ckan(release: Release) -> None:
    with replaying("redirected") as ckan:
        assert fault_of(ckan, release).check == "publish.unreachable"


@pytest.fixture
def withdrawn(release: Release) -> Release:
    return replace(release, release=2, files=(), withdrawn="Sai phạm vi")


def test_a_withdrawal_is_made_sure_of_and_not_repeated(withdrawn: Release) -> None:
    with replaying("withdrawal") as ckan:
        assert tell(ckan, withdrawn) == "withdrawn"
        assert tell(ckan, withdrawn) == "unchanged"


def test_a_deleted_record_that_the_account_cannot_see_is_gone(withdrawn: Release) -> None:
    with replaying("withdrawal_hidden") as ckan:
        assert tell(ckan, withdrawn) == "withdrawn"


def test_a_withdrawal_without_effect_is_told_and_tried_again(withdrawn: Release) -> None:
    with replaying("withdrawal_ignored") as ckan:
        assert fault_of(ckan, withdrawn).check == "publish.not_withdrawn"
        assert tell(ckan, withdrawn) == "withdrawn"


def test_a_record_by_hand_of_a_withdrawn_name_stays(withdrawn: Release) -> None:
    with replaying("name_taken") as ckan:
        del ckan.exchanges[:2]
        assert tell(ckan, withdrawn) == "unchanged"


def test_what_comes_back_is_written_into_the_deleted_record(release: Release) -> None:
    with replaying("comes_back") as ckan:
        assert tell(ckan, release) == "updated"
