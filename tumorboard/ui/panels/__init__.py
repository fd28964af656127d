"""The docks beside the images."""
