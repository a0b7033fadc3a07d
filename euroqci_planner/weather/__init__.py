"""Clear sky: climatology."""
