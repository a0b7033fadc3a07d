"""Which passes to fly, and why not the others."""
