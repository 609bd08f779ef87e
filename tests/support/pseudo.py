"""A language that nobody speaks: every message in brackets, so that what is in none stands out."""

import html
import json
import re

from babel.messages.catalog import Catalog

from genre.text.genres import NAMES
from tests.support import messages

CODE = "ko"
"""A real code, since babel must know its plurals and numbers; the words are English in brackets."""
SHOWN = {"label", "help", "body", "placeholder", "alt", "options", "content", "caption", "text"}
"""What of an element's message is read by visitors."""
TEXTS_OF_CHARTS = {"text", "name", "hovertemplate", "title", "ticktext"}
UNSEEN = re.compile(
    r":material/\w+:|`[^`]*`|<style.*?</style>|<(?:extra|/extra)>|%\{[^}]*\}", re.DOTALL
)
SPOKEN = re.compile(r'(?:aria-label|title|alt)="([^"]*)"')
WORD = re.compile(r"[A-Za-z]{2,}")


def write_catalogue(folder):
    """Write the catalogue of all messages of the source, each in brackets."""
    catalogue = Catalog(locale=CODE)
    for message in messages.extract():
        if message.id:
            several = isinstance(message.id, tuple)
            marked = f"⟦{message.id[-1] if several else message.id}⟧"
            catalogue.add(message.id, (marked,) if several else marked, context=message.context)
    messages.write(folder / f"{CODE}.po", catalogue)


def words_outside(text):
    """The words of a text that are in no brackets; brackets may be within others."""
    for escaped in ("\\", "**", "&nbsp;"):
        text = text.replace(escaped, "")
    while (inner := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = inner
    spoken = SPOKEN.findall(text)
    text = UNSEEN.sub(" ", text)
    return WORD.findall(html.unescape(" ".join([re.sub(r"<[^<>]*>", " ", text), *spoken])))


def genres_in(text):
    """The genres in a text that are named in English, brackets or not."""
    return re.findall(rf"(?<!⟦)\b(?:{'|'.join(NAMES)})\b(?!⟧)", text)


def shown_texts(page):
    """All texts of a page: of elements, charts, tables and components, with where they stand."""
    for element in _elements(page._tree):
        proto = getattr(element, "proto", None)
        kind = type(proto).__name__
        if kind == "PlotlyChart":
            yield from ((kind, text) for text in _named(json.loads(proto.spec), TEXTS_OF_CHARTS))
            yield kind, proto.alt
        elif kind == "BidiComponent":
            yield from ((proto.component_name, text) for text in _of_component(proto.json))
        elif kind == "Dataframe":
            columns = json.loads(proto.columns or "{}")
            yield from ((kind, text) for text in _named(columns, {"label", "help"}))
            yield kind, proto.alt
        elif proto is not None:
            yield from ((kind, text) for text in _of_message(proto))


def _elements(block):
    for child in getattr(block, "children", {}).values():
        yield child
        yield from _elements(child)


def _of_message(proto):
    for field, value in proto.ListFields():
        several = not isinstance(value, str) and hasattr(value, "__iter__")
        for one in value if several else [value]:
            if isinstance(one, str) and field.name in SHOWN:
                yield one
            elif hasattr(one, "ListFields"):
                yield from _of_message(one)


def _of_component(content):
    """What a component is given: its words, or the HTML that it shows."""
    data = json.loads(content or "null")
    if isinstance(data, str):
        if data.startswith("<"):
            yield data
    else:
        yield from _named(data, {"words", "title", "titles", "rows", "unit", "tags", "about"})


def _named(values, names, is_inside=False):
    """All texts below some names of nested values."""
    if isinstance(values, str):
        if is_inside:
            yield values
    elif isinstance(values, dict):
        for name, value in values.items():
            yield from _named(value, names, is_inside or name in names)
    elif isinstance(values, list):
        for value in values:
            yield from _named(value, names, is_inside)
