"""The views: one module each; they read the workspace, never each other."""
