"""`link`: the budget of one link, term by term, over elevation or range."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

import numpy as np

from euroqci_planner.app import planner
from euroqci_planner.app.common_windows import common_windows
from euroqci_planner.app.link_tables import (
    Lights,
    inter_satellite_table,
    link_table,
    warnings_of,
    write_picture,
)
from euroqci_planner.app.pass_link_table import pass_link_table
from euroqci_planner.cli.console import Console
from euroqci_planner.cli.tables import text_table
from euroqci_planner.errors import EXIT_DONE, UsageError
from euroqci_planner.mission.common_windows import CommonWindows
from euroqci_planner.mission.link_table import LinkTable
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.timebase import iso_texts, seconds_between
from euroqci_planner.units import KILO, FloatArray

MOST_ROWS = 200
_LOWEST_DEG, _HIGHEST_DEG = 5.0, 90.0
_SHOWN_DB = 0.005
_MOST_COLUMNS = 11
_STAMP_LENGTH = 13


def link(options: Namespace, console: Console) -> int:
    """Show, write or draw the budget of a link."""
    scenario = planner.load_scenario(options.scenario)
    if (options.partner is None) == (not options.station):
        raise UsageError("give --station (once, or twice for a source of pairs) or --partner")
    if len(options.station) > 2:
        raise UsageError("at most two stations: one source of pairs serves two")
    if options.windows:
        return _windows(scenario, options, console)
    if options.partner is not None:
        ranges = KILO * _numbers(options.range_km, "--range-km", 1.0, 100_000.0)
        table = inter_satellite_table(scenario, options.satellite, options.partner, ranges)
    elif options.near is not None:
        table = _of_a_pass(scenario, options, console)
    else:
        elevations = _numbers(options.elevation_deg, "--elevation-deg", _LOWEST_DEG, _HIGHEST_DEG)
        lights = Lights(
            sun_elevation_rad=np.radians(options.sun_elevation_deg),
            moon_elevation_rad=np.radians(options.moon_elevation_deg),
            is_sunlit=options.sunlit,
        )
        table = link_table(
            scenario, options.satellite, options.station, np.radians(elevations), lights
        )
    _show(table, warnings_of(scenario, table), options, console)
    return EXIT_DONE


def _of_a_pass(scenario: Scenario, options: Namespace, console: Console) -> LinkTable:
    if len(options.station) != 1:
        raise UsageError("--pass needs one --station")
    try:
        near_utc = np.datetime64(_expanded(options.near), "us")
    except ValueError:
        wanted = "2026-06-18T23:18Z, or the stamp of a pass_id: 20260618T2318Z"
        raise UsageError(f"--pass {options.near}: write {wanted}") from None
    station = options.station[0]
    progress = console.progress(scenario.name)
    return pass_link_table(scenario, options.satellite, station, near_utc, progress)


def _expanded(stamp: str) -> str:
    """ISO 8601 of a time, also of the compact stamp in a pass_id."""
    plain = stamp.removesuffix("Z")
    if len(plain) == _STAMP_LENGTH and "-" not in plain:
        return f"{plain[:4]}-{plain[4:6]}-{plain[6:11]}:{plain[11:]}"
    return plain


def _windows(scenario: Scenario, options: Namespace, console: Console) -> int:
    """When two stations see a source of pairs at once, and the key that they share."""
    if len(options.station) != 2:
        raise UsageError("--windows needs --station twice: the two ends of a source of pairs")
    ends = (options.station[0], options.station[1])
    found = common_windows(scenario, options.satellite, ends, console.progress(scenario.name))
    if console.as_json:
        plain = {"satellite": found.satellite_id, "stations": list(ends)}
        console.json({**plain, "windows": found.as_plain()})
        return EXIT_DONE
    console.line(f"{found.satellite_id} over {' and '.join(ends)}, clear sky")
    console.line(windows_text(found))
    return EXIT_DONE


def windows_text(found: CommonWindows) -> str:
    """A row per common window."""
    names = ("begin (UTC)", "s", "el a [°]", "el b [°]", "min loss [dB]", "coincidences",
             "QBER [%]", "key [bit]")  # fmt: skip
    columns = (
        [str(text) for text in iso_texts(found.begin_utc, "s")],
        _cells(seconds_between(found.begin_utc, found.end_utc), 0),
        _cells(np.degrees(found.max_elevation_a_rad), 1),
        _cells(np.degrees(found.max_elevation_b_rad), 1),
        _cells(found.min_loss_db, 1),
        _cells(found.coincidences, 0),
        _cells(100.0 * found.qber, 2),
        _cells(found.key_bits, 0),
    )
    return text_table(names, list(zip(*columns, strict=True)))


def _show(table: LinkTable, warnings: Sequence[str], options: Namespace, console: Console) -> None:
    for text in warnings:
        console.warn(text)
    if options.plot is not None:
        console.say(f"wrote {write_picture(table, options.plot)}")
    if console.as_json:
        console.json({**table.as_plain(), "warnings": list(warnings)})
        return
    console.line(f"{table.direction}: {table.sender_id} to {', '.join(table.receiver_ids)}")
    few = np.unique(np.linspace(0, len(table) - 1, _MOST_COLUMNS).round().astype(np.intp))
    is_pass = bool(np.isfinite(table.t_s).all())
    console.line(link_text(table.take(few) if is_pass else table))


def link_text(table: LinkTable) -> str:
    """Terms as rows, elevations (or ranges) as columns; terms that cost nothing are left out."""
    is_range = bool(np.isnan(table.elevation_rad).all())
    heads = table.range_m / KILO if is_range else np.degrees(table.elevation_rad)
    unit = "range [km]" if is_range else "elevation [°]"
    losses = _rows(table.loss_terms, table.loss_db, 2, _SHOWN_DB)
    noise = _rows(table.noise_terms, table.noise_hz, 1, 0.0)
    other = [] if np.isnan(table.t_s).all() else [("from the highest point [s]",
                                                   *_cells(table.t_s, 0))]  # fmt: skip
    other += [
        ("lowest height [km]", *_cells(table.lowest_height_m / KILO, 0))
        if is_range
        else ("range [km]", *_cells(table.range_m / KILO, 0))
    ]
    other += [
        (name, *_cells(values, digits))
        for (name, values), digits in zip(
            {"error rate [%]": 100.0 * table.error, **_motion(table)}.items(),
            (2, 1, 4, 3),
            strict=True,
        )
        if np.isfinite(values).any()
    ]
    blank = tuple("" for _ in range(len(heads) + 1))
    rows = [
        ("loss [dB]", *blank[1:]),
        *losses,
        ("total", *_cells(table.total_loss_db(), 2)),
        ("noise per detector [Hz]", *blank[1:]),
        *noise,
        ("total", *_cells(np.sum(table.noise_hz, axis=1), 1)),
        *other,
    ]
    return text_table((unit, *(f"{value:.4g}" for value in heads)), rows)


def _motion(table: LinkTable) -> dict[str, FloatArray]:
    names = ("point-ahead [µrad]", "Doppler [nm]", "frame turn [°/s]")
    return dict(zip(names, table.motion().values(), strict=True))


def _rows(
    names: Sequence[str], values: FloatArray, digits: int, least: float
) -> list[tuple[str, ...]]:
    return [
        (f"  {name.replace('_', ' ')}", *_cells(cells, digits))
        for name, cells in zip(names, values.T, strict=True)
        if not np.all(np.abs(cells) <= least)
    ]


def _cells(values: FloatArray, digits: int) -> list[str]:
    return [f"{value + 0.0:.{digits}f}" if np.isfinite(value) else "" for value in values]


def _numbers(text: str, option: str, low: float, high: float) -> FloatArray:
    """`30`, `10,20,60` or `10:90:5` (first, last, step) as numbers in range."""
    try:
        if ":" in text:
            first, last, step = (float(part) for part in text.split(":"))
            if not step > 0.0 or not last >= first or (last - first) / step > MOST_ROWS:
                raise ValueError
            numbers = first + step * np.arange(int((last - first) / step + 1e-9) + 1)
        else:
            numbers = np.array([float(part) for part in text.split(",")])
    except ValueError:
        wanted = "30, 10,20,60 or 10:90:5 (first:last:step)"
        raise UsageError(f"{option} {text}: write {wanted}, at most {MOST_ROWS} values") from None
    if not np.all((numbers >= low) & (numbers <= high)):
        raise UsageError(f"{option} {text}: values lie between {low:g} and {high:g}")
    return np.asarray(numbers, dtype=np.float64)
