"""Lesions and their measurements."""
