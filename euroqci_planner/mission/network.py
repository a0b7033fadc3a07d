"""The network of users: nodes, fibre between them, key at hand at the start, and what is consumed.

Bits are whole numbers, rates bits per second, losses transmittances, all else SI and radians.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

HOURS_PER_WEEK = 168
ALWAYS: tuple[float, ...] = (1.0,) * HOURS_PER_WEEK
_OFFICE_DAY = tuple(1.0 if 8 <= hour < 18 else 0.0 for hour in range(24))
OFFICE_HOURS: tuple[float, ...] = _OFFICE_DAY * 5 + (0.0,) * 48


class DemandClass(StrEnum):
    """Who comes first when key is short, the first before all others."""

    EMERGENCY = "emergency"
    PUBLIC = "public"
    CRITICAL = "critical"
    INDUSTRY = "industry"

    @property
    def rank(self) -> int:
        """0 for the class that comes first."""
        return tuple(DemandClass).index(self)

    @property
    def may_use_own_reserve(self) -> bool:
        """Emergency and public demands may; the reserve is kept from the other two."""
        return self in {DemandClass.EMERGENCY, DemandClass.PUBLIC}


class ConsumptionKind(StrEnum):
    """What the key is used for."""

    AES_REKEY = "aes_rekey"
    ONE_TIME_PAD = "one_time_pad"
    BITS_PER_DAY = "bits_per_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumption:
    """Key used by one demand: a nominal rate and what each hour of the week makes of it.

    `hourly_weights` has 168 values, not all zero, from Monday 00:00 UTC. For AES rekeying and the
    one-time pad a weight is a factor on `rate_bps`: tunnels that are down use nothing, a surge
    uses more. An amount per day is spread in proportion to the weights, so that a week holds
    seven days' worth whatever they are.
    """

    kind: ConsumptionKind
    rate_bps: float
    hourly_weights: tuple[float, ...] = ALWAYS

    @property
    def hourly_rates_bps(self) -> tuple[float, ...]:
        """Bits per second in each hour of the week."""
        scale = self.rate_bps
        if self.kind is ConsumptionKind.BITS_PER_DAY:
            scale *= HOURS_PER_WEEK / sum(self.hourly_weights)
        return tuple(scale * weight for weight in self.hourly_weights)


def aes_rekey(
    key_bits: int,
    period_s: float,
    tunnels: int,
    directions: int,
    hourly_weights: tuple[float, ...] = ALWAYS,
) -> Consumption:
    """Tunnels that take a new key of `key_bits` every `period_s`, in one or two directions."""
    rate_bps = key_bits * tunnels * directions / period_s
    return Consumption(
        kind=ConsumptionKind.AES_REKEY, rate_bps=rate_bps, hourly_weights=hourly_weights
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PairStore:
    """What a pair of users holds and must hold: bits and seconds.

    `max_age_s` is the age at which key is destroyed, None for never; `wanted_availability` the
    share of the asked-for time with key at hand, None where nothing is promised.
    """

    start_bits: int = 0
    reserve_bits: int = 0
    max_age_s: float | None = None
    wanted_availability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Two users, by node id, and the key that they consume.

    Every bit of their key is the XOR of `relay_paths` bits that as many different satellites
    relayed; the pair takes the largest number of all its demands.
    """

    id: str
    a: str
    b: str
    demand_class: DemandClass
    consumption: Consumption
    store: PairStore = field(default_factory=PairStore)
    quota_group: str = ""
    relay_paths: int = 1

    @property
    def pair(self) -> tuple[str, str]:
        """The two nodes in order of id: the name of the pair store."""
        return (self.a, self.b) if self.a <= self.b else (self.b, self.a)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A hub or a user of the network, on the WGS 84 ellipsoid."""

    id: str
    name: str
    country: str
    latitude_rad: float
    longitude_rad: float
    altitude_m: float = 0.0
    provenance: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FibreDevice:
    """A class of fibre QKD devices by one measured rate, the largest loss, and a ceiling.

    `anchor_rate_bps` is the secret key rate at `anchor_transmittance`; there is no key below
    `least_transmittance`; `rate_cap_bps` is what post-processing can deliver, None for no ceiling.
    """

    id: str
    name: str
    anchor_transmittance: float
    anchor_rate_bps: float
    least_transmittance: float
    rate_cap_bps: float | None = None
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FibreLink:
    """Fibre between two nodes, or from a station to a node: a chain of trusted-node hops.

    `hop_m` is the longest hop; `hop_transmittance` replaces the loss that follows from the
    length; `availability` is the share of the time that the whole link works.
    """

    a: str
    b: str
    length_m: float
    hop_m: float
    device: FibreDevice
    hop_transmittance: float | None = None
    availability: float = 1.0
    provenance: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStock:
    """Key that a satellite and a station share at the start of the plan."""

    satellite_id: str
    station_id: str
    stock_bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """All that a scenario says of users, fibre, stocks and demands.

    `warnings` tells what was assumed on the way in.
    """

    nodes: tuple[Node, ...] = ()
    fibre_links: tuple[FibreLink, ...] = ()
    link_stocks: tuple[LinkStock, ...] = ()
    demands: tuple[Demand, ...] = ()
    warnings: tuple[str, ...] = ()
