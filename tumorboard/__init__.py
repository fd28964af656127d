"""Case viewer for sarcoma tumour boards.

The package is built in rings; an outer ring may import an inner one, never the
other way round: ``ui`` > ``app`` > ``dicom``, ``store``, ``reports``, ``phantom``
> ``guidelines`` > ``case``, ``tools`` > ``annotations`` > ``imaging``.
"""

__version__ = "0.1.0"
