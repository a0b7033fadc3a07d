"""The forecast of a scenario, as planned and with something changed: who runs out of key then?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from os import PathLike
from pathlib import Path

import numpy as np

from euroqci_planner.app.climate_range import climate_range
from euroqci_planner.app.key_outlook import DEEP, Steps, key_outlook, most_steps
from euroqci_planner.app.key_stores import KeysAtHand, key_stores_of, store_inputs
from euroqci_planner.app.memory import refuse_too_large
from euroqci_planner.app.pipeline import PLAN_STAGES, plan_of
from euroqci_planner.app.progress import Progress
from euroqci_planner.app.requirements import findings_of
from euroqci_planner.app.sky_keys import without_cloudy_keys
from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.atomic_write import write_folder
from euroqci_planner.io.exports import forecast_files as forecast_exports
from euroqci_planner.io.nearest_name import mend_unknown
from euroqci_planner.mission.network import Demand
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.plan import PassState, Plan, is_flown
from euroqci_planner.mission.scenario import Ban, Pin, Scenario

MOST_FACTOR = 1e6
_OUTLOOK_STAGES = (("outlook", 4.0), ("switches", 4.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """What is changed against the scenario as it stands.

    Stations that are down get no contact (their stores and fibre go on); satellites that are lost
    get none either and take the key aboard with them. Every demand asks for `demand_factor` as
    much. The other contacts stay as planned, or are chosen anew with `is_replanned`.
    """

    without_stations: tuple[str, ...] = ()
    without_satellites: tuple[str, ...] = ()
    demand_factor: float = 1.0
    is_replanned: bool = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is changed."""
        return not (self.without_stations or self.without_satellites) and self.demand_factor == 1.0

    @property
    def is_plain(self) -> bool:
        """Whether all switches are off."""
        return self.is_idle and not self.is_replanned

    @property
    def text(self) -> str:
        """What is changed, in a few words."""
        parts = [f"without station {name}" for name in self.without_stations]
        parts += [f"without satellite {name}" for name in self.without_satellites]
        if self.demand_factor != 1.0:
            parts.append(f"demand x {self.demand_factor:g}")
        how = "contacts chosen anew" if self.is_replanned else "other contacts as planned"
        return f"{', '.join(parts)} ({how})" if parts else "as planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedForecast:
    """The plan as it stands, and the same with the switches: None where they are idle."""

    planned: Plan
    switches: Switches
    switched: Plan | None

    @property
    def last(self) -> Plan:
        """The plan that was asked about."""
        return self.planned if self.switched is None else self.switched


def forecast_scenario(
    scenario: Scenario,
    switches: Switches,
    progress: Progress | None = None,
    *,
    memory_limit_bytes: float | None = None,
) -> SwitchedForecast:
    """Plan the scenario, forecast its stores with a full outlook, then again with the switches.

    Both meet the same skies. Raises `InvalidInput` for unknown ids and impossible factors, and as
    `make_plan` does.
    """
    refuse_switches(scenario, switches)
    refuse_too_large(scenario, memory_limit_bytes)
    work = (progress or Progress()).staged((*PLAN_STAGES, *_OUTLOOK_STAGES))
    return _forecast(plan_of(scenario, work), switches, work, is_studied=False)


def forecast_plan(
    plan: Plan,
    switches: Switches,
    progress: Progress | None = None,
    *,
    studied: Plan | None = None,
) -> SwitchedForecast:
    """The same of a plan that is there already: what `forecast_scenario` gives of its scenario.

    `studied` is `SwitchedForecast.planned` of an earlier forecast of this plan: its outlook is
    taken as it is. Raises as `forecast_scenario` does.
    """
    refuse_switches(plan.scenario, switches)
    work = (progress or Progress()).staged(_OUTLOOK_STAGES)
    return _forecast(studied or plan, switches, work, is_studied=studied is not None)


def _forecast(
    planned: Plan, switches: Switches, work: Progress, *, is_studied: bool
) -> SwitchedForecast:
    with work.stage("outlook") as advance:
        if not is_studied:
            planned = _with_outlook(planned, planned.scenario, advance)
    switched = None
    with work.stage("switches") as advance:
        if not switches.is_idle:
            switched = _switched(planned, switches, work, advance)
    work.finished()
    return SwitchedForecast(planned=planned, switches=switches, switched=switched)


def forecast_files(found: SwitchedForecast) -> dict[str, bytes]:
    """Content of every file of a forecast's output folder, by name."""
    return forecast_exports.forecast_files(found.planned, found.switched, found.switches.text)


def write_forecast(found: SwitchedForecast, folder: str | PathLike[str]) -> tuple[Path, ...]:
    """Write the files of a forecast, or none; raises `OutputError` where that fails."""
    return write_folder(Path(folder), forecast_files(found))


def refuse_switches(scenario: Scenario, switches: Switches) -> None:
    """Raise `InvalidInput` for ids that the scenario does not have and a factor that is none."""
    stations = [item.id for item in scenario.stations]
    satellites = [item.id for item in scenario.satellites]
    faults = [
        *_unknown(switches.without_stations, stations, "station"),
        *_unknown(switches.without_satellites, satellites, "satellite"),
    ]
    factor = switches.demand_factor
    if not (isfinite(factor) and 0.0 < factor <= MOST_FACTOR):
        mend = f"more than 0, at most {MOST_FACTOR:g}"
        faults.append(
            Fault("is no factor", where="--demand-factor", value=f"{factor:g}", mend=mend)
        )
    if faults:
        raise InvalidInput(faults)


def _unknown(names: Sequence[str], known: list[str], kind: str) -> Iterator[Fault]:
    for name in names:
        if name not in known:
            yield Fault(
                f"there is no {kind} of this id",
                where=f"--without-{kind}",
                value=name,
                mend=mend_unknown(name, known, f"known {kind}"),
            )


def _with_outlook(plan: Plan, scenario: Scenario, advance: Callable[[float], None]) -> Plan:
    if plan.keys is None:
        return plan
    keys = KeysAtHand(plan.keys, plan.key_details)
    inputs = store_inputs(scenario, plan, keys, plan.decisions, plan.pair_contacts)
    steps = Steps(advance, most_steps(inputs))
    outlook = key_outlook(inputs, DEEP, steps, steps.poll)
    if outlook is not None:
        outlook = replace(outlook, climate=climate_range(plan, scenario))
    return replace(plan, outlook=outlook)


def _switched(
    plan: Plan, switches: Switches, progress: Progress, advance: Callable[[float], None]
) -> Plan:
    scenario = switched_scenario(plan.scenario, switches)
    if switches.is_replanned:
        quiet = Progress(token=progress.token)
        made = plan_of(_without_contacts(scenario, switches), quiet)
        return _with_outlook(made, made.scenario, advance)
    if plan.keys is None:
        return plan
    whole = _with_outlook(_without_lost(plan, scenario, switches), scenario, advance)
    return replace(whole, findings=findings_of(whole))


def _without_lost(plan: Plan, scenario: Scenario, switches: Switches) -> Plan:
    """The plan whose lost contacts are banned and bring nothing, with the stores that follow."""
    keys, details, decisions = plan.keys, plan.key_details, plan.decisions
    if keys is None:
        return plan
    contacts, lost = _pairs_left(plan.pair_contacts, _lost_rows(plan, switches))
    details = None if details is None else without_cloudy_keys(details, lost)
    keys = replace(keys, key_bits=np.where(lost, 0.0, keys.key_bits))
    decisions = replace(
        decisions,
        state=np.where(
            lost & (decisions.state != PassState.REJECTED), PassState.BANNED, decisions.state
        ),
        key_expected_bits=np.where(lost, 0.0, decisions.key_expected_bits),
    )
    stores = key_stores_of(scenario, plan, KeysAtHand(keys, details), decisions, contacts)
    return replace(
        plan,
        scenario=scenario,
        keys=keys,
        key_details=details,
        decisions=decisions,
        pair_contacts=contacts,
        course=stores.course,
        forecast=stores.forecast,
        warnings=tuple(dict.fromkeys((*plan.warnings, *stores.warnings))),
    )


def _pairs_left(
    contacts: PairContacts | None, lost: np.ndarray
) -> tuple[PairContacts | None, np.ndarray]:
    """Contacts of two stations without those that lose a pass, and with it the other one."""
    if contacts is None:
        return None, lost
    gone = lost[contacts.pass_a] | lost[contacts.pass_b]
    ended = gone & is_flown(contacts.state)
    left = replace(
        contacts.without_key(gone), state=np.where(ended, PassState.BANNED, contacts.state)
    )
    both = np.concatenate((contacts.pass_a[ended], contacts.pass_b[ended]))
    return left, lost | np.isin(np.arange(len(lost)), both)


def switched_scenario(scenario: Scenario, switches: Switches) -> Scenario:
    """The scenario with other demands, and without the key aboard lost satellites."""
    network = scenario.network
    stocks = tuple(
        item for item in network.link_stocks if item.satellite_id not in switches.without_satellites
    )
    demands = tuple(_scaled(item, switches.demand_factor) for item in network.demands)
    return replace(scenario, network=replace(network, link_stocks=stocks, demands=demands))


def _scaled(demand: Demand, factor: float) -> Demand:
    use = demand.consumption
    return replace(demand, consumption=replace(use, rate_bps=use.rate_bps * factor))


def _without_contacts(scenario: Scenario, switches: Switches) -> Scenario:
    """The scenario with everything that is lost banned, and no pin on it."""
    bans = [Ban(satellite_id="", station_id=name) for name in switches.without_stations]
    bans += [Ban(satellite_id=name, station_id="") for name in switches.without_satellites]
    schedule = scenario.schedule
    pins = tuple(pin for pin in schedule.pins if not _is_lost(pin, switches))
    settings = replace(schedule, bans=(*schedule.bans, *bans), pins=pins)
    return replace(scenario, schedule=settings)


def _is_lost(pin: Pin, switches: Switches) -> bool:
    return (
        pin.station_id in switches.without_stations
        or pin.satellite_id in switches.without_satellites
    )


def _lost_rows(plan: Plan, switches: Switches) -> np.ndarray:
    passes = plan.passes
    down = np.isin(np.array(passes.station_ids), switches.without_stations)
    lost = np.isin(np.array(passes.satellite_ids), switches.without_satellites)
    return np.asarray(down[passes.station] | lost[passes.satellite])
