"""What a planner asks next: which deposits come, what holds a demand back, what is left to sell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.mission.key_course import (
    NO_PARTNER,
    DemandOutcome,
    DepositTable,
    LinkName,
)
from euroqci_planner.mission.key_outlook import NextDeposit
from euroqci_planner.mission.network import (
    Consumption,
    ConsumptionKind,
    Demand,
    DemandClass,
    FibreLink,
)
from euroqci_planner.network.deposits import MemberSky, opened
from euroqci_planner.network.forecast import key_forecast
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

MEMBERS_FOR_DRIVERS = 200
_WORTH_NAMING = 0.05
_LEAST_RATE_BPS = 256.0 / SECONDS_PER_DAY
_NO_LIMIT_BPS = 1e12
_SPARE_ID = "~spare"


def next_deposits(
    case: KeyNetwork,
    deposits: DepositTable,
    chance: FloatArray,
    now_utc: np.datetime64,
    most: int = 3,
) -> dict[str, tuple[NextDeposit, ...]]:
    """The first `most` deposits from `now_utc` on that can serve each demand, by demand id.

    `chance` is the chance of clear sky by row of `deposits`. Only satellites that reach both ends
    count, and direct links between them. Deposits without key are left out.
    """
    layout = Layout(case, deposits)
    waiting = (deposits.usable_utc >= now_utc) & (deposits.key_bits > 0)
    rows = np.flatnonzero(waiting)
    rows = rows[np.argsort(deposits.usable_utc[rows], kind="stable")]
    links = [layout.link_index.get(deposits.link_name(row), -1) for row in rows.tolist()]
    found = {}
    for demand in layout.demands:
        mine = {*layout.links_of_pair(layout.pairs.index(demand.pair))}
        hits = [row for row, link in zip(rows.tolist(), links, strict=True) if link in mine]
        found[demand.id] = tuple(_next(deposits, chance, row) for row in hits[:most])
    return found


def _next(deposits: DepositTable, chance: FloatArray, row: int) -> NextDeposit:
    partner = int(deposits.partner[row])
    return NextDeposit(
        deposits.usable_utc[row],
        deposits.satellite_ids[deposits.satellite[row]],
        deposits.station_ids[deposits.station[row]],
        int(deposits.key_bits[row]),
        float(chance[row]),
        "" if partner == NO_PARTNER else deposits.station_ids[partner],
    )


def main_drivers(
    case: KeyNetwork, deposits: DepositTable, clear: MemberSky, check: Check = unchecked
) -> dict[str, str]:
    """What holds each demand back most, by demand id; '' where nothing is missing.

    Each cause is taken away in turn, in the same weather: cloud at one station, cloud over the two
    of a direct link (both must be clear), the rate of the fibre, the wait for the classical
    contact. The one whose absence saves most unserved bits is named; where none saves a twentieth,
    what is missing are passes. The first `MEMBERS_FOR_DRIVERS` members are asked. `check` is called
    between the causes.
    """
    sky = clear[:MEMBERS_FOR_DRIVERS]
    plain = _demands(case, deposits, sky)
    if not (plain.unserved_bits > 0.0).any():
        return dict.fromkeys(plain.demand_ids, "")
    causes = list(_without_one_cause(case, deposits, sky))
    left = np.empty((len(causes), len(plain)))
    for row, (_, one, weather) in enumerate(causes):
        check()
        left[row] = _demands(one, deposits, weather).unserved_bits
    return {
        name: _driver([text for text, _, _ in causes], float(missing), left[:, row])
        for row, (name, missing) in enumerate(
            zip(plain.demand_ids, plain.unserved_bits, strict=True)
        )
    }


def _demands(case: KeyNetwork, deposits: DepositTable, clear: MemberSky) -> DemandOutcome:
    """Outcome over the members, with the stores sampled as rarely as can be."""
    return key_forecast(case, deposits, clear, sample_s=case.duration_s).demands


def _driver(causes: list[str], missing: float, left: FloatArray) -> str:
    if missing <= 0.0:
        return ""
    best = int(np.argmin(left))
    return causes[best] if missing - left[best] > _WORTH_NAMING * missing else "too few passes"


def _without_one_cause(
    case: KeyNetwork, deposits: DepositTable, sky: MemberSky
) -> Iterator[tuple[str, KeyNetwork, MemberSky]]:
    for number in np.unique(deposits.station[~deposits.is_direct]):
        open_sky = opened(sky, (deposits.station == number) & ~deposits.is_direct)
        yield f"cloud at {deposits.station_ids[number]}", case, open_sky
    for name, rows in _direct_rows(deposits):
        open_sky = sky.copy()
        open_sky[:, rows] = True
        yield f"cloud at {name.a} or {name.b}", case, open_sky
    free = tuple(_without_limit(link) for link in case.network.fibre_links)
    if free:
        network = replace(case.network, fibre_links=free)
        yield "rate of the fibre", replace(case, network=network), sky
    prompt = replace(case.policy, classical_contact_s=0.0)
    yield "wait for the classical contact", replace(case, policy=prompt), sky


def _direct_rows(deposits: DepositTable) -> list[tuple[LinkName, list[int]]]:
    """Direct links in order, with their rows."""
    found: dict[LinkName, list[int]] = {}
    for row in np.flatnonzero(deposits.is_direct).tolist():
        found.setdefault(deposits.link_name(row), []).append(row)
    return sorted(found.items())


def _without_limit(link: FibreLink) -> FibreLink:
    device = replace(link.device, anchor_rate_bps=_NO_LIMIT_BPS, rate_cap_bps=None)
    through = device.anchor_transmittance
    return replace(link, device=device, hop_transmittance=through, availability=1.0)


def spare_rate_bps(
    case: KeyNetwork,
    deposits: DepositTable,
    clear: MemberSky,
    pair: tuple[str, str],
    share: float,
    check: Check = unchecked,
) -> float:
    """The largest constant rate that industry can have between two nodes beside all demands.

    It is served for at least the `share` of the time, in the mean over the members, as a demand
    of the lowest class. Found to a hundredth by halving the ratio of a rate that is served and one
    that is not; 0 where not even a millionth of all key in the window can be promised.
    `check` is called between the trials. Raises InvalidInput for a share outside 0..1 (ends
    excluded).
    """
    if not 0.0 < share < 1.0:
        raise InvalidInput.single(
            "the wanted availability is no share",
            where="wanted_availability",
            value=f"{share:g}",
            mend="more than 0 and less than 1",
        )
    served, refused = _LEAST_RATE_BPS, _most_rate_bps(case, deposits)
    if _availability(case, deposits, clear, pair, served) < share:
        return 0.0
    while refused > 1.01 * served:
        check()
        middle = math.sqrt(served * refused)
        if _availability(case, deposits, clear, pair, middle) >= share:
            served = middle
        else:
            refused = middle
    return served


def _most_rate_bps(case: KeyNetwork, deposits: DepositTable) -> float:
    """More than any pair can have: all key of all stores and fibres in the window."""
    stocks = sum(stock.stock_bits for stock in case.network.link_stocks)
    stocks += sum(demand.store.start_bits for demand in case.network.demands)
    fibre = sum(chain.mean_rate_bps for chain in Layout(case, deposits).graph.chains)
    return (float(deposits.key_bits.sum()) + stocks) / case.duration_s + fibre + 1.0


def _availability(
    case: KeyNetwork,
    deposits: DepositTable,
    clear: MemberSky,
    pair: tuple[str, str],
    rate_bps: float,
) -> float:
    extra = Demand(
        id=_SPARE_ID,
        a=pair[0],
        b=pair[1],
        demand_class=DemandClass.INDUSTRY,
        consumption=Consumption(kind=ConsumptionKind.ONE_TIME_PAD, rate_bps=rate_bps),
    )
    network = replace(case.network, demands=(*case.network.demands, extra))
    found = _demands(replace(case, network=network), deposits, clear)
    return float(found.availability[found.demand_ids.index(_SPARE_ID)])
