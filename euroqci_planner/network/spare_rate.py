"""What is left to sell: the constant rate that industry can have beside all demands, pair by pair.

Rates are tried side by side as members of one simulation: first over a few members of the weather
to come near, then over all of them until one that is served and one that is not are a hundredth
apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from euroqci_planner.network.relay import FIBRE_ALONE
from euroqci_planner.network.simulation import Simulation
from euroqci_planner.network.spare_trial import SpareTrial
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

STEP = 1.01
MOST_MEMBERS_AT_ONCE = 2_400
_LEAST_RATE_BPS = 256.0 / SECONDS_PER_DAY
_LEAST = np.array([_LEAST_RATE_BPS])
_FEW_MEMBERS, _FEW_IN_ALL = 8, 64
_FAR, _BETWEEN = 7, 6
_NEAR = (0.5, 0.7, 0.8, 0.9, 1.0)
_DOUBT = 0.03
_GUIDED_ROUNDS = 6
_APART = 1e-12
_MOST_PARTS = 6
_STEPS_ASIDE = (-5.0, 5.0)
_FEW_SEARCHES = 4
_HALF_STEP = STEP**0.499
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
    searches = [_Search.of(bench, item) for item in wanted]
    left = [item for item in searches if not item.is_done]
    bench.try_all(left, lambda _: _LEAST, _FEW_MEMBERS, _Search.look)
    doubtful = [item for item in left if item.is_doubtful]
    bench.try_all(doubtful, lambda _: _LEAST, len(clear), _Search.learn)
    _tell(doubtful, check)
    for rates_of in (_Search.all_over, _Search.around):
        left = [item for item in searches if not item.is_done]
        bench.try_all(left, rates_of, _few(len(left)), _Search.look)
    while left := [item for item in searches if not item.is_done]:
        rates_of = partial(_Search.next_rates, others=len(left) - 1)
        bench.try_all(left, rates_of, len(clear), _Search.learn)
        _tell(left, check)
    return [item.served for item in searches]


def _tell(searches: Sequence[_Search], check: Check) -> None:
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
        searches: Sequence[_Search],
        rates_of: Callable[[_Search], FloatArray],
        members: int,
        tell: Callable[[_Search, FloatArray, FloatArray], None],
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


@dataclass(slots=True)
class _Search:
    """The search at one pair.

    Over all members a rate of `served` is served and one of `refused` is not. `curve` is what a
    few members say, availability by rate, and `offsets` how much more all members had.
    """

    pair: int
    share: float
    refused: float
    served: float = 0.0
    curve: dict[float, float] = field(default_factory=dict)
    offsets: dict[float, float] = field(default_factory=dict)
    rounds: int = 0

    @classmethod
    def of(cls, bench: _Bench, wanted: WantedRate) -> _Search:
        """Between nothing worth naming and what the ways of the pair can bring at all."""
        pair = bench.layout.pairs.index((min(wanted.pair), max(wanted.pair)))
        most = STEP * _most_rate_bps(bench, pair) / wanted.share
        return cls(pair=pair, share=wanted.share, refused=most)

    @property
    def is_done(self) -> bool:
        """Whether the rate is known to a step."""
        return self.refused <= max(STEP * self.served, _LEAST_RATE_BPS)

    @property
    def is_doubtful(self) -> bool:
        """Whether the least rate may be too much: a few members are near the share or below."""
        return self.curve[_LEAST_RATE_BPS] < self.share + _DOUBT

    def all_over(self) -> FloatArray:
        """Rates for a few members: over all magnitudes, and close below what can be had at all."""
        far = np.geomspace(_LEAST_RATE_BPS, _NEAR[0] * self.refused, _FAR + 1)[1:-1]
        return np.append(far, self.refused * np.array(_NEAR))

    def around(self) -> FloatArray:
        """Rates between those two where the few members cross the share."""
        known, availability = self._curve()
        above = min(max(int((availability >= self.share).sum()), 1), len(known) - 1)
        return np.geomspace(known[above - 1], known[above], _BETWEEN + 2)[1:-1]

    def look(self, rates: FloatArray, availability: FloatArray) -> None:
        """Take up what a few members say."""
        self.curve.update(zip(rates.tolist(), availability.tolist(), strict=True))

    def learn(self, rates: FloatArray, availability: FloatArray) -> None:
        """Take up what all members say, and by how much the few misjudged it."""
        is_served = availability >= self.share
        self.served = max([self.served, *rates[is_served].tolist()])
        self.refused = min([self.refused, *rates[~is_served].tolist()])
        known, few = _in_order(self.curve)
        missed = availability - np.interp(np.log(rates), known, few)
        self.offsets.update(zip(rates.tolist(), missed.tolist(), strict=True))
        self.rounds += 1

    def next_rates(self, others: int) -> FloatArray:
        """Rates for all members: where these should cross the share, or a step beside a known end.

        The curve has `_GUIDED_ROUNDS` to come near; then the bracket is cut in parts, the more the
        fewer `others` are being sought.
        """
        floor, guess = max(self.served, _LEAST_RATE_BPS), self._guess()
        is_narrow = self.refused <= STEP**2 * floor
        if self.served == 0.0 and (guess <= floor * STEP or is_narrow):
            return _LEAST
        if is_narrow:
            return np.array([math.sqrt(floor * self.refused)])
        if self.rounds >= _GUIDED_ROUNDS:
            return np.geomspace(floor, self.refused, 2 + max(2, _MOST_PARTS // (1 + others)))[1:-1]
        aside = guess * STEP ** np.array(_STEPS_ASIDE if others < _FEW_SEARCHES else ())
        aside = aside[(aside > floor) & (aside < self.refused)]
        if guess * _HALF_STEP >= self.refused:
            return np.append(aside, self.refused / _HALF_STEP**2)
        if guess <= self.served * _HALF_STEP:
            return np.append(aside, self.served * _HALF_STEP**2)
        near = [guess / _HALF_STEP, guess * _HALF_STEP] if self.rounds else [guess]
        return np.append(aside, near)

    def _guess(self) -> float:
        """Where the corrected curve of the few members crosses the share."""
        known, availability = self._curve()
        falling = availability[::-1] + _APART * np.arange(len(known))
        return float(np.exp(np.interp(self.share, falling, np.log(known[::-1]))))

    def _curve(self) -> tuple[FloatArray, FloatArray]:
        """Rates in order with what all members should say to them, made to fall."""
        rates, few = _in_order(self.curve)
        offset = np.interp(rates, *_in_order(self.offsets)) if self.offsets else 0.0
        return np.exp(rates), np.minimum.accumulate(few + offset)


def _in_order(by_rate: Mapping[float, float]) -> tuple[FloatArray, FloatArray]:
    """Logarithms of the rates in order, and what belongs to them."""
    rates = sorted(by_rate)
    return np.log(rates), np.array([by_rate[rate] for rate in rates])


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
