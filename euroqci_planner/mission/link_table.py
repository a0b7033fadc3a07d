"""A link budget on its own: every term over elevation, or over range between satellites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import KILO, MICRO, NANO, FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LinkTable(Table):
    """Rows over elevation or range, from `sender_id` to `receiver_ids`; terms kept apart.

    `direction` is downlink, uplink, dual_downlink or inter_satellite. `t_s` counts from the highest
    point of a pass, NaN where there is none; `elevation_rad` is NaN between satellites. `loss_db`
    (n, terms) sums to the total. `noise_hz` (n, terms) are clicks per detector; `error` is the
    share of wrong bits that source and noise make. NaN where a model says nothing. Without a pass
    the motion is that of a circular orbit: `point_ahead_rad` and `doppler_m` (largest shift of the
    wavelength here) in the plane through the station, `frame_turn_rad_s` the turn of the
    polarisation frame at the culmination of a pass of this height; along a pass they are its own.
    `lowest_height_m` is the lowest height of a line between satellites above the Earth, NaN where
    the line ends on the ground; losses are NaN where air or Earth take the light.
    """

    direction: str
    sender_id: str
    receiver_ids: tuple[str, ...]
    loss_terms: tuple[str, ...]
    noise_terms: tuple[str, ...]
    t_s: FloatArray = column("float64")
    elevation_rad: FloatArray = column("float64")
    range_m: FloatArray = column("float64")
    loss_db: FloatArray = column("float64", per_row=("loss_terms",))
    noise_hz: FloatArray = column("float64", per_row=("noise_terms",))
    error: FloatArray = column("float64")
    point_ahead_rad: FloatArray = column("float64")
    doppler_m: FloatArray = column("float64")
    frame_turn_rad_s: FloatArray = column("float64")
    lowest_height_m: FloatArray = column("float64")

    def total_loss_db(self) -> FloatArray:
        """Loss of the whole link per row."""
        return np.asarray(np.sum(self.loss_db, axis=1))

    def motion(self) -> dict[str, FloatArray]:
        """What the motion does, in the units of the files, by name."""
        return {
            "point_ahead_urad": self.point_ahead_rad / MICRO,
            "doppler_nm": self.doppler_m / NANO,
            "frame_turn_deg_s": np.degrees(self.frame_turn_rad_s),
        }

    def as_plain(self) -> dict[str, Any]:
        """Plain data for JSON: lists over the rows, None where a model says nothing."""
        losses = dict(zip(self.loss_terms, self.loss_db.T, strict=True))
        noise = dict(zip(self.noise_terms, self.noise_hz.T, strict=True))
        return {
            "direction": self.direction,
            "sender": self.sender_id,
            "receivers": list(self.receiver_ids),
            "t_s": _plain(self.t_s),
            "elevation_deg": _plain(np.degrees(self.elevation_rad)),
            "range_km": _plain(self.range_m / KILO),
            "loss_db": {name: _plain(values) for name, values in losses.items()},
            "total_loss_db": _plain(self.total_loss_db()),
            "noise_hz": {name: _plain(values) for name, values in noise.items()},
            "total_noise_hz": _plain(
                np.sum(self.noise_hz, axis=1) if noise else self.error * np.nan
            ),
            "error_rate": _plain(self.error),
            "lowest_height_km": _plain(self.lowest_height_m / KILO),
            **{name: _plain(values) for name, values in self.motion().items()},
        }


def _plain(values: FloatArray) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]
