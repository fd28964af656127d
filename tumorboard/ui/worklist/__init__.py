"""The cases of the store: list, search, filters."""
