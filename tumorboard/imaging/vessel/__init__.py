"""Vessels: centreline, path through the lumen, cross-sections, contact and occlusion."""
