"""A second window of images, on another screen."""
