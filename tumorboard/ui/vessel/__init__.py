"""Vessels on the screen: lines on the planes, the curved view, planes across, the profile."""
