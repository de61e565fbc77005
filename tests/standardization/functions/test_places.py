"""Coordinates against the values of PROJ 9 (EPSG:6960, VN-2000 to WGS 84)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standardization.functions.places import vn2000_to_wgs84
from tests.standardization.functions.conftest import Call


def test_vn2000_agrees_with_proj() -> None:
    latitude, longitude = vn2000_to_wgs84(1_190_000, 420_000, 107.75)
    assert latitude == pytest.approx(10.759928456685222, abs=1e-9)
    assert longitude == pytest.approx(107.02029990874284, abs=1e-9)


def test_vn2000_takes_either_order(call: Call) -> None:
    made = call("coordinate_vn2000", 1_190_000, 420_000, 107.75)
    assert made == call("coordinate_vn2000", "420000", "1190000", "107.75")
    assert isinstance(made, dict)
    assert made["kind"] == "vn2000"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(latitude=st.floats(8, 23.9), longitude=st.floats(102, 118))
def test_either_order_is_one_place(call: Call, latitude: float, longitude: float) -> None:
    given_, swapped = (
        call("coordinate", latitude, longitude),
        call("coordinate", longitude, latitude),
    )
    assert given_ == {"latitude": latitude, "longitude": longitude, "kind": "given"}
    assert swapped == {"latitude": latitude, "longitude": longitude, "kind": "swapped"}


@pytest.mark.parametrize("pair", [("106.36", "10.36"), ("10,36", "106,36")])
def test_order_and_comma(call: Call, pair: tuple[str, str]) -> None:
    made = call("coordinate", *pair)
    assert isinstance(made, dict)
    assert (made["latitude"], made["longitude"]) == (10.36, 106.36)
