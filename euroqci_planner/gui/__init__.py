"""The desktop program: one window over the engine; Qt lives here alone."""
