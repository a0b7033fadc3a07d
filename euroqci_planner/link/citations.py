"""What the link models rest on: one line per published model, for the plan's record."""

from __future__ import annotations

from euroqci_planner.mission.plan import ModelUsed

_PUBLISHED = (
    (
        "diffraction",
        "truncated obscured Gaussian, or Gaussian by divergence, over the annular receiver",
        "Klein & Degnan 1974, Appl. Opt. 13, 2134",
    ),
    ("wavefront", "extended Maréchal approximation", "Mahajan 1983, J. Opt. Soc. Am. 73, 860"),
    (
        "pointing",
        "mean over jitter per axis and bias, exact for far field and receiver",
        "Rician mean; characteristic function of the error times the pattern's transform",
    ),
    ("air mass", "dry air", "Kasten & Young 1989, Appl. Opt. 28, 4735"),
    ("air mass", "haze and water vapour", "spherical exponential layers of 1 and 2 km"),
    ("rayleigh", "optical depth", "Bodhaine et al. 1999, J. Atmos. Ocean. Technol. 16, 1854"),
    ("aerosol", "power law in wavelength", "Ångström 1929, Geogr. Ann. 11, 156"),
    ("ozone", "cross-sections at 233 K", "Serdyuchenko et al. 2014, Atmos. Meas. Tech. 7, 625"),
    ("gas", "five-parameter fit to 20 cm⁻¹ bands", "LOWTRAN7, Kneizys et al. 1988"),
    (
        "turbulence",
        "Hufnagel–Valley profile scaled to the site's seeing, spherical layers",
        "Valley 1980, Appl. Opt. 19, 574; Fried 1966, J. Opt. Soc. Am. 56, 1372",
    ),
    (
        "field stop",
        "encircled energy of the long exposure behind the telescope",
        "Fried 1966, J. Opt. Soc. Am. 56, 1372; O'Neill 1956, J. Opt. Soc. Am. 46, 285",
    ),
    (
        "fibre coupling",
        "mode overlap times Strehl ratio: fitting, lag, chromatic anisoplanatism",
        (
            "Noll 1976, J. Opt. Soc. Am. 66, 207; Greenwood 1977, J. Opt. Soc. Am. 67, 390; "
            "Fried 1982, J. Opt. Soc. Am. 72, 52"
        ),
    ),
    ("night sky", "dark-site radiance", "ESO SkyCalc 1.4.3, Noll et al. 2012, A&A 543, A92"),
    ("moon", "scattered moonlight", "Krisciunas & Schaefer 1991, PASP 103, 1033"),
    (
        "twilight and daylight",
        "multiple scattering in a spherical atmosphere, packaged grid",
        "sasktran2 2026.10; compared with Patat et al. 2006, A&A 455, 385",
    ),
    ("sunlit satellite", "matt sphere", "Lambert phase law; standard magnitude or diffuse area"),
)

_SHARED_ROLES = ("wavefront", "air mass", "rayleigh", "aerosol", "ozone", "gas", "night sky")
_UPWARD = (
    (
        "uplink beam",
        "Gaussian of the axial gain of the truncated beam; spread and wander by turbulence",
        (
            "Klein & Degnan 1974, Appl. Opt. 13, 2134; "
            "Andrews & Phillips 2005, Laser Beam Propagation through Random Media, ch. 12"
        ),
    ),
    ("uplink pointing", "mean over jitter per axis and bias", "Rician mean"),
    (
        "uplink turbulence",
        "Hufnagel–Valley profile scaled to the site's seeing, spherical layers",
        "Valley 1980, Appl. Opt. 19, 574; Fried 1966, J. Opt. Soc. Am. 56, 1372",
    ),
    (
        "Earth background",
        "matt ground in sunlight, moonlight and city light; air as bright as from below",
        "Krisciunas & Schaefer 1991, PASP 103, 1033 (phase); sasktran2 2026.10 (air)",
    ),
)


def _models(rows: tuple[tuple[str, str, str], ...]) -> tuple[ModelUsed, ...]:
    return tuple(
        ModelUsed(role=role, name=name, citation=citation) for role, name, citation in rows
    )


LINK_MODELS_USED = _models(_PUBLISHED)
UPLINK_MODELS_USED = _models((*_UPWARD, *(row for row in _PUBLISHED if row[0] in _SHARED_ROLES)))
