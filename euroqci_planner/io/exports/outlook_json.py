"""The outlook of the demands as it stands in `summary.json` and `forecast.json`."""

from __future__ import annotations

from typing import Any

from euroqci_planner.mission.key_course import FlowTable
from euroqci_planner.mission.key_outlook import FlowComparison, KeyOutlook, NextDeposit

_RATE_DECIMALS = 3
_SHARE_DECIMALS = 6


def outlook_plain(outlook: KeyOutlook | None) -> dict[str, Any] | None:
    """Next deposits and main driver per demand, flow per demand, spare rate per pair."""
    if outlook is None:
        return None
    return {
        "demands": {
            name: {
                "main_driver": outlook.main_drivers.get(name),
                "next_deposits": [_deposit(item) for item in coming],
            }
            for name, coming in outlook.next_deposits.items()
        },
        "flow": None if outlook.flow is None else _flow(outlook.flow),
        "spare_rates": [
            {
                "a": item.a,
                "b": item.b,
                "availability": item.availability,
                "rate_bps": round(item.rate_bps, _RATE_DECIMALS),
            }
            for item in outlook.spare
        ],
        "climate_error": {
            item.demand_id: {
                "shift": item.shift,
                "p_empty_clearer": item.p_empty_clearer,
                "p_empty_cloudier": item.p_empty_cloudier,
                "availability_clearer": item.availability_clearer,
                "availability_cloudier": item.availability_cloudier,
            }
            for item in outlook.climate
        },
        "notes": list(outlook.notes),
    }


def _deposit(item: NextDeposit) -> dict[str, Any]:
    partner = {"partner_station": item.partner_id} if item.partner_id else {}
    return {
        "usable_utc": item.usable_utc,
        "satellite": item.satellite_id,
        "station": item.station_id,
        **partner,
        "key_clear_bits": item.key_bits,
        "chance": round(item.chance, _SHARE_DECIMALS),
    }


def _flow(flow: FlowComparison) -> dict[str, Any]:
    best = flow.hybrid
    return {
        name: {
            "combination": best.combination[row],
            "requested_bits": round(float(best.requested_bits[row])),
            "served_bits_fibre_only": _served(flow.fibre, row),
            "served_bits_satellite_only": _served(flow.satellite, row),
            "served_bits_hybrid": _served(best, row),
            "trusted_nodes": None if best.trusted_nodes[row] < 0 else int(best.trusted_nodes[row]),
            "countries": best.countries[row].split(),
            "disjoint_ways": int(best.disjoint_ways[row]),
        }
        for row, name in enumerate(best.demand_ids)
    }


def _served(table: FlowTable, row: int) -> int:
    return round(float(table.served_bits[row]))
