"""Forms: every value of the scenario, checked while it is typed."""
