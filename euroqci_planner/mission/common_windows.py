"""Times at which two stations see one satellite at once, and what pairs of photons give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.table import Table, column
from euroqci_planner.timebase import iso_texts, seconds_between
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CommonWindows(Table):
    """Common parts of the usable windows of two stations, in order of time.

    `min_loss_db` is the least loss of a pair (both arms), `max_loss_db` the largest;
    `coincidences` are expected in clear sky over both stations, in both bases that match, `qber`
    their errors in the key basis, `key_bits` the secret key that the two stations share without
    trusting the satellite.
    """

    satellite_id: str
    station_ids: tuple[str, str]
    begin_utc: NDArray[np.datetime64] = column("datetime64[us]")
    end_utc: NDArray[np.datetime64] = column("datetime64[us]")
    max_elevation_a_rad: FloatArray = column("float64")
    max_elevation_b_rad: FloatArray = column("float64")
    min_loss_db: FloatArray = column("float64")
    max_loss_db: FloatArray = column("float64")
    coincidences: FloatArray = column("float64")
    qber: FloatArray = column("float64")
    key_bits: FloatArray = column("float64")

    def as_plain(self) -> list[dict[str, Any]]:
        """A record per window, None where a number is not known."""
        numbers = {
            "duration_s": seconds_between(self.begin_utc, self.end_utc),
            "max_elevation_a_deg": np.degrees(self.max_elevation_a_rad),
            "max_elevation_b_deg": np.degrees(self.max_elevation_b_rad),
            "min_loss_db": self.min_loss_db,
            "max_loss_db": self.max_loss_db,
            "coincidences": self.coincidences,
            "qber": self.qber,
            "key_clear_bits": self.key_bits,
        }
        begins, ends = iso_texts(self.begin_utc), iso_texts(self.end_utc)
        return [
            {
                "begin_utc": str(begins[row]),
                "end_utc": str(ends[row]),
                **{name: _plain(float(values[row])) for name, values in numbers.items()},
            }
            for row in range(len(self))
        ]


def _plain(value: float) -> float | None:
    return value if np.isfinite(value) else None
