"""Segmentations in three dimensions: drawn, measured, listed."""
