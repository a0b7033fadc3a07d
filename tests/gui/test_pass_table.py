"""The pass table: order, filter, columns, clipboard, selection both ways."""

from __future__ import annotations

import json

import numpy as np
import pytest
from plan_cases import example_plan, geometry_plan
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QToolButton
from view_cases import shown, workspace_of

from euroqci_planner.app.pass_filter import parse_filter
from euroqci_planner.app.pass_rows import PassRows
from euroqci_planner.app.table_order import SortKey, ordered
from euroqci_planner.app.table_text import tab_separated
from euroqci_planner.gui import theme
from euroqci_planner.gui.item_models import next_order
from euroqci_planner.gui.views.pass_table import PassTableView
from euroqci_planner.mission.plan import PassState, Reason

LEFT = Qt.MouseButton.LeftButton
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def plan():
    return example_plan(satellites=4, stations=5, days=3.0)


@pytest.fixture
def workspace(plan):
    return workspace_of(plan)


@pytest.fixture
def view(qtbot, workspace):
    made = PassTableView(workspace)
    return shown(qtbot, made, 900, 420)


def rows(view):
    return view.table.table_model.shown.tolist()


def click_heading(view, name, modifiers=Qt.KeyboardModifier.NoModifier):
    header = view.table.horizontalHeader()
    section = view.table._names().index(name)
    view.table.scrollTo(view.table.table_model.index(0, section))
    place = QPoint(header.sectionViewportPosition(section) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), LEFT, modifiers, place)


def click_row(view, place, modifiers=Qt.KeyboardModifier.NoModifier):
    index = view.table.table_model.index(place, 0)
    view.table.scrollTo(index)
    middle = view.table.visualRect(index).center()
    QTest.mouseClick(view.table.viewport(), LEFT, modifiers, middle)


def cell(view, row, name):
    column = view.table._names().index(name)
    place = int(view.table.table_model.places_of([row])[0])
    return view.table.table_model.index(place, column)


def test_the_model_keeps_the_rules_of_qt_while_rows_are_ordered_and_filtered(view, plan):
    model = view.table.table_model
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, view
    )
    model.set_order([SortKey("station_id"), SortKey("max_elevation_deg", descending=True)])
    view.filter_line.set_text("el>30 -state:rejected")
    view.filter_line.set_text("ogs:nowhere")
    assert model.rowCount() == 0
    view.filter_line.set_text("")
    model.set_content(None)
    assert (model.rowCount(), model.columnCount()) == (0, 0)
    assert tester.model() is model


def test_all_passes_are_shown_in_the_order_of_the_plan_and_counted(view, plan):
    count = len(plan.passes)
    assert rows(view) == list(range(count))
    assert view.count_label.text() == f"{count} of {count}"


def test_a_click_on_a_heading_orders_up_then_down_then_not_at_all(view, plan):
    elevation = plan.passes.max_elevation_rad
    click_heading(view, "max_elevation_deg")
    assert np.all(np.diff(elevation[rows(view)]) >= 0.0)
    click_heading(view, "max_elevation_deg")
    assert np.all(np.diff(elevation[rows(view)]) <= 0.0)
    click_heading(view, "max_elevation_deg")
    assert rows(view) == list(range(len(plan.passes)))


def test_shift_click_orders_within_the_first_column(view, plan):
    click_heading(view, "station_id")
    click_heading(view, "key_expected_bits", SHIFT)
    keys = [SortKey("station_id"), SortKey("key_expected_bits")]
    wanted = ordered(PassRows(plan), keys, np.arange(len(plan.passes)))
    assert rows(view) == wanted.tolist()
    titles = [
        view.table.table_model.headerData(section, Qt.Orientation.Horizontal)
        for section in range(view.table.table_model.columnCount())
    ]
    assert any(title.endswith("▴¹") for title in titles)
    assert any(title.endswith("▴²") for title in titles)


def test_typing_a_filter_shows_what_it_describes(view, plan):
    QTest.keyClicks(view.filter_line.edit, "ogs:matera el>40")
    wanted = np.flatnonzero(parse_filter("ogs:matera el>40").mask(PassRows(plan)))
    assert 0 < len(wanted) < len(plan.passes)
    assert rows(view) == wanted.tolist()
    assert view.count_label.text() == f"{len(wanted)} of {len(plan.passes)}"


def chips(view):
    return [
        chip
        for chip in view.filter_line._chips.findChildren(QToolButton)
        if chip.parent() is not None and not chip.isHidden()
    ]


def test_each_token_is_a_chip_and_a_click_takes_it_away(view, plan):
    view.filter_line.set_text("ogs:matera el>40")
    texts = [chip.text() for chip in chips(view)]
    assert [text.split()[0] for text in texts] == ["ogs:matera", "el>40"]
    QTest.mouseClick(chips(view)[0], LEFT)
    assert view.filter_line.text() == "el>40"
    assert len(rows(view)) == int(np.sum(np.degrees(plan.passes.max_elevation_rad) > 40.0))


def test_a_fault_names_its_token_and_leaves_the_last_filter_in_force(view):
    view.filter_line.set_text("ogs:matera")
    before = rows(view)
    view.filter_line.set_text("ogs:matera elv>40")
    message = view.filter_line._message
    assert message.isVisible()
    assert message.full_text.startswith("elv>40: there is no field elv (did you mean el?")
    assert rows(view) == before
    view.filter_line.set_text("ogs:matera el>40")
    assert not message.isVisible()
    assert len(rows(view)) < len(before)


def test_an_unknown_station_says_so_and_an_empty_table_says_why(view):
    view.filter_line.set_text("ogs:matra")
    assert view.filter_line._message.full_text == "ogs:matra: did you mean matera?"
    assert rows(view) == []
    assert view.table.empty_text == "No pass meets the filter"


def test_escape_empties_the_line_and_down_goes_to_the_table(view, workspace):
    view.focus_filter()
    QTest.keyClicks(view.filter_line.edit, "matera")
    view.filter_line.edit.completer().popup().hide()
    QTest.keyClick(view.filter_line.edit, Qt.Key.Key_Escape)
    assert view.filter_line.text() == ""
    QTest.keyClick(view.filter_line.edit, Qt.Key.Key_Down)
    assert view.table.hasFocus()
    assert workspace.selected_rows == (0,)


def test_escape_belongs_to_the_line_only_while_it_holds_a_text(qtbot, view):
    taken = []
    shortcut = QShortcut(QKeySequence("Esc"), view)
    shortcut.activated.connect(lambda: taken.append(view.filter_line.text()))
    view.focus_filter()
    view.filter_line.set_text("el>40")
    QTest.keyClick(view.filter_line.edit, Qt.Key.Key_Escape)
    assert (view.filter_line.text(), taken) == ("", [])
    QTest.keyClick(view.filter_line.edit, Qt.Key.Key_Escape)
    assert taken == [""]


def test_the_completion_writes_the_last_word_only(view):
    edit = view.filter_line.edit
    QTest.keyClicks(edit, "el>40 ogs:mat")
    completer = edit.completer()
    completer.setCompletionPrefix("el>40 ogs:mat")
    offered = [
        completer.completionModel().index(place, 0).data()
        for place in range(completer.completionModel().rowCount())
    ]
    assert offered == ["ogs:matera"]
    assert completer.pathFromIndex(completer.completionModel().index(0, 0)) == "el>40 ogs:matera"


def test_a_click_on_a_row_leads_the_workspace(view, workspace):
    view.table.set_order([SortKey("max_elevation_deg", descending=True)])
    click_row(view, 3)
    assert workspace.selected_rows == (rows(view)[3],)
    click_row(view, 5, CONTROL)
    assert workspace.primary_row == rows(view)[5]
    assert set(workspace.selected_rows) == {rows(view)[3], rows(view)[5]}
    click_row(view, 8, SHIFT)
    assert set(workspace.selected_rows) == {rows(view)[3], *rows(view)[5:9]}


def test_the_table_follows_the_workspace_and_scrolls_to_the_pass(view, workspace, plan):
    last = len(plan.passes) - 1
    workspace.select([last, 4])
    assert view.table.selected_rows() == (last, 4)
    area = view.table.visualRect(cell(view, last, "rise_utc"))
    assert view.table.viewport().rect().contains(area.center())


def test_following_is_not_leading(qtbot, view, workspace):
    changes = []
    workspace.selection_changed.connect(lambda: changes.append(workspace.selected_rows))
    workspace.select([7])
    view.table.set_order([SortKey("state")])
    view.filter_line.set_text("matera")
    view.filter_line.set_text("")
    assert changes == [(7,)]


def test_a_selection_survives_order_and_filter_even_while_it_is_hidden(view, workspace, plan):
    hidden = int(np.flatnonzero(plan.passes.station != 1)[0])
    shown = int(np.flatnonzero(plan.passes.station == 1)[0])
    workspace.select([shown, hidden])
    view.table.set_order([SortKey("key_expected_bits", descending=True)])
    assert set(view.table.selected_rows()) == {shown, hidden}
    view.filter_line.set_text("ogs:matera")
    assert view.table.selected_rows() == (shown,)
    assert set(workspace.selected_rows) == {shown, hidden}
    view.filter_line.set_text("")
    assert set(view.table.selected_rows()) == {shown, hidden}


def test_brackets_step_through_the_passes_in_the_order_shown(view, workspace, plan):
    commands = {command.id: command for command in view.commands()}
    assert commands["passes.next"].shortcuts == ("]",)
    assert commands["passes.previous"].shortcuts == ("[",)
    view.table.set_order([SortKey("max_elevation_deg", descending=True)])
    commands["passes.next"].run()
    commands["passes.next"].run()
    highest = np.argsort(-plan.passes.max_elevation_rad, kind="stable")
    assert workspace.primary_row == highest[1]
    commands["passes.previous"].run()
    commands["passes.previous"].run()
    assert workspace.primary_row == highest[0]


def test_select_all_selects_what_is_shown(view, workspace):
    view.filter_line.set_text("ogs:redu")
    view.table.selectAll()
    assert sorted(workspace.selected_rows) == sorted(rows(view))
    assert "selected" in view.count_label.text()


def test_copy_puts_all_decimals_and_a_header_on_the_clipboard(view, workspace, plan):
    view.table.set_order([SortKey("max_elevation_deg", descending=True)])
    click_row(view, 2)
    click_row(view, 0, CONTROL)
    QTest.keyClick(view.table, Qt.Key.Key_C, CONTROL)
    table = PassRows(plan).columns.take(np.array([rows(view)[0], rows(view)[2]]))
    text = QGuiApplication.clipboard().text()
    assert text == tab_separated(table, view.table.copied_names())
    head = text.splitlines()[0].split("\t")
    assert {"rise_utc", "state", "reason", "blocked_by", "key_expected_bits"} <= set(head)


def test_without_a_selection_all_rows_shown_are_copied(view):
    view.filter_line.set_text("ogs:matera el>60")
    assert len(view.table.copied_text().splitlines()) == len(rows(view)) + 1


def test_columns_can_be_chosen_but_the_last_one_stays(view):
    view.table.show_column("min_range_km", is_shown=True)
    assert "min_range_km" in view.table.visible_names()
    for name in view.table.visible_names():
        view.table.show_column(name, is_shown=False)
    assert len(view.table.visible_names()) == 1
    view.table.reset_columns()
    assert "state" in view.table.visible_names()


def test_the_column_menu_switches_columns(view):
    menu = view.table.column_menu()
    action = next(item for item in menu.actions() if item.text() == "Min range [km]")
    assert not action.isChecked()
    action.trigger()
    assert "min_range_km" in view.table.visible_names()


def test_state_is_told_by_sign_colour_and_text(view, plan):
    scheduled = int(np.flatnonzero(plan.decisions.state == PassState.SCHEDULED)[0])
    rejected = int(np.flatnonzero(plan.decisions.reason == Reason.DAYLIGHT)[0])
    column = next(item for item in view.table.table_model.content.screen if item.name == "state")
    assert cell(view, scheduled, "state").data() == "scheduled"
    assert cell(view, rejected, "state").data() == "daylight"
    marks = [column.mark(row) for row in (scheduled, rejected)]
    assert [mark.sign for mark in marks] == ["●", "·"]
    assert marks[0].colour() == theme.current().states[PassState.SCHEDULED]


def test_a_tooltip_says_why_a_pass_is_not_flown_and_what_blocks_it(view, plan):
    row = int(np.flatnonzero(plan.decisions.blocked_by >= 0)[0])
    blocker = plan.decisions.blocked_by[row]
    text = cell(view, row, "satellite_id").data(Qt.ItemDataRole.ToolTipRole)
    assert "busy by" in text
    assert plan.passes.station_ids[plan.passes.station[blocker]] in text


def test_satellites_carry_the_marker_that_they_have_everywhere(view, plan):
    column = next(
        item for item in view.table.table_model.content.screen if item.name == "satellite_id"
    )
    row = int(np.flatnonzero(plan.passes.satellite == 2)[0])
    mark = column.mark(row)
    assert mark.marker is theme.satellite_marker(2)
    assert mark.colour() == theme.current().satellite(2)


def test_the_menu_of_a_row_asks_the_workspace(view, workspace):
    workspace.select([3, 4])
    menu = view.row_menu()
    titles = [action.text().split("\t")[0] for action in menu.actions()]
    for title in ("Pin", "Ban", "Free"):
        menu.actions()[titles.index(title)].trigger()
    assert workspace.actions.asked == [("pin", (3, 4)), ("ban", (3, 4)), ("free", (3, 4))]


def test_the_menu_of_a_row_filters_by_what_stands_there(view, workspace, plan):
    row = int(np.flatnonzero(plan.decisions.reason == Reason.STATION_BUSY)[0])
    workspace.select([row])
    entry = next(action for action in view.row_menu().actions() if "reason:" in action.text())
    entry.trigger()
    assert view.filter_line.text() == 'reason:"station busy"'
    assert set(rows(view)) == set(
        np.flatnonzero(plan.decisions.reason == Reason.STATION_BUSY).tolist()
    )


def test_a_read_only_document_cannot_be_edited_from_the_menu(qtbot, plan):
    workspace = workspace_of(plan, can_edit=False)
    view = PassTableView(workspace)
    qtbot.addWidget(view)
    workspace.select([3])
    entries = {action.text().split("\t")[0]: action for action in view.row_menu().actions()}
    assert not entries["Pin"].isEnabled()
    assert not entries["Ban"].isEnabled()


def test_columns_order_and_filter_come_back_with_the_session(qtbot, view, plan):
    view.table.show_column("qber", is_shown=False)
    view.table.horizontalHeader().moveSection(0, 2)
    view.table.set_order([SortKey("key_expected_bits", descending=True)])
    view.filter_line.set_text("ogs:matera")
    kept = view.state()
    workspace = workspace_of(None)
    other = PassTableView(workspace)
    qtbot.addWidget(other)
    other.restore_state(kept)
    workspace.set_document(plan.scenario, is_stale=False)
    workspace.set_plan(plan)
    assert rows(other) == rows(view)
    assert other.table.visible_names() == view.table.visible_names()
    assert json.loads(other.state()) == json.loads(kept)


def test_a_damaged_session_changes_nothing(view):
    before = view.table.visible_names()
    for text in ("", "{", "{}", '{"table": 3, "filter": 4}', "[1]", "null"):
        view.restore_state(text)
        assert view.table.visible_names() == before


def test_a_new_plan_keeps_filter_order_and_columns(view, workspace):
    view.filter_line.set_text("ogs:matera")
    view.table.set_order([SortKey("max_elevation_deg")])
    view.table.show_column("qber", is_shown=False)
    workspace.set_plan(geometry_plan())
    elevation = workspace.plan.passes.max_elevation_rad[rows(view)]
    assert len(elevation)
    assert np.all(np.diff(elevation) >= 0.0)
    assert "qber" not in view.table.visible_names()


def test_absent_cells_are_dashes_not_zeros(qtbot):
    workspace = workspace_of(geometry_plan())
    view = PassTableView(workspace)
    qtbot.addWidget(view)
    assert cell(view, 0, "key_expected_bits").data() == "–"


def test_before_the_first_plan_the_table_is_empty_and_says_so(qtbot):
    view = PassTableView(workspace_of(None))
    qtbot.addWidget(view)
    view.show()
    assert rows(view) == []
    assert view.table.empty_text == "No plan yet"
    assert view.row_menu() is None
    view.step(1)


def test_clicks_on_headings_go_round():
    def key(text):
        return SortKey(text.removeprefix("-"), text.startswith("-"))

    for keys, name, within, wanted in (
        ([], "a", False, ["a"]),
        (["a"], "a", False, ["-a"]),
        (["-a"], "a", False, []),
        (["a", "b"], "b", False, ["b"]),
        (["a"], "b", False, ["b"]),
        (["a"], "b", True, ["a", "b"]),
        (["a", "b"], "b", True, ["a", "-b"]),
        (["a", "-b"], "b", True, ["a"]),
    ):
        order = next_order([key(text) for text in keys], name, within=within)
        assert list(order) == [key(text) for text in wanted]


def test_headings_explain_themselves(view):
    model = view.table.table_model
    section = view.table._names().index("loss_min_db")
    text = model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert text.startswith("Loss [dB]: smallest loss of the link in the usable window")
    assert "Shift+click" in text
    assert model.headerData(4, Qt.Orientation.Vertical) == 5
    assert model.headerData(999, Qt.Orientation.Horizontal) is None


def test_the_menu_of_a_row_sets_the_time(view, workspace, plan):
    workspace.select([12])
    entry = next(item for item in view.row_menu().actions() if item.text().startswith("Set the"))
    entry.trigger()
    assert workspace.time_utc == plan.passes.highest_utc[12]
