"""What is left to sell: the constant rate that industry can have beside all demands, pair by pair.

Rates are tried side by side as members of one simulation: first over a few members of the weather
to come near, then over all of them until one that is served and one that is not are a hundredth
apart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.mission.key_course import DepositTable, LinkName
from euroqci_planner.mission.network import Consumption, ConsumptionKind, Demand, DemandClass
from euroqci_planner.network.deposits import MemberSky, deposit_rows, engine_deposits
from euroqci_planner.network.forecast import refuse_misfit
from euroqci_planner.network.key_store import IndexArray
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.network.rate_search import LEAST_RATE, STEP, RateSearch
from euroqci_planner.network.relay import FIBRE_ALONE
from euroqci_planner.network.simulation import Simulation
from euroqci_planner.network.spare_trial import SpareTrial
from euroqci_planner.units import FloatArray

MOST_MEMBERS_AT_ONCE = 2_400
_FEW_MEMBERS, _FEW_IN_ALL = 8, 64
_NO_LIMIT_BPS = 1e12
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class WantedRate:
    """Two users, and the share of the time for which key must be at hand."""

    pair: Pair
    share: float


def spare_rate_bps(
    case: KeyNetwork, deposits: DepositTable, clear: MemberSky, pair: Pair, share: float
) -> float:
    """The rate of one pair; see `spare_rates_bps`."""
    return spare_rates_bps(case, deposits, clear, [WantedRate(pair, share)])[0]


def spare_rates_bps(
    case: KeyNetwork,
    deposits: DepositTable,
    clear: MemberSky,
    wanted: Sequence[WantedRate],
    check: Check = unchecked,
    poll: Check = unchecked,
) -> list[float]:
    """The largest constant rates that industry can have, each beside all demands and no other.

    A rate is served for at least the share of the time, in the mean over the members (`clear`), as
    a demand of the lowest class; one that is `STEP` times as large is not. 0 where not even 256
    bits a day can be promised. `check` is called for every pair whose rate is found, `poll` before
    every simulation. Raises InvalidInput for a share outside 0..1 (ends excluded).
    """
    refuse_misfit(deposits, clear)
    for item in wanted:
        _refuse_no_share(item.share)
    bench = _Bench(_with_pairs(case, wanted), deposits, clear, poll)
    searches = [_search_of(bench, item) for item in wanted]
    left = [item for item in searches if not item.is_done]
    bench.try_all(left, lambda _: LEAST_RATE, _FEW_MEMBERS, RateSearch.look)
    doubtful = [item for item in left if item.is_doubtful]
    bench.try_all(doubtful, lambda _: LEAST_RATE, len(clear), RateSearch.learn)
    _tell(doubtful, check)
    for rates_of in (RateSearch.all_over, RateSearch.around):
        left = [item for item in searches if not item.is_done]
        bench.try_all(left, rates_of, _few(len(left)), RateSearch.look)
    while left := [item for item in searches if not item.is_done]:
        rates_of = partial(RateSearch.next_rates, others=len(left) - 1)
        bench.try_all(left, rates_of, len(clear), RateSearch.learn)
        _tell(left, check)
    return [item.served for item in searches]


def _tell(searches: Sequence[RateSearch], check: Check) -> None:
    """Call `check` for every search that is done now."""
    for item in searches:
        if item.is_done:
            check()


def _few(searches: int) -> int:
    """Members to come near with: the fewer searches the more."""
    return max(_FEW_MEMBERS, _FEW_IN_ALL // max(1, searches))


def _refuse_no_share(share: float) -> None:
    if not 0.0 < share < 1.0:
        raise InvalidInput.single(
            "the wanted availability is no share",
            where="wanted_availability",
            value=f"{share:g}",
            mend="more than 0 and less than 1",
        )


def _with_pairs(case: KeyNetwork, wanted: Sequence[WantedRate]) -> KeyNetwork:
    """The case with a demand for nothing at each pair that has none, so that it has a store."""
    known = {demand.pair for demand in case.network.demands}
    missing = sorted({(min(item.pair), max(item.pair)) for item in wanted} - known)
    nothing = Consumption(kind=ConsumptionKind.ONE_TIME_PAD, rate_bps=0.0)
    extra = (
        Demand(id=f"~{a}~{b}", a=a, b=b, demand_class=DemandClass.INDUSTRY, consumption=nothing)
        for a, b in missing
    )
    return replace(case, network=replace(case.network, demands=(*case.network.demands, *extra)))


class _Bench:
    """Tries rates at pairs, as many in one simulation as stay quick."""

    def __init__(
        self, case: KeyNetwork, deposits: DepositTable, clear: MemberSky, poll: Check
    ) -> None:
        """Lay out the network once for all trials."""
        self.case, self.layout, self.deposits = case, Layout(case, deposits), deposits
        self._clear, self._poll = clear, poll
        self._rows = deposit_rows(case, self.layout, deposits)

    def try_all(
        self,
        searches: Sequence[RateSearch],
        rates_of: Callable[[RateSearch], FloatArray],
        members: int,
        tell: Callable[[RateSearch, FloatArray, FloatArray], None],
    ) -> None:
        """Try the rates of each search over the first `members` skies, and tell it what came."""
        asked = [rates_of(item) for item in searches]
        counts = [len(rates) for rates in asked]
        pair = np.repeat(np.array([item.pair for item in searches], dtype=np.intp), counts)
        found = self._availabilities(pair, np.concatenate([np.zeros(0), *asked]), members)
        ends = np.cumsum([0, *counts]).tolist()
        for item, rates, (begin, end) in zip(searches, asked, pairwise(ends), strict=True):
            tell(item, rates, found[begin:end])

    def _availabilities(self, pair: IndexArray, rates: FloatArray, members: int) -> FloatArray:
        sky, found = self._clear[:members], np.empty(len(rates))
        at_once = max(1, MOST_MEMBERS_AT_ONCE // len(sky))
        for first in range(0, len(rates), at_once):
            some = slice(first, first + at_once)
            self._poll()
            found[some] = self._side_by_side(pair[some], rates[some], sky)
        return found

    def _side_by_side(self, pair: IndexArray, rates: FloatArray, sky: MemberSky) -> FloatArray:
        members = len(sky)
        trial = SpareTrial(
            np.repeat(pair, members), np.repeat(rates, members), len(self.layout.pairs)
        )
        skies = sky[np.tile(np.arange(members), len(rates))]
        given = engine_deposits(self.layout, self.deposits, self._rows, skies)
        simulation = Simulation(self.case, self.layout, given, trial=trial)
        simulation.run(np.array([], dtype=np.int64), lambda *_: None)
        shares = trial.served_s / self.case.duration_s
        return np.asarray(shares.reshape(len(rates), members).mean(axis=1))


def _search_of(bench: _Bench, wanted: WantedRate) -> RateSearch:
    """Between nothing worth naming and what the ways of the pair can bring at all."""
    pair = bench.layout.pairs.index((min(wanted.pair), max(wanted.pair)))
    most = STEP * _most_rate_bps(bench, pair) / wanted.share
    return RateSearch(pair=pair, share=wanted.share, refused=most)


def _most_rate_bps(bench: _Bench, pair: int) -> float:
    """More than the pair can have: what each of its ways could bring if it were alone."""
    layout, case = bench.layout, bench.case
    came = _bits_of_links(bench)
    rates = np.array([*(chain.mean_rate_bps for chain in layout.graph.chains), np.inf])
    demands = layout.demands_of(layout.pairs[pair])
    routes, fibre = layout.routes, 0.0
    bits = float(sum(demand.store.start_bits for demand in demands))
    for way in np.flatnonzero(routes.is_open[pair]).tolist():
        use = np.maximum(routes.fibre_use[pair, way], 1)
        over_fibre = float(np.min(rates[routes.fibre[pair, way]] / use))
        if way == FIBRE_ALONE:
            fibre = min(over_fibre, _NO_LIMIT_BPS)
            continue
        ends = came[routes.link_a[pair, way]], came[routes.link_b[pair, way]]
        through = ends[0] if layout.is_direct(way) else np.minimum(*ends)
        bits += min(float(through.sum()), over_fibre * case.duration_s)
    return bits / case.duration_s + fibre


def _bits_of_links(bench: _Bench) -> FloatArray:
    """All key of each link store in the window, and 0 for none."""
    layout = bench.layout
    found = np.zeros(len(layout.links) + 1)
    for row in deposit_rows(bench.case, layout, bench.deposits).tolist():
        found[layout.link_index[bench.deposits.link_name(row)]] += bench.deposits.key_bits[row]
    for stock in bench.case.network.link_stocks:
        link = layout.link_index.get(LinkName(stock.satellite_id, stock.station_id), -1)
        found[link] += stock.stock_bits
    found[-1] = 0.0
    return found
