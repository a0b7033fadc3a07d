"""How much of its quota each group takes in a plan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """One quota beside what the contacts of a plan credit to its group.

    `credited_s` of the `contact_s` of all contacts are the group's. `binds` holds where the quota
    costs key: a pass is kept out by it, or the proof of the bound puts a price on it. `kept_out`
    counts the passes that nothing but this quota keeps from being flown. `station_ids` name who
    credits the group anything.
    """

    group: str
    max_share: float
    credited_s: float
    contact_s: float
    binds: bool
    kept_out: int
    station_ids: tuple[str, ...]

    @property
    def share(self) -> float:
        """What part of the contact time is the group's, 0 where nothing is flown."""
        return self.credited_s / self.contact_s if self.contact_s > 0.0 else 0.0
