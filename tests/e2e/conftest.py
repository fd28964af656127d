from tests.ui.conftest import open_desk

__all__ = ["open_desk"]
