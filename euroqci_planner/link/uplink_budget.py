"""The uplink budget: ground telescope to a receiver on board, every factor and noise source."""

from __future__ import annotations

from dataclasses import dataclass

from euroqci_planner.link.airmass import air_masses
from euroqci_planner.link.citations import UPLINK_MODELS_USED
from euroqci_planner.link.diffraction import gaussian_collection
from euroqci_planner.link.extinction import SiteExtinction, extinction_terms, site_extinction
from euroqci_planner.link.pointing import mean_pointing_transmittance
from euroqci_planner.link.receiver import link_gate_transmittance
from euroqci_planner.link.sight import Sight, budget_along
from euroqci_planner.link.uplink import UplinkBeam
from euroqci_planner.link.uplink_background import (
    EarthBackground,
    earth_background,
    earth_background_hz,
)
from euroqci_planner.link.uplink_turbulence import (
    UplinkTurbulence,
    uplink_beam,
    uplink_turbulence,
)
from euroqci_planner.link.wavefront import wavefront_transmittance
from euroqci_planner.mission.assets import (
    GroundTransmitter,
    Payload,
    Receiver,
    Satellite,
    Station,
)
from euroqci_planner.mission.link_budget import LinkBudget
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.mission.physics_tables import PhysicsTables
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.units import FloatArray


class UplinkModel:
    """Ground to satellite, free-space detectors on board: the model of `LinkModel`.

    Means over pointing and turbulence. A Gaussian beam spreads by diffraction and by the air above
    the telescope (Andrews & Phillips 2005, ch. 12), and wanders unless tip-tilt follows it. The
    background is the Earth below. Not in it: scintillation (it keeps the mean), what a correction
    misses over the point-ahead angle (give it as jitter), full adaptive optics, clouds.
    """

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        """The published models inside, with their sources."""
        return UPLINK_MODELS_USED

    def budget(
        self,
        payload: Payload,
        station: Station,
        samples: PassSamples,
        tables: PhysicsTables,
        satellite: Satellite,  # noqa: ARG002 (its own light falls on nothing here)
    ) -> LinkBudget:
        """Every term at every sample, elementwise; NaN below 5° of elevation.

        Raises TypeError for a payload without a receiver or a station without a transmitter; the
        door refuses both (`uplink_faults`).
        """
        return budget_along(samples, _uplink(payload, station, tables).at)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Uplink:
    """Everything that does not change along a pass; `fixed` are the terms that are numbers."""

    altitude_m: float
    transmitter: GroundTransmitter
    receiver: Receiver
    fixed: dict[str, float]
    beam: UplinkBeam
    turbulence: UplinkTurbulence
    extinction: SiteExtinction
    background: EarthBackground

    def at(self, sight: Sight) -> tuple[dict[str, FloatArray | float], dict[str, FloatArray]]:
        """Loss and noise terms by name along some lines of sight."""
        air = extinction_terms(self.extinction, air_masses(sight.elevation_rad, self.altitude_m))
        sender = self.transmitter
        radius = self.turbulence.beam_radius_m(
            self.beam, sight.elevation_rad, sight.range_m, corrects_wander=sender.corrects_wander
        )
        steady = self._collected(self.beam.diffracted_radius_m(sight.range_m))
        terms = self.fixed | {
            "diffraction": steady,
            "beam_spread": self._collected(radius) / steady,
            "pointing": mean_pointing_transmittance(
                radius / sight.range_m, sender.pointing_jitter_rad, sender.pointing_bias_rad
            ),
            "rayleigh": air.rayleigh,
            "aerosol": air.aerosol,
            "ozone": air.ozone,
            "gas": air.gas,
            "cirrus": air.cirrus,
        }
        return terms, earth_background_hz(self.background, sight, air.total())

    def _collected(self, radius_m: FloatArray) -> FloatArray:
        telescope = self.receiver
        return gaussian_collection(radius_m, telescope.aperture_m, telescope.obscuration_ratio)


def _uplink(payload: Payload, station: Station, tables: PhysicsTables) -> _Uplink:
    receiver, transmitter, wavelength_m = (
        payload.receiver,
        station.transmitter,
        payload.wavelength_m,
    )
    if receiver is None or transmitter is None:
        raise TypeError(
            f"uplink from {station.id} to payload {payload.id}: a transmitter on the ground and a "
            "receiver on board are needed"
        )
    wavefront = wavefront_transmittance(transmitter.wavefront_error_m, wavelength_m)
    return _Uplink(
        altitude_m=station.altitude_m,
        transmitter=transmitter,
        receiver=receiver,
        fixed={
            "transmit_optics": transmitter.transmit_efficiency,
            "wavefront": float(wavefront),
            "receive_optics": receiver.optics_efficiency,
            "field_stop": 1.0,
            "coupling": 1.0,
            "filter": receiver.filter_transmittance,
            "gate": link_gate_transmittance(payload, receiver),
            "detector": receiver.detector_efficiency,
        },
        beam=uplink_beam(transmitter, wavelength_m),
        turbulence=uplink_turbulence(wavelength_m, station),
        extinction=site_extinction(wavelength_m, station.altitude_m, station.atmosphere, tables),
        background=earth_background(wavelength_m, receiver, transmitter, tables),
    )
