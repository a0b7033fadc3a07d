"""Schema of `[scenario]`, `[policy]`, `[schedule]` and `[weather]`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from euroqci_planner.io.schema_types import (
    Id,
    Instant,
    Name,
    NotNegative,
    OpenFraction,
    Positive,
    Prose,
    Record,
    RelativePath,
    RelayPaths,
    Text,
    told,
)


class ScenarioRecord(Record):
    """`[scenario]`: name, window and sampling of the plan."""

    name: Name = told("Title of the plan.")
    description: Prose = told("What the plan is for.", "")
    start_utc: Instant = told("Start of the planning window, with Z or an offset.")
    issued_utc: Instant | None = told("Production date that files carry; default: start_utc.", None)
    duration_days: Annotated[float, Field(gt=0, le=3660)] = told("Length of the window.")
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = told("Seed of every random stream.", 0)
    marking: Text = told("Label that is copied to every output.", "UNMARKED")
    step_s: Annotated[float, Field(gt=0, le=60)] = told("Sampling inside a pass.", 1.0)


class PolicyRecord(Record):
    """`[policy]`: security parameters and post-processing."""

    epsilon_secrecy: OpenFraction = told("Secrecy parameter of one key.", 1e-9)
    epsilon_correctness: OpenFraction = told("Correctness parameter of one key.", 1e-15)
    concentration: Literal["hoeffding", "chernoff", "exact"] = told(
        "Bound on statistical fluctuations.", "chernoff"
    )
    error_correction_model: Literal["block", "finite_length"] = told(
        "Cost of error correction: f n h(Q), or the larger of it and the finite-length one.",
        "block",
    )
    error_correction_efficiency: Annotated[float, Field(ge=1, le=10)] = told(
        "f: leaked bits over the Shannon limit.", 1.16
    )
    frame_error_probability: Annotated[float, Field(ge=0, lt=1)] = told(
        "Chance that error correction fails.", 1e-3
    )
    block: Literal["per_pass", "pooled"] = told("What one key block holds.", "per_pass")
    pool_latency_days: Positive = told("Longest wait of a pooled block.", 7.0)
    usable_window: Literal["all", "optimise"] = told(
        "Which part of a usable window gives key.", "all"
    )
    loss_sigma_db: Annotated[float, Field(ge=0, le=20)] = told(
        "Standard deviation of the loss of a pass, for the quantiles of its key.", 1.0
    )
    background_spread: Annotated[float, Field(ge=1, le=100)] = told(
        "Geometric standard deviation of the background: 2 is a factor of two up or down.", 1.5
    )
    uncertainty_draws: Annotated[int, Field(ge=0, le=10_000)] = told(
        "Draws behind the quantiles of a key, ten or more; 0: no quantiles.", 32
    )
    post_processing_min: NotNegative = told("From the end of a contact to the key.", 30.0)
    classical_contact_h: NotNegative = told("Until a contact can publish a relay.", 1.5)
    authentication_bits_per_contact: NotNegative = told("Key spent on authentication.", 1024.0)
    relay_paths: RelayPaths = told("Different satellites behind every bit of a pair.", 1)


class PinRecord(Record):
    """`[[schedule.pin]]`: a pass that must be flown."""

    satellite: Id = told("Id of a satellite.")
    station: Id = told("Id of a station.")
    near_utc: Instant = told("The pass whose culmination is nearest, within 10 minutes.")


class BanRecord(Record):
    """`[[schedule.ban]]`: passes that must not be flown."""

    satellite: Id | None = told("Id of a satellite; default: every one.", None)
    station: Id | None = told("Id of a station; default: every one.", None)
    from_utc: Instant | None = told("Banned from here; default: always.", None)
    to_utc: Instant | None = told("Free again from here; default: never.", None)


class QuotaRecord(Record):
    """`[[schedule.quota]]`: the largest share of a group of demands."""

    group: Id = told("quota_group of one or more demands.")
    max_share: Annotated[float, Field(gt=0, le=1)] = told("Share of the contact time.")


class ScheduleRecord(Record):
    """`[schedule]`: how contacts are chosen."""

    objective: Literal["expected_key", "fair_stations", "fair_pairs", "stock_value"] = told(
        "What is made as large as it can be. expected_key: the key of all stations. fair_stations:"
        " that of the station with least. fair_pairs: the smallest served share of a demand."
        " stock_value: days of supply that are served and in stock.",
        "expected_key",
    )
    relative_gap: Annotated[float, Field(ge=0, lt=1)] = told("Gap at which the solver stops.", 0.01)
    freeze_hours: NotNegative = told("Start of the window that a re-plan leaves alone.", 0.0)
    change_penalty: NotNegative = told("Price of a change against the former plan.", 0.0)
    min_dwell_s: NotNegative = told("Shortest contact.", 30.0)
    pin: list[PinRecord] = told("Passes that must be flown.", [])
    ban: list[BanRecord] = told("Passes that must not be flown.", [])
    quota: list[QuotaRecord] = told("Shares of groups.", [])


class WeatherRecord(Record):
    """`[weather]`: where the chance of clear sky comes from."""

    model: Literal["clear", "climatology", "forecast"] = told("Source.", "climatology")
    forecast_file: RelativePath | None = told(
        "Hourly cloud cover, CSV or JSON; needed by forecast.", None
    )
    sky_states: Literal["four", "two"] = told(
        "four: clear, thin, broken and overcast; two: clear, or no key.", "four"
    )
    thin_cloud_loss_db: Annotated[float, Field(ge=0.4, le=3.0)] = told(
        "Loss of thin cloud along the line of sight, with sky_states = four.", 1.5
    )
    correlation_time_h: Positive = told("Memory of the cloud field.", 9.0)
    correlation_length_km: Positive = told("Reach of the cloud field.", 600.0)
    members: Annotated[int, Field(ge=1, le=100_000)] = told("Members of a forecast.", 1000)
