"""Key stores, relay through trusted satellites, fibre, demand: who has key, and for how long."""
