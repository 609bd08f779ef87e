"""Sentences about saved models: names with accuracies, what each reads, and musicnn's tags.

Conventions
-----------
Plain text, no markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from genre.audio.tags import MIN_PROBABILITY, MIN_RATIO, N_NAMED, Tag
from genre.models.card import ModelCard
from genre.models.keras_import import KerasModel
from genre.models.song_analysis import SongView
from genre.text.format import count, percent

TAGS_HELP = (
    "The network musicnn, whose values this model reads, estimates for each segment how probable "
    f"50 of listeners' tags are. Named are up to {N_NAMED} of at least {percent(MIN_PROBABILITY)} "
    f"that are also at least {MIN_RATIO:g} times as probable as on average in the 430 tracks of "
    "the bundled data, the most probable first."
)
NO_TAGS = (
    "This model reads MFCCs. Choose one that reads musicnn values, such as ear, to also see which "
    "of listeners' tags stand out."
)

ACCURACIES_HELP = (
    "Accuracy per track by artists who were not in the model's training. Models that read musicnn "
    "values, such as ear, or are taught by them are not comparable with the others: musicnn itself "
    "may have been trained on these artists."
)

READS = {
    "mfcc": "MFCCs: the timbre of each segment, and how it changes",
    "musicnn": "what musicnn, a network trained on listeners' tags of a million songs, computes "
    "for each segment",
}
"""What a model reads, by the kind of its features."""


def tag_list(tags: Sequence[Tag]) -> str:
    """Return tags with their mean probabilities.

    Examples
    --------
    >>> tag_list([Tag("soul", 0.42), Tag("60s", 0.1)])
    'soul 42%, 60s 10%'
    """
    words = ", ".join(f"{tag.word} {percent(tag.probability)}" for tag in tags)
    return words or "none stands out"


def tags_of_segments(view: SongView) -> list[str]:
    """Return what musicnn heard in each segment, in words; nothing without musicnn."""
    if view.tags is None:
        return []
    segments = range(len(view.tags))
    return [", ".join(tag.word for tag in view.segment_tags(segment)) for segment in segments]


def model_label(name: str, card: ModelCard | None) -> str:
    """Return a model's name with its accuracy on unseen artists, for a list of models.

    Parameters
    ----------
    name : str
    card : ModelCard or None
        None if the model is damaged.

    Examples
    --------
    >>> model_label("broken", None)
    'broken · cannot be read'
    """
    if card is None:
        return f"{name} · cannot be read"
    figure = card.leak_free_figure
    if figure is None:
        return f"{name} · not measured"
    return f"{name} · {percent(figure.value)} of {count(figure.n, 'track')}"


def what_models_read(compared: Sequence[tuple[ModelCard, SongView]]) -> str:
    """Return why the predictions of some models may differ: what each reads of the same song."""
    by_kind: dict[str, list[str]] = {}
    for card, _ in compared:
        by_kind.setdefault(card.features.kind, []).append(card.name)
    sentences = [
        f"{' and '.join(names)} {'reads' if len(names) == 1 else 'read'} {READS[kind]}."
        for kind, names in by_kind.items()
    ]
    if len(by_kind) == 1 and len(compared) > 1:
        sentences.append("They differ in their network, its weights, or both.")
    tags = next((view.strongest_tags for _, view in compared if view.tags is not None), ())
    if tags:
        sentences.append(f"The tags that stand out here: {tag_list(tags)}.")
    return " ".join(sentences)


def keras_line(model: KerasModel) -> str:
    """Return what a Keras model is made of, and what it reads and gives."""
    network = model.network
    cell = "LSTM" if network.cell == "lstm" else "SimpleRNN"
    both = ", both directions" if network.bidirectional else ""
    layers = [f"{cell}({units}){both}" for units in network.units]
    layers += [f"Dense({units})" for units in (*network.dense_layers.values(), network.n_genres)]
    steps = count(network.n_steps, "step") if model.has_steps else "any number of steps"
    return f"{', '.join(layers)}. It reads {steps} of {count(network.n_values, 'value')}."


def split_genres(text: str) -> list[str]:
    """Return the names that stand one a line, or between commas."""
    return [name.strip() for name in text.replace(",", "\n").splitlines() if name.strip()]
