"""The catalogues of translations, brought up to date: ``make messages``.

Every message of the source is in each ``locale/<code>.po`` afterwards, sorted, on one line, without
a date or a line number: a second run changes nothing, and a change is one entry in the diff.
"""

import ast
import re
import string
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from genre.paths import LOCALE, ROOT

KEYWORDS = {**DEFAULT_KEYWORDS, "setting": (2,), "refusal": None}
"""What marks a message: also the help of a recipe's setting, and why a Keras layer is refused."""
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plurals}\\n"

"""


def of_python(file, keywords, _comment_tags, options):
    """The messages of a module, for babel, whose own extractor sees none in an f-string."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in keywords:
                texts = [getattr(argument, "value", None) for argument in node.args]
                yield node.lineno, name, tuple(t if isinstance(t, str) else None for t in texts), []


def extract(root=ROOT):
    """All messages of the source, as a catalogue without translations."""
    with (root / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog()
    folders = {"", *(part.split("/")[0] for part, _ in methods if "/" in part)}
    for path, _line, message, _comments, context in extract_from_dir(
        str(root),
        methods,
        options,
        KEYWORDS,
        directory_filter=lambda folder: Path(folder).relative_to(root).parts[0] in folders,
    ):
        found.add(message, None, [(path, 0)], context=context)
    return found


def read(path):
    """A catalogue as it is on disk."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def updated(catalogue, messages):
    """A catalogue with exactly these messages, and the translations that it had of them."""
    new = Catalog(locale=catalogue.locale)
    for message in messages:
        if message.id:
            had = catalogue.get(message.id, message.context)
            same = had is not None and had.id == message.id
            translation = had.string if same else ""
            new.add(message.id, translation, context=message.context)
    return new


def write(path, catalogue):
    """Write a catalogue sorted, one line a message, with nothing that differs by the day."""
    for message in catalogue:
        message.flags.clear()  # babel guesses that "5 % of" is a field
    with path.open("wb") as file:
        plurals = catalogue.plural_forms
        file.write(HEADER.format(language=path.stem, plurals=plurals).encode())
        write_po(
            file, catalogue, width=0, no_location=True, omit_header=True, sort_output=True,
            ignore_obsolete=True,
        )  # fmt: skip


def problems(catalogue, messages):
    """What is wrong with a catalogue, a line for each: nothing, if it has every message right."""
    wanted = {(m.context, m.id) for m in messages if m.id}
    has = {(m.context, m.id) for m in catalogue if m.id}
    yield from (f"is not in it: {m}" for m in wanted - has)
    yield from (f"is in no source: {m}" for m in has - wanted)
    for message in catalogue:
        if message.id:
            several = isinstance(message.id, tuple)
            sources = message.id if several else (message.id,)
            translations = message.string if several else (message.string,)
            if several and len(translations) != catalogue.num_plurals:
                yield f"has {len(translations)} plural forms: {message.id}"
            if not all(translations):
                yield f"is not translated: {message.id}"
            if message.fuzzy:
                yield f"is fuzzy: {message.id}"
            wanted_fields = fields(sources[-1])
            for text in translations:
                if text and fields(text) != wanted_fields:
                    yield f"has the fields {fields(text)}: {message.id}"


def fields(text):
    """The named fields of a message with what is done to them, and its marks of a chart.

    A message without a name in braces is not filled in: its braces are its own.
    """
    plotly = sorted(re.findall(r"%\{[^}]*\}", text))
    try:
        found = {(n, s, c) for _, n, s, c in string.Formatter().parse(text) if n is not None}
    except ValueError as error:
        return f"cannot be filled in: {error}"
    return plotly, sorted(found, key=str)


def main():
    """Bring every catalogue up to date; one named as an argument is begun if it is not there."""
    messages = extract()
    paths = {*LOCALE.glob("*.po"), *(LOCALE / f"{code}.po" for code in sys.argv[1:])}
    for path in sorted(paths):
        old = read(path) if path.exists() else Catalog(locale=path.stem)
        new = updated(old, messages)
        write(path, new)
        n_missing = sum(not any(m.string) for m in new if m.id)
        sys.stdout.write(f"{path.relative_to(ROOT)}: {len(new)} messages, {n_missing} empty\n")


if __name__ == "__main__":
    main()
