import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.canaries import IGATE, MOT_CUA_2017
from demo.people import draw_people, tax_code


@given(st.integers(100_000_000, 999_999_000))
def test_a_tax_code_keeps_its_check_digit(nine: int) -> None:
    digits = [int(digit) for digit in tax_code(nine)]
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    rest = sum(w * d for w, d in zip(weights, digits[:9], strict=True)) % 11
    assert len(digits) == 10
    assert rest != 0
    assert digits[9] == 10 - rest


@pytest.mark.parametrize("home", [82, 87])
def test_a_batch_of_people_is_sound_and_none_is_a_canary(home: int) -> None:
    kinds = np.arange(6_000) % 3
    people = draw_people(np.random.default_rng(1), kinds, home, old_cards=0.3)
    rows = zip(people.kinds, people.personal_ids, people.tax_codes, strict=True)
    for kind, personal_id, code in rows:
        assert (personal_id is not None) == (kind == 0)
        assert (code is not None) == (kind == 1)
        assert personal_id is None or len(personal_id) in (9, 12)
    assert {len(phone) for phone in people.phones} == {10}
    canaries = IGATE + MOT_CUA_2017
    assert not {p.personal_id for p in canaries} & set(people.personal_ids)
    assert not {p.phone for p in canaries} & set(people.phones)
    assert not any(
        (pid or "")[4:6] == "99" for pid in people.personal_ids if pid and len(pid) == 12
    )
