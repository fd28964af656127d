"""Text of strangers reaches widgets, tips, menus and the terminal through one place each."""

import ast
from collections.abc import Iterator

from tests.architecture.project import PACKAGE, modules, name, tree

HOME = "tumorboard/ui/shell/text_widgets.py"
#: What takes text for markup by itself; only the home of plain ones may make them.
RICH = {"QLabel", "QMessageBox", "QInputDialog", "QToolTip", "QTextEdit", "QTextBrowser"}
RICH |= {"QErrorMessage", "QTextDocument", "QGraphicsTextItem", "QWhatsThis"}
#: What is never called: nothing of ours is markup.
NEVER = {"setHtml", "insertHtml", "appendHtml", "setWhatsThis", "setStatusTip", "setMarkdown"}
#: What takes an ampersand for a key.
KEYED = {"QCheckBox", "QRadioButton", "QPushButton", "QToolButton", "QAction", "QGroupBox"}
KEYED |= {"addAction", "addMenu", "addTab", "addRow", "addButton"}


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Every call in the window: module and line, the call, what is called."""
    for path in modules():
        if name(path).startswith("tumorboard/ui/") and name(path) != HOME:
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Call):
                    called = node.func
                    word = called.attr if isinstance(called, ast.Attribute) else ""
                    word = called.id if isinstance(called, ast.Name) else word
                    yield f"{name(path)}:{node.lineno}", node, word


def is_made(node: ast.expr) -> bool:
    """Whether a text is put together of others, or is a field of something."""
    if isinstance(node, ast.BoolOp):
        return any(map(is_made, node.values))
    if isinstance(node, ast.Attribute):
        return node.attr in {"name", "label", "text", "title", "caption", "question", "description"}
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return any(isinstance(part, ast.FormattedValue) for part in parts)


def is_tip(node: ast.expr) -> bool:
    """Whether a text is the program's own, a tip, or one that was set as a tip already."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.IfExp):
        return is_tip(node.body) and is_tip(node.orelse)
    called = node.func if isinstance(node, ast.Call) else None
    if isinstance(called, ast.Attribute):
        return called.attr == "toolTip"
    if not isinstance(called, ast.Name):
        return False
    # A message without fields holds the words of the program alone.
    return called.id == "tip" or (called.id == "_" and not node.keywords)


def test_what_takes_markup_is_made_in_one_place():
    assert [(place, word) for place, _, word in calls() if word in RICH] == []


def test_no_text_is_markup():
    assert [(place, word) for place, _, word in calls() if word in NEVER] == []


def test_every_tip_is_plain():
    found = [p for p, c, word in calls() if word == "setToolTip" and not is_tip(c.args[-1])]
    assert found == []


def test_no_ampersand_of_a_stranger_is_a_key():
    found = [(p, w) for p, c, w in calls() if w in KEYED and c.args and is_made(c.args[0])]
    # The table of commands is the program's own.
    assert [p for p, _ in found if not p.startswith("tumorboard/ui/shell/actions.py")] == []


def test_what_reaches_the_terminal_is_inert():
    """Only one function of the command line writes words, and the progress line its own."""
    names = ("cli", "guideline_commands", "paper_commands", "slide_commands", "terminal")
    files = (PACKAGE / f"{name}.py" for name in names)
    for node in (n for file in files for n in ast.walk(tree(file))):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        assert called != "print", f"line {node.lineno}"
        if called in ("sys.stdout.write", "sys.stderr.write"):
            told = ast.unparse(node.args[0])
            assert "line(" in told or "lines(" in told, f"line {node.lineno}: {told}"
