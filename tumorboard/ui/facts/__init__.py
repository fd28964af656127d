"""The form of facts."""
