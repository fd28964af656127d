"""The window: PySide6 widgets over the app."""
