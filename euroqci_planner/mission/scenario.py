"""The scenario: everything that a plan follows from, resolved, in memory, in SI units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from euroqci_planner.mission.assets import Constellation, Satellite, Station
from euroqci_planner.mission.network import Network
from euroqci_planner.mission.orbits import OrbitFile
from euroqci_planner.mission.requirements import Requirement
from euroqci_planner.mission.sky_forecast import SkyForecast
from euroqci_planner.timebase import NOT_A_TIME, instant_after


class Concentration(StrEnum):
    """Bound on the deviation of counts from their expectation."""

    HOEFFDING = "hoeffding"
    CHERNOFF = "chernoff"
    EXACT = "exact"


class ErrorCorrectionModel(StrEnum):
    """Cost of error correction: f·n·h(Q), or the larger of that and the finite-length floor."""

    BLOCK = "block"
    FINITE_LENGTH = "finite_length"


class BlockPolicy(StrEnum):
    """What one privacy-amplification block holds."""

    PER_PASS = "per_pass"
    POOLED = "pooled"


class WindowPolicy(StrEnum):
    """Which part of the usable window gives key."""

    ALL = "all"
    OPTIMISE = "optimise"


class Objective(StrEnum):
    """What the schedule maximises."""

    EXPECTED_KEY = "expected_key"
    FAIR_STATIONS = "fair_stations"
    FAIR_PAIRS = "fair_pairs"
    STOCK_VALUE = "stock_value"


class WeatherModel(StrEnum):
    """Where the chance of clear sky comes from."""

    CLEAR = "clear"
    CLIMATOLOGY = "climatology"
    FORECAST = "forecast"


class SkyModel(StrEnum):
    """How many states the sky over a contact has: clear, thin, broken, overcast, or the ends."""

    FOUR = "four"
    TWO = "two"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Security parameters and post-processing rules (times in seconds).

    `loss_sigma_db` is one standard deviation of the loss of a pass, `background_spread` the
    geometric standard deviation of its background; `uncertainty_draws` of both and of the counts
    give the quantiles of the key, none where it is zero.
    """

    epsilon_secrecy: float = 1e-9
    epsilon_correctness: float = 1e-15
    concentration: Concentration = Concentration.CHERNOFF
    error_correction_model: ErrorCorrectionModel = ErrorCorrectionModel.BLOCK
    error_correction_efficiency: float = 1.16
    frame_error_probability: float = 1e-3
    block: BlockPolicy = BlockPolicy.PER_PASS
    pool_latency_s: float = 7.0 * 86_400.0
    usable_window: WindowPolicy = WindowPolicy.ALL
    loss_sigma_db: float = 1.0
    background_spread: float = 1.5
    uncertainty_draws: int = 32
    post_processing_s: float = 1_800.0
    classical_contact_s: float = 5_400.0
    authentication_bits_per_contact: float = 1_024.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A pass that must be flown: the one whose culmination is nearest to `near_utc`."""

    satellite_id: str
    station_id: str
    near_utc: np.datetime64


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """Passes that must not be flown: '' for satellite or station means every one."""

    satellite_id: str
    station_id: str
    from_utc: np.datetime64 = NOT_A_TIME
    to_utc: np.datetime64 = NOT_A_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Largest share of the contact time that a group of demands may take."""

    group: str
    max_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSettings:
    """How contacts are chosen."""

    objective: Objective = Objective.EXPECTED_KEY
    relative_gap: float = 0.01
    freeze_s: float = 0.0
    change_penalty: float = 0.0
    min_dwell_s: float = 30.0
    pins: tuple[Pin, ...] = ()
    bans: tuple[Ban, ...] = ()
    quotas: tuple[Quota, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherSettings:
    """Clear-sky model of the plan; correlation and members are those of the forecast of stores.

    `forecast` holds the cloud cover where `model` is FORECAST, read from `forecast_file`.
    `thin_cloud_transmittance` is what thin cloud lets through (0..1), along the line of sight.
    """

    model: WeatherModel = WeatherModel.CLIMATOLOGY
    forecast_file: str = ""
    forecast: SkyForecast | None = None
    sky_states: SkyModel = SkyModel.FOUR
    thin_cloud_transmittance: float = 10.0**-0.15
    correlation_time_s: float = 9.0 * 3_600.0
    correlation_length_m: float = 600e3
    members: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file that the scenario was made from, for the provenance of the plan."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A complete, checked scenario.

    Satellites and stations are in the order of the file; those of `constellations` follow as soon
    as the patterns are laid out. `kept_blocks` holds the blocks whose
    room is not built yet, as checked plain data by block name, so that nothing is lost when the
    scenario is written again; `warnings` says so, among other things.
    """

    name: str
    start_utc: np.datetime64
    duration_s: float
    issued_utc: np.datetime64
    satellites: tuple[Satellite, ...]
    stations: tuple[Station, ...]
    description: str = ""
    seed: int = 0
    marking: str = "UNMARKED"
    step_s: float = 1.0
    constellations: tuple[Constellation, ...] = ()
    orbit_files: tuple[OrbitFile, ...] = ()
    network: Network = field(default_factory=Network)
    policy: Policy = field(default_factory=Policy)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    weather: WeatherSettings = field(default_factory=WeatherSettings)
    requirements: tuple[Requirement, ...] = ()
    kept_blocks: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    path: str = ""

    @property
    def end_utc(self) -> np.datetime64:
        """End of the planning window."""
        return instant_after(self.start_utc, self.duration_s)
