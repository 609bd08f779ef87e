"""Sentences about saved models: names with accuracies, what each reads, and musicnn's tags.

Conventions
-----------
Plain text, no markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from genre.audio.feature_config import FeatureConfig
from genre.audio.tags import MIN_PROBABILITY, MIN_RATIO, N_NAMED, Tag
from genre.language import N_, _, ngettext
from genre.models.card import ModelCard
from genre.models.keras_import import KerasModel
from genre.models.names import shown_name
from genre.models.song_analysis import SongView
from genre.text.format import count, general, percent
from genre.text.genres import both

NO_TAGS = N_(
    "This model reads MFCCs. Choose one that reads musicnn values, such as ear, to "
    "also see which of listeners' tags stand out."
)

ACCURACIES_HELP = N_(
    "Accuracy per track by artists who were not in the model's training. Models that "
    "read musicnn values, such as ear, or are taught by them are not comparable with "
    "the others: musicnn itself may have been trained on these artists."
)


def tags_help() -> str:
    """Return where the tags come from, and which are named."""
    return _(
        "The network musicnn, whose values this model reads, estimates for each segment how "
        "probable 50 of listeners' tags are. Named are up to {n} of at least {share} that are also "
        "at least {ratio} times as probable as on average in the 430 tracks of the bundled data, "
        "the most probable first."
    ).format(n=N_NAMED, share=percent(MIN_PROBABILITY), ratio=general(MIN_RATIO))


def values_name(features: FeatureConfig) -> str:
    """Return what the numbers are called that a network reads, in a sentence."""
    return _("MFCCs") if features.kind == "mfcc" else _("musicnn values")


def tag_list(tags: Sequence[Tag]) -> str:
    """Return tags with their mean probabilities.

    Examples
    --------
    >>> tag_list([Tag("soul", 0.42), Tag("60s", 0.1)])
    'soul 42%, 60s 10%'
    """
    words = ", ".join(f"{tag.word} {percent(tag.probability)}" for tag in tags)
    return words or _("none stands out")


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
        Shown where there is no card.
    card : ModelCard or None
        None if the model is damaged.

    Examples
    --------
    >>> model_label("broken", None)
    'broken · cannot be read'
    """
    if card is None:
        return _("{name} · cannot be read").format(name=name)
    name, figure = shown_name(card) if card.label else name, card.leak_free_figure
    if figure is None:
        return _("{name} · not measured").format(name=name)
    return _("{name} · {share} of {tracks}").format(
        name=name, share=percent(figure.value), tracks=count(figure.n, "track")
    )


def saved_line(name: str, label: str) -> str:
    """Return under which name a model was saved, and what was made of what was typed."""
    if not label:
        return _("Saved as {model}.").format(model=name)
    made_fit = _("Saved as {label}; links and commands call it {name}.")
    return made_fit.format(label=label, name=name)


def what_models_read(compared: Sequence[tuple[ModelCard, SongView]]) -> str:
    """Return why the predictions of some models may differ: what each reads of the same song."""
    by_kind: dict[str, list[str]] = {}
    for card, _view in compared:
        by_kind.setdefault(card.features.kind, []).append(shown_name(card))
    sentences = [_reads(kind, names) for kind, names in by_kind.items()]
    if len(by_kind) == 1 and len(compared) > 1:
        sentences.append(_("They differ in their network, its weights, or both."))
    tags = next((view.strongest_tags for _card, view in compared if view.tags is not None), ())
    if tags:
        sentences.append(_("The tags that stand out here: {tags}.").format(tags=tag_list(tags)))
    return " ".join(sentences)


def _reads(kind: str, names: Sequence[str]) -> str:
    """Return what some models read, by the kind of their features."""
    said = (
        ngettext(
            "{models} reads MFCCs: the timbre of each segment, and how it changes.",
            "{models} read MFCCs: the timbre of each segment, and how it changes.",
            len(names),
        )
        if kind == "mfcc"
        else ngettext(
            "{models} reads what musicnn, a network trained on listeners' tags of a million "
            "songs, computes for each segment.",
            "{models} read what musicnn, a network trained on listeners' tags of a million "
            "songs, computes for each segment.",
            len(names),
        )
    )
    return said.format(models=both(names))


def keras_line(model: KerasModel) -> str:
    """Return what a Keras model is made of, and what it reads and gives."""
    network = model.network
    cell = "LSTM" if network.cell == "lstm" else "SimpleRNN"
    layers = [f"{cell}({units})" for units in network.units]
    if network.bidirectional:
        layers = [_("{layer}, both directions").format(layer=layer) for layer in layers]
    layers += [f"Dense({units})" for units in (*network.dense_layers.values(), network.n_genres)]
    steps = count(network.n_steps, "step") if model.has_steps else _("any number of steps")
    return _("{layers}. It reads {steps} of {values}.").format(
        layers=", ".join(layers), steps=steps, values=count(network.n_values, "value")
    )


def split_genres(text: str) -> list[str]:
    """Return the names that stand one a line, or between commas."""
    return [name.strip() for name in text.replace(",", "\n").splitlines() if name.strip()]
