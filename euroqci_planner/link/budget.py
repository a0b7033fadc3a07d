"""The downlink budget: every factor and noise source per sample, and what remains per pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.link.airmass import air_masses
from euroqci_planner.link.background import background_hz, site_background
from euroqci_planner.link.citations import LINK_MODELS_USED
from euroqci_planner.link.extinction import extinction_terms, site_extinction
from euroqci_planner.link.far_field import far_field
from euroqci_planner.link.limits import link_faults, link_warnings, station_faults
from euroqci_planner.link.receiver import link_gate_transmittance
from euroqci_planner.link.site_turbulence import site_turbulence
from euroqci_planner.link.wavefront import wavefront_transmittance
from euroqci_planner.mission.assets import Payload, Satellite, Station
from euroqci_planner.mission.link_budget import LOSS_TERMS, NOISE_TERMS, LinkBudget, PassLink
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
        site = site_extinction(payload.wavelength_m, station.altitude_m, station.atmosphere, tables)
        air = extinction_terms(site, air_masses(samples.elevation_rad, station.altitude_m))
        receiver = station.receiver
        diffraction, pointing = far_field(payload).collection(
            samples.range_m, receiver.aperture_m, receiver.obscuration_ratio
        )
        field_stop, coupling = site_turbulence(payload, station).shares(
            samples.elevation_rad, samples.slew_rad_s
        )
        terms: dict[str, FloatArray | float] = {
            "transmit_optics": payload.transmit_efficiency,
            "diffraction": diffraction,
            "wavefront": float(
                wavefront_transmittance(payload.wavefront_error_m, payload.wavelength_m)
            ),
            "pointing": pointing,
            "rayleigh": air.rayleigh,
            "aerosol": air.aerosol,
            "ozone": air.ozone,
            "gas": air.gas,
            "cirrus": air.cirrus,
            "receive_optics": receiver.optics_efficiency,
            "field_stop": field_stop,
            "coupling": coupling,
            "filter": receiver.filter_transmittance,
            "gate": link_gate_transmittance(payload, receiver),
            "detector": receiver.detector_efficiency,
        }
        behind = site_background(payload.wavelength_m, satellite, station, site, tables)
        noise = background_hz(behind, samples, air.total() * field_stop * coupling)
        return LinkBudget(
            loss_terms=LOSS_TERMS,
            noise_terms=NOISE_TERMS,
            transmittance=_columns([terms[name] for name in LOSS_TERMS], len(samples)),
            noise_hz=_columns([noise[name] for name in NOISE_TERMS], len(samples)),
        )


def _columns(values: list[FloatArray | float], length: int) -> FloatArray:
    table = np.empty((len(values), length))
    for j, value in enumerate(values):
        table[j] = value
    return table.T


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
    known = ~np.isnan(budget.total_noise_hz())
    weight = np.where(known, samples.slot_s, 0.0)
    counted = np.where(known[:, None], budget.noise_hz, 0.0) * weight[:, None]
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
