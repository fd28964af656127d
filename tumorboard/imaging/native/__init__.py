"""Compiled inner loops: their sources, the library made of them, and how it is called.

`scripts/native_library.py` compiles the sources into one shared library when the package is
built or installed, and nothing is compiled or written when the program runs. The library knows
nothing of Python, so that one serves all versions of it; a call releases the interpreter.
What it computes is described where it is called: `imaging.kernels`, `imaging.resize`,
`imaging.polygons`, `imaging.mask_kernels`, `imaging.isolines` and `imaging.vessel.kernels`.
"""
