"""What a card says, in the visitor's language."""

import re

from genre.audio.alterations import ALTERATIONS
from genre.language import use
from genre.models.registry import list_models, read_card
from genre.paths import MODELS_BUNDLED
from genre.text import accuracy as accuracy_text


def test_every_alteration_has_a_name_in_the_catalogues():
    assert set(ALTERATIONS) <= set(accuracy_text.ALTERATIONS)


def test_bundled_cards_are_wholly_in_korean():
    names = list_models(MODELS_BUNDLED)
    assert len(names) >= 4
    for name in names:
        with use("ko"):
            lines = accuracy_text.card_lines(read_card(name, MODELS_BUNDLED))
        said = [line for line in lines if "python -m" not in line]
        english = {word for line in said for word in re.findall(r"[a-z]{3,}", line)}
        assert len(said) > 3
        assert english <= {"gtzan", "subset", "musicnn", "starter", "kbit"}, english
