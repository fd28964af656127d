"""The assessment of the open case, with its reasons, sources and settings."""
