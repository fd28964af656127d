"""The case and its facts: the waist between imaging and guidelines."""
