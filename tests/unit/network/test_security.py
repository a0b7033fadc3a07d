"""Epsilon budget of pairs."""

from __future__ import annotations

import numpy as np
from network_cases import demand, deposits, network_of
from tolerances import within

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.network.course import key_course
from euroqci_planner.network.security import blocks_of_pairs, epsilon_of_pairs

POLICY = Policy(epsilon_secrecy=1e-9, epsilon_correctness=1e-15)


def test_every_block_that_could_be_in_a_pairs_key_counts_once():
    stocks = {("s1", "A"): 1_000}
    case = network_of("abc", [demand("d", "a", "b", 10**6)], stocks=stocks)
    contacts = [("s1", "A", 1.0, 500), ("s1", "A", 2.0, 500), ("s1", "A", 3.0, 0)]
    contacts += [("s1", "B", 4.0, 2_000), ("s1", "C", 4.0, 900), ("s1", "B", 40.0, 700)]
    table = deposits(contacts)
    course = key_course(case, table)
    # Two deposits and the stock at A; one at B, for the last one finds nothing left at A.
    blocks = blocks_of_pairs(course.relays, table, set(stocks))
    assert course.demands.served_bits.tolist() == [2_000]
    assert blocks.tolist() == [4]
    assert epsilon_of_pairs(blocks, POLICY) == within(1e-18, of=4 * (1e-9 + 1e-15))


def test_a_pair_without_relayed_key_has_no_satellite_block():
    case = network_of("ab", [demand("d", "a", "b", 1_000, start_bits=10**6)])
    table = deposits([("s1", "A", 1.0, 500), ("s1", "B", 1.0, 500)])
    blocks = blocks_of_pairs(key_course(case, table).relays, table, set())
    assert blocks.tolist() == [0]
    assert np.all(epsilon_of_pairs(blocks, POLICY) == 0.0)
