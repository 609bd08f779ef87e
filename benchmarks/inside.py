"""Looking inside: how soon the scenes of a song are ready."""

from __future__ import annotations

import statistics
from functools import partial

from benchmarks.recordings import make_mp3
from benchmarks.stopwatch import timed
from benchmarks.table import Bench, Row, benchmark


@benchmark("inside")
def scenes(bench: Bench) -> list[Row]:
    """All scenes of a song whose steps are at hand, with two models: medians of 5 runs.

    The shuffle, the trace and the film of all units, half-lives, the running prediction, the
    gradients through time, the picture of a cell, a gate held, and the figures.  The song has
    been decoded and classified, as on Classify; its way, which the page opens with, is one row
    of its own, and the occlusion maps, which fill in by and by, another.
    """
    from genre.audio.load import load_audio
    from genre.audio.signal import Signal
    from genre.interpret.cell import cell_series
    from genre.interpret.gradient_paths import measure_paths
    from genre.interpret.half_life import rank_memory
    from genre.interpret.held import run_layer
    from genre.interpret.occlusion import occlude_values
    from genre.interpret.pull import unit_pulls
    from genre.interpret.running_prediction import predict_prefixes
    from genre.interpret.sequence import shuffle_steps
    from genre.interpret.silence import silence_seconds
    from genre.interpret.trace import trace_song
    from genre.interpret.way import trace_way
    from genre.models.classifier import Classifier, load_classifier
    from genre.models.song_analysis import SongAnalysis, analyze_song
    from genre.network.forward import HeldGate
    from genre.scenes import forgetting_charts as forgetting_charts
    from genre.scenes import prediction_charts as inside_charts
    from genre.scenes.cell_picture import picture_data
    from genre.scenes.gate_lanes import gate_lanes
    from genre.scenes.way_picture import way_data

    def draw_scenes(classifier: Classifier, song: SongAnalysis) -> None:
        network, features, genres = classifier.network, classifier.features, classifier.genres
        audible = song.prediction.audible
        shuffled = shuffle_steps(network, song.steps, audible=audible)
        inside_charts.shuffled_prediction(shuffled, genres)
        found = measure_paths(network, song.steps, step_seconds=features.step_seconds)
        forgetting_charts.gradient_paths({"it": found})
        picture_data(cell_series(network, network.trace(song.steps), layer=2, unit=0))
        run_layer(network, song.steps, features, layer=2, held=[HeldGate(2, "forget", 0.0)])
        trace = trace_song(network, song.steps, features)
        unit_pulls(network, song.steps, audible=audible)
        last = trace.layers[-1]
        units = range(len(last.activity))
        [lane.to_dict() for lane in gate_lanes(trace, last, units, song.prediction.seconds)]
        forgetting_charts.unit_memory(rank_memory(trace, trace.layers[1]))
        running = predict_prefixes(network, song.steps, features)
        inside_charts.prefix_curves(running, 0, genres)
        inside_charts.prefix_heatmap(running, genres)

    def draw_way(classifier: Classifier, song: SongAnalysis) -> None:
        way_data(trace_way(song, classifier), song.prediction)

    def fill_occlusion_maps(classifier: Classifier, song: SongAnalysis, signal: Signal) -> None:
        network, features, genres = classifier.network, classifier.features, classifier.genres
        audible = song.prediction.audible
        genre = genres.index(song.prediction.genre)
        silent = silence_seconds(
            lambda: signal,
            song.steps,
            audible=audible,
            genre=genre,
            network=network,
            features=features,
        )
        for _ in silent:
            pass
        for _ in occlude_values(network, song.steps, features, audible=audible, genre=genre):
            pass

    rows = []
    models = {name: load_classifier(name) for name in ("starter", "course")}
    for length, seconds, under in (("30 s", 30, 0.3), ("4 minute", 240, 2.0)):
        path = make_mp3(bench.folder, seconds)
        tasks = []
        for name, classifier in models.items():
            parts = (classifier, analyze_song(path, classifier))
            signal = load_audio(path, sr=classifier.features.sr)
            tasks += [
                (f"its way through `{name}`", partial(draw_way, *parts), 0.3),
                (f"all scenes of `{name}` ready", partial(draw_scenes, *parts), under),
                (
                    f"the occlusion maps of `{name}` filled",
                    partial(fill_occlusion_maps, *parts, signal),
                    None,
                ),
            ]
        for what, task, limit in tasks:
            run = timed(task)
            run()
            taken = statistics.median(run() for _ in range(bench.times(5)))
            rows.append(
                Row(
                    f"A {length} song, inside: {what}",
                    f"{1000 * taken:.0f} ms",
                    "",
                    f"under {1000 * limit:.0f} ms" if limit else "",
                    taken < limit if limit else None,
                )
            )
    return rows
