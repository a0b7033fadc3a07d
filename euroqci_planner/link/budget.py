"""The downlink budget: every factor and noise source per sample, and what remains per pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.link.airmass import air_masses
from euroqci_planner.link.background import SiteBackground, background_hz, site_background
from euroqci_planner.link.cautions import link_warnings
from euroqci_planner.link.citations import LINK_MODELS_USED
from euroqci_planner.link.extinction import SiteExtinction, extinction_terms, site_extinction
from euroqci_planner.link.far_field import FarField, far_field
from euroqci_planner.link.limits import link_faults, station_faults, uplink_pair_faults
from euroqci_planner.link.receiver import link_gate_transmittance
from euroqci_planner.link.sight import Sight, budget_along
from euroqci_planner.link.site_turbulence import SiteTurbulence, site_turbulence
from euroqci_planner.link.wavefront import wavefront_transmittance
from euroqci_planner.mission.assets import Payload, Satellite, Station
from euroqci_planner.mission.link_budget import LinkBudget, PassLink
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.mission.physics_tables import PhysicsTables
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.units import FloatArray

__all__ = [
    "DownlinkModel",
    "highest_samples",
    "link_faults",
    "link_warnings",
    "pass_link",
    "station_faults",
    "uplink_pair_faults",
]

Index = NDArray[np.intp]


class DownlinkModel:
    """Satellite to ground, free-space detectors or single-mode fibre: the model of `LinkModel`.

    All means over pointing and turbulence: scintillation conserves them and is no term. Not in it:
    fluctuations of the fibre coupling, dead time and afterpulses (key model), clouds (weather).
    """

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        """The published models inside, with their sources."""
        return LINK_MODELS_USED

    def budget(
        self,
        payload: Payload,
        station: Station,
        samples: PassSamples,
        tables: PhysicsTables,
        satellite: Satellite,
    ) -> LinkBudget:
        """Every term at every sample, elementwise.

        NaN below 5° of elevation. Raises InvalidInput where `link_faults` has something to say.
        `satellite` tells how bright it is in sunlight; with neither a magnitude nor an area it
        counts as dark (see `link_warnings`).
        """
        return budget_along(samples, _downlink(payload, station, tables, satellite).at)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Downlink:
    """Everything that does not change along a pass; `fixed` are the terms that are numbers."""

    station: Station
    fixed: dict[str, float]
    far_field: FarField
    extinction: SiteExtinction
    turbulence: SiteTurbulence
    background: SiteBackground

    def at(self, sight: Sight) -> tuple[dict[str, FloatArray | float], dict[str, FloatArray]]:
        """Loss and noise terms by name along some lines of sight."""
        receiver = self.station.receiver
        air = extinction_terms(
            self.extinction, air_masses(sight.elevation_rad, self.station.altitude_m)
        )
        diffraction, pointing = self.far_field.collection(
            sight.range_m, receiver.aperture_m, receiver.obscuration_ratio
        )
        field_stop, coupling = self.turbulence.shares(sight.elevation_rad, sight.slew_rad_s)
        terms = self.fixed | {
            "diffraction": diffraction,
            "pointing": pointing,
            "rayleigh": air.rayleigh,
            "aerosol": air.aerosol,
            "ozone": air.ozone,
            "gas": air.gas,
            "cirrus": air.cirrus,
            "field_stop": field_stop,
            "coupling": coupling,
        }
        return terms, background_hz(self.background, sight, air.total() * field_stop * coupling)


def _downlink(
    payload: Payload, station: Station, tables: PhysicsTables, satellite: Satellite
) -> _Downlink:
    receiver, wavelength_m = station.receiver, payload.wavelength_m
    site = site_extinction(wavelength_m, station.altitude_m, station.atmosphere, tables)
    return _Downlink(
        station=station,
        fixed={
            "transmit_optics": payload.transmit_efficiency,
            "beam_spread": 1.0,
            "wavefront": float(wavefront_transmittance(payload.wavefront_error_m, wavelength_m)),
            "receive_optics": receiver.optics_efficiency,
            "filter": receiver.filter_transmittance,
            "gate": link_gate_transmittance(payload, receiver),
            "detector": receiver.detector_efficiency,
        },
        far_field=far_field(payload),
        extinction=site,
        turbulence=site_turbulence(payload, station),
        background=site_background(wavelength_m, satellite, station, site, tables),
    )


def pass_link(budget: LinkBudget, samples: PassSamples, culmination: Index) -> PassLink:
    """Reduce a budget to one row per pass of the samples.

    `culmination` holds per pass the row in the samples nearest to the culmination; it is not
    read for a pass without samples. Best transmittance and mean noise are over the samples inside
    the models' validity, the mean weighted with the slot widths; NaN where none is inside. The
    total noise is the mean of the samples' totals, so it equals the sum of its parts.
    """
    first = np.asarray(samples.first_sample)
    full = np.flatnonzero(np.diff(first) > 0)
    starts = first[:-1][full]
    total = budget.total_transmittance()
    at = np.asarray(culmination, dtype=np.intp)[full]
    terms_hz = _mean_noise(budget, samples, starts)
    passes = len(first) - 1
    return PassLink(
        loss_terms=budget.loss_terms,
        noise_terms=budget.noise_terms,
        transmittance_max=_spread(
            np.fmax.reduceat(total, starts) if len(starts) else total[:0], full, passes
        ),
        transmittance_culmination=_spread(total[at], full, passes),
        transmittance_terms=_spread(budget.transmittance[at], full, passes),
        noise_hz=_spread(np.sum(terms_hz, axis=1), full, passes),
        noise_terms_hz=_spread(terms_hz, full, passes),
    )


def _mean_noise(budget: LinkBudget, samples: PassSamples, starts: Index) -> FloatArray:
    """Slot-weighted mean of every noise term over the samples where all terms are known."""
    if not len(starts):
        return np.zeros((0, len(budget.noise_terms)))
    unknown = np.isnan(budget.total_noise_hz())
    weight = np.where(unknown, 0.0, samples.slot_s)
    counted = budget.noise_hz * weight[:, None]
    counted[unknown] = 0.0
    seconds = np.add.reduceat(weight, starts)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.add.reduceat(counted, starts, axis=0) / seconds[:, None])


def _spread(values: FloatArray, rows: Index, length: int) -> FloatArray:
    """Values at these rows of a longer column, NaN elsewhere."""
    out = np.full((length, *values.shape[1:]), np.nan)
    out[rows] = values
    return out


def highest_samples(samples: PassSamples) -> Index:
    """Per pass the row of the sample with the largest elevation; -1 for a pass without samples."""
    first = np.asarray(samples.first_sample)
    lengths = np.diff(first)
    full = np.flatnonzero(lengths > 0)
    out = np.full(len(lengths), -1, dtype=np.intp)
    if not len(full):
        return out
    peaks = np.maximum.reduceat(samples.elevation_rad, first[:-1][full])
    hits = np.flatnonzero(samples.elevation_rad == np.repeat(peaks, lengths[full]))
    out[full] = hits[np.searchsorted(hits, first[:-1][full])]
    return out
