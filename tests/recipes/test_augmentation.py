"""What an epoch sees: every track alike, and variations that stay what they claim to be."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre.audio.features import frames_to_steps
from genre.recipes.augmentation import TrainingSide, draw_epoch
from genre.recipes.config import TrainConfig

N_MFCC, N_STEPS = 3, 20
PLAIN = TrainConfig(n_mfcc=N_MFCC, texture_frames=5, deltas=True)  # 12 values to a step
LEVELS = slice(0, N_MFCC)  # after them: means of deltas, deviations of both
seeds = st.integers(0, 2**31 - 1)


def make_side(n_segments: list[int], *, seed: int = 0, n_genres: int = 4) -> TrainingSide:
    """So many segments for each track, no two values alike."""
    rng = np.random.default_rng(seed)
    track_index = np.repeat(np.arange(len(n_segments)), n_segments)
    level = np.repeat([-200.0, 80, 10, 0.5, 0.2, 0.1, 30, 20, 10, 2, 1, 0.5], 1)
    X = level + rng.normal(0, 10, (len(track_index), N_STEPS, 12))
    y = np.arange(len(n_segments))[track_index] % n_genres
    return TrainingSide.of(X.astype(np.float32), y, track_index, n_genres)


def origins(X: np.ndarray, side: TrainingSide) -> np.ndarray:
    """Find each drawn segment among those of the side."""
    same = (X[:, np.newaxis] == side.X[np.newaxis]).all(axis=(2, 3))
    assert (same.sum(axis=1) == 1).all()
    return same.argmax(axis=1)


@pytest.fixture
def side() -> TrainingSide:
    """Forty tracks of one to five segments."""
    return make_side([1 + i % 5 for i in range(40)])


def test_mean_and_deviation_are_over_segments_and_steps(side):
    flat = side.X.reshape(-1, 12)

    np.testing.assert_allclose(side.mean, flat.mean(axis=0), atol=1e-3)
    np.testing.assert_allclose(side.deviation, flat.std(axis=0), atol=1e-3)


def test_epoch_without_augmentation_is_the_segments_in_another_order(side):
    X, targets = draw_epoch(side, PLAIN, 0)

    drawn = origins(X, side)
    assert sorted(drawn) == list(range(len(side.X)))
    assert drawn.tolist() != sorted(drawn)
    np.testing.assert_array_equal(targets, np.eye(4)[side.y[drawn]])
    assert (X.dtype, targets.dtype) == (np.float32, np.float32)


VARIED = replace(
    PLAIN,
    **{"segments_per_track": 2, "roll": True, "mask": 0.2, "shift": 0.15, "gain": 0.1},
    **{"mixup": 0.4, "label_smoothing": 0.1},
)


@pytest.mark.parametrize("config", [PLAIN, VARIED], ids=["plain", "varied"])
def test_draw_of_the_same_seed_and_epoch_is_the_same(side, config):
    first, again = (draw_epoch(side, replace(config, seed=7), 3) for _ in range(2))

    for array, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(array, same)


@pytest.mark.parametrize("config", [PLAIN, VARIED], ids=["plain", "varied"])
def test_draw_of_another_epoch_or_seed_differs(side, config):
    X, _ = draw_epoch(side, replace(config, seed=7), 3)

    for seed, epoch in [(7, 4), (8, 3), (3, 7)]:
        assert not np.array_equal(X, draw_epoch(side, replace(config, seed=seed), epoch)[0])


def test_draw_leaves_side_as_it_was(side):
    before = side.X.copy()

    draw_epoch(side, VARIED, 0)

    np.testing.assert_array_equal(side.X, before)


@settings(deadline=None, max_examples=30)
@given(
    n_segments=st.lists(st.integers(1, 7), min_size=1, max_size=12),
    per_track=st.integers(1, 6),
    seed=seeds,
)
def test_draw_takes_as_many_segments_of_each_track(n_segments, per_track, seed):
    side = make_side(n_segments)
    config = replace(PLAIN, segments_per_track=per_track, seed=seed)

    X, targets = draw_epoch(side, config, 0)

    drawn = origins(X, side)
    assert np.bincount(side.track_index[drawn]).tolist() == [per_track] * len(n_segments)
    np.testing.assert_array_equal(targets, np.eye(4)[side.y[drawn]])
    times = np.bincount(drawn, minlength=len(side.X))
    for track, n in enumerate(n_segments):  # none again before all have been
        assert np.ptp(times[side.track_index == track]) <= 1, (n, per_track)


def test_balanced_draws_give_each_genre_as_much_and_its_tracks_alike():
    side = make_side([2] * 40)
    side = replace(side, y=np.where(side.track_index < 4, 0, 3))  # 4 tracks, 36, and two absent
    config = replace(PLAIN, segments_per_track=3, balance_genres=True)

    drawn = [origins(draw_epoch(side, config, epoch)[0], side) for epoch in range(30)]

    of_track = np.bincount(side.track_index[np.concatenate(drawn)]) / 30
    np.testing.assert_allclose(of_track[:4], 15, rtol=0.1)  # 60 of 120 draws from 4 tracks
    np.testing.assert_allclose(of_track[4:], 60 / 36, rtol=0.35)
    assert of_track[4:].mean() == pytest.approx(60 / 36, rel=0.05)
    assert np.mean([len(d) for d in drawn]) == pytest.approx(120, rel=0.05)


@settings(deadline=None, max_examples=30)
@given(
    seed=seeds,
    label_smoothing=st.floats(0, 0.5),
    mixup=st.floats(0, 4),
    n_genres=st.integers(2, 12),
)
def test_targets_are_probabilities(seed, label_smoothing, mixup, n_genres):
    side = make_side([2] * 15, n_genres=n_genres)
    config = replace(PLAIN, seed=seed, label_smoothing=label_smoothing, mixup=mixup)

    _, targets = draw_epoch(side, config, 0)

    assert targets.shape == (30, n_genres)
    assert targets.min() >= 0
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-6)


def test_smoothing_gives_every_genre_its_share(side):
    X, targets = draw_epoch(side, replace(PLAIN, label_smoothing=0.2), 0)

    truth = side.y[origins(X, side)]
    np.testing.assert_allclose(targets[np.arange(len(X)), truth], 0.8 + 0.2 / 4, rtol=1e-6)
    np.testing.assert_allclose(np.sort(targets, axis=1)[:, :-1], 0.2 / 4, rtol=1e-6)


def plain_and(side: TrainingSide, **variation) -> tuple[np.ndarray, np.ndarray]:
    """The same draw without and with a variation: choosing segments comes first."""
    return tuple(draw_epoch(side, replace(PLAIN, **c), 5)[0] for c in ({}, variation))


def test_rolling_starts_elsewhere_and_loses_nothing(side):
    plain, rolled = plain_and(side, roll=True)

    starts = []
    for one, other in zip(plain, rolled, strict=True):
        starts += [k for k in range(N_STEPS) if np.array_equal(np.roll(one, -k, axis=0), other)]
    assert len(starts) == len(plain)
    assert len(set(starts)) > N_STEPS / 2


@pytest.mark.parametrize("mask", [0.1, 0.25, 0.5])
def test_blanking_replaces_one_stretch_by_mean(side, mask):
    plain, blanked = plain_and(side, mask=mask)

    lengths = set()
    for one, other in zip(plain, blanked, strict=True):
        is_blank = (other == side.mean).all(axis=1)
        np.testing.assert_array_equal(other[~is_blank], one[~is_blank])
        n_starts = np.sum(is_blank & ~np.roll(is_blank, 1))  # counted round the end
        assert n_starts == (1 if is_blank.any() else 0)
        lengths.add(int(is_blank.sum()))
    assert max(lengths) == round(mask * N_STEPS)
    assert min(lengths) == 0


def test_shift_moves_levels_alone_and_all_steps_alike(side):
    plain, shifted = plain_and(side, shift=0.5)

    np.testing.assert_array_equal(shifted[..., N_MFCC:], plain[..., N_MFCC:])
    moved = (shifted - plain)[..., LEVELS]
    np.testing.assert_allclose(moved, np.broadcast_to(moved[:, :1], moved.shape), atol=1e-3)
    in_deviations = moved[:, 0] / side.deviation[LEVELS]
    assert np.std(in_deviations) == pytest.approx(0.5, rel=0.15)
    assert np.mean(in_deviations) == pytest.approx(0, abs=0.1)
    assert np.unique(in_deviations.round(4)).size > 0.9 * in_deviations.size


def test_gain_stretches_about_mean_coefficient_and_all_made_of_it(side):
    plain, stretched = plain_and(side, gain=0.3)

    centre = np.where(np.arange(12) < N_MFCC, side.mean, 0)
    gain = ((stretched - centre) / (plain - centre)).reshape(len(plain), N_STEPS, 4, N_MFCC)
    gain_of_segment = np.median(gain, axis=(1, 2))
    np.testing.assert_allclose(
        (stretched - centre).reshape(gain.shape),
        (plain - centre).reshape(gain.shape) * gain_of_segment[:, np.newaxis, np.newaxis],
        atol=1e-2,
    )
    assert np.std(gain_of_segment) == pytest.approx(0.3, rel=0.15)
    assert np.median(np.ptp(gain_of_segment, axis=1)) > 0.1  # each coefficient has its own


def test_gain_leaves_values_at_the_mean_unchanged():
    side = make_side([1] * 6)
    X = side.X.copy()
    X[..., LEVELS] = side.mean[LEVELS]
    at_mean = TrainingSide.of(X, side.y, side.track_index, 4)

    plain, stretched = plain_and(at_mean, gain=0.5)

    np.testing.assert_allclose(stretched[..., LEVELS], plain[..., LEVELS], atol=1e-3)


def playing(side: TrainingSide, frames: np.ndarray) -> TrainingSide:
    """The same side, made of such frames."""
    steps = frames_to_steps(frames, PLAIN.feature_config)
    return TrainingSide.of(steps, side.y, side.track_index, side.n_genres, frames)


def ramps(side: TrainingSide) -> np.ndarray:
    """Return for each segment frames that rise by one from each to the next."""
    frames = np.zeros((len(side.X), 130, N_MFCC), dtype=np.float32)
    frames[:] = np.arange(130)[:, np.newaxis]
    return frames


def test_playing_faster_passes_more_frames_in_step(side):
    plain, varied = plain_and(playing(side, ramps(side)), speed=0.2)

    pace = np.diff(varied[..., 0], axis=1) / np.diff(plain[..., 0], axis=1)
    usual = np.median(pace, axis=1)  # but for where the segment starts again
    assert np.std(np.log(usual)) == pytest.approx(0.2, rel=0.3)
    for of_segment, most in zip(pace, usual, strict=True):
        np.testing.assert_allclose(of_segment[: int(24 / max(most, 1))], most, rtol=1e-3)


def test_warp_gives_segments_other_voices_but_no_other_loudness_or_time(side):
    rng = np.random.default_rng(3)
    frames = np.zeros((len(side.X), 130, N_MFCC), dtype=np.float32)
    frames[..., 1:] = rng.normal(0, 10, (len(side.X), 1, N_MFCC - 1))
    plain, varied = plain_and(playing(side, frames), warp=0.1)

    assert (np.abs(varied - plain)[..., 1].max(axis=1) > 1e-3).mean() > 0.9
    np.testing.assert_allclose(varied[..., N_MFCC:], 0, atol=1e-3)  # what stood still stands still
    loud = np.zeros_like(frames)
    loud[..., 0] = 100
    same, also = plain_and(playing(side, loud), warp=0.1)
    np.testing.assert_allclose(also, same, atol=1e-3)


def test_mixing_lies_between_two_segments_and_their_genres(side):
    """With one number to a segment and a genre that says it, both must have moved together."""
    value = np.arange(len(side.X), dtype=np.float32)
    flat = replace(
        side, X=np.broadcast_to(value[:, None, None], side.X.shape).copy(), y=np.arange(len(value))
    )
    flat = replace(flat, n_genres=len(value))

    X, targets = draw_epoch(flat, replace(PLAIN, mixup=1.0), 0)

    np.testing.assert_allclose(X, np.broadcast_to(X[:, :1, :1], X.shape), rtol=1e-5)
    np.testing.assert_allclose(X[:, 0, 0], targets @ value, rtol=1e-4, atol=1e-3)
    assert ((targets > 0).sum(axis=1) <= 2).all()
    assert ((targets > 0.01).sum(axis=1) == 2).mean() > 0.8
    assert (X.min(), X.max()) >= (0, 0)
    assert X.max() <= value.max()


def test_everything_at_once_is_finite_and_as_many(side):
    X, targets = draw_epoch(side, VARIED, 0)

    assert X.shape == (80, N_STEPS, 12)
    assert (X.dtype, targets.dtype) == (np.float32, np.float32)
    assert np.isfinite(X).all()


def test_gain_never_turns_a_deviation_negative(side):
    columns = np.arange(side.X.shape[2]) >= N_MFCC
    side = replace(side, X=np.abs(side.X))
    _, stretched = plain_and(side, gain=0.5)
    assert (stretched[..., columns] >= 0).all()


def test_altered_segments_are_drawn_in_the_share_of_the_recipe_with_the_target_of_their_segment(
    side,
):
    twice = TrainingSide.of(
        np.concatenate([side.X, side.X + 100, side.X + 200]),
        side.y,
        side.track_index,
        4,
        taught=np.eye(4, dtype=np.float32)[np.arange(len(side.y)) % 4],
    )
    config = replace(PLAIN, altered=0.4, teacher=1.0, segments_per_track=100)

    X, targets = draw_epoch(twice, config, 0)

    drawn = origins(X, twice)
    version = drawn // len(side.y)
    assert np.bincount(version) / len(X) == pytest.approx([0.6, 0.2, 0.2], abs=0.03)
    np.testing.assert_array_equal(targets, np.eye(4)[drawn % len(side.y) % 4])  # the segment's
    np.testing.assert_array_equal(twice.mean, side.mean)  # of the segments as they are


def test_altered_versions_that_the_recipe_does_not_ask_for_change_nothing(side):
    twice = replace(side, X=np.concatenate([side.X, side.X + 100]))

    (X, _), (same, _) = (draw_epoch(one, VARIED, 3) for one in (side, twice))

    np.testing.assert_array_equal(X, same)
