"""Checked policy, schedule and weather as nouns: the settings that are in force.

What no room uses yet is not in them; `scenario_support` keeps it and says what is done instead.
"""

from __future__ import annotations

from euroqci_planner.io.scenario_assets import instant
from euroqci_planner.io.schema_policy import PolicyRecord, ScheduleRecord, WeatherRecord
from euroqci_planner.mission.scenario import (
    Ban,
    BlockPolicy,
    Concentration,
    ErrorCorrectionModel,
    Objective,
    Pin,
    Policy,
    Quota,
    ScheduleSettings,
    SkyModel,
    WeatherModel,
    WeatherSettings,
    WindowPolicy,
)
from euroqci_planner.mission.sky_forecast import SkyForecast
from euroqci_planner.units import KILO, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE


def policy_noun(record: PolicyRecord) -> Policy:
    """Policy in force."""
    return Policy(
        epsilon_secrecy=record.epsilon_secrecy,
        epsilon_correctness=record.epsilon_correctness,
        concentration=Concentration(record.concentration),
        error_correction_model=ErrorCorrectionModel(record.error_correction_model),
        error_correction_efficiency=record.error_correction_efficiency,
        frame_error_probability=record.frame_error_probability,
        block=BlockPolicy(record.block),
        pool_latency_s=record.pool_latency_days * SECONDS_PER_DAY,
        usable_window=WindowPolicy(record.usable_window),
        loss_sigma_db=record.loss_sigma_db,
        background_spread=record.background_spread,
        uncertainty_draws=record.uncertainty_draws,
        post_processing_s=record.post_processing_min * SECONDS_PER_MINUTE,
        classical_contact_s=record.classical_contact_h * SECONDS_PER_HOUR,
        authentication_bits_per_contact=record.authentication_bits_per_contact,
    )


def schedule_noun(record: ScheduleRecord) -> ScheduleSettings:
    """Schedule settings in force: freezing and the price of changes are kept aside."""
    return ScheduleSettings(
        objective=Objective(record.objective),
        relative_gap=record.relative_gap,
        min_dwell_s=record.min_dwell_s,
        pins=tuple(
            Pin(
                satellite_id=item.satellite,
                station_id=item.station,
                near_utc=instant(item.near_utc),
            )
            for item in record.pin
        ),
        bans=tuple(
            Ban(
                satellite_id=item.satellite or "",
                station_id=item.station or "",
                from_utc=instant(item.from_utc),
                to_utc=instant(item.to_utc),
            )
            for item in record.ban
        ),
        quotas=tuple(Quota(group=item.group, max_share=item.max_share) for item in record.quota),
    )


def weather_noun(record: WeatherRecord, forecast: SkyForecast | None) -> WeatherSettings:
    """Weather settings; `forecast` is what the forecast file holds, None where none is named."""
    return WeatherSettings(
        model=WeatherModel(record.model),
        forecast_file=record.forecast_file or "",
        forecast=forecast,
        sky_states=SkyModel(record.sky_states),
        thin_cloud_transmittance=10.0 ** (-0.1 * record.thin_cloud_loss_db),
        correlation_time_s=record.correlation_time_h * SECONDS_PER_HOUR,
        correlation_length_m=record.correlation_length_km * KILO,
        members=record.members,
    )
