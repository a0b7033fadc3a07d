"""Contacts of two stations with one source of entangled pairs, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.sky_states import NO_CLOUDY_BITS
from euroqci_planner.mission.table import Table, column
from euroqci_planner.timebase import minute_stamps
from euroqci_planner.units import FloatArray

NO_BLOCK = -1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairContacts(Table):
    """Common windows of two stations under a source that they need not trust, by start.

    `satellite`, `station_a` and `station_b` index the id tuples, the stations of a row in order
    of id; `pass_a` and `pass_b` are rows of the pass table. The common window is that of both
    usable windows, or its part with the most key. `middle_utc` lies half way between the highest
    points of the two passes: it names the contact and stays where windows change.

    Elevations are the largest in the window; transmittances those of a pair (both arms), `noise_*`
    mean noise clicks per second and detector there. `coincidences` (both bases), `sifted_bits`,
    `qber`, `key_bits` and its quantiles hold for clear sky over both; NaN where they are not known.
    `clear_a_probability` and `clear_b_probability` are the chances of clear sky over each in the
    middle of the window, those of thin and broken cloud stand beside; `clear_probability` is that
    of both clear at once, `cloudy_probability` those of `CLOUDY_SKIES`, with the key in
    `cloudy_key_bits`. `key_expected_bits` is key times chance, summed over the skies. `block`
    numbers the pooled block that gives the key, -1 where each contact is its own. `state` and
    `reason` are codes of `PassState` and `Reason`, a candidate's where they are left out.
    `blocked_by` is the row of a pass of the contact that stands in the way, -1: none.
    """

    satellite_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    satellite: NDArray[np.int32] = column("int32")
    station_a: NDArray[np.int32] = column("int32")
    station_b: NDArray[np.int32] = column("int32")
    pass_a: NDArray[np.int64] = column("int64")
    pass_b: NDArray[np.int64] = column("int64")
    start_utc: NDArray[np.datetime64] = column("datetime64[us]")
    end_utc: NDArray[np.datetime64] = column("datetime64[us]")
    middle_utc: NDArray[np.datetime64] = column("datetime64[us]")
    max_elevation_a_rad: FloatArray = column("float64")
    max_elevation_b_rad: FloatArray = column("float64")
    transmittance_max: FloatArray = column("float64")
    transmittance_min: FloatArray = column("float64")
    noise_a_hz: FloatArray = column("float64")
    noise_b_hz: FloatArray = column("float64")
    coincidences: FloatArray = column("float64")
    sifted_bits: FloatArray = column("float64")
    qber: FloatArray = column("float64")
    key_bits: FloatArray = column("float64")
    key_p10_bits: FloatArray = column("float64")
    key_p50_bits: FloatArray = column("float64")
    key_p90_bits: FloatArray = column("float64")
    clear_a_probability: FloatArray = column("float64")
    clear_b_probability: FloatArray = column("float64")
    clear_probability: FloatArray = column("float64")
    thin_a_probability: FloatArray = column("float64", absent=0.0)
    thin_b_probability: FloatArray = column("float64", absent=0.0)
    broken_a_probability: FloatArray = column("float64", absent=0.0)
    broken_b_probability: FloatArray = column("float64", absent=0.0)
    cloudy_probability: FloatArray = column("float64", ("skies",), absent=NO_CLOUDY_BITS)
    cloudy_key_bits: FloatArray = column("float64", ("skies",), absent=NO_CLOUDY_BITS)
    key_expected_bits: FloatArray = column("float64")
    key_usable_utc: NDArray[np.datetime64] = column("datetime64[us]")
    block: NDArray[np.int64] = column("int64", absent=NO_BLOCK)
    state: NDArray[np.int8] = column("int8", absent=0)
    reason: NDArray[np.int8] = column("int8", absent=0)
    blocked_by: NDArray[np.int64] = column("int64", absent=-1)

    @property
    def sky_utc(self) -> NDArray[np.datetime64]:
        """When the sky of a contact is asked for: in the middle of its window."""
        return np.asarray(self.start_utc + (self.end_utc - self.start_utc) // 2)

    @property
    def clouded_bits(self) -> FloatArray:
        """What skies that are not both clear add to the expected key, (contacts,)."""
        chance, bits = self.cloudy_probability, self.cloudy_key_bits
        return np.asarray(np.sum(np.where(chance > 0.0, chance * bits, 0.0), axis=1))

    @property
    def has_key(self) -> NDArray[np.bool_]:
        """Whether a contact has key under any sky."""
        return np.asarray(np.fmax(self.key_bits, self.cloudy_key_bits.max(axis=1)) > 0.0)

    def without_key(self, rows: NDArray[np.bool_]) -> PairContacts:
        """The contacts, `rows` of them without key under any sky."""
        return replace(
            self,
            key_bits=np.where(rows, 0.0, self.key_bits),
            cloudy_key_bits=np.where(rows[:, np.newaxis], 0.0, self.cloudy_key_bits),
            key_expected_bits=np.where(rows, 0.0, self.key_expected_bits),
        )

    def contact_ids(self) -> NDArray[np.str_]:
        """`satellite/station-a+station-b/20260618T2318Z`, the minute of `middle_utc`.

        A second contact of the same three within that minute gets `-2` behind the stamp, in order
        of start, and so on.
        """
        names = np.array(self.satellite_ids, dtype=np.str_)[self.satellite]
        stations = np.array(self.station_ids, dtype=np.str_)
        ends = (stations[end] for end in (self.station_a, self.station_b))
        texts = [names.tolist(), *(end.tolist() for end in ends)]
        stamps = minute_stamps(self.middle_utc).tolist() if len(self) else []
        seen: dict[str, int] = {}
        found = []
        for satellite, a, b, stamp in zip(*texts, stamps, strict=True):
            name = f"{satellite}/{a}+{b}/{stamp}"
            seen[name] = seen.get(name, 0) + 1
            found.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
        return np.array(found, dtype=np.str_)
