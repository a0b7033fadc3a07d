"""The downlink budget: every factor and noise source per sample, and what remains per pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.errors import Fault
from euroqci_planner.link.airmass import air_masses
from euroqci_planner.link.background import background_hz, site_background
from euroqci_planner.link.citations import LINK_MODELS_USED
from euroqci_planner.link.extinction import extinction_terms, site_extinction, wavelength_faults
from euroqci_planner.link.far_field import far_field
from euroqci_planner.link.receiver import link_gate_transmittance
from euroqci_planner.link.wavefront import (
    LARGEST_WAVEFRONT_ERROR_WAVES,
    wavefront_transmittance,
)
from euroqci_planner.mission.assets import Payload, Satellite, Station
from euroqci_planner.mission.link_budget import LOSS_TERMS, NOISE_TERMS, LinkBudget, PassLink
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.mission.physics_tables import PhysicsTables
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.units import NANO, FloatArray

Index = NDArray[np.intp]

COARSE_GAS_FIT_DB = 0.1


class DownlinkModel:
    """Satellite to ground with free-space detectors: the model behind `LinkModel`.

    Not in it: turbulence (mean power is conserved on free-space detectors that hold the seeing
    disc), fibre coupling, dead time and afterpulses (key model), clouds (weather).
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
            "filter": receiver.filter_transmittance,
            "gate": link_gate_transmittance(payload, receiver),
            "detector": receiver.detector_efficiency,
        }
        behind = site_background(payload.wavelength_m, satellite, station, site, tables)
        noise = background_hz(behind, samples, air.total())
        return LinkBudget(
            loss_terms=LOSS_TERMS,
            noise_terms=NOISE_TERMS,
            transmittance=_columns([terms[name] for name in LOSS_TERMS], len(samples)),
            noise_hz=_columns([noise[name] for name in NOISE_TERMS], len(samples)),
        )


def link_faults(payload: Payload, tables: PhysicsTables) -> tuple[Fault, ...]:
    """What puts a payload outside the link model, for the door to report; empty if nothing."""
    faults = list(wavelength_faults(payload.wavelength_m, tables.gas))
    limit = LARGEST_WAVEFRONT_ERROR_WAVES * payload.wavelength_m
    if payload.wavefront_error_m > limit:
        faults.append(
            Fault(
                "larger than the link model holds for",
                where="wavefront_error_nm_rms",
                value=f"{payload.wavefront_error_m / NANO:g}",
                mend=f"at most a sixth of the wavelength, {limit / NANO:.0f} nm",
            )
        )
    return tuple(faults)


def link_warnings(satellite: Satellite, tables: PhysicsTables) -> tuple[str, ...]:
    """What a planner should know about the budget of a satellite; empty if nothing."""
    texts = []
    if satellite.standard_magnitude is None and satellite.diffuse_area_m2 is None:
        lacking = "neither standard_magnitude nor diffuse_area_m2 is given"
        texts.append(f"{satellite.id}: {lacking}, so its own light in sunlight is not counted")
    wavelength_m, gas = satellite.payload.wavelength_m, tables.gas
    error_db = float(np.interp(wavelength_m, gas.wavelength_m, gas.max_error_db))
    if error_db > COARSE_GAS_FIT_DB and not wavelength_faults(wavelength_m, gas):
        texts.append(
            f"{satellite.id}: molecular absorption at {wavelength_m / NANO:g} nm is known "
            f"to {error_db:.2g} dB only"
        )
    return tuple(texts)


def _columns(values: list[FloatArray | float], length: int) -> FloatArray:
    table = np.empty((length, len(values)))
    for j, value in enumerate(values):
        table[:, j] = value
    return table


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
