"""Locked columns."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

import numpy as np
import pytest

from euroqci_planner.mission.key_course import DepositTable
from euroqci_planner.mission.link_budget import PassLink
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.mission.sky_states import CLOUDY_SKIES
from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Weights(Table):
    unit: str
    mass: FloatArray = column("float64")
    parts: FloatArray = column("float64", per_row=("parts",))


def weights(rows: int) -> Weights:
    return Weights(unit="kg", mass=np.arange(rows), parts=np.ones((rows, 2)))


def samples(lengths: list[int]) -> PassSamples:
    count = sum(lengths)
    columns = {name: np.arange(count, dtype=float) for name in PassSamples.column_names()}
    return PassSamples(
        pass_row=np.arange(len(lengths)), first_sample=np.cumsum([0, *lengths]), **columns
    )


def test_columns_are_copies_that_nobody_can_write_to():
    mass = np.arange(3.0)
    table = Weights(unit="kg", mass=mass, parts=np.ones((3, 2)))
    mass[0] = 9.0
    assert table.mass.tolist() == [0.0, 1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        table.mass[0] = 9.0


def test_a_locked_column_of_its_own_is_shared_and_anything_that_could_still_change_is_copied():
    table = weights(3)
    again = Weights(unit="g", mass=table.mass, parts=table.parts)
    assert again.mass is table.mass
    assert again.parts is table.parts
    mass = np.arange(3.0)
    view = mass[:]
    view.setflags(write=False)
    guarded = Weights(unit="kg", mass=view, parts=table.parts[:, ::-1])
    mass[0] = 9.0
    assert guarded.mass.tolist() == [0.0, 1.0, 2.0]
    assert guarded.parts.flags.c_contiguous
    assert Weights(unit="kg", mass=np.arange(3), parts=table.parts).mass.dtype == np.float64


@pytest.mark.parametrize("table", [weights(3), samples([2, 3])], ids=["table", "samples"])
def test_columns_are_locked_after_unpickling(table):
    again = pickle.loads(pickle.dumps(table))  # noqa: S301 (made two words before)
    for name in table.column_names():
        assert not getattr(again, name).flags.writeable
        np.testing.assert_array_equal(getattr(again, name), getattr(table, name))


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        Weights(unit="kg", mass=np.arange(3), parts=np.ones((2, 2)))


def test_rows_are_taken_by_index_and_by_mask_and_none_is_an_empty_table():
    table = weights(4)
    assert table.take([2, 0]).mass.tolist() == [2.0, 0.0]
    assert table.take(table.mass > 1.5).mass.tolist() == [2.0, 3.0]
    assert len(table.take([])) == 0
    assert table.take([1]).unit == "kg"


def test_tables_are_joined_in_order_and_nothing_cannot_be_joined():
    assert Weights.joined([weights(2), weights(1)]).mass.tolist() == [0.0, 1.0, 0.0]
    with pytest.raises(ValueError, match="nothing to join"):
        Weights.joined([])


def test_samples_are_taken_by_pass():
    some = samples([2, 3, 1]).of_passes([2, 0])
    assert some.pass_row.tolist() == [2, 0]
    assert some.first_sample.tolist() == [0, 1, 3]
    assert some.t_s.tolist() == [5.0, 0.0, 1.0]
    with pytest.raises(TypeError, match="of_passes"):
        some.take([0])


def test_offsets_that_do_not_fit_the_samples_are_refused():
    with pytest.raises(ValueError, match="offsets"):
        PassSamples(
            pass_row=[0], first_sample=[0, 3],
            **{name: np.zeros(2) for name in PassSamples.column_names()},
        )  # fmt: skip


def test_the_axes_of_columns_are_known():
    assert PassLink.column_axes()["transmittance_terms"] == ("loss_terms",)
    assert Weights.column_axes() == {"mass": (), "parts": ("parts",)}


def test_a_column_with_a_further_axis_may_be_left_out_too():
    table = DepositTable(
        satellite_ids=("s",), station_ids=("A",), satellite=[0, 0], station=[0, 0],
        contact_end_utc=np.full(2, "2026-06-01", "datetime64[us]"),
        usable_utc=np.full(2, "2026-06-01", "datetime64[us]"),
        key_bits=[1, 2], authentication_bits=[0, 0],
    )  # fmt: skip
    assert table.cloudy_bits.shape == (2, len(CLOUDY_SKIES))
    assert not table.cloudy_bits.any()
    assert table.take([1]).cloudy_bits.shape == (1, len(CLOUDY_SKIES))
