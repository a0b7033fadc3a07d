"""Stores and demands as the columns of their files."""

from __future__ import annotations

import numpy as np
from network_cases import demand, deposits, network_of

from euroqci_planner.io.exports.csv_files import table_bytes
from euroqci_planner.mission.network_columns import demands_columns, stores_columns
from euroqci_planner.network.course import key_course

STORES = "kind,a,b,time_utc,expected_bits,p01_bits,p10_bits,p50_bits,p90_bits,reserve_bits"
DEMANDS = (
    "demand_id,a,b,class,requested_bits,served_bits,p_empty,days_to_empty_p50,days_to_empty_p10,"
    "availability,wanted_availability,expired_bits,trusted_nodes,countries,route"
)


def course_of(*demands, contacts=()):
    return key_course(network_of("ab", list(demands), days=1.0), deposits(list(contacts)))


def lines(columns):
    return table_bytes(columns).decode().split("\r\n")


def test_stores_have_the_columns_of_their_file_and_links_no_reserve():
    course = course_of(
        demand("d", "b", "a", 24_000, start_bits=30_000, reserve_bits=500),
        contacts=[("s1", "A", 2.0, 700)],
    )
    written = lines(stores_columns(course.stores))
    assert written[0] == STORES
    assert written[3] == "link,s1,A,2026-06-15T02:00:00.000Z,700,,,,,"
    assert written[-2] == "pair,a,b,2026-06-16T00:00:00.000Z,6000,,,,,500"
    assert len(written) == 1 + 2 * 25 + 1


def test_demands_have_the_columns_of_their_file():
    course = course_of(demand("d", "b", "a", 24_000, start_bits=18_000, wanted_availability=0.9))
    header, row, end = lines(demands_columns(course.demands))
    assert header == DEMANDS
    assert row == (
        "d,b,a,public,24000,18000,,0.7500,,0.75000,0.90000,0,,,"
        "no way: no trusted satellite shares key with a station of each user"
    )
    assert end == ""


def test_a_demand_that_never_runs_out_has_no_day_of_it():
    course = course_of(demand("d", "a", "b", 24_000, start_bits=10**6))
    columns = demands_columns(course.demands)
    assert columns.texts("days_to_empty_p50") == [""]
    assert columns.texts("availability") == ["1.00000"]


def test_empty_tables_have_their_header_alone():
    course = course_of()
    assert lines(demands_columns(course.demands)) == [DEMANDS, ""]
    assert lines(stores_columns(course.stores)) == [STORES, ""]
    assert np.isnan(stores_columns(course.stores)["reserve_bits"]).all()
