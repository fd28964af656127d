"""Layouts, planes, cine and hanging protocols: how the views are arranged."""
