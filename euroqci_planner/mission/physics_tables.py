"""Packaged physical data as records: loaded by `io.reference_tables`, handed to `link`."""

from __future__ import annotations

from dataclasses import dataclass

from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GasTransmittanceFit(Table):
    """Four-parameter fit of molecular absorption per wavelength (LOWTRAN7, 20 cm⁻¹ bands).

    −ln T = a_w (PWV_cm · m_w)^b_w + a_d (P/P0 · m_R)^b_d. `max_error_db` is the largest
    residual at and above 10° elevation. `source` names the origin.
    """

    source: str
    wavelength_m: FloatArray = column("float64")
    water_coefficient: FloatArray = column("float64")
    water_exponent: FloatArray = column("float64")
    dry_coefficient: FloatArray = column("float64")
    dry_exponent: FloatArray = column("float64")
    max_error_db: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NightSkyRadiance(Table):
    """Zenith radiance of a dark moonless site by wavelength, W m⁻² sr⁻¹ µm⁻¹."""

    source: str
    wavelength_m: FloatArray = column("float64")
    radiance_w_m2_sr_um: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SolarIrradiance(Table):
    """Extraterrestrial solar irradiance by wavelength, W m⁻² µm⁻¹ at 1 AU."""

    source: str
    wavelength_m: FloatArray = column("float64")
    irradiance_w_m2_um: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysicsTables:
    """All packaged tables that the link floor needs."""

    gas: GasTransmittanceFit
    night_sky: NightSkyRadiance
    solar: SolarIrradiance
