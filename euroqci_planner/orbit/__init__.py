"""Where satellites are, when they pass, and what light falls on them."""
