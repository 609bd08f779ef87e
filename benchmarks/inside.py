"""Looking inside: how soon the scenes of a song are ready."""

from __future__ import annotations

import statistics
from functools import partial

from benchmarks.recordings import make_mp3
from benchmarks.stopwatch import timed
from benchmarks.table import Bench, Row, benchmark


@benchmark("inside")
def scenes(bench: Bench) -> list[Row]:
    """All six scenes of a song whose steps are at hand, with two models: medians of 5 runs.

    The shuffle, the trace and the film of all units, half-lives, the running prediction, the
    gradients through time, one step by hand, and the figures that draw them.  The song has
    been decoded and classified, as on Classify; the picture of its sequence is one row of its
    own, and the occlusion maps, which fill in by and by, another.
    """
    from genre.audio.load import load_audio
    from genre.audio.signal import Signal
    from genre.charts import cell as cell_charts
    from genre.charts import forgetting as forgetting_charts
    from genre.charts import inside as inside_charts
    from genre.charts.gate_lanes import gate_lanes
    from genre.interpret.cell import lstm_step
    from genre.interpret.gradients import measure_memory
    from genre.interpret.half_life import rank_memory
    from genre.interpret.occlusion import occlude_seconds, occlude_values
    from genre.interpret.running_prediction import predict_prefixes
    from genre.interpret.sequence import describe_sequence, shuffle_steps
    from genre.interpret.trace import trace_song
    from genre.interpret.unrolled import unroll
    from genre.models.classifier import Classifier, load_classifier
    from genre.models.song_analysis import SongAnalysis, analyze_song

    def draw_scenes(classifier: Classifier, song: SongAnalysis) -> None:
        network, features, genres = classifier.network, classifier.features, classifier.genres
        audible = song.prediction.audible
        shuffled = shuffle_steps(network, song.steps, audible=audible)
        inside_charts.shuffled_prediction(shuffled, genres)
        cell_charts.unrolled_network(unroll(network.config, batch_size=len(song.steps)), "#808080")
        curve = measure_memory(network, song.steps, step_seconds=features.step_seconds)
        forgetting_charts.forgetting({"it": curve}, {"it": "lstm"})
        first = network.trace(song.steps[:1])
        cell_charts.cell_step(lstm_step(network, first, layer=2, segment=0, step=9), 0)
        trace = trace_song(network, song.steps, features)
        [lane.to_dict() for lane in gate_lanes(trace, song.prediction.seconds)]
        forgetting_charts.unit_memory(rank_memory(trace, trace.layers[1]))
        running = predict_prefixes(network, song.steps, features)
        inside_charts.prefix_curves(running, 0, genres)
        inside_charts.prefix_heatmap(running, genres)

    def draw_sequence(signal: Signal) -> None:
        inside_charts.sequence_chart(describe_sequence(signal), 0)

    def fill_occlusion_maps(classifier: Classifier, song: SongAnalysis) -> None:
        network, features, genres = classifier.network, classifier.features, classifier.genres
        audible = song.prediction.audible
        genre = genres.index(song.prediction.genre)
        span = features.segment_seconds
        for _ in occlude_seconds(
            network, song.steps, audible=audible, genre=genre, segment_seconds=span
        ):
            pass
        for _ in occlude_values(network, song.steps, features, audible=audible, genre=genre):
            pass

    rows = []
    models = {name: load_classifier(name) for name in ("starter", "course")}
    for length, seconds, under in (("30 s", 30, 0.3), ("4 minute", 240, 2.0)):
        path = make_mp3(bench.folder, seconds)
        signal = load_audio(path, sr=models["starter"].features.sr)
        tasks = [("its sequence drawn", partial(draw_sequence, signal), under)]
        for name, classifier in models.items():
            parts = (classifier, analyze_song(path, classifier))
            tasks += [
                (f"all scenes of `{name}` ready", partial(draw_scenes, *parts), under),
                (
                    f"the occlusion maps of `{name}` filled",
                    partial(fill_occlusion_maps, *parts),
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
