from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session, select

from catalog.access import Role, Scope
from catalog.identifiers import TOKEN, naive_utc
from catalog.registry import people
from catalog.registry.collections import save_collection
from catalog.registry.database import open_registry
from catalog.registry.forms import CollectionForm
from catalog.registry.tables import Grant, Group, Organization, Token, User
from catalog.token_uses import TokenUses
from catalog.tokens import (
    ensure_first_tokens,
    ensure_user,
    list_tokens,
    new_token,
    read_token,
    revoke,
    token_id,
    verify,
)
from contracts.errors import Fault
from contracts.model import Classification

NOW = naive_utc(datetime.now(UTC))
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'registry.db'}"
    else:
        url = request.getfixturevalue("postgres_dsn")
    engine = open_registry(url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def organization(session: Session, name: str) -> Organization:
    return save_collection(session, Organization, CollectionForm(name=name), None)


def grant(session: Session, place: Organization, dataset: str, **times: datetime) -> None:
    row = Grant(
        id=dataset,
        organization_id=place.id,
        dataset=dataset,
        classification="personal",
        starts=NOW,
        expires=NOW + timedelta(days=1),
        created=NOW,
        created_by="admin",
    )
    for name, moment in times.items():
        setattr(row, name, moment)
    session.add(row)


def test_a_token_says_whose_it_is_and_what_its_user_may(session: Session) -> None:
    place = organization(session, "so-y-te")
    theme = save_collection(session, Group, CollectionForm(name="y-te"), None)
    user = ensure_user(session, "bs", organization=place.id, capacity=Role.EDITOR)
    people.set_member(session, theme.id, user.id, "member")
    grant(session, place, "cases")
    grant(session, place, "coming", starts=NOW + timedelta(hours=1))
    grant(session, place, "over", expires=NOW - timedelta(hours=1))
    grant(session, place, "revoked", revoked=NOW)
    token = new_token(session, user, [Scope.READ], TOMORROW)
    actor = verify(session, token)
    assert (actor.user_id, actor.name) == (user.id, "bs")
    assert actor.scopes == {Scope.READ}
    assert actor.organizations == {place.id: Role.EDITOR}
    assert actor.groups == {theme.id: Role.MEMBER}
    assert [one.dataset for one in actor.grants] == ["cases"]
    assert actor.grants[0].classification is Classification.PERSONAL
    assert not actor.admin
    assert actor.token_id == token_id(token)


def test_a_request_costs_a_handful_of_queries_whatever_the_user_may(engine: Engine) -> None:
    with Session(engine) as session:
        user = ensure_user(session, "busy")
        for number in range(30):
            place = organization(session, f"place-{number}")
            people.set_member(session, place.id, user.id, "admin")
            grant(session, place, f"dataset_{number}")
        token = new_token(session, user, [Scope.READ], TOMORROW)
        session.commit()
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    with Session(engine) as session:
        actor = verify(session, token)
    assert len(actor.organizations) == len(actor.grants) == 30
    assert len([query for query in asked if query.startswith("SELECT")]) <= 6


def test_places_in_what_was_deleted_give_nothing(session: Session) -> None:
    place = organization(session, "gone")
    user = ensure_user(session, "u", organization=place.id, capacity=Role.ADMIN)
    token = new_token(session, user, [Scope.WRITE], TOMORROW)
    place.state = "deleted"
    session.add(place)
    session.flush()
    assert verify(session, token).organizations == {}


def test_a_token_has_256_random_bits_and_is_kept_nowhere(session: Session) -> None:
    token = new_token(session, ensure_user(session, "u"), [], TOMORROW)
    session.commit()
    assert TOKEN.fullmatch(token)
    for row in session.execute(text("SELECT * FROM token")):
        assert token not in str(row)
        assert token.removeprefix("dc_") not in str(row)


@pytest.mark.parametrize("wrong", ["", "x", "dc_" + "A" * 43, "dc_" + "é" * 43])
def test_an_unknown_token_is_anonymous(session: Session, wrong: str) -> None:
    actor = verify(session, wrong)
    assert actor.user_id is None
    assert actor.rejected == bool(wrong)


def test_revoked_and_expired_tokens_are_rejected_at_once(session: Session) -> None:
    user = ensure_user(session, "u", sysadmin=True)
    revoked = new_token(session, user, [Scope.ADMIN], TOMORROW)
    expired = new_token(session, user, [Scope.ADMIN], TOMORROW)
    assert revoke(session, token_id(revoked)).state == "revoked"
    row = session.get(Token, token_id(expired))
    assert row is not None
    row.expires = datetime(2020, 1, 1)  # noqa: DTZ001 - the registry keeps naive UTC
    session.add(row)
    session.commit()
    assert verify(session, revoked).rejected
    assert verify(session, expired).rejected
    assert {info.state for info in list_tokens(session)} == {"revoked", "expired"}


def test_the_tokens_of_a_user_who_is_no_more_are_rejected(session: Session) -> None:
    user = ensure_user(session, "u")
    token = new_token(session, user, [Scope.READ], TOMORROW)
    user.state = "deleted"
    session.add(user)
    session.flush()
    assert verify(session, token).rejected


def test_a_token_that_has_expired_is_not_made(session: Session) -> None:
    with pytest.raises(Fault) as refused:
        new_token(session, ensure_user(session, "u"), [], datetime(2020, 1, 1, tzinfo=UTC))
    assert refused.value.check == "token.expiry"


def test_revoking_an_unknown_token_says_so(session: Session) -> None:
    with pytest.raises(Fault) as refused:
        revoke(session, "nothing")
    assert refused.value.check == "token.unknown"


def test_tokens_are_listed_by_user(session: Session) -> None:
    one, other = ensure_user(session, "one"), ensure_user(session, "other")
    new_token(session, one, [Scope.READ, Scope.WRITE], TOMORROW, "laptop")
    new_token(session, other, [Scope.READ], TOMORROW)
    assert {info.user for info in list_tokens(session)} == {"one", "other"}
    (info,) = list_tokens(session, "one")
    assert (info.name, info.scopes, info.last_used) == ("laptop", ("read", "write"), None)
    assert list_tokens(session, one.id) == [info]


def test_a_role_is_raised_and_never_lowered_in_passing(session: Session) -> None:
    place = organization(session, "so")
    for given, held in ((Role.EDITOR, "editor"), (Role.MEMBER, "editor"), (Role.ADMIN, "admin")):
        user = ensure_user(session, "u", organization=place.id, capacity=given)
        assert people.roles_of(session, user.id) == {place.id: held}


def test_a_use_is_noted_once_an_hour(engine: Engine) -> None:
    with Session(engine) as session:
        token = new_token(session, ensure_user(session, "u"), [Scope.READ], TOMORROW)
        session.commit()
    uses = TokenUses(engine)
    writer = uses.note(token_id(token))
    assert writer is not None
    writer.join()
    with Session(engine) as session:
        (first,) = list_tokens(session)
    assert first.last_used is not None
    assert uses.note(token_id(token)) is None
    again = TokenUses(engine).note(token_id(token))
    assert again is not None
    again.join()
    with Session(engine) as session:
        assert list_tokens(session) == [first]


def test_a_use_that_cannot_be_noted_fails_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE token"))
    writer = TokenUses(engine).note("some")
    assert writer is not None
    writer.join()


def test_the_first_tokens_are_minted_once_and_only_for_us(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    ensure_first_tokens(engine, folder)
    first = read_token(folder, "publisher")
    ensure_first_tokens(engine, folder)
    assert read_token(folder, "publisher") == first
    assert stat.S_IMODE((folder / "admin.token").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with Session(engine) as session:
        publisher = verify(session, first)
        assert publisher.name == "publisher"
        assert publisher.scopes == {Scope.PUBLISH}
        assert verify(session, read_token(folder, "admin")).admin
        users = {user.name: user.sysadmin for user in session.exec(select(User))}
    assert users == {"publisher": False, "admin": True}


def test_a_lost_first_token_is_minted_again(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    ensure_first_tokens(engine, folder)
    (folder / "admin.token").write_text("dc_broken")
    ensure_first_tokens(engine, folder)
    with Session(engine) as session:
        assert verify(session, read_token(folder, "admin")).admin
