"""Schema of nodes, fibre links, stores, demands, requirements and costs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from euroqci_planner.io.schema_types import (
    Id,
    Latitude,
    Longitude,
    Name,
    NotNegative,
    OpenFraction,
    Positive,
    Probability,
    Record,
    RelativePath,
    RelayPaths,
    SiteAltitude,
    Text,
    told,
    word_or_list,
    word_or_number,
)


class NodeRecord(Record):
    """`[[node]]`: a hub or a user of the network."""

    id: Id = told("Short name without blanks.")
    catalogue_row: str | None = told("Catalogue row that gives every field.", None, alias="from")
    name: Name | None = told("Full name; default: the id.", None)
    country: Text = told("Country code.", "")
    latitude_deg: Latitude = told("Geodetic latitude (WGS 84), north positive.")
    longitude_deg: Longitude = told("Longitude, east positive.")
    altitude_m: SiteAltitude = told("Height above the ellipsoid.", 0.0)


class FibreLinkRecord(Record):
    """`[[fibre_link]]`: fibre between two nodes, or from a station to a node."""

    catalogue_row: str | None = told("Catalogue link that gives the length.", None, alias="from")
    a: Id = told("Id of a node or station.")
    b: Id = told("Id of a node or station.")
    length_km: Positive = told("Length of the fibre.")
    hop_km: Positive = told("Spacing of the trusted nodes.", 80.0)
    device: Id | None = told("Device class of the catalogue; or give loss_db.", None)
    loss_db: NotNegative | None = told("Loss of one hop; or give device.", None)
    availability: Probability = told("Share of the time that the link works.", 1.0)


class LinkStoreRecord(Record):
    """`[[link_store]]`: key that satellite and station share at the start."""

    satellite: Id = told("Id of a satellite.")
    station: Id = told("Id of a station.")
    stock_kbit: NotNegative = told("Key at the start.")


Profile = Annotated[
    Annotated[Literal["always", "office_hours"], Tag("word")]
    | Annotated[list[NotNegative], Field(min_length=168, max_length=168), Tag("list")],
    Discriminator(word_or_list),
]


class ConsumptionRecord(Record):
    """What all kinds of consumption have in common."""

    profile: Profile = told(
        "always, office_hours, or 168 hourly weights from Monday 00:00.", "always"
    )


class AesRekeyRecord(ConsumptionRecord):
    """`[demand.consumption]` of type aes_rekey."""

    type: Literal["aes_rekey"] = told("Tunnels that change their key at a fixed pace.")
    key_bits: Annotated[int, Field(ge=1, le=100_000)] = told("Bits of one key.", 256)
    period_min: Positive = told("Time between two keys.")
    tunnels: Annotated[int, Field(ge=1, le=1_000_000)] = told("Tunnels between the two.", 1)
    directions: Annotated[int, Field(ge=1, le=2)] = told("1 or 2 keys per tunnel.", 2)


class OneTimePadRecord(ConsumptionRecord):
    """`[demand.consumption]` of type one_time_pad."""

    type: Literal["one_time_pad"] = told("A key bit per message bit.")
    rate_bps: Positive = told("Message bits per second.")


class BitsPerDayRecord(ConsumptionRecord):
    """`[demand.consumption]` of type bits_per_day."""

    type: Literal["bits_per_day"] = told("A plain amount.")
    kbit_per_day: Positive = told("Key per day.")


Consumption = Annotated[
    AesRekeyRecord | OneTimePadRecord | BitsPerDayRecord, Field(discriminator="type")
]


class DemandStoreRecord(Record):
    """`[demand.store]`: what the pair holds and must hold."""

    start_mbit: NotNegative | None = told("Key at the start; or give status_file.", None)
    status_file: RelativePath | None = told("ETSI GS QKD 014 status with the stock.", None)
    reserve_mbit: NotNegative = told("Kept for emergencies.", 0.0)
    max_age_days: Positive | None = told("Key older than this is destroyed; default: never.", None)
    wanted_availability: OpenFraction | None = told("Share of the time with key at hand.", None)


class DemandRecord(Record):
    """`[[demand]]`: two users and what they consume."""

    id: Id = told("Short name without blanks.")
    a: Id = told("Id of a node.")
    b: Id = told("Id of a node.")
    priority_class: Literal["emergency", "public", "critical", "industry"] = told(
        "Who comes first when key is short.", alias="class"
    )
    quota_group: Id | None = told("Group whose share [[schedule.quota]] limits.", None)
    relay_paths: RelayPaths | None = told(
        "Different satellites behind every bit; default: [policy] relay_paths.", None
    )
    consumption: Consumption = told("How much key is used, and when.")
    store: DemandStoreRecord = told("Stock, reserve and ageing.", DemandStoreRecord())


class RequirementRecord(Record):
    """`[[requirement]]`: a check that the plan must pass."""

    id: Id = told("Id of the requirement, as in its document.")
    metric: Literal["availability", "p_empty", "key_per_day_kbit", "contacts_per_week"] = told(
        "Figure that is checked."
    )
    demand: Id | None = told("Id of a demand; needed by availability and p_empty.", None)
    at_least: NotNegative | None = told("Lower limit; or give at_most.", None)
    at_most: NotNegative | None = told("Upper limit; or give at_least.", None)


Quantity = Annotated[
    Annotated[Literal["each"], Tag("word")] | Annotated[Positive, Tag("number")],
    Discriminator(word_or_number),
]


class CostRecord(Record):
    """`[[cost]]`: low, most likely and high price of an item."""

    item: Name = told("What is paid for.")
    applies_to: Literal["station", "satellite", "fibre_link", "trusted_node", "programme"] = told(
        "What the quantity counts."
    )
    quantity: Quantity = told("each, or a number.", "each")
    low_meur: NotNegative = told("Low estimate, million euro.")
    mode_meur: NotNegative = told("Most likely, million euro.")
    high_meur: NotNegative = told("High estimate, million euro.")
    source: Text = told("Where the figures come from.", "")
