"""What the key of a pair of users rests on: whom it trusts, how old it is, what can be lost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWay:
    """One way that the key of a pair took, or could take (`bits` is 0 then).

    `places` are the trusted places by id in order from the first user to the second, satellites
    included; `trusted_nodes` counts them with the nameless nodes inside longer fibre links. With
    `relay_paths` of 2 and more every bit is the XOR of bits of as many `satellites`: none of them
    is trusted alone, so none is among the places, and so many must work together to know the key.
    """

    text: str
    bits: int
    trusted_nodes: int
    places: tuple[str, ...]
    countries: tuple[str, ...]
    satellites: tuple[str, ...]
    relay_paths: int = 1

    @property
    def passed_by_all(self) -> set[str]:
        """Places that every bit on this way passes: one of several satellites is none."""
        shared = {*self.satellites} if len(self.satellites) > 1 else set()
        return {*self.places} - shared


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSecurity:
    """The security of one pair over the planning window, with the expected deposits.

    `ways` are those that were used, the one of most bits first, or the best one where none was.
    `disjoint_ways` is how many ways share no place at all. `blocks` counts the key blocks that
    may be in the pair's key, `epsilon` is the sum of their security parameters. Ages are those of
    relayed key when the pair gets it, from the end of the contact that made it: NaN where nothing
    was relayed; key at hand at the start counts from the start of the window, `is_age_known` is
    false then.
    """

    a: str
    b: str
    demand_ids: tuple[str, ...]
    ways: tuple[KeyWay, ...]
    disjoint_ways: int
    blocks: int
    epsilon: float
    mean_age_s: float
    oldest_age_s: float
    is_age_known: bool

    @property
    def trusted_nodes(self) -> int:
        """The largest number on any way; -1 where there is no way."""
        return max((way.trusted_nodes for way in self.ways), default=-1)

    @property
    def places(self) -> tuple[str, ...]:
        """Trusted places of all ways, in order of id."""
        return tuple(sorted({place for way in self.ways for place in way.places}))

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries of all ways, in order."""
        return tuple(sorted({name for way in self.ways for name in way.countries}))

    @property
    def satellites_to_collude(self) -> int:
        """The fewest satellites that together know key of the pair; -1 where none has a part."""
        return min((way.relay_paths for way in self.ways if way.satellites), default=-1)

    @property
    def common_places(self) -> tuple[str, ...]:
        """Trusted places that every used way passes: who holds one of them holds all key."""
        used = [way.passed_by_all for way in self.ways if way.bits > 0]
        return tuple(sorted(set.intersection(*used))) if used else ()
