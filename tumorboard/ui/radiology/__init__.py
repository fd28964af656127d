"""The structured report of the radiologist: made, changed, linked, kept, copied."""
