"""Small plans made by hand for tests of what comes after planning: files, report, tables.

The numbers hang together (a pass rises, culminates and sets; range and loss follow from its
elevation, key from loss, the schedule keeps its own rules), but no orbit and no link model is
behind them.
"""

from __future__ import annotations

from bisect import bisect, insort
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from station_cases import ATMOSPHERE, RECEIVER

from euroqci_planner.mission.assets import (
    DecoySource,
    DivergenceBeam,
    DivergenceConvention,
    Payload,
    Protocol,
    Role,
    Satellite,
    SettingsPolicy,
    Station,
    SunRule,
)
from euroqci_planner.mission.key_yield import EpsilonLedger, EpsilonShare, KeyYield
from euroqci_planner.mission.link_budget import LOSS_TERMS, NOISE_TERMS, PassLink
from euroqci_planner.mission.orbits import (
    ElementSet,
    ImportRecord,
    RecordStatus,
    SunSynchronousOrbit,
)
from euroqci_planner.mission.pass_table import (
    EclipseState,
    Exclusion,
    PassConditions,
    PassTable,
)
from euroqci_planner.mission.plan import (
    NO_BLOCKER,
    ModelUsed,
    NightTable,
    PassDecisions,
    PassState,
    Plan,
    Reason,
    SatelliteOutcome,
)
from euroqci_planner.mission.scenario import InputFile, Scenario
from euroqci_planner.timebase import NOT_A_TIME, after, instant_after, seconds_between, utc
from euroqci_planner.units import FloatArray

START_UTC = utc("2026-06-14T12:00:00Z")
DAY_S = 86_400.0
EARTH_RADIUS_M = 6_371e3
ORBIT_HEIGHT_M = 500e3
SUN_DECLINATION_RAD = np.radians(23.3)

SITES = (
    ("calar-alto", "Calar Alto", "ES", 37.2236, -2.5461, 2168.0),
    ("matera", "Matera", "IT", 40.6486, 16.7046, 536.9),
    ("oberpfaffenhofen", "Oberpfaffenhofen", "DE", 48.0849, 11.2781, 650.0),
    ("helmos", "Helmos", "GR", 37.9856, 22.1983, 2340.0),
    ("redu", "Redu", "BE", 50.0021, 5.1459, 370.0),
    ("tenerife", "Teide", "ES", 28.3009, -16.5119, 2393.0),
)
CRAFT = ("QUBE-II", "SPEQTRE", "CUBEL", "EAGLE-1", "UNIO-1", "UNIO-2", "UNIO-3", "UNIO-4")


def payload(name: str = "leo-850") -> Payload:
    source = DecoySource(
        protocol=Protocol.BB84_TWO_DECOY,
        pulse_rate_hz=100e6,
        pulse_width_s=200e-12,
        settings=SettingsPolicy.FIXED,
        intensities=(0.7, 0.1, 0.0),
        intensity_probabilities=(0.8, 0.15, 0.05),
        key_basis_probability=0.8,
        intrinsic_error=0.01,
    )
    return Payload(
        id=name,
        name=name,
        wavelength_m=850e-9,
        aperture_m=0.085,
        obscuration_ratio=0.0,
        beam=DivergenceBeam(divergence_rad=20e-6, convention=DivergenceConvention.FULL_ANGLE_1E2),
        wavefront_error_m=40e-9,
        pointing_jitter_rad=(2e-6, 2e-6),
        pointing_bias_rad=0.5e-6,
        transmit_efficiency=1.0,
        terminals=1,
        slew_s=60.0,
        acquisition_s=30.0,
        source=source,
    )


def element_set(norad_id: int, name: str) -> ElementSet:
    return ElementSet(
        norad_id=norad_id,
        name=name,
        international_designator="26001A",
        epoch_utc=utc("2026-06-14T03:21:07.123584Z"),
        inclination_rad=1.7,
        raan_rad=0.4,
        eccentricity=0.001,
        argument_of_perigee_rad=0.0,
        mean_anomaly_rad=0.0,
        mean_motion_rad_s=1.1e-3,
        bstar_per_earth_radius=1e-4,
        source="orbits.tle",
        line=1,
    )


def satellite(name: str, number: int, *, design: bool = False) -> Satellite:
    orbit = SunSynchronousOrbit(
        epoch_utc=START_UTC, altitude_m=ORBIT_HEIGHT_M, local_time_descending_node_h=22.5
    )
    return Satellite(
        id=name.lower(),
        name=name,
        orbit=orbit if design else element_set(69_000 + number, name),
        payload=payload(),
        role=Role.TRUSTED_NODE,
        owner="EU",
    )


def station(
    name: str, title: str, country: str, latitude: float, longitude: float, height: float
) -> Station:
    return Station(
        id=name,
        name=title,
        country=country,
        latitude_rad=float(np.radians(latitude)),
        longitude_rad=float(np.radians(longitude)),
        altitude_m=height,
        min_elevation_rad=float(np.radians(20.0)),
        receiver=RECEIVER,
        atmosphere=ATMOSPHERE,
        sun_rule=SunRule.MAX_ELEVATION,
        max_sun_elevation_rad=float(np.radians(-9.0)),
        min_sun_separation_rad=0.4,
        min_moon_separation_rad=0.2,
        setup_s=120.0,
        terminals=1,
        sky_brightness_mag_arcsec2=21.2,
    )


def scenario(satellites: int = 3, stations: int = 4, days: float = 3.0) -> Scenario:
    craft = tuple(satellite(name, n, design=n == 2) for n, name in enumerate(CRAFT[:satellites]))
    return Scenario(
        name="Three June nights",
        description="A plan made by hand for tests.",
        start_utc=START_UTC,
        duration_s=days * DAY_S,
        issued_utc=utc("2026-06-14T06:00:00Z"),
        satellites=craft,
        stations=tuple(station(*site) for site in SITES[:stations]),
        seed=20260614,
        inputs=(InputFile(path="orbits.tle", sha256="ab" * 32, bytes=1_234),),
    )


def example_plan(satellites: int = 3, stations: int = 4, days: float = 3.0) -> Plan:
    """A complete plan: contacts, passes by day, blocked passes, one satellite without passes."""
    made = scenario(satellites, stations, days)
    flying = max(satellites - 1, 1)
    passes = _passes(made, flying, passes_per_day=5)
    return plan_of(made, passes)


def plan_of(made: Scenario, passes: PassTable) -> Plan:
    """The plan that follows from these passes."""
    conditions = _conditions(made, passes)
    link = _link(passes, conditions)
    keys = _keys(link)
    decisions = _decisions(passes, conditions, keys)
    value = float(np.sum(decisions.key_expected_bits[_flown(decisions)]))
    return Plan(
        scenario=made,
        passes=passes,
        conditions=conditions,
        decisions=decisions,
        link=link,
        keys=keys,
        schedule_method="greedy by expected key",
        objective="expected_key",
        value_bits=value,
        bound_bits=1.03 * value,
        outcomes=_outcomes(made, passes, conditions, decisions),
        import_report=(
            ImportRecord(
                source="orbits.tle",
                line=7,
                norad_id=69_009,
                name="BROKEN-1",
                status=RecordStatus.REFUSED,
                rule="checksum",
                message="line 8: checksum is 3, should be 7",
            ),
        ),
        ledgers={
            "leo-850": EpsilonLedger(
                proof="Lim et al. 2014, PRA 89, 022307",
                shares=(
                    EpsilonShare("statistical fluctuations", 21, 1e-9 / 21),
                    EpsilonShare("error verification", 1, 1e-15),
                ),
            )
        },
        models=(
            ModelUsed(role="orbit", name="SGP4", citation="Vallado et al. 2006, AIAA 2006-6753"),
            ModelUsed(role="key", name="two-decoy BB84", citation="Lim et al. 2014"),
        ),
        warnings=("[[demand]] is kept, but not used yet",),
        provenance={"program": "euroqci-planner", "libraries": {"numpy": "2.4.6"}},
        nights=_nights(made),
    )


def geometry_plan() -> Plan:
    """The passes alone, as `find_passes` gives them."""
    whole = example_plan()
    usable = ~np.isnat(whole.conditions.usable_start_utc)
    rows = len(whole.passes)
    decisions = PassDecisions(
        clear_probability=whole.decisions.clear_probability,
        key_expected_bits=np.full(rows, np.nan),
        key_usable_utc=np.full(rows, NOT_A_TIME),
        state=np.where(usable, PassState.CANDIDATE, PassState.REJECTED),
        reason=whole.conditions.exclusion,
        blocked_by=np.full(rows, NO_BLOCKER),
    )
    return replace(
        whole,
        decisions=decisions,
        link=None,
        keys=None,
        schedule_method="",
        objective="",
        value_bits=0.0,
        bound_bits=float("nan"),
        ledgers={},
    )


def empty_plan() -> Plan:
    """A plan without any pass."""
    made = scenario()
    return plan_of(made, _passes(made, 3, passes_per_day=5).take([]))


def large_plan(passes_wanted: int, satellites: int = 8, stations: int = 6) -> Plan:
    """A plan with at least so many passes."""
    made = scenario(satellites, stations, days=7.0)
    per_day = int(np.ceil(passes_wanted / (7.0 * satellites * stations)))
    return plan_of(made, _passes(made, satellites, per_day))


def renamed(plan: Plan, *, satellite_id: str, satellite_name: str, station_name: str) -> Plan:
    """The plan with other names for its first satellite and its first station."""
    first = replace(plan.scenario.satellites[0], id=satellite_id, name=satellite_name)
    site = replace(plan.scenario.stations[0], name=station_name)
    other = replace(
        plan.scenario,
        satellites=(first, *plan.scenario.satellites[1:]),
        stations=(site, *plan.scenario.stations[1:]),
    )
    ids = (satellite_id, *plan.passes.satellite_ids[1:])
    outcome = replace(plan.outcomes[0], satellite_id=satellite_id)
    return replace(
        plan,
        scenario=other,
        passes=replace(plan.passes, satellite_ids=ids),
        outcomes=(outcome, *plan.outcomes[1:]),
    )


def _passes(made: Scenario, flying: int, passes_per_day: int) -> PassTable:
    """Passes at random times in two swaths a day; the window's borders cut the first and last."""
    random = np.random.default_rng(made.seed)
    count = round(passes_per_day * made.duration_s / DAY_S)
    size = flying * len(made.stations) * count
    craft = np.repeat(np.arange(flying), len(made.stations) * count)
    site = np.tile(np.repeat(np.arange(len(made.stations)), count), flying)
    local_s = np.where(random.random(size) < 0.6, 22.5, 10.5) * 3_600.0
    day_s = random.integers(0, int(made.duration_s / DAY_S) + 1, size) * DAY_S
    highest_s = day_s - 0.5 * DAY_S + local_s + random.normal(0.0, 5_400.0, size)
    highest_s = np.clip(highest_s, 30.0, made.duration_s - 30.0)
    elevation = np.arcsin(random.uniform(np.sin(np.radians(20.5)), 1.0, size))
    half_s = 220.0 * np.sqrt(elevation / (0.5 * np.pi))
    azimuth = random.uniform(0.0, 2.0 * np.pi, size)
    rise_s, set_s = highest_s - half_s, highest_s + half_s
    order = np.lexsort((site, craft, np.maximum(rise_s, 0.0)))
    start = made.start_utc

    def inside(seconds: FloatArray) -> FloatArray:
        return np.where((seconds >= 0.0) & (seconds <= made.duration_s), seconds, np.nan)

    return PassTable(
        satellite_ids=tuple(item.id for item in made.satellites),
        station_ids=tuple(item.id for item in made.stations),
        satellite=craft[order],
        station=site[order],
        start_utc=after(start, np.maximum(rise_s, 0.0)[order]),
        end_utc=after(start, np.minimum(set_s, made.duration_s)[order]),
        rise_utc=after(start, inside(rise_s)[order]),
        culmination_utc=after(start, highest_s[order]),
        set_utc=after(start, inside(set_s)[order]),
        highest_utc=after(start, highest_s[order]),
        max_elevation_rad=elevation[order],
        rise_azimuth_rad=np.where(np.isnan(inside(rise_s)), np.nan, azimuth)[order],
        culmination_azimuth_rad=np.mod(azimuth + 0.5 * np.pi, 2.0 * np.pi)[order],
        set_azimuth_rad=np.where(np.isnan(inside(set_s)), np.nan, np.mod(azimuth + np.pi, 6.28))[
            order
        ],
        min_range_m=_slant_range_m(elevation)[order],
    )


def _slant_range_m(elevation: FloatArray) -> FloatArray:
    sine = EARTH_RADIUS_M * np.sin(elevation)
    shell = (EARTH_RADIUS_M + ORBIT_HEIGHT_M) ** 2 - EARTH_RADIUS_M**2
    return np.sqrt(sine**2 + shell) - sine


def sun_elevation_rad(
    latitude: FloatArray, longitude: FloatArray, when: NDArray[Any]
) -> FloatArray:
    hour_angle = 2.0 * np.pi * seconds_between(START_UTC, when) / DAY_S + longitude
    return np.arcsin(
        np.sin(latitude) * np.sin(SUN_DECLINATION_RAD)
        + np.cos(latitude) * np.cos(SUN_DECLINATION_RAD) * np.cos(hour_angle)
    )


def _conditions(made: Scenario, passes: PassTable) -> PassConditions:
    latitude = np.array([item.latitude_rad for item in made.stations])[passes.station]
    longitude = np.array([item.longitude_rad for item in made.stations])[passes.station]
    limit = np.radians(-9.0)
    rows = len(passes)
    sun = sun_elevation_rad(latitude, longitude, passes.highest_utc)
    dark = sun < limit
    masked = np.arange(rows) % 17 == 3
    usable = dark & ~masked
    excluded = np.where(dark, Exclusion.HORIZON_MASK, Exclusion.DAYLIGHT)
    age = np.array([30_000.0 * (1 + n) for n in range(len(made.satellites))])[passes.satellite]
    return PassConditions(
        usable_start_utc=np.where(usable, passes.start_utc, NOT_A_TIME),
        usable_end_utc=np.where(usable, passes.end_utc, NOT_A_TIME),
        exclusion=np.where(usable, Exclusion.NONE, excluded),
        sun_elevation_rad=sun,
        moon_elevation_rad=np.full(rows, -0.2),
        moon_separation_rad=np.linspace(0.3, 2.9, rows),
        moon_illuminated_fraction=np.full(rows, 0.02),
        eclipse_state=np.where(dark, EclipseState.ENTERING, EclipseState.SUNLIT),
        element_age_s=age,
        timing_sigma_s=np.where(passes.satellite == 2, np.nan, 0.02),
    )


def _nights(made: Scenario) -> NightTable:
    """Where the Sun is below each station's limit, to five minutes."""
    t_s = np.arange(0.0, made.duration_s + 300.0, 300.0)
    when = after(made.start_utc, t_s)
    rows: list[tuple[int, Any, Any]] = []
    for number, site in enumerate(made.stations):
        sun = sun_elevation_rad(np.array(site.latitude_rad), np.array(site.longitude_rad), when)
        dark = np.concatenate(([False], sun < site.max_sun_elevation_rad, [False]))
        edges = np.flatnonzero(np.diff(dark.astype(np.int8)))
        rows += [
            (number, when[a], when[min(b, len(when) - 1)])
            for a, b in zip(edges[::2], edges[1::2], strict=True)
        ]
    return NightTable(
        station=[row[0] for row in rows],
        start_utc=[row[1] for row in rows],
        end_utc=[row[2] for row in rows],
    )


def _link(passes: PassTable, conditions: PassConditions) -> PassLink:
    air_mass = 1.0 / np.sin(passes.max_elevation_rad)
    known = {
        "diffraction": 10.0 + 20.0 * np.log10(passes.min_range_m / ORBIT_HEIGHT_M),
        "wavefront": 0.38,
        "pointing": 0.45,
        "rayleigh": 0.07 * air_mass,
        "aerosol": 0.12 * air_mass,
        "ozone": 0.004 * air_mass,
        "gas": 0.05 * air_mass,
        "receive_optics": 3.0,
        "filter": 0.46,
        "gate": 0.9,
        "detector": 3.0,
    }
    columns = [known.get(name, 0.0) + np.zeros(len(passes)) for name in LOSS_TERMS]
    decibels = np.stack(columns, axis=1)
    clicks = {"night_sky": 160.0, "light_pollution": 21.0, "moon": 3.0, "dark_counts": 100.0}
    noise_hz = np.array([clicks.get(name, 0.0) for name in NOISE_TERMS])
    usable = ~np.isnat(conditions.usable_start_utc)
    terms = np.where(usable[:, None], 10.0 ** (-0.1 * decibels), np.nan)
    noise = np.where(usable[:, None], noise_hz, np.nan)
    total = np.prod(terms, axis=1)
    return PassLink(
        loss_terms=LOSS_TERMS,
        noise_terms=NOISE_TERMS,
        transmittance_max=total,
        transmittance_culmination=total,
        transmittance_terms=terms,
        noise_hz=np.sum(noise, axis=1),
        noise_terms_hz=noise,
    )


def _keys(link: PassLink) -> KeyYield:
    sifted = 3e9 * link.transmittance_max
    signed = 0.3 * sifted - 60_000.0
    return KeyYield(
        sifted_bits=sifted,
        qber=0.01 + 40.0 / sifted,
        vacuum_events=0.001 * sifted,
        single_photon_events=0.6 * sifted,
        test_single_photon_events=0.04 * sifted,
        test_single_photon_errors=0.001 * sifted,
        phase_error=np.full(len(sifted), 0.03),
        error_correction_bits=0.1 * sifted,
        key_bits_signed=signed,
        key_bits=np.floor(np.maximum(signed, 0.0)),
    )


def _decisions(passes: PassTable, conditions: PassConditions, keys: KeyYield) -> PassDecisions:
    rows = len(passes)
    clear = 0.4 + 0.08 * passes.station
    expected = clear * keys.key_bits
    state = np.full(rows, PassState.REJECTED)
    reason = conditions.exclusion.astype(np.int8)
    blocked_by = np.full(rows, NO_BLOCKER)
    reason[(reason == Reason.NONE) & ~(keys.key_bits > 0.0)] = Reason.NO_KEY
    _fly_greedily(passes, conditions, expected, state, reason, blocked_by)
    ready = after(conditions.usable_end_utc, 1_800.0)
    return PassDecisions(
        clear_probability=clear,
        key_expected_bits=expected,
        key_usable_utc=np.where(keys.key_bits > 0.0, ready, NOT_A_TIME),
        state=state,
        reason=reason,
        blocked_by=blocked_by,
    )


def _fly_greedily(
    passes: PassTable,
    conditions: PassConditions,
    expected: FloatArray,
    state: NDArray[Any],
    reason: NDArray[Any],
    blocked_by: NDArray[Any],
) -> None:
    """Best first; contacts of one satellite or one station stay two minutes apart."""
    margin = np.timedelta64(120, "s")
    start, end = conditions.usable_start_utc, conditions.usable_end_utc
    taken: dict[tuple[str, int], list[tuple[np.datetime64, int]]] = {}
    for row in sorted(np.flatnonzero(reason == Reason.NONE), key=lambda r: (-expected[r], r)):
        users = (("satellite", int(passes.satellite[row])), ("station", int(passes.station[row])))
        hits = [
            (user[0], other)
            for user in users
            for other in _around(taken.get(user, []), start[row])
            if start[row] < end[other[1]] + margin and start[other[1]] < end[row] + margin
        ]
        if hits:
            kind, (_, blocked_by[row]) = hits[0]
            reason[row] = Reason[f"{kind.upper()}_BUSY"]
            continue
        state[row] = PassState.SCHEDULED
        for user in users:
            insort(taken.setdefault(user, []), (start[row], row))
    first = np.flatnonzero(state == PassState.SCHEDULED)[:1]
    state[first] = PassState.PINNED


def _around(
    taken: list[tuple[np.datetime64, int]], start: np.datetime64
) -> list[tuple[np.datetime64, int]]:
    at = bisect(taken, (start, 0))
    return taken[max(at - 1, 0) : at + 1]


def _flown(decisions: PassDecisions) -> NDArray[np.bool_]:
    return np.isin(decisions.state, (PassState.SCHEDULED, PassState.PINNED))


def _outcomes(
    made: Scenario, passes: PassTable, conditions: PassConditions, decisions: PassDecisions
) -> tuple[SatelliteOutcome, ...]:
    usable = ~np.isnat(conditions.usable_start_utc)
    flown = _flown(decisions)
    found = []
    for index, craft in enumerate(made.satellites):
        mine = passes.satellite == index
        tracked = isinstance(craft.orbit, ElementSet)
        found.append(
            SatelliteOutcome(
                satellite_id=craft.id,
                norad_id=craft.orbit.norad_id if isinstance(craft.orbit, ElementSet) else 0,
                elements="orbits.tle:1" if tracked else "design orbit",
                epoch_utc=craft.orbit.epoch_utc,
                passes=int(np.sum(mine)),
                usable_passes=int(np.sum(mine & usable)),
                contacts=int(np.sum(mine & flown)),
                problem="" if mine.any() else "never above the minimum elevation of any station",
                usable_from_utc=NOT_A_TIME,
                usable_until_utc=instant_after(made.start_utc, made.duration_s),
            )
        )
    return tuple(found)
