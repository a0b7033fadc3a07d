"""The packaged catalogue, and how a scenario takes rows from it."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from scenario_editing import changed, faults_of, read, unmarked

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.catalogue import Catalogue, load_catalogue
from euroqci_planner.io.scenario_faults import schema_problems
from euroqci_planner.io.scenario_merge import filled_from_catalogue
from euroqci_planner.io.scenario_places import ScenarioPlaces
from euroqci_planner.io.scenario_schema import ScenarioDocument
from euroqci_planner.io.schema_network import NodeRecord
from euroqci_planner.io.schema_payloads import PayloadRecord
from euroqci_planner.io.schema_stations import ReceiverRecord, StationRecord
from euroqci_planner.io.toml_reader import read_toml
from euroqci_planner.mission.assets import Coupling, DivergenceBeam, TruncatedGaussianBeam
from euroqci_planner.resources import resource


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def cells(name: str) -> list[dict[str, str]]:
    with resource("catalogue", name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_catalogue_has_all_its_tables(catalogue: Catalogue) -> None:
    sizes = [
        len(table)
        for table in (catalogue.stations, catalogue.nodes, catalogue.fibre_links, catalogue.devices)
    ]
    assert sizes == [46, 98, 87, 5]
    assert set(catalogue.payloads) >= {"generic-leo-1550", "generic-leo-785", "generic-leo-850"}


def test_a_row_whose_source_or_confidence_is_weak_is_marked_as_assumed() -> None:
    for row in [*cells("stations.csv"), *cells("nodes.csv"), *cells("fibre_links.csv")]:
        told = f"{row['source']} {row['status']}".lower()
        weak = "low" in row.get("confidence", "").lower() or "from memory" in told
        weak = weak or "assum" in told or row.get("length_basis", "published") != "published"
        assert row["assumed"] == ("yes" if weak else "no"), row["id"]


def test_published_fibre_lengths_are_the_ten_of_the_draft(catalogue: Catalogue) -> None:
    published = [row for row in catalogue.fibre_links.values() if not row.assumed]
    assert len(published) == 10
    assert catalogue.fibre_link("BE-ARL--LU-CAP").fields["length_km"] == 45.0


def test_every_row_of_the_catalogue_is_a_valid_record(catalogue: Catalogue) -> None:
    for row in catalogue.stations.values():
        receiver = {"aperture_mm": 800.0, **row.fields["receiver"]}
        StationRecord.model_validate({"id": row.id, **row.fields, "receiver": receiver})
    for row in catalogue.payloads.values():
        PayloadRecord.model_validate({"id": row.id, **row.fields})
    for row in catalogue.nodes.values():
        NodeRecord.model_validate({"id": row.id, **row.fields})


@pytest.mark.parametrize("name", list(load_catalogue().payloads))
def test_every_preset_flies(name: str) -> None:
    scenario = read(changed(("generic-leo-1550", name)))
    payload = scenario.satellites[1].payload
    assert payload.assumed
    assert payload.provenance.startswith(f"catalogue {name}: ")


def test_truncated_presets_have_the_waist_of_least_loss(catalogue: Catalogue) -> None:
    for row in catalogue.payloads.values():
        if row.fields["beam"] == "truncated_gaussian":
            ratio = 0.5 * row.fields["aperture_mm"] / row.fields["waist_mm"]
            assert math.isclose(ratio, 1.121, abs_tol=2e-3), row.id


def test_monthly_values_come_from_the_climatology(catalogue: Catalogue) -> None:
    calar_alto = catalogue.station("OGS-ALM").fields["clear_sky_probability_monthly"]
    assert (calar_alto[5], calar_alto[6], calar_alto[11]) == (0.712, 0.732, 0.594)


@pytest.mark.parametrize(
    ("table", "wrong", "right"),
    [
        ("station", "OGS-ALN", "OGS-ALM"),
        ("station", "ogs-mat", "OGS-MAT"),
        ("node", "ES-CAPP", "ES-CAP"),
        ("payload", "generic-leo-1500", "generic-leo-1550"),
        ("device", "dv_standard", "dv-standard"),
        ("fibre_link", "BE-ARL-LU-CAP", "BE-ARL--LU-CAP"),
    ],
)
def test_an_unknown_id_gets_the_nearest(
    catalogue: Catalogue, table: str, wrong: str, right: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        getattr(catalogue, table)(wrong)
    assert f"did you mean {right}?" in caught.value.faults[0].mend


def test_what_a_scenario_writes_wins_over_the_row() -> None:
    base = changed(('[[station]]\nid = "calar-alto"', '[[station]]\nid = "x"\nfrom = "OGS-MAT"\n#'))
    text = base[: base.index("latitude_deg = 37.2236")] + base[base.index("[[node]]") :]
    text = text.replace('from = "OGS-ALM"', "#").replace('"calar-alto"', '"x"')
    text = text.replace("[[node]]", "[station.receiver]\ndark_count_hz = 25.0\n[[node]]", 1)
    station = read(text).stations[0]
    assert station.receiver.aperture_m == 1.5
    assert station.receiver.dark_count_hz == 25.0
    assert station.receiver.optics_efficiency == 0.4
    assert station.assumed
    assert station.provenance == (
        "catalogue OGS-MAT: press 2022 (1.5 m); ILRS coords from memory; receiver of the class"
        " observatory; changed by the scenario: receiver.dark_count_hz"
    )


def test_another_beam_replaces_the_beam_of_the_row() -> None:
    scenario = read(
        changed(
            (
                'from = "generic-leo-1550"',
                """from = "generic-leo-1550"
beam = "divergence"
divergence_urad = 30.0
divergence_convention = "fwhm\"""",
            )
        )
    )
    beam = scenario.satellites[1].payload.beam
    assert isinstance(beam, DivergenceBeam)
    assert beam.divergence_rad == 30e-6
    assert isinstance(read(changed()).satellites[1].payload.beam, TruncatedGaussianBeam)


def test_one_field_of_a_source_can_be_changed() -> None:
    source = (
        read(
            changed(
                (
                    'from = "generic-leo-1550"',
                    'from = "generic-leo-1550"\n[payload.source]\npulse_rate_mhz = 500.0',
                )
            )
        )
        .satellites[1]
        .payload.source
    )
    assert vars_of(source)["pulse_rate_hz"] == 500e6
    assert vars_of(source)["intensities"] == (0.6, 0.15, 0.0)


def vars_of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def test_another_protocol_takes_nothing_from_the_source_of_the_row() -> None:
    text = changed(
        (
            'from = "generic-leo-1550"',
            'from = "generic-leo-1550"\n[payload.source]\nprotocol = "bbm92"',
        )
    )
    missing = {fault.where for fault in faults_of(text) if fault.problem == _LACKS}
    assert "payload[0].source.pair_rate_mhz" in missing
    assert not any("intensities" in fault.where for fault in faults_of(text))


_LACKS = f"is missing; the {load_catalogue().payload('generic-leo-1550').place} lacks it"


def test_a_fault_of_a_row_names_the_row_and_points_at_from(catalogue: Catalogue) -> None:
    row = catalogue.station("OGS-ALM")
    broken = replace(row, fields={**row.fields, "angstrom_exponent": 9.0})
    wrong = replace(catalogue, stations={**catalogue.stations, "OGS-ALM": broken})
    text, line, column = unmarked(
        changed(('from = "OGS-ALM"', 'from = ¦"OGS-ALM"'), ("angstrom_exponent", "#"))
    )
    document = read_toml(text.encode(), "x.toml")
    filled = filled_from_catalogue(document.data, wrong)
    with pytest.raises(ValidationError) as caught:
        ScenarioDocument.model_validate(filled.data)
    places = ScenarioPlaces("x.toml", document.places, filled.data, filled.rows)
    (fault,) = places.faults(schema_problems(caught.value, filled.data))
    assert (fault.line, fault.column, fault.where) == (line, column, "station[0].angstrom_exponent")
    assert "in the catalogue stations.csv:45 (OGS-ALM)" in fault.problem


def test_a_fibre_link_takes_its_length_from_the_catalogue() -> None:
    text = changed(("length_km = 420.0", 'from = "BE-ARL--LU-CAP"'))
    (link,) = read(text).network.fibre_links
    row = load_catalogue().fibre_link("BE-ARL--LU-CAP")
    assert link.length_m == pytest.approx(1e3 * row.fields["length_km"])


def test_every_receiver_preset_says_how_far_to_trust_it_and_fits_a_station(
    catalogue: Catalogue,
) -> None:
    assert set(catalogue.receivers) >= {"micius-xinglong", "micius-nanshan", "ao-1550"}
    text = resource("catalogue", "receivers.toml").read_text(encoding="utf-8").split("\n")
    for row in catalogue.receivers.values():
        assert text[row.line - 1].startswith(f"[{row.id}]")
        assert row.source
        assert row.details["status"]
        assert row.details["confidence"]
        ReceiverRecord.model_validate({"aperture_mm": 800.0, **row.fields})


def test_a_station_takes_a_receiver_preset_and_changes_a_field_of_it() -> None:
    station = read(
        changed(
            ("[station.receiver]\naperture_mm = 800.0\n",
             '[station.receiver]\nfrom = "ao-1550"\nmodes = 80\naperture_mm = 800.0\n'),
            ('coupling = "free_space" ', "#"),
        )
    ).stations[0]  # fmt: skip
    receiver = station.receiver
    assert receiver.coupling is Coupling.FIBRE_ADAPTIVE_OPTICS
    assert (receiver.adaptive_optics_modes, receiver.adaptive_optics_bandwidth_hz) == (80, 200.0)
    assert (receiver.aperture_m, receiver.detector_efficiency) == (0.8, 0.5)
    assert station.assumed
    assert "receiver ao-1550: DLR OGS-OP" in station.provenance


def test_a_preset_brings_its_own_telescope_over_that_of_the_row() -> None:
    edit = ("[station.receiver]\naperture_mm = 800.0\n",
            '[station.receiver]\nfrom = "micius-xinglong"\n')  # fmt: skip
    assert read(changed(edit)).stations[0].receiver.aperture_m == 1.0


def test_a_preset_that_loses_its_fibre_loses_its_adaptive_optics() -> None:
    edit = ("[station.receiver]\n", '[station.receiver]\nfrom = "ao-1550"\n')
    receiver = read(changed(edit)).stations[0].receiver
    assert receiver.coupling is Coupling.FREE_SPACE
    assert receiver.adaptive_optics_modes is None


def test_an_unknown_receiver_preset_is_answered_with_the_nearest() -> None:
    edit = ("[station.receiver]\n", '[station.receiver]\nfrom = "ao-1500"\n')
    (fault,) = faults_of(changed(edit))
    assert fault.where == "station[0].receiver.from"
    assert fault.mend == "did you mean ao-1550?"


def test_a_receiver_on_board_takes_what_is_behind_the_telescope_alone() -> None:
    edit = (
        'id = "leo-1550"\nfrom = "generic-leo-1550"\n',
        (
            'id = "leo-1550"\nfrom = "generic-leo-1550"\n'
            '[payload.receiver]\nfrom = "micius-xinglong"\n'
        ),
    )
    payload = read(changed(edit)).satellites[1].payload
    assert payload.receiver is not None
    assert payload.receiver.aperture_m == payload.aperture_m == 0.08
    assert payload.receiver.dark_count_hz == 25.0
    assert payload.assumed
