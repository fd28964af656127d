"""Qt's own words, such as those of buttons and keys, and its numbers, in the language."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from tumorboard.language import code


def speak(application: QApplication) -> bool:
    """Let Qt speak the language of the program; return whether it knows its words.

    What Qt does not know stays English, as with our own words.
    """
    spoken = code()
    # Never the language of the computer: no line mixes the decimals of two languages.
    QLocale.setDefault(QLocale.c() if spoken == "en" else QLocale(spoken))
    words = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    return words.load(f"qtbase_{spoken}", folder) and application.installTranslator(words)
