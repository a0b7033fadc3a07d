"""What a planner asks next: which deposits come, and what holds a demand back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.mission.key_course import (
    NO_PARTNER,
    DepositTable,
    LinkName,
)
from euroqci_planner.mission.key_outlook import NextDeposit
from euroqci_planner.mission.network import FibreLink
from euroqci_planner.network.deposits import MemberSky, opened
from euroqci_planner.network.forecast import unserved_bits
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.units import FloatArray

MEMBERS_FOR_DRIVERS = 200
_WORTH_NAMING = 0.05
_NO_LIMIT_BPS = 1e12


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
    of a direct link (both made clear), the rate of the fibre, the wait for the classical
    contact. The one whose absence saves most unserved bits is named; where none saves a twentieth,
    what is missing are passes. The first `MEMBERS_FOR_DRIVERS` members are asked. `check` is called
    between the causes.
    """
    sky = clear[:MEMBERS_FOR_DRIVERS]
    names = sorted(demand.id for demand in case.network.demands)
    plain = unserved_bits(case, deposits, sky)
    if not (plain > 0.0).any():
        return dict.fromkeys(names, "")
    causes = list(_without_one_cause(case, deposits, sky))
    left = np.empty((len(causes), len(plain)))
    for row, (_, one, weather) in enumerate(causes):
        check()
        left[row] = unserved_bits(one, deposits, weather)
    return {
        name: _driver([text for text, _, _ in causes], float(missing), left[:, row])
        for row, (name, missing) in enumerate(zip(names, plain, strict=True))
    }


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
        mine = np.isin(np.arange(len(deposits)), rows)
        yield f"cloud at {name.a} or {name.b}", case, opened(sky, mine)
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
