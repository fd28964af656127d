"""Joins core and boundary: session, commands, history, jobs. No Qt."""
