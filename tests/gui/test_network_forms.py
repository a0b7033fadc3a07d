"""Demands, quotas, objective, weather and roles in the forms: limits, taking over, undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCompleter

from euroqci_planner.gui.forms.scenario_form import ScenarioForm
from euroqci_planner.gui.forms.value_editor import ValueEditor
from euroqci_planner.gui.main_window import MainWindow
from euroqci_planner.resources import resource

QUOTA = ("schedule", "quota", 0)
PLACES = {
    "paths": ("demand", 0, "relay_paths"),
    "policy": ("policy", "relay_paths"),
    "loss": ("weather", "thin_cloud_loss_db"),
    "thin": ("station", 0, "thin_cloud_probability_monthly"),
    "share": (*QUOTA, "max_share"),
}
TWELVE = "[" + ", ".join(["0.1"] * 12) + "]"


@pytest.fixture
def window(open_window, tmp_path: Path) -> MainWindow:
    """The sample with two sources of pairs and three demands, one day of it."""
    source = resource("samples", "entangled-pairs", "entangled-pairs.scenario.toml")
    text = source.read_text(encoding="utf-8")
    assert "duration_days = 14.0" in text
    path = tmp_path / "pairs.scenario.toml"
    path.write_text(text.replace("duration_days = 14.0", "duration_days = 1.0"), encoding="utf-8")
    return open_window(path)


@pytest.fixture
def form(window: MainWindow) -> ScenarioForm:
    window.docks.focus("scenario")
    found = window.docks.views["scenario"]
    assert isinstance(found, ScenarioForm)
    return found


def editor_of(form: ScenarioForm, path: tuple[str | int, ...]) -> ValueEditor:
    form.show_value(path)
    return form.form.editors[path]


def retype(form: ScenarioForm, path: tuple[str | int, ...], text: str) -> None:
    edit = editor_of(form, path).edit
    assert edit is not None
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, Qt.Key.Key_Return)


def choose(form: ScenarioForm, path: tuple[str | int, ...], word: str) -> None:
    combo = editor_of(form, path).combo
    assert combo is not None
    combo.setCurrentText(word)
    combo.activated.emit(combo.currentIndex())


def offered(editor: ValueEditor) -> list[str]:
    assert editor.edit is not None
    completer = editor.edit.completer()
    assert isinstance(completer, QCompleter)
    model = completer.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_every_value_is_checked_taken_over_and_undone(window: MainWindow, form: ScenarioForm):
    document = window.shell.documents.document
    assert document is not None
    tries = (
        ("paths", "9", "must be between 1 and 8", "2", "relay_paths = 2"),
        ("policy", "0", "must be between 1 and 8", "3", "relay_paths = 3"),
        ("loss", "7", "must be between 0.4 and 3", "2", "thin_cloud_loss_db = 2.0"),
        ("thin", "[0.1]", "12 members", TWELVE, f"thin_cloud_probability_monthly = {TWELVE}"),
    )
    before = document.text
    for name, bad, words, good, line in tries:
        retype(form, PLACES[name], bad)
        assert words in form.form.editors[PLACES[name]].note.text(), name
        assert document.text == before
        retype(form, PLACES[name], good)
        assert line in document.text, name
        assert form.form.editors[PLACES[name]].note.text() == ""
        QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert document.text == before
    assert editor_of(form, PLACES["loss"]).unit.text() == "dB"


def test_a_quota_starts_from_a_group_that_demands_name(window: MainWindow, form: ScenarioForm):
    document = window.shell.documents.document
    assert document is not None
    retype(form, ("demand", 0, "quota_group"), "national")
    assert offered(editor_of(form, ("demand", 1, "quota_group"))) == ["national"]
    form.show_record(("schedule", "quota"))
    form.add_button.click()
    assert form.record == QUOTA
    group = form.form.editors[*QUOTA, "group"]
    assert group.typed() == "national"
    assert offered(group) == ["national"]
    assert form.draft_note.isVisible()
    assert "[[schedule.quota]]" not in document.text
    retype(form, PLACES["share"], "1.5")
    assert "must be above 0 and at most 1" in form.form.editors[PLACES["share"]].note.text()
    retype(form, PLACES["share"], "0.4")
    assert "[[schedule.quota]]" in document.text
    assert "max_share = 0.4" in document.text
    assert not form.draft_note.isVisible()
    retype(form, (*QUOTA, "group"), "nobody")
    assert "quota_group of a demand" in form.form.editors[*QUOTA, "group"].note.text()
    form.drop_button.click()
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "[[schedule.quota]]" not in document.text
    assert 'quota_group = "national"' in document.text


def test_objectives_are_words_to_choose(window: MainWindow, form: ScenarioForm):
    document = window.shell.documents.document
    assert document is not None
    for word in ("fair_stations", "fair_pairs", "stock_value"):
        choose(form, ("schedule", "objective"), word)
        assert f'objective = "{word}"' in document.text
        combo = editor_of(form, ("schedule", "objective")).combo
        assert combo is not None
        assert f"{word}:" in combo.toolTip()


def test_sky_states_and_the_role_of_a_satellite_are_words_to_choose(
    window: MainWindow, form: ScenarioForm
):
    document = window.shell.documents.document
    assert document is not None
    choose(form, ("weather", "sky_states"), "two")
    assert 'sky_states = "two"' in document.text
    text = document.text
    choose(form, ("satellite", 0, "role"), "trusted_node")
    assert 'role = "trusted_node"' in document.text
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert document.text == text
    assert editor_of(form, ("satellite", 0, "role")).typed() == "entangled_source"


def test_a_demand_shows_the_relay_paths_of_the_policy_until_it_has_its_own(form: ScenarioForm):
    edit = editor_of(form, PLACES["paths"]).edit
    assert edit is not None
    assert edit.placeholderText() == "1 (policy)"
    retype(form, PLACES["policy"], "2")
    edit = editor_of(form, PLACES["paths"]).edit
    assert edit is not None
    assert edit.placeholderText() == "2 (policy)"
