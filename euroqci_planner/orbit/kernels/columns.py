"""Columns of passes on their way from the searches to the table; nothing here is compiled."""

# Columns of a row; times in seconds from the start of the window, rounded to the microsecond.
# Flags are 0 or 1. A pass that is still open has no end, and may hold a nearest point (the last
# two columns) of which it is not known yet whether it lies inside.
(SATELLITE, STATION, START_S, RISES, START_AZIMUTH) = range(5)
(HIGHEST_S, HIGHEST, HIGHEST_AZIMUTH, IS_TOP, NEAREST_M) = range(5, 10)
(END_S, SETS, END_AZIMUTH, NEAR_S, NEAR_M) = range(10, 15)
PASS_COLUMNS = 15
