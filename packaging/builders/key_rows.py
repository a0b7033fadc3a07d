"""Writes `resources/validation/key_rows.csv`, `key_optima.csv` and `key_losses.csv`.

    python packaging/builders/key_rows.py tests/reference/data/keys resources/validation

Takes from the rows of the reference program (SatQuMA 2.0.0-beta, MIT) those with the plain
error-correction term, with the settings that differ between them; from the optimised cases those
with a finite key; and of the loss tables the slots that these need. Values are copied as printed.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

COMMON = {
    "shift_deg": "0",
    "fs_Hz": "100000000.0",
    "NoPass": "1",
    "Pap": "0.001",
    "eps_s": "1e-09",
    "eps_c": "1e-15",
    "fEC": "1.16",
}
SETTINGS = ("Px", "p1", "p2", "mu1", "mu2", "mu3")
CASE = ("Pec", "QBERI", "extra_loss_dB", "dt_s", "bound")
ROW_COLUMNS = ("id", "set", "loss", *COMMON, *SETTINGS, *CASE, "SKL")
OPTIMUM_COLUMNS = ("id", "loss", *CASE, "SKL_tool", "SKL_independent")
SETS = {"fixed": "key_length_fixed_settings.csv", "one": "key_length_one_at_a_time.csv"}
MARGIN_S = 5.0


def read(file: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(file: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    """Write a CSV file with these columns."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(source: Path, target: Path) -> None:
    """Write the three files."""
    rows = [
        {**COMMON, "mu3": "0.0", **row, "id": f"{name}-{number}", "set": name}
        for name, file in SETS.items()
        for number, row in enumerate(read(source / file), start=2)
        if row["ec"] == "block"
    ]
    write(target / "key_rows.csv", ROW_COLUMNS, rows)
    optima = [
        {**row, "id": f"optimum-{number}"}
        for number, row in enumerate(read(source / "key_length_optimised_settings.csv"), start=2)
        if row["bound"] != "Asymptotic"
    ]
    write(target / "key_optima.csv", OPTIMUM_COLUMNS, optima)
    losses = []
    for name in sorted({row["loss"] for row in [*rows, *optima]}):
        mine = [row for row in [*rows, *optima] if row["loss"] == name]
        longest = max(float(row["dt_s"]) for row in mine)
        shifted = any(float(row.get("shift_deg", 0.0)) for row in mine)
        losses += [
            {**row, "loss": name}
            for row in read(source / f"loss_{name}.csv")
            if shifted or abs(float(row["t_s"])) <= longest + MARGIN_S
        ]
    write(target / "key_losses.csv", ("loss", "t_s", "elevation_deg", "eta_total"), losses)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
