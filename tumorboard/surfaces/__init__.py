"""Surfaces of what was outlined and followed, painted off screen by a kept library.

The library (VTK) is an optional extra of some size and runs in a process of its own: a fault
of a graphics driver costs a picture, never the window.
"""
