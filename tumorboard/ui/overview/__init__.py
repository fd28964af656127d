"""The overview in three dimensions."""
