"""Views that were kept, and their pictures."""
