from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from catalog.access import Scope
from catalog.identifiers import TOKEN
from catalog.registry.database import open_registry
from catalog.registry.tables import Token
from catalog.tokens import (
    ensure_first_tokens,
    list_tokens,
    new_token,
    read_token,
    revoke,
    token_id,
    verify,
)
from contracts.errors import Fault
from contracts.model import Classification

TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_registry(f"sqlite:///{tmp_path / 'registry.db'}")
    yield engine
    engine.dispose()


def test_a_token_says_whose_it_is_and_what_it_reads(engine: Engine) -> None:
    with Session(engine) as session:
        grants = {"cases": Classification.PERSONAL}
        token = new_token(session, "H20.5", [Scope.READ], grants, TOMORROW)
        actor = verify(session, token)
    assert (actor.agency, actor.scopes, actor.grants) == ("H20.5", {Scope.READ}, grants)
    assert not actor.privileged
    assert actor.token_id == token_id(token)


def test_a_token_has_256_random_bits_and_is_kept_nowhere(engine: Engine) -> None:
    with Session(engine) as session:
        token = new_token(session, "H20.5", [], {}, TOMORROW)
        session.commit()
        assert TOKEN.fullmatch(token)
        for row in session.execute(text("SELECT * FROM token")):
            assert token not in str(row)
            assert token.removeprefix("dc_") not in str(row)


@pytest.mark.parametrize("wrong", ["", "x", "dc_" + "A" * 43, "dc_" + "é" * 43])
def test_an_unknown_token_is_anonymous(engine: Engine, wrong: str) -> None:
    with Session(engine) as session:
        actor = verify(session, wrong)
    assert actor.agency is None
    assert actor.rejected == bool(wrong)


def test_revoked_and_expired_tokens_are_rejected_at_once(engine: Engine) -> None:
    with Session(engine) as session:
        revoked = new_token(session, "a", [Scope.ADMIN], {}, TOMORROW)
        expired = new_token(session, "b", [Scope.ADMIN], {}, TOMORROW)
        assert revoke(session, token_id(revoked)).state == "revoked"
        row = session.exec(select(Token).where(Token.agency == "b")).one()
        row.expires = datetime(2020, 1, 1)  # noqa: DTZ001 - the registry keeps naive UTC
        session.add(row)
        session.commit()
        assert verify(session, revoked).rejected
        assert verify(session, expired).rejected
        assert {info.state for info in list_tokens(session)} == {"revoked", "expired"}


def test_a_token_that_has_expired_is_not_made(engine: Engine) -> None:
    with Session(engine) as session, pytest.raises(Fault) as refused:
        new_token(session, "a", [], {}, datetime(2020, 1, 1, tzinfo=UTC))
    assert refused.value.check == "token.expiry"


def test_revoking_an_unknown_token_says_so(engine: Engine) -> None:
    with Session(engine) as session, pytest.raises(Fault) as refused:
        revoke(session, "nothing")
    assert refused.value.check == "token.unknown"


def test_the_first_tokens_are_minted_once_and_only_for_us(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    ensure_first_tokens(engine, folder)
    first = read_token(folder, "publisher")
    ensure_first_tokens(engine, folder)
    assert read_token(folder, "publisher") == first
    assert stat.S_IMODE((folder / "admin.token").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with Session(engine) as session:
        assert verify(session, first).scopes == {Scope.PUBLISH}


def test_a_lost_first_token_is_minted_again(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    ensure_first_tokens(engine, folder)
    (folder / "admin.token").write_text("dc_broken")
    ensure_first_tokens(engine, folder)
    with Session(engine) as session:
        assert verify(session, read_token(folder, "admin")).scopes == {Scope.ADMIN}
