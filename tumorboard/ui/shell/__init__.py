"""The window itself and what all features share."""
