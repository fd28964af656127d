"""Presenting to a board: the window of the audience, that of the presenter, and their pages."""
