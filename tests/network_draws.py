"""Random small networks with their contacts, for tests of what holds for all of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from network_cases import DAY_S, PROMPT, demand, deposits, fibre, network_of, satellite

from euroqci_planner.mission.network import DemandClass

SATELLITES = ("s1", "s2", "s3")
SITES = "abc"
DAYS = 2.0
hours = st.floats(0.0, 24.0 * DAYS, allow_nan=False).map(lambda value: round(value, 4))
bits = st.integers(0, 200_000)


@st.composite
def contact_lists(draw, *, with_direct, largest=14):
    """Contacts as `network_cases.deposits` takes them; some with two stations where asked for."""
    satellites, stations = st.sampled_from(SATELLITES), st.sampled_from(SITES.upper())
    contacts = draw(st.lists(st.tuples(satellites, stations, hours, bits), max_size=largest))
    if not with_direct:
        return contacts
    return [
        (*item, draw(st.sampled_from(["", *(SITES.upper().replace(item[1], ""))])))
        for item in contacts
    ]


@st.composite
def demand_lists(draw, *, most_paths):
    """One to four demands between three users."""
    count = draw(st.integers(1, 4))
    found = []
    for number in range(count):
        a, b = draw(st.permutations(SITES))[:2]
        found.append(
            demand(
                f"d{number}",
                a,
                b,
                draw(st.integers(1, 600_000)),
                demand_class=draw(st.sampled_from(DemandClass)),
                start_bits=draw(st.integers(0, 50_000)),
                reserve_bits=draw(st.integers(0, 30_000)),
                relay_paths=draw(st.integers(1, most_paths)),
                max_age_s=draw(st.none() | st.floats(0.1 * DAY_S, 3.0 * DAY_S)),
            )
        )
    return found


@st.composite
def cases(draw, *, with_direct=False, most_paths=1):
    """A network over two days and its deposits."""
    memory = draw(st.none() | st.integers(50_000, 400_000))
    policy = replace(
        PROMPT,
        post_processing_s=draw(st.sampled_from((0.0, 1_800.0))),
        classical_contact_s=draw(st.sampled_from((0.0, 5_400.0, 20_000.0))),
    )
    stocks = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(SATELLITES), st.sampled_from(SITES.upper())),
            st.integers(0, 60_000),
            max_size=4,
        )
    )
    links = draw(st.sampled_from(((), (fibre("a", "b", 110.0, hop_m=110e3),))))
    case = network_of(
        SITES,
        draw(demand_lists(most_paths=most_paths)),
        satellites=tuple(satellite(name, key_memory_bits=memory) for name in SATELLITES),
        stocks=stocks,
        links=links,
        days=DAYS,
        policy=policy,
    )
    table = deposits(
        draw(contact_lists(with_direct=with_direct)),
        draw(st.sampled_from((0, 1_024))),
        policy.post_processing_s,
    )
    return case, table
