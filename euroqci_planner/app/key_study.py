"""One link of a scenario, studied: settings, ledger, key against loss and against block size.

The pass is the one of the link with the longest key, or a constant loss that is asked for; models,
settings and policy are those of the plan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from euroqci_planner.app.geometry import geometry_of
from euroqci_planner.app.key_account import flown_piece, key_account
from euroqci_planner.app.key_work import evaluate_link_and_key
from euroqci_planner.app.link_and_key import Piece, budget_of, receiver_of, refuse_links
from euroqci_planner.app.progress import Progress
from euroqci_planner.app.registry import KEY_MODELS, PASS_KEYS
from euroqci_planner.app.sky_keys import always_clear
from euroqci_planner.errors import InvalidInput, UsageError
from euroqci_planner.io.atomic_write import write_bytes
from euroqci_planner.io.key_picture import key_picture
from euroqci_planner.io.nearest_name import mend_unknown
from euroqci_planner.mission.assets import DecoySource, Payload, Receiver, SettingsPolicy
from euroqci_planner.mission.key_details import KeyDetails
from euroqci_planner.mission.key_study import (
    AccountLine,
    KeyAgainstBlock,
    KeyAgainstLoss,
    KeyStudy,
)
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.mission.scenario import Policy, Scenario, WindowPolicy
from euroqci_planner.qkd.bbm92 import infinite_block_pair_key
from euroqci_planner.qkd.bounds import no_deviation
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.qkd.key_objective import decoy_key
from euroqci_planner.qkd.pass_keys import KeyRules, PassKeys
from euroqci_planner.timebase import iso_text
from euroqci_planner.units import FloatArray, decibel_loss

STUDY_STAGES = (("orbits", 2.0), ("passes", 2.0), ("windows", 1.0), ("links and keys", 2.0),
                ("curves", 3.0))  # fmt: skip
LOSS_STEPS_DB = np.arange(-6.0, 18.5, 1.0)
BLOCK_SIZES = np.array([0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0])
PASS_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyQuestion:
    """Which link, and instead of its best pass a constant loss where `loss_db` is given.

    '' is the first satellite or station of the scenario. `background_hz` is noise clicks per second
    and detector (the detectors' own where None), `duration_s` the length of the contact.
    """

    satellite_id: str = ""
    station_id: str = ""
    loss_db: float | None = None
    background_hz: float | None = None
    duration_s: float = PASS_S


@dataclass(frozen=True, slots=True, eq=False)
class _Subject:
    """A channel with all that decides on its key; the payload has the settings that are flown."""

    payload: Payload
    receiver: Receiver
    samples: ChannelSamples
    words: str


def study_key(
    scenario: Scenario, question: StudyQuestion, progress: Progress | None = None
) -> KeyStudy:
    """Study one link.

    Raises `InvalidInput` for ids that are not there and links outside the models, `UsageError`
    where the link has no usable pass and no loss is given.
    """
    alone = _one_link(scenario, question)
    refuse_links(alone)
    work = (progress or Progress()).staged(STUDY_STAGES)
    if question.loss_db is None:
        subject = _best_pass(alone, work)
    else:
        subject = _constant_loss(alone, question)
    with work.stage("curves"):
        made = _study(alone, subject)
    work.finished()
    return made


def write_picture(study: KeyStudy, path: str) -> Path:
    """Draw key against loss and against block size into an SVG file; raises `OutputError`."""
    return write_bytes(Path(path), key_picture(study))


def _one_link(scenario: Scenario, question: StudyQuestion) -> Scenario:
    """The scenario with this satellite and this station alone."""
    satellites = {item.id: item for item in scenario.satellites}
    stations = {item.id: item for item in scenario.stations}
    for name, known, option in (
        (question.satellite_id, list(satellites), "--satellite"),
        (question.station_id, list(stations), "--station"),
    ):
        if name and name not in known:
            raise InvalidInput.single(
                "the scenario has none of this id",
                where=option,
                value=name,
                mend=mend_unknown(name, known, f"{option[2:]}s"),
            )
    satellite = satellites[question.satellite_id or scenario.satellites[0].id]
    station = stations[question.station_id or scenario.stations[0].id]
    return replace(scenario, satellites=(satellite,), stations=(station,), constellations=())


def _best_pass(scenario: Scenario, work: Progress) -> _Subject:
    """The usable pass with the longest key, under the settings that it is flown with."""
    found = geometry_of(scenario, work)
    link = f"{scenario.satellites[0].id} over {scenario.stations[0].id}"
    with work.stage("links and keys") as advance:
        keys = evaluate_link_and_key(scenario, found, always_clear(len(found.passes)), advance)
    signed = np.nan_to_num(keys.keys.key_bits_signed, nan=-np.inf)
    if not np.any(signed > -np.inf):
        raise UsageError(f"{link} has no usable pass in the scenario: give --loss-db")
    row = int(np.argmax(signed))
    piece = flown_piece(_Flown(scenario, keys.found.passes, keys.details), row)
    samples, budget = budget_of(
        scenario, found.sky, keys.found.passes, keys.found.conditions, piece
    )
    channel = ChannelSamples(
        transmittance=budget.total_transmittance(),
        noise_hz=budget.total_noise_hz(),
        slot_s=samples.slot_s,
        first_sample=samples.first_sample,
    )
    highest = iso_text(keys.found.passes.highest_utc[row], "s")
    elevation = np.degrees(keys.found.passes.max_elevation_rad[row])
    words = f"best pass of {link}: {highest}, {elevation:.1f} deg"
    return _Subject(piece.satellite.payload, receiver_of(piece), channel, words)


@dataclass(frozen=True, slots=True, eq=False)
class _Flown:
    """What `flown_piece` looks at, while there is no plan yet."""

    scenario: Scenario
    passes: PassTable
    key_details: KeyDetails | None


def _constant_loss(scenario: Scenario, question: StudyQuestion) -> _Subject:
    """A contact at one loss, with the settings of the scenario or, if sought, the best ones."""
    piece = Piece(scenario.satellites[0], scenario.stations[0], np.zeros(0, dtype=np.intp))
    receiver, payload = receiver_of(piece), piece.satellite.payload
    loss_db = 0.0 if question.loss_db is None else question.loss_db
    noise = receiver.dark_count_hz if question.background_hz is None else question.background_hz
    slots = max(int(np.ceil(question.duration_s)), 1)
    channel = ChannelSamples(
        transmittance=np.full(slots, 10.0 ** (-0.1 * loss_db)),
        noise_hz=np.full(slots, noise),
        slot_s=np.full(slots, question.duration_s / slots),
        first_sample=np.array([0, slots], dtype=np.intp),
    )
    words = f"constant loss of {loss_db:g} dB over {question.duration_s:g} s"
    if payload.source.settings is not SettingsPolicy.FIXED:
        best = _keys(payload, receiver, channel, scenario.policy, is_sought=True)
        if best.settings is not None:
            source = replace(best.settings.source_of(0), settings=SettingsPolicy.FIXED)
            payload = replace(payload, source=source)
            share = float(best.settings.receiver_key_basis_probability[0])
            receiver = replace(receiver, key_basis_probability=share)
    return _Subject(payload, receiver, channel, words)


def _keys(
    payload: Payload,
    receiver: Receiver,
    samples: ChannelSamples,
    policy: Policy,
    *,
    is_sought: bool,
) -> PassKeys:
    """Keys of whole passes under the payload's settings, or under the best for each."""
    wanted = SettingsPolicy.OPTIMISE_PASS if is_sought else SettingsPolicy.FIXED
    source = replace(payload.source, settings=wanted)
    rules = KeyRules(replace(policy, usable_window=WindowPolicy.ALL))
    find = PASS_KEYS[source.protocol]
    return find(replace(payload, source=source), receiver, samples, rules)


def _study(scenario: Scenario, subject: _Subject) -> KeyStudy:
    policy, payload, samples = scenario.policy, subject.payload, subject.samples
    flown = _keys(payload, subject.receiver, samples, policy, is_sought=False)
    is_decoy = isinstance(payload.source, DecoySource)
    best = _keys(payload, subject.receiver, samples, policy, is_sought=True) if is_decoy else None
    account = key_account(flown.keys, 0)
    lines = () if account is None else account.entries
    sought = None if best is None or best.settings is None else best.settings.source_of(0)
    return KeyStudy(
        satellite_id=scenario.satellites[0].id,
        station_id=scenario.stations[0].id,
        channel=subject.words,
        duration_s=float(np.sum(samples.slot_s)),
        loss_db=float(decibel_loss(np.max(samples.transmittance))),
        background_hz=float(np.average(samples.noise_hz, weights=samples.slot_s)),
        flown=payload.source,
        best=sought,
        key_bits=float(flown.keys.key_bits[0]),
        best_key_bits=float("nan") if best is None else float(best.keys.key_bits[0]),
        account=tuple(AccountLine(line.name, line.bits, line.meaning) for line in lines),
        ledger=KEY_MODELS[payload.source.protocol].ledger(payload, policy),
        against_loss=_against_loss(policy, subject),
        against_block=_against_block(policy, subject),
    )


def _against_loss(policy: Policy, subject: _Subject) -> KeyAgainstLoss:
    """The pass under more and less loss; only losses that leave photons to lose."""
    least_db = float(decibel_loss(np.max(subject.samples.transmittance)))
    steps_db = LOSS_STEPS_DB[least_db + LOSS_STEPS_DB >= 0.0]
    factors = 10.0 ** (-0.1 * steps_db)
    many = _repeated(subject.samples, factors, np.ones_like(factors))
    flown = _keys(subject.payload, subject.receiver, many, policy, is_sought=False)
    return KeyAgainstLoss(
        loss_db=least_db + steps_db,
        sifted_bits=flown.keys.sifted_bits,
        qber=flown.keys.qber,
        phase_error=flown.keys.phase_error,
        key_bits=flown.keys.key_bits,
        best_key_bits=_best_bits(policy, subject, many),
        endless_key_bits=_endless_bits(policy, flown),
    )


def _against_block(policy: Policy, subject: _Subject) -> KeyAgainstBlock:
    """Blocks of more and fewer such passes."""
    many = _repeated(subject.samples, np.ones_like(BLOCK_SIZES), BLOCK_SIZES)
    flown = _keys(subject.payload, subject.receiver, many, policy, is_sought=False)
    return KeyAgainstBlock(
        passes=BLOCK_SIZES,
        sifted_bits=flown.keys.sifted_bits,
        phase_error=flown.keys.phase_error,
        key_bits_per_pass=flown.keys.key_bits / BLOCK_SIZES,
        best_key_bits_per_pass=_best_bits(policy, subject, many) / BLOCK_SIZES,
    )


def _best_bits(policy: Policy, subject: _Subject, many: ChannelSamples) -> FloatArray:
    if not isinstance(subject.payload.source, DecoySource):
        return np.full(len(many.first_sample) - 1, np.nan)
    found = _keys(subject.payload, subject.receiver, many, policy, is_sought=True)
    return np.asarray(found.keys.key_bits)


def _endless_bits(policy: Policy, flown: PassKeys) -> FloatArray:
    """Keys of the same counts in endless blocks."""
    if flown.settings is None:
        terms = infinite_block_pair_key(flown.counts, policy)
    else:
        settings = flown.settings.decoy_settings()
        terms = decoy_key(flown.counts, settings, policy, bound=no_deviation)
    return np.floor(np.maximum(terms.key_bits_signed, 0.0))


def _repeated(samples: ChannelSamples, factors: FloatArray, sizes: FloatArray) -> ChannelSamples:
    """One pass several times, with a factor on its transmittance and one on its duration each."""
    slots = len(samples.slot_s)
    return ChannelSamples(
        transmittance=np.outer(factors, samples.transmittance).ravel(),
        noise_hz=np.tile(samples.noise_hz, len(factors)),
        slot_s=np.outer(sizes, samples.slot_s).ravel(),
        first_sample=np.arange(len(factors) + 1, dtype=np.intp) * slots,
    )
