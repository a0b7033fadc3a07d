"""A pair of users for the sample scenario, and requirements on it, as scenario text."""

from __future__ import annotations

from pathlib import Path

NETWORK = """
[[node]]
id = "nice"
from = "FR-NCE"

[[node]]
id = "athens"
from = "GR-CAP"

[[fibre_link]]
a = "calern"
b = "nice"
length_km = 30.0
hop_km = 80.0
device = "dv-standard"

[[fibre_link]]
a = "helmos"
b = "athens"
length_km = 150.0
hop_km = 50.0
device = "dv-standard"

[[demand]]
id = "nice-athens"
a = "nice"
b = "athens"
class = "public"
[demand.consumption]
type = "bits_per_day"
kbit_per_day = {rate}
[demand.store]
start_mbit = 0.1
wanted_availability = 0.95
"""

REQUIREMENT = """
[[requirement]]
id = "{id}"
metric = "{metric}"
{demand}
{rule} = {limit}
"""


def requirement(name: str, metric: str, demand: str, rule: str, limit: float) -> str:
    """The text of one requirement; no demand where it is empty."""
    whose = f'demand = "{demand}"' if demand else ""
    return REQUIREMENT.format(id=name, metric=metric, demand=whose, rule=rule, limit=limit)


def with_users(
    sample: Path, folder: Path, *, rate: float, more: str = "", days: float = 7.0
) -> Path:
    """The sample with its orbit file in `folder`, with two users who use `rate` kbit a day."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in sample.parent.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    path = folder / sample.name
    text = path.read_text("utf-8").replace("duration_days = 7.0", f"duration_days = {days}")
    path.write_text(text + NETWORK.format(rate=rate) + more, encoding="utf-8")
    return path
