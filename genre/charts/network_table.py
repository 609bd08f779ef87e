"""A network's layers as an HTML table: fast enough to redraw with every move of a slider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genre.language import N_, _

if TYPE_CHECKING:
    from genre.network.config import NetworkConfig

_NAMES = {
    "steps": N_("Input"),
    "normalization": N_("Scaling"),
    "pooling": N_("Pooling"),
    "dropout": N_("Dropout"),
    "output": N_("Dense, softmax"),
}
_HEADINGS = (N_("Layer"), N_("Output shape"), N_("Parameters"))  # as Keras's summary has them


def layer_table(network: NetworkConfig) -> str:
    """Return a network's layers from input to output: output shapes and parameters.

    Parameters
    ----------
    network : NetworkConfig

    Returns
    -------
    html : str
        A table.  The last cell of a layer has its ``--share`` of the parameters, from 0 to 1,
        which the page's style sheet draws as a bar.
    """
    cell = "LSTM" if network.cell == "lstm" else _("Simple RNN")
    recurrent = _("{cell} {layer}, both directions") if network.bidirectional else "{cell} {layer}"
    layers = range(1, len(network.units) + 1)
    names = {name: _(title) for name, title in _NAMES.items()}
    names |= {f"recurrent_{i}": recurrent.format(cell=cell, layer=i) for i in layers}
    names |= dict.fromkeys(network.dense_layers, _("Dense, relu"))
    rows = [("steps", (network.n_steps, network.n_values), 0), *network.summary()]
    n_in_all = sum(row[-1] for row in rows)
    cells = "".join(
        f"<tr><th>{names[name]}</th><td>{' × '.join(map(str, shape))}</td>"
        f'<td class="share" style="--share:{n_parameters / n_in_all:.3f}">'
        f"{f'{n_parameters:,}' if n_parameters else ''}</td></tr>"
        for name, shape, n_parameters in rows
    )
    head = "".join(f"<th>{_(heading)}</th>" for heading in _HEADINGS)
    return (
        f'<table class="layers"><thead><tr>{head}</tr></thead><tbody>{cells}</tbody>'
        f"<tfoot><tr><th>{_('Total')}</th><td></td><td>{n_in_all:,}</td></tr></tfoot></table>"
    )
