"""SGP4 in machine code for low orbits behind the same face as the C++ library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sgp4 import model

from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.orbit.ephemeris import CodeArray, IndexArray, Sgp4Propagator, initialised
from euroqci_planner.orbit.kernels import sgp4
from euroqci_planner.units import FloatArray

_BROKEN_ELEMENTS = (ArithmeticError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledSgp4:
    """SGP4 in machine code where an orbit is near the Earth, the C++ library elsewhere.

    Within 0.1 mm of the library (WGS 72, improved mode) over a year. `constants` (n, 33) belong
    to `kernels.sgp4`; rows of orbits that are `not_compiled` are zero: deep space, and element
    sets on which the initialisation fails.
    """

    library: Sgp4Propagator
    constants: FloatArray
    is_compiled: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        element_sets: Sequence[ElementSet],
        library: Sgp4Propagator,
        is_deep_space: NDArray[np.bool_],
    ) -> Self:
        """Constants of all near-Earth orbits."""
        constants = np.zeros((len(element_sets), sgp4.CONSTANTS))
        is_compiled = ~is_deep_space
        for row in np.flatnonzero(is_compiled):
            try:
                since_s = float(library.since_epoch_s[row])
                constants[row] = orbital_constants(element_sets[int(row)], since_s)
            except _BROKEN_ELEMENTS:
                is_compiled[row] = False
        return cls(library, constants, is_compiled)

    def teme(self, satellite: int, t_s: FloatArray) -> tuple[FloatArray, FloatArray, CodeArray]:
        """Position (3, n) in m, velocity (3, n) in m/s, error code (n,) at `t_s` (n,)."""
        if not self.is_compiled[satellite]:
            return self.library.teme(satellite, t_s)
        times = np.array(t_s, dtype=np.float64)
        state, code = np.empty((6, len(times))), np.empty(len(times), dtype=np.uint8)
        sgp4.teme_states(self.constants[satellite], times, state, code)
        return state[:3], state[3:], code

    def teme_grid(
        self, satellites: IndexArray, t_s: FloatArray
    ) -> tuple[FloatArray, FloatArray, CodeArray]:
        """The same for several satellites at common times: (3, s, n), (3, s, n), (s, n)."""
        position = np.empty((3, len(satellites), len(t_s)))
        velocity = np.empty_like(position)
        code = np.empty(position.shape[1:], dtype=np.uint8)
        for row, satellite in enumerate(satellites):
            position[:, row], velocity[:, row], code[row] = self.teme(int(satellite), t_s)
        return position, velocity, code


def orbital_constants(element_set: ElementSet, since_epoch_s: float) -> FloatArray:
    """Constants of one near-Earth orbit in the order of `kernels.sgp4`.

    `since_epoch_s` is the time from the epoch to the start of the window. Drag terms that SGP4
    leaves out for perigees under 220 km are zero.
    """
    record = initialised(model.Satrec(), element_set)
    full = 0.0 if record.isimp else 1.0
    values = {
        sgp4.MO: record.mo,
        sgp4.MDOT: record.mdot,
        sgp4.ARGPO: record.argpo,
        sgp4.ARGPDOT: record.argpdot,
        sgp4.NODEO: record.nodeo,
        sgp4.NODEDOT: record.nodedot,
        sgp4.NODECF: record.nodecf,
        sgp4.CC1: record.cc1,
        sgp4.BCC4: record.bstar * record.cc4,
        sgp4.T2COF: record.t2cof,
        sgp4.OMGCOF: full * record.omgcof,
        sgp4.ETA: record.eta,
        sgp4.XMCOF: full * record.xmcof,
        sgp4.DELMO: record.delmo,
        sgp4.BCC5: full * record.bstar * record.cc5,
        sgp4.SINMAO: record.sinmao,
        sgp4.NO: record.no_unkozai,
        sgp4.ECCO: record.ecco,
        sgp4.AXIS: (record.xke / record.no_unkozai) ** (2.0 / 3.0),
        sgp4.SINIO: np.sin(record.inclo),
        sgp4.COSIO: np.cos(record.inclo),
        sgp4.AYCOF: record.aycof,
        sgp4.XLCOF: record.xlcof,
        sgp4.CON41: record.con41,
        sgp4.X1MTH2: record.x1mth2,
        sgp4.X7THM1: record.x7thm1,
        sgp4.SINCE_S: since_epoch_s,
    }
    constants = np.zeros(sgp4.CONSTANTS)
    constants[list(values)] = list(values.values())
    if full:
        names = ("d2", "d3", "d4", "t3cof", "t4cof", "t5cof")
        places = [sgp4.D2, sgp4.D3, sgp4.D4, sgp4.T3COF, sgp4.T4COF, sgp4.T5COF]
        constants[places] = [getattr(record, name) for name in names]
    return constants
