"""Key stores: bits by age, counted to the bit, for many members of a forecast at once.

Key that grows older than the store's limit is destroyed. Withdrawals take the oldest key that
may be used. What is spent on authentication, and what a full memory cannot take, is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.key_course import BitsArray

IndexArray = NDArray[np.intp]
MICROSECONDS_PER_SECOND = 1_000_000
LARGEST_STATE_BYTES = 2_000_000_000
NEVER = np.iinfo(np.int64).max
_CLASSES_PER_LIMIT = 16


@dataclass(frozen=True, slots=True)
class AgeScale:
    """Age in whole ticks: class k holds key that was made k ticks of the clock ago.

    The last class takes all that is older. Without an age limit that can come into effect there
    is one class. A tick is a sixteenth of the strictest limit; key is destroyed up to two ticks
    early and never late.
    """

    origin_us: int
    tick_us: int
    classes: int

    @classmethod
    def of(cls, limits_us: list[int], origin_us: int, duration_us: int) -> AgeScale:
        """The scale for these limits; those beyond the window have no effect."""
        effective = [limit for limit in limits_us if limit < duration_us]
        if not effective:
            return cls(origin_us, 0, 1)
        tick_us = max(1, min(effective) // _CLASSES_PER_LIMIT)
        return cls(origin_us, tick_us, max(effective) // tick_us + 1)

    def tick(self, instant_us: int) -> int:
        """Number of the tick in which an instant lies."""
        return (instant_us - self.origin_us) // self.tick_us if self.tick_us else 0

    def limit(self, age_us: int | None) -> int:
        """First class that is too old; `NEVER` where no limit comes into effect."""
        if age_us is None or not self.tick_us or age_us // self.tick_us >= self.classes:
            return NEVER
        return age_us // self.tick_us

    def ticks_until(self, end_us: int) -> range:
        """Instants, behind the origin, at which all key grows a class older."""
        if not self.tick_us:
            return range(0)
        return range(self.origin_us + self.tick_us, end_us + 1, self.tick_us)


class KeyStores:
    """Stores of many members: bits by age, and the ledger of what came and went.

    `stock` is (members, stores + 1, age classes); the last store is always empty and stands for
    "none". `limits` are the first classes that are too old, by store. Ledgers are (members,
    stores + 1): start + deposited - authentication - withdrawn - expired - overflow = total.
    """

    def __init__(
        self, start_bits: BitsArray, limits: BitsArray, scale: AgeScale, members: int
    ) -> None:
        """Start with `start_bits` per store in every member, made at the scale's origin."""
        shape = (members, len(start_bits) + 1)
        _refuse_too_large(shape, scale.classes)
        self.scale = scale
        self.limits = np.append(limits, NEVER)
        self.start_bits = np.append(start_bits, 0)
        self.stock: BitsArray = np.zeros((*shape, scale.classes), dtype=np.int64)
        self.stock[:, :, 0] = self.start_bits
        self._has_ages = scale.classes > 1
        # With one class of age the total is the stock itself, in the same memory.
        self.total: BitsArray = (
            self.stock.sum(axis=2) if self._has_ages else self.stock.reshape(shape)
        )
        self.deposited: BitsArray = np.zeros(shape, dtype=np.int64)
        self.authentication: BitsArray = np.zeros(shape, dtype=np.int64)
        self.withdrawn: BitsArray = np.zeros(shape, dtype=np.int64)
        self.expired: BitsArray = np.zeros(shape, dtype=np.int64)
        self.overflow: BitsArray = np.zeros(shape, dtype=np.int64)

    def deposit(self, store: int, bits: BitsArray, born_class: int) -> None:
        """Put `bits` (one number per member) of age `born_class` into a store."""
        self.total[:, store] += bits
        self.deposited[:, store] += bits
        if self._has_ages:
            self.stock[:, store, min(born_class, self.scale.classes - 1)] += bits
            self._destroy_old(np.array([store]))

    def receive(self, stores: IndexArray, bits: BitsArray, ticks_ago: int) -> None:
        """Put `bits` (members, stores, classes), aged by class `ticks_ago`, into the stores."""
        arrived, mine = over_ages(bits), self.columns(stores)
        self.total[:, mine] += arrived
        self.deposited[:, mine] += arrived
        if self._has_ages:
            self.stock[:, stores] += aged(bits, ticks_ago)
            self._destroy_old(stores)

    def receive_now(self, members: IndexArray, stores: IndexArray, bits: BitsArray) -> None:
        """Put `bits` (members, classes), none too old, into one store of each of these members."""
        arrived = over_ages(bits)
        self.total[members, stores] += arrived
        self.deposited[members, stores] += arrived
        if self._has_ages:
            self.stock[members, stores] += bits

    def authenticate(self, store: int, bits: BitsArray) -> BitsArray:
        """Spend up to `bits` per member on authentication, the oldest first; what was spent."""
        spent = np.minimum(bits, self.total[:, store])
        self._remove_anywhere(np.array([store]), spent[:, None])
        self.authentication[:, store] += spent
        return np.asarray(spent)

    def drop(self, store: int, bits: BitsArray, born_class: int) -> None:
        """Give up `bits` per member of what was just deposited: there is no memory for it."""
        if self._has_ages:
            self.stock[:, store, min(born_class, self.scale.classes - 1)] -= bits
        self.total[:, store] -= bits
        self.overflow[:, store] += bits

    def usable(self, members: IndexArray, stores: IndexArray, limit: BitsArray) -> BitsArray:
        """Bits younger than `limit` classes (per member) in `stores` (members, any)."""
        if not self._has_ages:
            return np.asarray(self.total.reshape(-1).take(self._cells(members, stores)))
        held = self.stock[members[:, None], stores]
        young = np.arange(self.scale.classes) < limit[:, None, None]
        return np.asarray(np.where(young, held, 0).sum(axis=2))

    def withdraw(
        self, members: IndexArray, stores: IndexArray, bits: BitsArray, limit: BitsArray
    ) -> BitsArray:
        """Take `bits` (members, any) younger than `limit`, the oldest first; by age class.

        The stores of one member differ, but for "none". The caller has asked `usable`.
        """
        rows, cells = members[:, None], self._cells(members, stores)
        self.withdrawn.reshape(-1)[cells] += bits
        self.total.reshape(-1)[cells] -= bits
        if not self._has_ages:
            return bits[:, :, None]
        held = self.stock[rows, stores]
        young = np.arange(self.scale.classes) < limit[:, None, None]
        taken = oldest_first(np.where(young, held, 0), bits)
        self.stock[rows, stores] = held - taken
        return taken

    def _cells(self, members: IndexArray, stores: IndexArray) -> IndexArray:
        """Places of `stores` (members, any) in the flat tables of (members, stores)."""
        return np.asarray((members * self.total.shape[1])[:, None] + stores)

    def consume(self, stores: IndexArray, bits: BitsArray) -> None:
        """Take `bits` (members, stores) of any age, the oldest first, from the same stores."""
        self._remove_anywhere(stores, bits)
        self.withdrawn[:, self.columns(stores)] += bits

    def consume_one(self, members: IndexArray, stores: IndexArray, bits: BitsArray) -> None:
        """Take `bits` of any age, the oldest first, from one store of each of these members."""
        self.total[members, stores] -= bits
        self.withdrawn[members, stores] += bits
        if self._has_ages:
            held = self.stock[members, stores]
            self.stock[members, stores] = held - oldest_first(held, bits)

    def grow_older(self) -> None:
        """One tick of the clock: every class moves on, and what is too old is destroyed."""
        if self._has_ages:
            self.stock = aged(self.stock, 1)
            self._destroy_old(np.arange(self.stock.shape[1]))

    def _destroy_old(self, stores: IndexArray) -> None:
        is_old = np.arange(self.scale.classes) >= self.limits[stores][:, None]
        held = self.stock[:, stores]
        gone = np.where(is_old, held, 0)
        bits = gone.sum(axis=2)
        self.stock[:, stores] = held - gone
        self.total[:, stores] -= bits
        self.expired[:, stores] += bits

    def _remove_anywhere(self, stores: IndexArray, bits: BitsArray) -> None:
        self.total[:, self.columns(stores)] -= bits
        if self._has_ages:
            held = self.stock[:, stores]
            self.stock[:, stores] = held - oldest_first(held, bits)

    def columns(self, stores: IndexArray) -> IndexArray | slice:
        """Stores as an index; all of them, then in order, as a slice: much faster for numpy."""
        last = len(self.start_bits) - 1
        return slice(0, last) if len(stores) == last else stores


def aged(bits: BitsArray, ticks: int) -> BitsArray:
    """Bits by age class (last axis) after so many ticks; the last class takes all older ones."""
    classes = bits.shape[-1]
    shift = min(ticks, classes - 1)
    if shift <= 0:
        return bits
    grown = np.zeros_like(bits)
    grown[..., shift:] = bits[..., : classes - shift]
    grown[..., -1] += bits[..., classes - shift :].sum(axis=-1)
    return grown


def over_ages(bits: BitsArray) -> BitsArray:
    """Sum over the classes of age, the last axis."""
    return bits[..., 0] if bits.shape[-1] == 1 else np.asarray(bits.sum(axis=-1))


def oldest_first(held: BitsArray, bits: BitsArray) -> BitsArray:
    """Which of `held` (..., classes) are taken when `bits` (...) go, from the last class on."""
    from_oldest = held[..., ::-1]
    before = np.cumsum(from_oldest, axis=-1) - from_oldest
    taken = np.clip(bits[..., None] - before, 0, from_oldest)
    return np.asarray(taken[..., ::-1])


def joined_ages(first: BitsArray, second: BitsArray) -> BitsArray:
    """Ages of key made by XOR of two lots of one size: the older of each two bits counts.

    Both lots are used from their oldest bit on, so bit by bit in step: as many results are at
    least k ticks old as the larger of the two numbers of such bits.
    """
    if first.shape[-1] == 1:
        return first
    at_least = np.maximum(
        np.cumsum(first[..., ::-1], axis=-1), np.cumsum(second[..., ::-1], axis=-1)
    )
    return np.asarray(np.diff(at_least, axis=-1, prepend=0)[..., ::-1])


def _refuse_too_large(shape: tuple[int, int], classes: int) -> None:
    need = shape[0] * shape[1] * (classes + 6) * 8
    if need > LARGEST_STATE_BYTES:
        raise InvalidInput.single(
            f"the stores of all members would need {need / 1e9:.1f} GB of memory"
            f" ({shape[0]} members, {shape[1] - 1} stores, {classes} classes of age)",
            where="weather.members",
            value=str(shape[0]),
            mend=f"stay below {LARGEST_STATE_BYTES / 1e9:.0f} GB: fewer members or no short"
            " max_age_days",
        )
