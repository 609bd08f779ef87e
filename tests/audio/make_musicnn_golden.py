"""Make ``data/musicnn.npz``: what the published network computes, in TensorFlow.

``python -m tests.audio.make_musicnn_golden WHEEL``.  The authors' own graph is run, from the
wheel's meta graph and checkpoint, on mel spectrograms by librosa.
"""

import sys
import tempfile
from pathlib import Path

import librosa
import numpy as np

from models.ears.make_musicnn import fold, open_checkpoint, read_checkpoint
from tests.support.musicnn_signals import FRAMES, SR, TRACKS, made_up_signals, recorded_signal

OUTPUTS = {
    "maps": "model/concat_1",
    "penultimate": "model/batch_normalization_10/batchnorm/add_1",
    "tags": "model/Sigmoid",
}
GOLDEN = Path(__file__).parent / "data" / "musicnn.npz"


def main(wheel):
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = open_checkpoint(Path(wheel), Path(folder))
        run = open_graph(checkpoint)
        _, channels = fold(read_checkpoint(checkpoint))
    signals = made_up_signals() | {track: recorded_signal(track) for track in TRACKS}
    golden = {"names": np.array(list(signals)), "channels": channels}
    outputs = [run(librosa_input(samples)) for samples in signals.values()]
    for key in OUTPUTS:
        golden[key] = np.stack([of_one[key] for of_one in outputs]).astype(np.float32)
    constant = np.delete(golden["maps"], channels, axis=2)
    sys.stdout.write(f"what is left out moves by {np.ptp(constant, axis=(0, 1)).max():.1e}\n")
    golden["constants"] = np.delete(golden["maps"], channels, axis=2).mean(axis=(0, 1))
    golden["maps"] = golden["maps"][:, FRAMES][..., channels]  # all would take 4 MB
    np.savez_compressed(GOLDEN, **golden)


def librosa_input(samples):
    power = librosa.feature.melspectrogram(y=samples, sr=SR, n_fft=512, hop_length=256, n_mels=96)
    return np.log10(10_000 * power.T[:187] + 1)


def open_graph(checkpoint):
    """Return what runs the authors' graph, with the numbers of the checkpoint in it."""
    # Here, for pytest looks for examples in this module too, and would load TensorFlow.
    import tensorflow as tf
    from tensorflow.core.protobuf import meta_graph_pb2

    reader = tf.compat.v1.train.NewCheckpointReader(f"{checkpoint}/")
    meta = meta_graph_pb2.MetaGraphDef()
    meta.ParseFromString((checkpoint / ".meta").read_bytes())
    definition = tf.compat.v1.graph_util.extract_sub_graph(meta.graph_def, list(OUTPUTS.values()))
    for node in definition.node:
        node.attr.pop("_output_shapes", None)  # of an older TensorFlow
        if node.op in ("VariableV2", "Variable"):
            value = tf.compat.v1.make_tensor_proto(reader.get_tensor(node.name))
            dtype = node.attr["dtype"].type
            node.op = "Const"
            node.attr.clear()
            node.attr["dtype"].type = dtype
            node.attr["value"].tensor.CopyFrom(value)
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(definition, name="")
    places = [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]
    (mel,) = (p for p in places if p.dtype == tf.float32 and p.shape.rank == 3)
    (is_training,) = (p for p in places if p.dtype == tf.bool)
    session = tf.compat.v1.Session(graph=graph)
    fetched = {key: graph.get_tensor_by_name(f"{name}:0") for key, name in OUTPUTS.items()}

    def run(log_mel):
        given = {mel: log_mel[np.newaxis], is_training: False}
        outputs = session.run(fetched, given)
        return {key: value.squeeze() for key, value in outputs.items()}

    return run


if __name__ == "__main__":
    main(sys.argv[1])
