"""What is said of the moments that a prediction rests on."""

from genre.interpret.why import Moment, Verdict, Why
from genre.text.why import sentence

MOMENT = Moment(0, 3, "jazz", 0.9)


def test_other_genre_without_them_is_named():
    why = Why(
        Verdict("jazz", 0.6, 0.6), (MOMENT,) * 3, (MOMENT,),
        Verdict("rock", 0.5, 0.4), Verdict("jazz", 0.8, 0.8),
    )  # fmt: skip

    assert sentence(why) == (
        "Without the three moments that speak most for it, this would have been rock (50%), not "
        "jazz. Without the moment that speaks most against it, this would still be jazz, at 80% "
        "instead of 60%."
    )


def test_no_change_is_said_to_be_none():
    why = Why(Verdict("jazz", 0.6, 0.6), (MOMENT,) * 2, (), Verdict("jazz", 0.601, 0.601))

    assert sentence(why) == (
        "Without the two moments that speak most for it, this would still be jazz, at 60% as "
        "before."
    )
