"""The nouns of the planner: frozen records, passed between the rooms."""
