"""Building bricks of the scenario schema: strict records, ids, texts, times, bounded numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

EARLIEST = datetime(1957, 10, 4, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class Record(BaseModel):
    """A block of the scenario file: strict types, no unknown keys, finite numbers."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


def told(description: str, default: Any = ..., *, alias: str | None = None) -> Any:
    """A field with its description, which the JSON Schema and the messages repeat."""
    return Field(default, description=description, alias=alias)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise PydanticCustomError("naive_time", "a time needs an offset")
    try:
        universal = moment.astimezone(UTC)
    except OverflowError:
        universal = LATEST
    if not EARLIEST <= universal < LATEST:
        raise PydanticCustomError("time_range", "out of the years that can be planned")
    return moment


def _plain(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("control_character", "a control character")
    return text


def _prose(text: str) -> str:
    _plain(text.replace("\n", " ").replace("\t", " "))
    return text


def number_or_list(value: Any) -> str:
    """Name of the variant that `value` is meant to be."""
    return "list" if isinstance(value, list) else "number"


def word_or_number(value: Any) -> str:
    """Name of the variant that `value` is meant to be."""
    return "word" if isinstance(value, str) else "number"


def word_or_list(value: Any) -> str:
    """Name of the variant that `value` is meant to be."""
    return "list" if isinstance(value, list) else "word"


ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

Id = Annotated[str, Field(pattern=ID_PATTERN)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
Text = Annotated[str, Field(max_length=200), AfterValidator(_plain)]
Prose = Annotated[str, Field(max_length=4000), AfterValidator(_prose)]
RelativePath = Annotated[str, Field(min_length=1, max_length=1000)]
Instant = Annotated[datetime, AfterValidator(_aware)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]

Probability = Annotated[float, Field(ge=0, le=1)]
OpenFraction = Annotated[float, Field(gt=0, lt=1)]
Obscuration = Annotated[float, Field(ge=0, lt=1)]
Efficiency = Annotated[float, Field(gt=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
RelayPaths = Annotated[int, Field(ge=1, le=8)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Angle360 = Annotated[float, Field(ge=0, le=360)]
Inclination = Annotated[float, Field(ge=0, le=180)]
Separation = Annotated[float, Field(ge=0, le=180)]
SiteAltitude = Annotated[float, Field(ge=-500, le=9000)]
OrbitAltitude = Annotated[float, Field(ge=160, le=60_000)]
Wavelength = Annotated[float, Field(ge=300, le=2500)]
Count = Annotated[int, Field(ge=1, le=1000)]
Limit = Annotated[int, Field(ge=0, le=10_000)]

PerAxis = Annotated[
    Annotated[NotNegative, Tag("number")]
    | Annotated[list[NotNegative], Field(min_length=2, max_length=2), Tag("list")],
    Discriminator(number_or_list),
]

VARIANT_TAGS = frozenset(
    {
        "number",
        "list",
        "word",
        "sun_synchronous",
        "circular",
        "keplerian",
        "bb84_two_decoy",
        "bb84_one_decoy",
        "bbm92",
        "aes_rekey",
        "one_time_pad",
        "bits_per_day",
    }
)
