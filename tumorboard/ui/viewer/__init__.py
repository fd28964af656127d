"""The image views."""
