"""Columns of the tables that the compiled searches take and give; nothing here is compiled."""

# Passes on their way to the table; times in seconds from the start of the window, rounded to the
# microsecond. Flags are 0 or 1. A pass that is still open has no end, and may hold a nearest
# point (the last two columns) of which it is not known yet whether it lies inside.
(SATELLITE, STATION, START_S, RISES, START_AZIMUTH) = range(5)
(HIGHEST_S, HIGHEST, HIGHEST_AZIMUTH, IS_TOP, NEAREST_M) = range(5, 10)
(END_S, SETS, END_AZIMUTH, NEAR_S, NEAR_M) = range(10, 15)
PASS_COLUMNS = 15

# What the conditions of a pass are worked out from; times in µs of the window. The rows
# `FIRST_CUT` to `LAST_CUT` of the calendar are what dates, hours and elements forbid of it.
(PASS_SATELLITE, PASS_STATION, PASS_BEGIN_US, PASS_END_US) = range(4)
(PASS_HIGHEST_US, FIRST_CUT, LAST_CUT) = range(4, 7)
INPUTS = 7
CODE, CUT_BEGIN_US, CUT_END_US = range(3)

# Satellites: longest step of their tracks, whether they work in eclipse alone. Settings: shortest
# window, first node of Sun and Moon and the way between their nodes.
NODE_STEP_S, ECLIPSE_ONLY = range(2)
DWELL_US, SKY_BEGIN_S, SKY_STEP_S = range(3)

# What is said of a pass; times in µs of the window.
(BEGIN_US, END_US, EXCLUSION, SUN_ELEVATION) = range(4)
(MOON_ELEVATION, MOON_SEPARATION, MOON_FRACTION, ECLIPSE) = range(4, 8)
CONDITIONS = 8
