"""What a filter line can ask for: names of the fields, their columns and examples."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from euroqci_planner.io.nearest_name import nearest
from euroqci_planner.mission.plan_columns import PASS_COLUMNS


class FieldKind(StrEnum):
    """How the value of a field is read."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its short name, its kind, the column behind it ('' for the start of a pass)."""

    name: str
    kind: FieldKind
    column: str
    example: str
    meaning: str
    aliases: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """Unit of the column, '' where it has none."""
        return PASS_COLUMNS[self.column].unit if self.column in PASS_COLUMNS else ""


def _text(name: str, column: str, example: str, meaning: str, *aliases: str) -> Field:
    return Field(name, FieldKind.TEXT, column, example, meaning, aliases)


def _number(name: str, column: str, example: str, meaning: str, *aliases: str) -> Field:
    return Field(name, FieldKind.NUMBER, column, example, meaning, (column, *aliases))


FIELDS: tuple[Field, ...] = (
    _text("sat", "satellite_id", "sat:qube-2", "satellite", "satellite", "satellite_id"),
    _text("ogs", "station_id", "ogs:matera", "station", "station", "station_id"),
    _text("state", "state", "state:flown", "state; flown is scheduled or pinned"),
    _text("reason", "reason", 'reason:"satellite busy"', "why not flown; any, none", "why"),
    _text("by", "blocked_by", "by:qube-2/matera", "what stands in the way", "blocked_by"),
    _text("partner", "partner_station_id", "partner:matera", "station that shares the pairs"),
    _text("light", "eclipse_state", "light:umbra", "light on the satellite", "eclipse_state"),
    _number("el", "max_elevation_deg", "el>40", "largest elevation [deg]", "elevation"),
    _number("loss", "loss_min_db", "loss<30", "smallest loss [dB]"),
    _number("qber", "qber", "qber<3%", "error rate of the key basis"),
    _number("key", "key_expected_bits", "key>100k", "expected key [bit]"),
    _number("clearkey", "key_clear_bits", "clearkey>1M", "key in clear sky [bit]"),
    _number("p10", "key_p10_bits", "p10>0", "key in nine of ten cases [bit]"),
    _number("p90", "key_p90_bits", "p90>100k", "key in one of ten cases [bit]"),
    _number("sifted", "sifted_bits", "sifted>1M", "sifted key in clear sky [bit]"),
    _number("clear", "clear_probability", "clear>60%", "chance of clear sky", "p"),
    _number("thin", "thin_probability", "thin<10%", "chance of thin cloud"),
    _number("broken", "broken_probability", "broken<30%", "chance of broken cloud"),
    _number("range", "min_range_km", "range<800", "smallest range [km]"),
    _number("sun", "sun_elevation_deg", "sun<-12", "elevation of the Sun [deg]"),
    _number("moon", "moon_separation_deg", "moon>30", "Moon to satellite [deg]"),
    _number("age", "element_age_days", "age<3", "age of the elements [d]"),
    _number("noise", "background_hz", "noise<1k", "noise clicks per detector [Hz]"),
    Field("after", FieldKind.TIME, "", "after:2026-06-15", "starts then or later, UTC"),
    Field("before", FieldKind.TIME, "", "before:2026-06-15T21:30", "starts earlier, UTC"),
    Field("on", FieldKind.TIME, "", "on:2026-06-15", "starts on this UTC day"),
    Field("night", FieldKind.TIME, "", "night:2026-06-15", "from this noon to the next, UTC"),
    Field("time", FieldKind.CLOCK, "", "time:20:00..04:00", "starts within these hours, UTC"),
)

_BY_NAME = {name: field for field in FIELDS for name in (field.name, *field.aliases)}


def field_of(name: str) -> Field | None:
    """The field of this name, whatever its case; None where there is none."""
    return _BY_NAME.get(name.casefold())


def name_slips(name: str) -> str:
    """What to write instead of an unknown field."""
    near = nearest(name, _BY_NAME)
    listed = ", ".join(field.name for field in FIELDS)
    return f"did you mean {near}? Fields: {listed}" if near else f"fields: {listed}"
