"""Sentences in the visitor's language, through gettext.

Conventions
-----------
message
    An English sentence as it stands in the source, and the key of its translation.  What varies
    is a named field, filled in afterwards: ``_("{n} of {total}").format(n=n, total=total)``, never
    an f-string, which has no key.
catalogue
    ``locale/<code>.po``, made with Babel.  It is read as it is, so a language is one file.

Which language holds is asked at each message: inside `use`, that one; else what the program that
imports this package says (`follow`), else ``GENRE_LAB_LANGUAGE``, else English.
"""

from __future__ import annotations

import gettext
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from genre.paths import LOCALE

SOURCE = "en"
"""The language of the messages in the source."""
VARIABLE = "GENRE_LAB_LANGUAGE"
_used: ContextVar[str] = ContextVar("language", default="")
_follows: list[Callable[[], str]] = [lambda: os.environ.get(VARIABLE, SOURCE)]


def codes() -> list[str]:
    """Return the codes of all languages, English first: it needs no catalogue."""
    return [SOURCE, *sorted(path.stem for path in LOCALE.glob("*.po"))]


def follow(language: Callable[[], str]) -> None:
    """Ask this function for the language from now on, wherever `use` does not say it."""
    _follows[:] = [language]


def current() -> str:
    """Return the code of the language that holds here."""
    return _used.get() or _follows[0]()


@contextmanager
def use(code: str) -> Iterator[None]:
    """Use a language within a block."""
    before = _used.set(code)
    try:
        yield
    finally:
        _used.reset(before)


@cache
def catalogue(code: str) -> gettext.NullTranslations:
    """Return a language's translations; none where there is no such catalogue."""
    if code not in codes()[1:]:
        return gettext.NullTranslations()
    # Here, for English needs none of it: every program imports this module.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (LOCALE / f"{code}.po").open("rb") as file:
        messages = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(message: str) -> str:
    """Return a message in the current language."""
    return catalogue(current()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """Return the message for a number, in the current language."""
    return catalogue(current()).ngettext(one, many, n)


def pgettext(context: str, message: str) -> str:
    """Return a message that is translated differently by what it is about."""
    return catalogue(current()).pgettext(context, message)


def N_(message: str) -> str:
    """Mark a message that is translated where it is shown: a constant of a module."""
    return message
