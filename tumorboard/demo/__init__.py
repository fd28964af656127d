"""The demonstration: a generated phantom, its cases and its talk, out of the way of real work."""
