"""The ten stops of the tour: question, answers to guess, and notes for the speaker.

Conventions
-----------
answers
    What a visitor may guess.  Which of them holds is not written here: `genre.tour` finds it
    on the current song, or in the recorded figures.
essential
    A stop of the short tour: `SECONDS_A_STOP` for each of them are ten minutes.

All texts are messages: they are translated where they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from genre.language import N_

PLANS = {"essentials": N_("Essentials, 10 minutes"), "all": N_("All ten stops, 40 minutes")}
"""The two ways through; the names are in links."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One question on one screen.

    Parameters
    ----------
    title, question : str
    answers : tuple of str
        Two or three; one of them holds.
    page, scene, part : str
        Where the stop is shown at full length; scene and part are of the page Inside.
    notes : tuple of str
        What the speaker says, asks and answers.
    minutes : float
    is_essential : bool
    """

    title: str
    question: str
    answers: tuple[str, ...]
    page: str
    notes: tuple[str, ...]
    minutes: int
    scene: str = ""
    part: str = ""
    is_essential: bool = False


STOPS = (
    Stop(
        N_("What a waveform holds"),
        N_(
            "A song lies in the computer as a waveform. The network reads it in segments of about "
            "three seconds. How many numbers is one of them?"
        ),
        (N_("Hundreds"), N_("Thousands"), N_("Tens of thousands")),
        "inside",
        (
            N_("Play the segment, and point at where it is loud."),
            N_(
                "A waveform is one long series: the air pressure at the microphone, measured at "
                "equal intervals. Everything one hears is in it, but no single number means "
                "anything."
            ),
            N_("Ask: could you see in this picture which instrument plays?"),
        ),
        4,
        scene="way",
    ),
    Stop(
        N_("Why frames"),
        N_(
            "A recurrent network could read the samples one by one. Why does it read frames, "
            "summaries of short windows, instead?"
        ),
        (
            N_("The way back from the end of a segment to its beginning is far shorter"),
            N_("A frame keeps every detail of the sound"),
            N_("Samples say nothing about pitch"),
        ),
        "inside",
        (
            N_(
                "Frames lose detail: nobody can rebuild the exact sound from them. Samples do hold "
                "pitch, as their period. What frames save is steps."
            ),
            N_(
                "Each row of the picture is one value, each column one step. Bright and dark are "
                "above and below that value's mean in the segment."
            ),
            N_("Training must follow every step back; remember the number for stop 4."),
        ),
        4,
        scene="way",
    ),
    Stop(
        N_("Does order matter?"),
        N_(
            "Shuffle the steps of every segment. Each average stays as it was; only the order is "
            "lost. What happens to the prediction?"
        ),
        (
            N_("The genre stays, and it is about as sure"),
            N_("The genre stays, but its probability moves by more than 5 points"),
            N_("Another genre"),
        ),
        "inside",
        (
            N_("Play both sounds: the ear notices at once. Then let the class guess."),
            N_(
                "If hardly anything moves, most of what this network uses for this song is in the "
                "averages. If it moves, the network used the order. Try another song."
            ),
            N_("A network that ignores the order needs no recurrence."),
        ),
        2,
        scene="way",
        part="Shuffled",
        is_essential=True,
    ),
    Stop(
        N_("What a simple RNN forgets"),
        N_(
            "Change the first step of a segment a little. Compared with the same change at the "
            "last step, how much of it reaches the last state of a simple RNN?"
        ),
        (N_("Half or more"), N_("A hundredth to a half"), N_("Less than a hundredth")),
        "inside",
        (
            N_(
                "The curve is the gradient: how much the last state depends on each earlier step. "
                "The axis is logarithmic, so a straight line down is a constant factor for each "
                "step."
            ),
            N_(
                "Both networks were trained on the same data with the same recipe; only the cell "
                "differs."
            ),
            N_("What the gradient does not reach, training cannot use."),
        ),
        2,
        scene="forgetting",
        is_essential=True,
    ),
    Stop(
        N_("The valve"),
        N_(
            "A forget gate is a valve between 0 and 1: it multiplies what the cell holds "
            "at every step. Take the unit with the longest memory. When is half of it gone?"
        ),
        (
            N_("Within a tenth of a segment"),
            N_("Within a segment"),
            N_("Only after the segment has ended"),
        ),
        "inside",
        (
            N_("Hold up a hand as the valve: open keeps, shut forgets, half open halves."),
            N_(
                "A gate of 0.9 sounds like a good memory. Let the class compute 0.9 to the power "
                "of 10: about a third is left."
            ),
            N_("The picture shows the gates of the units with the longest and the median memory."),
        ),
        2,
        scene="cell",
        is_essential=True,
    ),
    Stop(
        N_("A memory of 100 steps"),
        N_(
            "Cells with equally many weights are trained to recall the first of 100 symbols after "
            "the last one. Which of them learns it?"
        ),
        (
            N_("The LSTM, and no simple RNN"),
            N_("Only an LSTM whose forget gates are open at first"),
            N_("All of them, or none"),
        ),
        "inside",
        (
            N_(
                "These are recorded runs: the page Inside names the command that repeats them. "
                "Each dot is one seed."
            ),
            N_(
                "Textbooks say that LSTMs learn patterns of 100 steps. Where the forget gates are "
                "half open at first, hardly anything of the first symbol is left after 100 steps, "
                "and there is nothing to learn from."
            ),
            N_("Ask what a fair comparison has to hold equal."),
        ),
        6,
        scene="forgetting",
        part="Memory test",
    ),
    Stop(
        N_("When it made up its mind"),
        N_(
            "Stop the network after each step and ask it for a genre. Over this song's segments, "
            "when does the prediction stop changing, for half of them?"
        ),
        (
            N_("In the first third of a segment"),
            N_("In the second third"),
            N_("In the last third"),
        ),
        "inside",
        (
            N_(
                "The picture is the segment that takes longest. The dashed line is the last change "
                "of the prediction."
            ),
            N_("The network was trained on whole segments: it never had to answer early."),
            N_("Ask the class when they were sure themselves."),
        ),
        2,
        scene="verdict",
        is_essential=True,
    ),
    Stop(
        N_("Train one"),
        N_(
            "Training goes through the data again and again; one pass is an epoch. How much of "
            "its final validation accuracy does the network have after the first one?"
        ),
        (N_("Less than half"), N_("Half to nine tenths"), N_("Nine tenths or more")),
        "train",
        (
            N_("Start a run first, then ask; this page draws it while it trains."),
            N_(
                "Validation is on tracks that the network does not learn from. The distance of "
                "the two curves is what to watch."
            ),
            N_("Without time or permission to train, the recorded run tells the same."),
        ),
        6,
    ),
    Stop(
        N_("Why the high accuracy was a lie"),
        N_(
            "A song gives many segments. First they are split at random into training and test; "
            "then whole artists are kept apart. How much of the test accuracy is left?"
        ),
        (N_("Nine tenths or more"), N_("Half to nine tenths"), N_("Less than half")),
        "compare",
        (
            N_(
                "Accuracies above 90% on these genres are often measured with "
                "segments of one song on both sides. Ask what such a network may have learned."
            ),
            N_(
                "The proof is the control: with genres permuted between the songs there is nothing "
                "to learn about genre, and it is still right far too often."
            ),
            N_("What counts for new music is the last bar: no artist of the test was in training."),
        ),
        2,
        is_essential=True,
    ),
    Stop(
        N_("What a trained ear adds"),
        N_(
            "The network of the course reads 13 MFCCs. Another reads what a network trained on "
            "listeners' tags hears. What do they say about this song?"
        ),
        (
            N_("The same genre"),
            N_("Different genres, the course is surer"),
            N_("Different genres, the trained ear is surer"),
        ),
        "compare",
        (
            N_(
                "One song proves nothing; the figures over the folds do. Read them with their "
                "intervals."
            ),
            N_(
                "The trained ear brings knowledge from outside: its tagging network may have heard "
                "some of these tracks. Say so whenever you quote its accuracy."
            ),
            N_("Being sure is not being right: compare with what you hear."),
        ),
        6,
    ),
)

PLACES = {"inside": N_("Open in Inside"), "train": N_("Open in Train"),
          "compare": N_("Open in Compare")}  # fmt: skip
"""What the link to each page is called."""


def stops_of(plan: str) -> list[int]:
    """Return the numbers of the stops of a plan, from 1."""
    return [i for i, stop in enumerate(STOPS, 1) if stop.is_essential or plan == "all"]
