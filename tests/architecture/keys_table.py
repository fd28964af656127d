"""The keys and mouse tables of the user guide, made from the table of commands.

``python -m tests.architecture.keys_table`` writes them into the guide.
"""

from tests.architecture.project import ROOT
from tumorboard.app.commands import COMMANDS, GESTURES, JUMP, PRESENTING

GUIDE = ROOT / "docs" / "user-guide.md"
BEGIN, END = "<!-- keys -->", "<!-- end of keys -->"


def table() -> str:
    lines = ["| Key | What it does | Menu |", "|---|---|---|"]
    for command in COMMANDS:
        if command.keys:
            keys = " or ".join(f"`{key}`" for key in command.keys)
            lines.append(f"| {keys} | {command.label} | {command.menu or '–'} |")
    lines += ["", "| Mouse and movement | What it does |", "|---|---|"]
    lines += [f"| {gesture} | {what} |" for gesture, what in GESTURES]
    lines += ["", "| While presenting | What it does |", "|---|---|"]
    for command in PRESENTING:
        lines.append(f"| {' or '.join(f'`{key}`' for key in command.keys)} | {command.label} |")
    lines.append(f"| {JUMP[0]} | {JUMP[1]} |")
    return "\n".join(lines)


def written(text: str) -> str:
    """The part of the guide between the marks."""
    return text.split(BEGIN)[1].split(END, maxsplit=1)[0].strip()


if __name__ == "__main__":
    guide = GUIDE.read_text(encoding="utf-8")
    before, rest = guide.split(BEGIN)
    after = rest.split(END)[1]
    GUIDE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")
