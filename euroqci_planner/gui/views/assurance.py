"""What the plan promises: requirements, goals and quotas, security of pairs, next deposits."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from euroqci_planner.app.demand_outlook import outlook_columns, pass_of_deposit
from euroqci_planner.app.link_totals import contacts_of_links
from euroqci_planner.app.plan_sentences import figure_text, requirements_text
from euroqci_planner.app.user_pairs import stores_of_pair
from euroqci_planner.gui import theme
from euroqci_planner.gui.item_models import CellStyle, Mark, ScreenColumn, TableContent
from euroqci_planner.gui.views.data_table import DataTable
from euroqci_planner.gui.views.pass_columns import one_year
from euroqci_planner.gui.views.view_parts import ElidedLabel, table_pages
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.assurance_columns import requirements_columns, security_columns
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.schedule_columns import schedule_columns

_KBIT = 1e3
_PASS, _FAIL = "\u2713", "\u2717"
_TITLES = {
    "Requirements": "Every requirement with its verdict",
    "Schedule": "What the schedule maximises, and what binds it",
    "Pairs": "What the key of each pair rests on",
    "Deposits": "Next deposits of each demand",
}


class AssuranceView(QWidget):
    """Four tables; a pair selects the contacts that serve it, a deposit its pass."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Follow the plan of the workspace."""
        super().__init__(parent)
        self._workspace = workspace
        self.summary = ElidedLabel(self)
        self.findings = DataTable("Requirements", self)
        self.schedule = DataTable("Goals and quotas of the schedule", self)
        self.pairs = DataTable("Security of pairs", self)
        self.deposits = DataTable("Next deposits", self)
        self.pages = table_pages(
            "What the plan promises",
            [(title, about, self._table(n)) for n, (title, about) in enumerate(_TITLES.items())],
        )
        self._lay_out()
        self.pairs.rows_selected.connect(self._lead_by_pair)
        self.deposits.rows_selected.connect(self._lead_by_deposit)
        workspace.plan_changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        self.summary.setContentsMargins(8, 4, 8, 4)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.summary)
        box.addWidget(self.pages, 1)
        self.setFocusProxy(self.pages)

    def refresh(self) -> None:
        """Show the plan of the workspace."""
        plan = self._workspace.plan
        has_keys = plan is not None and plan.course is not None
        text = "No plan yet" if plan is None else requirements_text(plan) or _nothing_of(plan)
        self.summary.set_full_text(text)
        self.findings.empty_text = "The scenario has no requirement"
        self.schedule.empty_text = "No schedule yet"
        self.pairs.empty_text = "No pair of users has a demand"
        self.deposits.empty_text = "No deposit is to come"
        self.findings.set_content(_findings(plan) if plan is not None and has_keys else None)
        self.schedule.set_content(_goals(plan) if plan is not None and has_keys else None)
        self.pairs.set_content(_pairs(plan) if plan is not None and has_keys else None)
        has_outlook = plan is not None and plan.outlook is not None
        self.deposits.set_content(_deposits(plan) if plan is not None and has_outlook else None)
        self._count()

    def _count(self) -> None:
        """Numbers of rows behind the titles; a page with rows in front of an empty one."""
        for number, title in enumerate(_TITLES):
            rows = self._table(number).table_model.total
            self.pages.setTabText(number, f"{title} {rows}" if rows else title)
        if not self._table(self.pages.currentIndex()).table_model.total:
            filled = [n for n in range(len(_TITLES)) if self._table(n).table_model.total]
            self.pages.setCurrentIndex(min(filled, default=0))

    def _table(self, number: int) -> DataTable:
        return (self.findings, self.schedule, self.pairs, self.deposits)[number]

    def _lead_by_pair(self) -> None:
        plan, content = self._workspace.plan, self.pairs.table_model.content
        if plan is None or content is None:
            return
        ends = [
            (content.table["a"][row], content.table["b"][row]) for row in self.pairs.selected_rows()
        ]
        links = [
            link
            for pair in ends
            for link in stores_of_pair(plan.course, (str(min(pair)), str(max(pair))))
        ]
        self._workspace.select(contacts_of_links(plan, links))

    def _lead_by_deposit(self) -> None:
        plan, content = self._workspace.plan, self.deposits.table_model.content
        if plan is None or content is None:
            return
        found = (pass_of_deposit(plan, content.table, row) for row in self.deposits.selected_rows())
        self._workspace.select([row for row in found if row is not None])


def _nothing_of(plan: Plan) -> str:
    has_demands = bool(plan.scenario.network.demands)
    missing = "no requirement" if has_demands else "neither requirements nor demands"
    return f"The scenario has {missing}."


def _findings(plan: Plan) -> TableContent:
    findings = plan.findings

    def mark(row: int) -> Mark:
        is_met = findings[row].is_met
        return Mark(
            colour=lambda: theme.current().good if is_met else theme.current().bad,
            sign=_PASS if is_met else _FAIL,
        )

    return TableContent.of(
        requirements_columns(findings),
        (
            ScreenColumn(name="verdict", title="Verdict", mark=mark),
            ScreenColumn(name="requirement_id", title="Requirement"),
            ScreenColumn(name="metric", title="Figure of"),
            ScreenColumn(name="demand_id", title="Demand"),
            ScreenColumn(name="figure", title="Figure", text=lambda row: findings[row].figure_text),
            ScreenColumn(
                name="limit", title="Limit", text=lambda row: findings[row].requirement.limit_text
            ),
            ScreenColumn(name="evidence", title="Where the figure comes from"),
        ),
    )


def _goals(plan: Plan) -> TableContent:
    table = schedule_columns(plan)

    def figure(name: str) -> Callable[[int], str]:
        return lambda row: figure_text(float(table[name][row]), str(table["unit"][row]))

    return TableContent.of(
        table,
        (
            ScreenColumn(name="kind", title="Kind"),
            ScreenColumn(name="name", title="Goal or group"),
            ScreenColumn(name="figure", title="Figure", text=figure("figure")),
            ScreenColumn(name="limit", title="Bound or limit", text=figure("limit")),
            ScreenColumn(name="verdict", title="What it means"),
        ),
    )


def _pairs(plan: Plan) -> TableContent:
    security = () if plan.course is None else plan.course.security
    return TableContent.of(
        security_columns(security, plan.findings),
        (
            ScreenColumn(name="a", title="User"),
            ScreenColumn(name="b", title="User"),
            ScreenColumn(name="trusted_nodes", title="Trusted"),
            ScreenColumn(name="single_points", title="All key passes"),
            ScreenColumn(name="satellites_to_collude", title="Satellites to collude"),
            ScreenColumn(name="disjoint_ways", title="Disjoint ways"),
            ScreenColumn(name="oldest_key_age_days", title="Oldest key", unit="d", decimals=2),
            ScreenColumn(name="epsilon", title="Epsilon"),
            ScreenColumn(name="route", title="Way of most key"),
            ScreenColumn(name="countries", title="Countries"),
            ScreenColumn(name="trusted_places", title="Trusted places", is_shown=False),
            ScreenColumn(name="demands", title="Demands", is_shown=False),
            ScreenColumn(name="ways_used", title="Ways used", is_shown=False),
            ScreenColumn(name="key_blocks", title="Key blocks", is_shown=False),
            ScreenColumn(
                name="mean_key_age_days", title="Mean age", unit="d", decimals=2, is_shown=False
            ),
            ScreenColumn(name="age_is_complete", title="Age complete", is_shown=False),
            ScreenColumn(name="requirements", title="Requirements", is_shown=False),
        ),
    )


def _deposits(plan: Plan) -> TableContent:
    if plan.outlook is None:
        raise AssertionError("next deposits without an outlook")
    year = one_year(plan)
    return TableContent.of(
        outlook_columns(plan.outlook),
        (
            ScreenColumn(name="demand_id", title="Demand"),
            ScreenColumn(
                name="key_usable_utc", title="Usable from", unit=f"{year} UTC".strip(),
                is_short_date=bool(year),
            ),
            ScreenColumn(name="satellite_id", title="Satellite"),
            ScreenColumn(name="station_id", title="Station"),
            ScreenColumn(
                name="key_clear_bits", title="Key, clear sky", unit="kbit", scale=_KBIT, decimals=1
            ),
            ScreenColumn(
                name="clear_probability", title="Clear", unit="%", scale=0.01,
                style=CellStyle.BAR,
            ),
            ScreenColumn(
                name="main_driver",
                title="What holds it back",
                is_shown=bool(plan.outlook.main_drivers),
            ),
        ),
    )  # fmt: skip
