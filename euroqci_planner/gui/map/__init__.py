"""The map: an own painted widget over the positions that `app/scene` gives."""
