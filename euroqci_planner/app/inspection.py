"""One pass under the glass: its way over the sky, its link second by second, and its key.

The numbers are those of the plan: the same samples, link and key models, for one pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from euroqci_planner.app.key_account import KeyAccount, flown_piece, key_account
from euroqci_planner.app.link_and_key import budget_of, counts_of
from euroqci_planner.app.pair_card import PairCard, is_pass_of_source, pair_card
from euroqci_planner.app.pass_card import cloudy_skies, contact_name, key_range_bits
from euroqci_planner.app.registry import KEY_MODELS
from euroqci_planner.app.sky import Sky
from euroqci_planner.app.sky_cache import sky_of
from euroqci_planner.mission.assets import Payload, Station
from euroqci_planner.mission.key_yield import DetectionCounts, EpsilonLedger
from euroqci_planner.mission.link_budget import LinkBudget
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.mission.plan import REASON_TEXTS, PassState, Plan, Reason
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.mission.table import Table, column
from euroqci_planner.orbit.illumination import sunlit_fraction
from euroqci_planner.orbit.site import Site
from euroqci_planner.orbit.sky_rules import mask_elevation_rad
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import FloatArray, decibel_loss

ARC_STEP_S = 2.0
_MOST_ARC_POINTS = 1_500
_MASK_STEP_DEG = 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SkyArc(Table):
    """The whole geometric pass as the station sees it; `t_s` from the highest point, in s.

    Elevations are geometric; azimuths from north over east. `sunlit_fraction` is the share of
    the solar disc that the satellite sees.
    """

    t_s: FloatArray = column("float64")
    elevation_rad: FloatArray = column("float64")
    azimuth_rad: FloatArray = column("float64")
    range_m: FloatArray = column("float64")
    sunlit_fraction: FloatArray = column("float64")
    sun_elevation_rad: FloatArray = column("float64")
    sun_azimuth_rad: FloatArray = column("float64")
    moon_elevation_rad: FloatArray = column("float64")
    moon_azimuth_rad: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LinkCourse(Table):
    """Link and key over the usable window, a row per slot; `t_s` from the highest point, in s.

    `transmittance` is the total, `transmittance_terms` (n, terms) its factors, `noise_hz` the
    clicks per detector of all sources, `noise_terms_hz` (n, terms) its parts. `sifted_rate_hz`
    and `qber` are those of the slot alone. `key_rate_hz` is what the key of the pass would lose
    per second of this slot if it were missing, before rounding: in a finite block seconds have no
    key of their own. Negative where a second costs more than it gives. NaN where a model does not
    hold.
    """

    loss_terms: tuple[str, ...]
    noise_terms: tuple[str, ...]
    t_s: FloatArray = column("float64")
    slot_s: FloatArray = column("float64")
    transmittance: FloatArray = column("float64")
    transmittance_terms: FloatArray = column("float64", per_row=("loss_terms",))
    noise_hz: FloatArray = column("float64")
    noise_terms_hz: FloatArray = column("float64", per_row=("noise_terms",))
    sifted_rate_hz: FloatArray = column("float64")
    qber: FloatArray = column("float64")
    key_rate_hz: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PassInspection:
    """Everything that is known of one pass of a plan.

    `highest_utc` is where `t_s` is zero. `window_s` bounds the usable window on that axis, None
    where there is none. `limit_azimuth_rad` and `limit_elevation_rad` draw what the station can
    see: the higher of its horizon mask and its minimum elevation. `link` is None for passes
    without a usable window and for plans without links; `account` also where the link model does
    not hold. Losses at the sample nearest to the culmination and mean noise are the plan's own
    (None as `link`); `loss_culmination_db` is the sum of `loss_terms_db`. `cloudy_skies` holds
    name, chance and key of the skies between clear and overcast. `blocked_by` is a row of the plan
    (None for none), `blocker_name` a short name of it. A pass of a source of entangled pairs has
    no key alone: no account and no rates; `pair` is the contact in which it is flown.
    """

    row: int
    pass_id: str
    satellite: int
    satellite_id: str
    satellite_name: str
    station_id: str
    station_name: str
    state: PassState
    reason: str
    blocked_by: int | None
    blocker_name: str
    highest_utc: np.datetime64
    window_s: tuple[float, float] | None
    max_elevation_rad: float
    clear_probability: float
    key_expected_bits: float
    loss_culmination_db: float
    arc: SkyArc
    limit_azimuth_rad: FloatArray
    limit_elevation_rad: FloatArray
    link: LinkCourse | None
    loss_terms_db: FloatArray | None
    noise_terms_hz: FloatArray | None
    account: KeyAccount | None
    ledger: EpsilonLedger | None
    key_range_bits: tuple[float, float] | None = None
    cloudy_skies: tuple[tuple[str, float, float], ...] = ()
    pair: PairCard | None = None


def inspect_pass(plan: Plan, row: int) -> PassInspection:
    """Look into the pass of this row; raises IndexError for a row that the plan does not have.

    Takes some tens of milliseconds. Safe to call off the thread that draws.
    """
    if not 0 <= row < len(plan.passes):
        raise IndexError(f"the plan has rows 0 to {len(plan.passes) - 1}, not {row}")
    sky = sky_of(plan.scenario)
    satellite, station = int(plan.passes.satellite[row]), int(plan.passes.station[row])
    craft, site = plan.scenario.satellites[satellite], plan.scenario.stations[station]
    blocker = int(plan.decisions.blocked_by[row])
    azimuth, limit = _limit(site)
    has_link = plan.link is not None and not np.isnat(plan.conditions.usable_start_utc[row])
    losses = _loss_terms(plan, row) if has_link else None
    return PassInspection(
        row=row,
        pass_id=pass_id_of(plan, row),
        satellite=satellite,
        satellite_id=craft.id,
        satellite_name=craft.name,
        station_id=site.id,
        station_name=site.name,
        state=PassState(int(plan.decisions.state[row])),
        reason=REASON_TEXTS[Reason(int(plan.decisions.reason[row]))],
        blocked_by=blocker if blocker >= 0 else None,
        blocker_name=contact_name(plan, blocker) if blocker >= 0 else "",
        highest_utc=plan.passes.highest_utc[row],
        window_s=_window(plan, row),
        max_elevation_rad=float(plan.passes.max_elevation_rad[row]),
        clear_probability=float(plan.decisions.clear_probability[row]),
        key_expected_bits=float(plan.decisions.key_expected_bits[row]),
        loss_culmination_db=float("nan") if losses is None else float(np.sum(losses)),
        arc=_arc(plan, sky, row),
        limit_azimuth_rad=azimuth,
        limit_elevation_rad=limit,
        link=_course(plan, sky, row) if has_link else None,
        loss_terms_db=losses,
        noise_terms_hz=plan.link.noise_terms_hz[row] if plan.link and has_link else None,
        account=_account(plan, row) if has_link else None,
        ledger=plan.ledgers.get(craft.payload.id),
        key_range_bits=key_range_bits(plan, row),
        cloudy_skies=cloudy_skies(plan, row),
        pair=pair_card(plan, row),
    )


def pass_id_of(plan: Plan, row: int) -> str:
    """The identity of one pass: what `PassTable.pass_ids` says of it, without all the others."""
    passes = plan.passes
    pair = (passes.satellite == passes.satellite[row]) & (passes.station == passes.station[row])
    rows = np.flatnonzero(pair)
    return str(passes.take(rows).pass_ids()[np.searchsorted(rows, row)])


def _account(plan: Plan, row: int) -> KeyAccount | None:
    if plan.keys is None or is_pass_of_source(plan, row):
        return None
    return key_account(plan.keys, row, plan.key_details)


def _window(plan: Plan, row: int) -> tuple[float, float] | None:
    conditions, highest = plan.conditions, plan.passes.highest_utc[row]
    if np.isnat(conditions.usable_start_utc[row]):
        return None
    ends = (conditions.usable_start_utc[row], conditions.usable_end_utc[row])
    begin, end = (float(seconds_between(highest, instant)) for instant in ends)
    return begin, end


def _loss_terms(plan: Plan, row: int) -> FloatArray | None:
    if plan.link is None:
        return None
    return decibel_loss(plan.link.transmittance_terms[row])


def _limit(site: Station) -> tuple[FloatArray, FloatArray]:
    azimuth = np.radians(np.arange(0, 361, _MASK_STEP_DEG, dtype=np.float64))
    limit = np.full_like(azimuth, site.min_elevation_rad)
    if site.horizon_mask_rad:
        points = np.array(site.horizon_mask_rad, dtype=np.float64)
        azimuth = np.union1d(azimuth, points[:, 0])
        limit = np.maximum(mask_elevation_rad(points.T, azimuth), site.min_elevation_rad)
    return azimuth, limit


def _arc(plan: Plan, sky: Sky, row: int) -> SkyArc:
    passes, start = plan.passes, plan.scenario.start_utc
    highest_s, begin_s, end_s = (
        float(seconds_between(start, instant))
        for instant in (passes.highest_utc[row], passes.start_utc[row], passes.end_utc[row])
    )
    step = max(ARC_STEP_S, (end_s - begin_s) / _MOST_ARC_POINTS)
    count = max(int(np.ceil((end_s - begin_s) / step)), 1) + 1
    times = np.union1d(np.linspace(begin_s, end_s, count), [highest_s])
    site = Site.of(plan.scenario.stations[int(passes.station[row])])
    position = sky.fleet.earth_fixed(int(passes.satellite[row]), times).position_m
    sun, moon = sky.bodies.sun_and_moon_earth_fixed_m(times)
    elevation, azimuth, range_m = site.elevation_azimuth_range(position)
    sun_elevation, sun_azimuth, _ = site.elevation_azimuth_range(sun)
    moon_elevation, moon_azimuth, _ = site.elevation_azimuth_range(moon)
    return SkyArc(
        t_s=times - highest_s,
        elevation_rad=elevation,
        azimuth_rad=azimuth,
        range_m=range_m,
        sunlit_fraction=sunlit_fraction(position, sun),
        sun_elevation_rad=sun_elevation,
        sun_azimuth_rad=sun_azimuth,
        moon_elevation_rad=moon_elevation,
        moon_azimuth_rad=moon_azimuth,
    )


def _course(plan: Plan, sky: Sky, row: int) -> LinkCourse:
    scenario, passes = plan.scenario, plan.passes
    piece = flown_piece(plan, row)
    samples, budget = budget_of(scenario, sky, passes, plan.conditions, piece)
    rates = _rates(plan, row, samples, budget)
    begin_s = float(seconds_between(passes.highest_utc[row], plan.conditions.usable_start_utc[row]))
    return LinkCourse(
        loss_terms=budget.loss_terms,
        noise_terms=budget.noise_terms,
        t_s=begin_s + samples.t_s,
        slot_s=samples.slot_s,
        transmittance=budget.total_transmittance(),
        transmittance_terms=budget.transmittance,
        noise_hz=budget.total_noise_hz(),
        noise_terms_hz=budget.noise_hz,
        sifted_rate_hz=rates[0],
        qber=rates[1],
        key_rate_hz=rates[2],
    )


def _rates(
    plan: Plan, row: int, samples: PassSamples, budget: LinkBudget
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sifted rate, error rate and key rate; NaN for a source of pairs, which needs two stations."""
    if is_pass_of_source(plan, row):
        nothing = np.full(len(samples), np.nan)
        return nothing, nothing, nothing
    piece = flown_piece(plan, row)
    slots = counts_of(piece, samples, budget, np.arange(len(samples) + 1, dtype=np.intp))
    sifted = np.sum(slots.key_detections, axis=1)
    with np.errstate(invalid="ignore"):
        qber = np.sum(slots.key_errors, axis=1) / sifted
    key = _lost_without(slots, piece.satellite.payload, plan.scenario.policy)
    return sifted / samples.slot_s, qber, key / samples.slot_s


def _lost_without(slots: DetectionCounts, payload: Payload, policy: Policy) -> FloatArray:
    """Per slot: key of the whole block minus key of the block without it, signed bits."""
    model = KEY_MODELS[payload.source.protocol]
    whole: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name in slots.column_names():
        each = getattr(slots, name)
        total = np.sum(each, axis=0, keepdims=True)
        whole[name], rest[name] = total, np.maximum(total - each, 0.0)
    total_bits = model.keys(payload, DetectionCounts(**whole), policy).key_bits_signed[0]
    without = model.keys(payload, DetectionCounts(**rest), policy).key_bits_signed
    return np.asarray(total_bits - without)
