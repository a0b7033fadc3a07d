"""report.html: self-contained, well-formed, readable, and deaf to hostile names."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import plan_cases
import pytest

from euroqci_planner.io.exports.plan_folder import plan_files
from euroqci_planner.io.report.bits_axis import bits_axis
from euroqci_planner.io.report.display import bits_text, day_and_time, fixed, long_date, span
from euroqci_planner.io.report.markup import Markup, escaped, joined, tag
from euroqci_planner.io.report.satellite_styles import (
    DARK_EDGES,
    LIGHT_EDGES,
    LIGHT_FILLS,
    satellite_styles,
)
from euroqci_planner.io.report.style import DARK_PAGE, LIGHT_PAGE
from euroqci_planner.io.report.svg_plot import Frame, Scale, text_px
from euroqci_planner.io.report.ticks import (
    minor_time_marks,
    number_ticks,
    rounded_up,
    time_ticks,
)
from euroqci_planner.io.report.time_axis import time_axis
from euroqci_planner.timebase import instant_after, utc

XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
HOUR_S = 3_600.0


def page(plan) -> str:
    return plan_files(plan)["report.html"].decode("utf-8")


def tree(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 (made by the code under test)


def words(element: ET.Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


@pytest.fixture(scope="module")
def plan():
    return plan_cases.example_plan()


@pytest.fixture(scope="module")
def text(plan):
    return page(plan)


@pytest.fixture(scope="module")
def root(text):
    return tree(text)


def pictures(root: ET.Element) -> list[ET.Element]:
    return [item for item in root.iter(f"{SVG}svg") if item.get("role") == "img"]


def test_nothing_is_loaded_and_nothing_runs(text, root):
    assert text.startswith("<!DOCTYPE html>\n")
    tags = {item.tag.rpartition("}")[2] for item in root.iter()}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "use", "image", "a"}
    attributes = {name for item in root.iter() for name in item.attrib}
    assert not {name for name in attributes if name.startswith("on")}
    assert not attributes & {"src", "href", "style"}
    assert "url(" not in text
    assert "@import" not in text
    addresses = set(re.findall(r"https?://[^\s\"<]+", text))
    assert addresses == {"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"}
    assert "default-src &#x27;none&#x27;" in text or "default-src 'none'" in text


def test_every_picture_has_title_description_and_axes_with_units(root):
    found = {item.find(f"{SVG}title").get("id"): item for item in pictures(root)}
    assert list(found) == [
        "timeline-title", "key-over-time-title", "key-by-satellite-title", "key-by-station-title",
        "loss-over-elevation-title", "key-over-elevation-title", "loss-waterfall-title",
        "noise-title",
    ]  # fmt: skip
    wanted = {"timeline": ["UTC"], "key-over-time": ["bit", "UTC"], "key-by-satellite": ["bit"],
              "key-by-station": ["bit"], "loss-over-elevation": ["dB", "°"],
              "key-over-elevation": ["bit", "°"], "loss-waterfall": ["dB"],
              "noise": ["Hz"]}  # fmt: skip
    for name, picture in found.items():
        assert words(picture.find(f"{SVG}title"))
        assert words(picture.find(f"{SVG}desc"))
        titles = [words(t) for t in picture.iter(f"{SVG}text") if t.get("class") == "axis-title"]
        units = [re.search(r"\[(.+?)\]", title).group(1) for title in titles]
        for unit, expected in zip(units, wanted[name.removesuffix("-title")], strict=True):
            assert unit.endswith(expected)


def test_ids_of_the_page_are_unique_and_labels_point_at_them(root):
    ids = [item.get("id") for item in root.iter() if item.get("id")]
    assert len(ids) == len(set(ids))
    for picture in pictures(root):
        assert set(picture.get("aria-labelledby").split()) <= set(ids)


def test_everything_is_drawn_inside_its_picture(root):
    for picture in pictures(root):
        _, _, width, height = map(float, picture.get("viewBox").split())
        for item in picture.iter(f"{SVG}text"):
            x, length = float(item.get("x")), text_px(words(item))
            shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[item.get("text-anchor")]
            if item.get("transform") is None:
                assert x - shift * length >= -1.0, words(item)
                assert x + (1.0 - shift) * length <= width + 4.0, words(item)
            assert 0.0 <= float(item.get("y")) <= height
        for item in picture.iter(f"{SVG}rect"):
            assert float(item.get("width")) >= 0.0
            assert 0.0 <= float(item.get("x")) <= width


def test_labels_of_one_line_do_not_collide(root):
    for picture in pictures(root):
        lines: dict[str, list[tuple[float, float]]] = {}
        for item in picture.iter(f"{SVG}text"):
            if item.get("text-anchor") == "middle" and item.get("transform") is None:
                x, half = float(item.get("x")), 0.5 * text_px(words(item))
                lines.setdefault(item.get("y"), []).append((x - half, x + half))
        for spans in lines.values():
            for (_, end), (start, _) in pairwise(sorted(spans)):
                assert start >= end - 2.0


def test_the_headline_and_the_tables_hold_the_figures_of_the_plan(plan, root):
    cards = [words(item) for item in root.iter(f"{XHTML}li")]
    assert any(card.startswith(f"Contacts {len(plan.contact_rows)} of 45 usable") for card in cards)
    assert any(card.startswith(f"Expected key {bits_text(plan.value_bits)}") for card in cards)
    tables = list(root.iter(f"{XHTML}table"))
    assert len(list(tables[0].iter(f"{XHTML}tr"))) == len(plan.contact_rows) + 1
    body = words(root)
    for text in ("satellite busy", "daylight", "never above the minimum elevation", "checksum",
                 "Vallado et al. 2006", "ab" * 32, "[[demand]] is kept", "libraries.numpy",
                 "20260614"):  # fmt: skip
        assert text in body


def test_every_contact_has_a_mark_with_a_tooltip_in_the_timeline(plan, root):
    timeline = pictures(root)[0]
    marks = [
        item for item in timeline.iter(f"{SVG}path") if item.get("class", "").startswith("mark")
    ]
    titles = [words(item.find(f"{SVG}title")) for item in marks]
    assert len(titles) == len(plan.contact_rows)
    assert all(re.search(r" over .+ UTC, \d+\.\d°, .+bit$", title) for title in titles)


def test_the_loss_of_the_best_contact_adds_up(plan, root):
    waterfall = next(
        p for p in pictures(root) if p.find(f"{SVG}title").get("id") == "loss-waterfall-title"
    )
    values = [
        float(words(t).split()[0])
        for t in waterfall.iter(f"{SVG}text")
        if t.get("class") == "value"
    ]
    assert sum(values[:-1]) == pytest.approx(values[-1], abs=0.005 * len(values))
    best = plan.contact_rows[np.argmax(plan.decisions.key_expected_bits[plan.contact_rows])]
    loss = -10.0 * np.log10(plan.link.transmittance_culmination[best])
    assert values[-1] == pytest.approx(loss, abs=0.005)


def test_hostile_names_stay_text(plan):
    evil = "</style></title><script>alert(1)</script>\"'&\x00\x1b]]>"
    hostile = plan_cases.renamed(
        plan, satellite_id='x"><b>', satellite_name=evil, station_name=evil
    )
    scenario = replace(
        hostile.scenario,
        name=evil,
        description=evil,
        marking='"; } body { display: none } </style>',
    )
    hostile = replace(hostile, scenario=scenario, warnings=(evil,), provenance={evil: [evil]})
    text = page(hostile)
    assert "<script" not in text
    assert text.count("</style>") == 1
    root = tree(text)
    assert "</style></title><script>alert(1)</script>\"'&\ufffd\ufffd]]>" in words(root)
    style = next(root.iter(f"{XHTML}style")).text
    assert "display: none" not in style


def test_a_file_name_that_is_not_utf8_does_not_break_the_page(plan):
    scenario = replace(plan.scenario, name="caf\udce9")
    assert "caf\\udce9" in words(tree(page(replace(plan, scenario=scenario))))


def test_a_plan_without_contacts_says_why():
    assert "No contact is flown: no satellite passes over any station." in words(
        tree(page(plan_cases.empty_plan()))
    )
    plan = plan_cases.example_plan()
    grounded = replace(
        plan,
        decisions=replace(
            plan.decisions,
            state=np.full(len(plan.passes), 4),
            reason=np.full(len(plan.passes), 5),
            blocked_by=np.full(len(plan.passes), -1),
        ),
    )
    text = words(tree(page(grounded)))
    assert "No contact is flown. The most frequent reason: daylight (120 passes)." in text


def test_no_bound_is_said_not_invented(plan):
    text = words(tree(page(replace(plan, bound_bits=float("nan")))))
    assert "Gap to the bound not proven greedy by expected key proves no bound" in text


def test_many_contacts_are_drawn_together_and_the_page_stays_small():
    plan = plan_cases.large_plan(12_000)
    assert len(plan.contact_rows) > 700
    text = page(plan)
    timeline = pictures(tree(text))[0]
    assert len(list(timeline.iter(f"{SVG}path"))) < 20
    assert len(text) < 1_500_000


def test_a_plan_whose_link_passes_no_light_still_makes_a_page(plan):
    rows = len(plan.passes)
    terms = np.where(np.isnan(plan.link.transmittance_terms), np.nan, 0.0)
    dark = replace(
        plan.link,
        transmittance_terms=terms,
        transmittance_max=np.zeros(rows),
        transmittance_culmination=np.zeros(rows),
    )
    text = words(tree(page(replace(plan, link=dark))))
    assert "Contacts" in text


def contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio."""

    def luminance(colour: str) -> float:
        parts = np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255.0
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("edges", "paper"), [(LIGHT_EDGES, LIGHT_PAGE), (DARK_EDGES, DARK_PAGE)])
def test_every_mark_stands_out_from_the_page(edges, paper):
    for fill, edge in zip(LIGHT_FILLS, edges, strict=True):
        assert max(contrast(fill, paper), contrast(edge, paper)) >= 3.0


def test_every_satellite_has_its_own_colour_and_shape_while_they_last():
    few = satellite_styles(plan_cases.example_plan(satellites=5))
    assert len({(style.class_, style.shape) for style in few.values()}) == 5
    many = satellite_styles(plan_cases.example_plan(satellites=8))
    assert len({style.class_ for style in many.values()}) == 8
    assert sum(style.class_ == "s0" for style in many.values()) == 1
    shapes = {style.mark(0.0, 0.0, 4.0) for style in many.values()}
    assert len(shapes) == 8


@pytest.mark.parametrize(
    ("low", "high", "most", "labels"),
    [
        (0.0, 10.0, 5, ["0", "2", "4", "6", "8", "10"]),
        (0.0, 1.0, 5, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (15.0, 30.0, 6, ["15", "20", "25", "30"]),
        (-0.3, 0.3, 3, ["-0.2", "0.0", "0.2"]),
        (0.0, 0.04, 4, ["0.00", "0.01", "0.02", "0.03", "0.04"]),
    ],
)
def test_numbers_on_an_axis_are_round(low, high, most, labels):
    ticks = number_ticks(low, high, most)
    assert [tick.label for tick in ticks] == labels
    assert [tick.value for tick in ticks] == pytest.approx([float(label) for label in labels])


@pytest.mark.parametrize("largest", [0.0, 1e-3, 0.7, 1.0, 3.01, 9.99, 10.0, 12_345.0, 7e8])
def test_an_axis_ends_at_a_tick_just_above_the_largest_value(largest):
    top = rounded_up(largest, 5)
    assert top >= largest
    assert largest == 0.0 or top <= 1.5 * largest
    assert number_ticks(0.0, top, 5)[-1].value == pytest.approx(top)


@pytest.mark.parametrize(
    ("days", "width", "labels"),
    [
        (0.25, 1000.0, ["12:00", "12:30", "13:00"]),
        (1.0, 1000.0, ["12:00", "14:00", "16:00"]),
        (2.0, 500.0, ["12:00", "18:00", "15 Jun", "06:00"]),
        (2.0, 260.0, ["12:00", "15 Jun", "12:00", "16 Jun"]),
        (7.0, 600.0, ["15 Jun", "16 Jun", "17 Jun"]),
        (60.0, 700.0, ["15 Jun", "22 Jun", "29 Jun"]),
        (700.0, 1000.0, ["Jul 2026", "Oct 2026", "Jan 2027"]),
    ],
)
def test_times_on_an_axis_are_round_and_apart(days, width, labels):
    start = utc("2026-06-14T12:00:00Z")
    end = instant_after(start, days * 86_400.0)
    ticks = time_ticks(start, end, width, 60.0)
    assert [tick.label for tick in ticks][: len(labels)] == labels
    apart = np.diff([tick.value for tick in ticks]) / (days * 86_400.0) * width
    assert apart.min() >= 55.0
    minor = minor_time_marks(start, end, width, 9.0)
    assert len(minor) >= len(ticks) or days > 100.0


def test_the_time_axis_leaves_out_the_hours_without_usable_passes(plan):
    axis = time_axis(plan, Frame(100.0, 0.0, 1060.0, 100.0))
    assert len(axis.panels) == 3
    starts = plan.conditions.usable_start_utc
    seconds = (starts[~np.isnat(starts)] - plan.scenario.start_utc) / np.timedelta64(1, "s")
    assert np.isfinite(axis.x(seconds)).all()
    assert np.isnan(axis.x(np.array([26.0 * HOUR_S]))).all(), "two in the afternoon is left out"
    order = np.argsort(seconds)
    assert (np.diff(axis.x(seconds)[order]) >= 0.0).all()


def test_a_night_that_straddles_a_panel_is_cut_at_its_edges(plan):
    axis = time_axis(plan, Frame(100.0, 0.0, 1060.0, 100.0))
    first = axis.panels[0]
    lefts, widths, rows = axis.spans(
        np.array([first.start_s - HOUR_S]), np.array([first.end_s + HOUR_S])
    )
    assert (lefts[0], widths[0], rows.tolist()) == (
        first.left, pytest.approx(first.right - first.left), [0]
    )  # fmt: skip


def test_a_plan_used_round_the_clock_keeps_a_straight_axis(plan):
    day_s = np.linspace(0.0, plan.scenario.duration_s - 600.0, len(plan.passes))
    starts = np.array([instant_after(plan.scenario.start_utc, t) for t in day_s])
    conditions = replace(
        plan.conditions,
        usable_start_utc=starts,
        usable_end_utc=starts + np.timedelta64(300, "s"),
    )
    axis = time_axis(replace(plan, conditions=conditions), Frame(0.0, 0.0, 1000.0, 10.0))
    assert len(axis.panels) == 1
    assert axis.x(np.array([0.0, plan.scenario.duration_s])).tolist() == [0.0, 1000.0]


def test_a_scale_maps_its_ends():
    scale = Scale(10.0, 30.0, 300.0, 100.0)
    assert scale(np.array([10.0, 20.0, 30.0])).tolist() == [300.0, 200.0, 100.0]


@pytest.mark.parametrize(
    ("bits", "text"),
    [(0.0, "0 bit"), (512.0, "512 bit"), (999.96, "1000 bit"), (1234.0, "1.23 kbit"),
     (9_996_944.0, "10.0 Mbit"), (5.4e7, "54.0 Mbit"), (1.5e9, "1.50 Gbit"),
     (float("nan"), "–")],
)  # fmt: skip
def test_bits_are_shown_with_three_digits(bits, text):
    assert bits_text(bits) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(7.4, "7 s"), (363.0, "6 min 03 s"), (7_500.0, "2 h 05 min"), (90_000.0, "25 h 00 min"),
     (604_800.0, "7 d"), (612_000.0, "7 d 2 h"), (float("nan"), "–")],
)  # fmt: skip
def test_spans_are_shown_in_two_units(seconds, text):
    assert span(seconds) == text


def test_dates_are_english_whatever_the_locale():
    assert long_date(utc("2026-06-14T12:00:00Z")) == "14 June 2026, 12:00 UTC"
    assert long_date(utc("2027-03-01T21:04:05Z")) == "1 March 2027, 21:04:05 UTC"
    assert day_and_time(utc("2026-12-31T23:59:59.6Z")) == "2027-01-01 00:00:00"


def test_key_of_one_size_gets_a_linear_axis_and_of_many_sizes_a_logarithmic_one():
    frame = Frame(0.0, 0.0, 100.0, 200.0)
    even = bits_axis(np.array([2e6, 5e6, 9e6, 0.0, np.nan]), frame)
    assert not even.logarithmic
    assert even.title("key") == "key [Mbit]"
    assert even.y(np.array([0.0, 1e7])).tolist() == [200.0, 0.0]
    wide = bits_axis(np.array([8e3, 2e5, 3e6, 6e7, 0.0]), frame)
    assert wide.logarithmic
    assert wide.title("key") == "key, logarithmic [bit]"
    assert [tick.label for tick in wide.ticks] == ["0", "10 k", "100 k", "1 M", "10 M", "100 M"]
    y = wide.y(np.array([0.0, 8e3, 1e4, 1e5, 1e6, 6e7]))
    assert y[0] == 200.0
    assert (np.diff(y) < 0.0).all()
    assert y[5] >= 0.0
    assert y[2] - y[3] == pytest.approx(y[3] - y[4])


def test_the_tail_of_a_long_list_becomes_one_bar():
    scenario = plan_cases.scenario(satellites=3, stations=4)
    site = scenario.stations[0]
    many = tuple(replace(site, id=f"s-{n}", name=f"Site {n}") for n in range(50))
    passes = plan_cases.example_plan().passes
    spread = replace(
        passes,
        station_ids=tuple(item.id for item in many),
        station=np.arange(len(passes)) % 50,
    )
    plan = plan_cases.plan_of(replace(scenario, stations=many), spread)
    bars = pictures(tree(page(plan)))[3]
    names = [words(t) for t in bars.iter(f"{SVG}text") if t.get("class") == "row-name"]
    assert len(names) == 40
    assert names[-1] == "11 other stations"


def test_a_night_over_the_end_of_a_month_names_both_days(plan):
    later = replace(plan.scenario, start_utc=utc("2026-06-29T12:00:00Z"))
    shift = np.timedelta64(15 * 86_400, "s")
    conditions = replace(
        plan.conditions,
        usable_start_utc=plan.conditions.usable_start_utc + shift,
        usable_end_utc=plan.conditions.usable_end_utc + shift,
    )
    axis = time_axis(
        replace(plan, scenario=later, conditions=conditions), Frame(0.0, 0.0, 900.0, 9.0)
    )
    assert "29/30 Jun" in axis.markup()
    assert "30 Jun / 1 Jul" in axis.markup()


def test_long_names_give_way_to_ids_everywhere(plan):
    long = plan_cases.renamed(
        plan,
        satellite_id="s-1",
        satellite_name="A satellite with a long name",
        station_name="Teide",
    )
    root = tree(page(long))
    titles = [words(item) for item in pictures(root)[0].iter(f"{SVG}title")]
    assert any(title.startswith("s-1 over Teide, ") for title in titles)
    assert words(root).count("A satellite with a long name") == 1, "the name stands in its table"


def test_payloads_with_one_ledger_share_its_rows(plan):
    ledger = plan.ledgers["leo-850"]
    text = words(tree(page(replace(plan, ledgers={"b": ledger, "a": ledger}))))
    assert "a, b statistical fluctuations 21" in text
    assert text.count("error verification") == 1


def test_markup_escapes_everything_that_is_not_markup():
    assert tag("p", "a<b>&\"'", class_="x>y") == '<p class="x&gt;y">a&lt;b&gt;&amp;&quot;&#x27;</p>'
    assert tag("p", Markup("<b>x</b>"), "<") == "<p><b>x</b>&lt;</p>"
    assert tag("rect", stroke_width=1, role=None) == '<rect stroke-width="1"/>'
    assert joined(["<", Markup("<i/>")], " ") == "&lt; <i/>"
    assert escaped(escaped("<")) == "&lt;"


def test_numbers_have_their_thousands_apart():
    assert fixed(-1234567.891, 1) == "-1\u202f234\u202f567.9"
    assert fixed(-0.04, 1) == "0.0"
    assert fixed(float("inf"), 1) == "–"
