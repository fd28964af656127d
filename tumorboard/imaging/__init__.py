"""Pixels in patient space: geometry, volumes, slices, windows, measurement."""
