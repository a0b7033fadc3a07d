"""Redundant paths: every bit of a pair is the XOR of bits that different satellites relayed.

With k paths no k - 1 satellites together know the key of a pair (idea: arXiv 2603.06226). A
satellite gives at most one of the k bits behind each bit of the pair. n bits of k different
satellites each can be made of shares c_s exactly where every c_s <= n and their sum is k n: laid
end to end on k rows of n places, a share that runs over the end of a row goes on at the beginning
of the next one and never meets itself (the wrap-around rule of McNaughton 1959, Management
Science 6, 1).
"""

from __future__ import annotations

import numpy as np

from euroqci_planner.mission.key_course import BitsArray


def attainable_bits(matched: BitsArray, paths: BitsArray) -> BitsArray:
    """The largest n with sum_s min(m_s, n) >= k n, by row.

    `matched` (rows, satellites) is what each satellite shares with both ends, `paths` (rows) is k.
    The j richest satellites give n bits each at most, so the others must have the rest: n is the
    least of floor(rest_j / (k - j)) over j < k.
    """
    richest = np.sort(matched, axis=1)[:, ::-1]
    rest = matched.sum(axis=1)
    most: BitsArray = rest // paths
    for number in range(1, int(paths.max(initial=1))):
        given = richest[:, number - 1] if number <= richest.shape[1] else 0
        rest = rest - given
        left = np.maximum(paths - number, 1)
        most = np.where(paths > number, np.minimum(most, rest // left), most)
    return most


def shares_of_paths(matched: BitsArray, bits: BitsArray, paths: BitsArray) -> BitsArray:
    """What each satellite gives (rows, satellites) for `bits` of the pair over `paths` paths.

    The satellite with the most matched key gives first, which keeps the others able to serve their
    partners (late binding); equal ones in their order. None gives more than `bits`. The caller has
    asked `attainable_bits`.
    """
    order = np.argsort(-matched, axis=1, kind="stable")
    most = np.minimum(np.take_along_axis(matched, order, axis=1), bits[:, None])
    before = np.cumsum(most, axis=1) - most
    given = np.empty_like(matched)
    needed = (bits * paths)[:, None]
    np.put_along_axis(given, order, np.clip(needed - before, 0, most), axis=1)
    return given


def combined_ages(by_age: BitsArray, bits: BitsArray) -> BitsArray:
    """Age classes of the pair's bits (rows, classes): the oldest of each k bits counts.

    `by_age` (rows, satellites, classes) is what the satellites give, `bits` (rows) what comes of
    it. The shares are laid as the wrap-around rule has it, the largest first; a satellite's oldest
    bits take the first places among its own. The bits of the pair that are at least so old stand
    where some satellite has one: the union of at most two runs of places per satellite.
    """
    if by_age.shape[-1] == 1:
        return np.asarray(bits[:, None])
    start, head = _places(by_age.sum(axis=2), bits)
    at_least = np.cumsum(by_age[..., ::-1], axis=2)
    in_head = np.minimum(at_least, head[..., None])
    order = np.argsort(start, axis=1, kind="stable")
    begin = np.take_along_axis(start, order, axis=1)[..., None]
    end = begin + np.take_along_axis(at_least - in_head, order[..., None], axis=1)
    front = in_head.max(axis=1, keepdims=True)
    reached = np.maximum.accumulate(np.concatenate([front, end], axis=1), axis=1)[:, :-1]
    covered = front[:, 0] + np.clip(end - np.maximum(begin, reached), 0, None).sum(axis=1)
    return np.asarray(np.diff(covered, axis=1, prepend=0)[:, ::-1])


def _places(shares: BitsArray, bits: BitsArray) -> tuple[BitsArray, BitsArray]:
    """Where each share begins on its row, and how much of it goes on at the front of the next."""
    order = np.argsort(-shares, axis=1, kind="stable")
    sorted_shares = np.take_along_axis(shares, order, axis=1)
    begin = np.empty_like(shares)
    np.put_along_axis(begin, order, np.cumsum(sorted_shares, axis=1) - sorted_shares, axis=1)
    length = np.maximum(bits, 1)[:, None]
    start = begin % length
    return start, np.maximum(shares - (length - start), 0)


def runs_of_places(shares: BitsArray, bits: int) -> list[list[tuple[int, int]]]:
    """Places of each share (satellites) among `bits` of one pair: runs of (begin, end) in order.

    Every place lies in the runs of as many different satellites as the shares sum to rows.
    """
    start, head = (part[0].tolist() for part in _places(shares[None, :], np.array([bits])))
    return [
        [(0, front), (first, first + share - front)]
        for share, first, front in zip(shares.tolist(), start, head, strict=True)
    ]
