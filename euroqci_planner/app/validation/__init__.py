"""Published numbers, recomputed with the engine that makes the plans."""
