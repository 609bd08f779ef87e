"""Text in the source that no catalogue has: found in the syntax tree, wherever it goes from there.

Conventions
-----------
text
    A literal in which two words follow each other, or that begins with a capital letter as a
    label does.  What is in a field of an f-string is a literal of its own.
markup
    HTML and SVG: its tags are left out, but for what a screen reader says of them.
"""

import ast
import re
from dataclasses import dataclass

MARKS = {"_", "N_", "ngettext", "pgettext", "setting", "refusal"}
"""What makes a literal a message: `tests.support.messages.KEYWORDS`."""
INTERNAL_ERRORS = {"ValueError", "TypeError", "KeyError", "AssertionError", "RuntimeError"}
"""Raised for whoever writes the program, or caught before anybody reads them."""
CODE = re.compile(
    r"(python -m|SELECT|INSERT|REPLACE|UPDATE|DELETE|PRAGMA|BEGIN|COMMIT|CREATE|\n?CREATE) ?"
    r"|data:|https?:|[a-z_]+=|var\(--|[a-z-]+: ?[^ ]+;|[^{}]*\{ ?[a-z-]+: [^{}]*;"
    r"|export default"
)
"""How a command, a query, an address, a style or a script begins."""
ICON = re.compile(":material/[a-z_0-9]+:")
WORDS = re.compile(r"[A-Za-z]{2,}[.,:;]? +[A-Za-z(“\0]|\0[.,:;]? +[A-Za-z]{2,}|^[A-Z][a-z]{2,}")
SPOKEN = re.compile(r'(?:aria-label|title|alt|placeholder)="([^"]*)"')


@dataclass(frozen=True)
class Literal:
    """A text literal of the source; ``\\0`` stands for what a field is filled with."""

    line: int
    text: str


def text_literals(source):
    """All literals of a module's source that may be text, and those of them outside the marks."""
    tree = ast.parse(source)
    inside_marks, passed = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name_of(node.func) in MARKS:
            inside_marks |= {id(part) for argument in node.args for part in ast.walk(argument)}
        passed |= {id(part) for unseen in _not_shown(node) for part in ast.walk(unseen)}
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values if isinstance(part, ast.Constant)}
            passed |= {
                id(spec)
                for part in node.values
                if isinstance(part, ast.FormattedValue) and part.format_spec
                for spec in ast.walk(part.format_spec)
            }
    found = [
        (node, Literal(node.lineno, text))
        for node in ast.walk(tree)
        if id(node) not in passed and (text := _text_of(node)) and _is_text(text)
    ]
    outside = [literal for node, literal in found if id(node) not in inside_marks]
    return [literal for _, literal in found], outside


def _name_of(function):
    return getattr(function, "id", getattr(function, "attr", ""))


def _not_shown(node):
    """What of a node is no text: docstrings, annotations, what is compared, looked up or logged."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
        yield node.annotation
    if isinstance(node, ast.FunctionDef) and node.returns:
        yield node.returns
    if isinstance(node, ast.Compare):
        yield from (one for one in (node.left, *node.comparators) if not isinstance(one, ast.Call))
    if isinstance(node, ast.Assign) and _name_of(node.targets[0]) == "__all__":
        yield node.value
    if isinstance(node, ast.Subscript):
        yield node.slice
    if isinstance(node, ast.Call):
        name = _name_of(node.func)
        if name.endswith("Entry"):  # the meaning of a key of the session, for whoever reads it
            yield from node.args
        if name in {*INTERNAL_ERRORS, "TypeVar", "getLogger", "compile", "getattr", "cast"}:
            yield from node.args
        if isinstance(node.func, ast.Attribute) and name in ("startswith", "removeprefix"):
            yield from node.args


def _text_of(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (v.value if isinstance(v, ast.Constant) else "\0" for v in node.values)
        return "".join(parts)
    return ""


def _is_text(text):
    text = ICON.sub("", text)
    if CODE.match(text.strip()):
        return False
    spoken = SPOKEN.findall(text)
    shown = re.sub(r"<[^<>]*>|<[a-z/][^<>]*$|^[^<>]*/?>", " ", text) if "<" in text else text
    return any(WORDS.search(part.strip()) for part in (shown, *spoken))
