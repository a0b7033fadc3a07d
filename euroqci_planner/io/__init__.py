"""The doors: files in, files out."""
