"""Writes `resources/samples/oneweb-400/`: the real 400-satellite set over thirty stations.

    python packaging/builders/oneweb_sample.py ELEMENT_SETS.tle resources/samples/oneweb-400

Takes the first 400 records of a 3LE file. Payloads are stand-ins: the constellation carries none.
"""

from __future__ import annotations

import sys
from pathlib import Path

STATIONS = (
    "OGS-TEI",
    "OGS-ALM",
    "OGS-CAL",
    "OGS-MAT",
    "OGS-HEL",
    "OGS-SKI",
    "OGS-OP",
    "OGS-GRZ",
    "OGS-HAG",
    "OGS-FI",
    "OGS-ORM",
    "OGS-ICFO",
    "OGS-HOL",
    "OGS-CYP",
    "OGS-BGR",
    "OGS-ASI",
    "OGS-HAF",
    "OGS-ZAG",
    "OGS-STO",
    "OGS-CPH",
    "OGS-BOR",
    "OGS-LUX",
    "OGS-RED",
    "OGS-IRD",
    "OGS-CZ",
    "OGS-HU",
    "OGS-RO",
    "OGS-LV",
    "OGS-PT",
    "OGS-MT",
)
HEAD = """# A large case: {count} real satellites (element sets of June 2026) over thirty European
# stations for seven days. The satellites carry no quantum payload: an assumed 785 nm terminal
# stands in on every one. What this scenario shows is that the planner takes a constellation of
# this size. Written by packaging/builders/oneweb_sample.py.

schema = 1

[scenario]
name = "Four hundred satellites"
description = "Real element sets of a 1 200 km constellation over thirty stations."
start_utc = 2026-06-14T12:00:00Z
duration_days = 7.0
step_s = 5.0                   # coarse enough for a quick look

[[orbit_file]]
path = "{file}"
warn_age_days = 4.0

[[payload]]
id = "large-785"
from = "generic-leo-785"
name = "A large 785 nm terminal (assumed: 1 200 km need more light than a CubeSat gives)"
aperture_mm = 300.0
waist_mm = 133.8               # optimum truncation, alpha = 1.121 (Klein and Degnan 1974)
pointing_jitter_urad = 0.5
pointing_bias_urad = 0.2
[payload.source]
pulse_rate_mhz = 1000.0

[weather]
model = "climatology"
"""
STATION = """
[[station]]
id = "{id}"
from = "{row}"
min_elevation_deg = 20.0
max_sun_elevation_deg = -12.0
[station.receiver]
aperture_mm = 800.0
"""
SATELLITE = """
[[satellite]]
id = "{id}"
name = "{name}"
norad_id = {number}
payload = "large-785"
standard_magnitude = 7.0
"""


def scenario(elements: Path) -> str:
    lines = elements.read_text("ascii").splitlines()
    names = {int(lines[at + 1][2:7]): lines[at].strip() for at in range(0, len(lines), 3)}
    parts = [HEAD.format(count=len(names), file=elements.name)]
    parts += [STATION.format(id=row.removeprefix("OGS-").lower(), row=row) for row in STATIONS]
    parts += [
        SATELLITE.format(id=name.lower().replace(" ", "-"), name=name, number=number)
        for number, name in names.items()
    ]
    return "".join(parts)


def main(source: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / source.name).write_bytes(source.read_bytes())
    (out / "oneweb-400.scenario.toml").write_text(scenario(source), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
