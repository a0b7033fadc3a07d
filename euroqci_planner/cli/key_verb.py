"""`key`: settings, epsilon ledger, and the key of one link against loss and block size."""

from __future__ import annotations

import math
from argparse import Namespace
from collections.abc import Sequence

from euroqci_planner.app import planner
from euroqci_planner.app.key_study import PASS_S, StudyQuestion, study_key, write_picture
from euroqci_planner.cli.console import Console
from euroqci_planner.cli.tables import text_table
from euroqci_planner.errors import EXIT_DONE, UsageError
from euroqci_planner.mission.assets import DecoySource, PairSource
from euroqci_planner.mission.key_study import KeyStudy

MOST_LOSS_DB, MOST_SECONDS = 100.0, 86_400.0


def key(options: Namespace, console: Console) -> int:
    """Show, write or draw what one link can give."""
    question = _question(options)
    scenario = planner.load_scenario(options.scenario)
    study = study_key(scenario, question, console.progress(scenario.name))
    if options.plot is not None:
        console.say(f"wrote {write_picture(study, options.plot)}")
    if console.as_json:
        console.json(study.as_plain())
        return EXIT_DONE
    console.line(study_text(study))
    return EXIT_DONE


def _question(options: Namespace) -> StudyQuestion:
    _inside("--loss-db", options.loss_db, MOST_LOSS_DB)
    _inside("--background-hz", options.background_hz, math.inf)
    _inside("--seconds", options.seconds, MOST_SECONDS, above=True)
    if options.loss_db is None:
        for name, value in (
            ("--background-hz", options.background_hz),
            ("--seconds", options.seconds),
        ):
            if value is not None:
                raise UsageError(f"{name} goes with --loss-db: a pass has its own")
    return StudyQuestion(
        satellite_id=options.satellite or "",
        station_id=options.station or "",
        loss_db=options.loss_db,
        background_hz=options.background_hz,
        duration_s=PASS_S if options.seconds is None else options.seconds,
    )


def _inside(name: str, value: float | None, most: float, *, above: bool = False) -> None:
    if value is None:
        return
    fits = 0.0 < value <= most if above else 0.0 <= value <= most
    if not fits or not math.isfinite(value):
        limit = "" if math.isinf(most) else f" and at most {most:g}"
        raise UsageError(f"{name} {value:g}: must be {'above' if above else 'at least'} 0{limit}")


def study_text(study: KeyStudy) -> str:
    """The whole study as tables."""
    return "\n\n".join(
        (
            _head(study),
            _settings(study),
            _account(study),
            _ledger(study),
            _against_loss(study),
            _against_block(study),
        )
    )


def _head(study: KeyStudy) -> str:
    return (
        f"{study.satellite_id} over {study.station_id}\n{study.channel}\n"
        f"{study.duration_s:.0f} s, smallest loss {study.loss_db:.2f} dB, "
        f"noise {study.background_hz:.1f} Hz per detector"
    )


def _settings(study: KeyStudy) -> str:
    rows = [("as flown", *_setting(study.flown), _bits(study.key_bits))]
    if study.best is not None:
        rows.append(("best here", *_setting(study.best), _bits(study.best_key_bits)))
    names = ("settings", "protocol", "intensities", "probabilities", "key basis", "key [bit]")
    return text_table(names, rows)


def _setting(source: DecoySource | PairSource) -> tuple[str, str, str, str]:
    levels = shares = ""
    if isinstance(source, DecoySource):
        levels = " / ".join(f"{level:.3g}" for level in source.intensities)
        shares = " / ".join(f"{share:.3g}" for share in source.intensity_probabilities)
    return source.protocol.value, levels, shares, f"{source.key_basis_probability:.3f}"


def _account(study: KeyStudy) -> str:
    rows = [(line.name, f"{line.bits:.0f}", line.meaning) for line in study.account]
    total = sum(line.bits for line in study.account)
    return text_table(
        ("key account", "bit", "what it is"), [*rows, ("signed key", f"{total:.0f}", "")]
    )


def _ledger(study: KeyStudy) -> str:
    rows = [
        (share.purpose, str(share.uses), f"{share.epsilon_each:.3g}", f"{share.epsilon:.3g}")
        for share in study.ledger.shares
    ]
    rows.append((f"total ({study.ledger.proof})", "", "", f"{study.ledger.total:.3g}"))
    return text_table(("epsilon ledger", "uses", "each", "in all"), rows)


def _against_loss(study: KeyStudy) -> str:
    table = study.against_loss
    names = ("loss [dB]", "sifted [bit]", "QBER [%]", "phase error [%]", "key as flown [bit]",
             "key, best settings [bit]", "endless block [bit]")  # fmt: skip
    columns: Sequence[Sequence[str]] = (
        [f"{value:.1f}" for value in table.loss_db.tolist()],
        _column(table.sifted_bits.tolist()),
        [_percent(value) for value in table.qber.tolist()],
        [_percent(value) for value in table.phase_error.tolist()],
        _column(table.key_bits.tolist()),
        _column(table.best_key_bits.tolist()),
        _column(table.endless_key_bits.tolist()),
    )
    return text_table(names, list(zip(*columns, strict=True)))


def _against_block(study: KeyStudy) -> str:
    table = study.against_block
    names = ("passes in a block", "sifted [bit]", "phase error [%]", "key per pass as flown [bit]",
             "key per pass, best settings [bit]")  # fmt: skip
    columns: Sequence[Sequence[str]] = (
        [f"{value:g}" for value in table.passes.tolist()],
        _column(table.sifted_bits.tolist()),
        [_percent(value) for value in table.phase_error.tolist()],
        _column(table.key_bits_per_pass.tolist()),
        _column(table.best_key_bits_per_pass.tolist()),
    )
    return text_table(names, list(zip(*columns, strict=True)))


def _column(values: Sequence[float]) -> list[str]:
    return [_bits(value) for value in values]


def _bits(value: float) -> str:
    return f"{value:.0f}" if math.isfinite(value) else ""


def _percent(value: float) -> str:
    return f"{100.0 * value:.2f}" if math.isfinite(value) else ""
