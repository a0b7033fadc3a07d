"""Files out: one module per format."""
