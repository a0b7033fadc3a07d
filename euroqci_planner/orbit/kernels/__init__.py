"""What is compiled where numba is installed: SGP4, the search for passes, their conditions."""
