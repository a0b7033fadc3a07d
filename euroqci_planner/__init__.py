"""Satellite-QKD mission planner for the European Quantum Communication Infrastructure.

The public names are loaded on first use, so that `import euroqci_planner` stays light:

    from euroqci_planner import load_scenario, make_plan
    plan = make_plan(load_scenario("first-plan.scenario.toml"))
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__", "find_passes", "load_scenario", "make_plan", "write_plan"]


def __getattr__(name: str) -> object:
    """Load the public door on first use."""
    if name in __all__:
        from euroqci_planner.app import planner  # noqa: PLC0415 (keeps start-up light)

        return getattr(planner, name)
    raise AttributeError(f"module 'euroqci_planner' has no attribute {name!r}")
