"""What the pages share: every piece of state, and caches (others: `train_state`, `compare_state`).

State of a visit (``st.session_state``)
---------------------------------------
=============  ==========================================================
key            meaning
=============  ==========================================================
model          name of the chosen model (widget, also ``?model=`` in the URL)
songs          list of `Song`: what was last dropped, pressed or recorded
songs_from     what brought them: ``uploads``, ``sketch`` or ``recording``
taken          ids of the files that came in an uploader and were taken up
set_aside      digests of what lay in the drop zone before a sketch was pressed
opened         index of the song that is shown; None while none of several is
moment         index of the segment to play; None for the song from its start
n_plays        how often a song or moment was chosen: a new player each time
shown          (digest, model) of the verdict that was drawn last
heard          (digest, model) of the songs this visitor has waited for
uploads        the drop zone (widget)
sketch         the sketches in the tab (widget), *first_sketch* those of the first visit,
               *header_sketch* those in the header
recording      the recorder (widget)
table_*        the table of several songs (widget; its row opens a song)
timeline_*     the timeline of a song, *slider_** the moments beside it (widgets)
run            name of the run on show on Train, also ``?run=`` in the URL
reader         `RunReader` of that run: what was read of it so far
recipe         preset and `TrainConfig` as last set on Train, also in the URL
data           the dataset to train on; *data_path*, *data_zip* where it lies (widgets)
zip_kept       the uploaded zip and where it was laid
asked          paths whose reading this visit has asked for
gtzan          which GTZAN to fetch (widget)
preset, set_*  the preset, and each setting of the recipe that is shown (widgets)
more           which group of further settings is shown (widget)
set_anew       whether the settings were set by a preset, not by their widgets
pinned         the `Song` that the next run is to be watched with
place          where Inside is, also in the URL: scene, part, step, frame, layer, unit
at_*           the widgets of that place
mfcc_*         settings of the series (widgets); *seed* how often its steps were shuffled
sequences_*    whether the drawn second layer returns sequences (widget)
textbook_*     the textbook's cell and forget gate (widgets)
test_*         the memory test to run (widgets), *test_problem* why it was not started
film_*         which units the film shows (widgets), *film_began* what it began with
rate_*         learning rate of a run, *epochs_** its epochs (widgets)
compared       references of the chosen contenders on Compare, also ``?compare=``
board_*        the leaderboard (widget; its rows choose contenders)
aspect         what of the chosen ones is shown (widget)
other          whose matrix is compared with the first one's (widget)
cell_genre     the true genre of the matrix's cell on show, *cell_given* the given one (widgets)
matrix_*       a matrix (widget; a click chooses the cell)
behind_*       the table of tracks behind a cell (widget; its row opens a track)
rename_*       a model's new name, *names_** whether its export keeps names (widgets)
import_*       the zip of a model, *import_name* what to call it (widgets)
n_imports      how many models this visit took in: a new drop zone each time
gone           names of models that this visit renamed or deleted
life           what came of the last rename, deletion or import: (went well, sentence)
=============  ==========================================================

Caches are shared by all visitors: each is bounded in number and time, and keyed
by the digest of the content, never by a name.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import streamlit as st

from genre.paths import MODELS as MODELS
from genre.paths import ROOT as ROOT
from genre.paths import RUNS as RUNS
from genre.paths import SAMPLES

if TYPE_CHECKING:  # heavy imports wait until there is a song: the first paint must not
    from genre.audio.song_facts import FactsJob
    from genre.errors import GenreError
    from genre.models.prediction import Classifier
    from genre.models.song_analysis import SongAnalysis, SongView

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Song:
    """A recording in hand."""

    name: str
    content: bytes
    digest: str
    about: str = ""

    @classmethod
    def of(cls, name: str, content: bytes, about: str = "") -> Song:
        """Keep a recording with the digest that the caches know it by."""
        return cls(name, content, hashlib.sha256(content).hexdigest(), about)


def is_home() -> bool:
    """Tell whether only this computer reaches the page: its files are offered to nobody else."""
    return st.get_option("server.address") in ("localhost", "127.0.0.1", "::1")


def sketches() -> list[str]:
    """Return the genres that there is a sketch of."""
    return sorted(path.stem for path in SAMPLES.glob("*.ogg"))


@st.cache_data(max_entries=20, ttl=HOUR, show_spinner=False)
def sketch(name: str) -> Song:
    """Return one of the project's own sketches as a song."""
    content = (SAMPLES / f"{name}.ogg").read_bytes()
    return Song.of(f"{name.capitalize()} sketch", content, "a sketch by this project, no record")


def classifier(name: str) -> Classifier:
    """Return a saved model, loaded once for all visitors until its folder changes."""
    return _classifier(name, stamp(name))


def stamp(name: str) -> int:
    """Return when a model's folder was last written."""
    from genre.models.registry import CARD_FILE, model_folder

    card = model_folder(name, MODELS) / CARD_FILE
    return card.stat().st_mtime_ns if card.exists() else 0


@st.cache_resource(max_entries=8, show_spinner=False)
def _classifier(name: str, stamp: int) -> Classifier:
    from genre.models.prediction import load_classifier

    return load_classifier(name, MODELS)


def analysis(song: Song, chosen: Classifier) -> SongAnalysis | GenreError:
    """Return a song as a model read it, or what is wrong with it; decoded once for all pages."""
    return _analysis(song.digest, chosen.card.name, stamp(chosen.card.name), song.content, chosen)


@st.cache_resource(max_entries=8, ttl=HOUR, show_spinner=False)
def _analysis(
    digest: str, model: str, stamp: int, _content: bytes, _classifier: Classifier
) -> SongAnalysis | GenreError:
    from genre.errors import GenreError
    from genre.models.song_analysis import analyze_song

    try:
        return analyze_song(_content, _classifier)
    except GenreError as error:  # kept as well: a bad file is not decoded anew on every click
        return error


def view(song: Song, chosen: Classifier) -> SongView | GenreError:
    """Return what is drawn of a song, or what is wrong with it: of more songs than `analysis`."""
    return _view(song.digest, chosen.card.name, stamp(chosen.card.name), song, chosen)


@st.cache_resource(max_entries=64, ttl=HOUR, show_spinner=False)
def _view(
    digest: str, model: str, stamp: int, _song: Song, _classifier: Classifier
) -> SongView | GenreError:
    outcome = analysis(_song, _classifier)
    return outcome if went_wrong(outcome) else outcome.view


def went_wrong(outcome: SongAnalysis | SongView | GenreError) -> bool:
    """Tell whether a song could not be read."""
    from genre.errors import GenreError

    return isinstance(outcome, GenreError)


def playable(song: Song) -> tuple[bytes, str]:
    """Return what a browser can play of a song, itself or a WAV made of it, and as what."""
    from genre.audio.load import browser_media_type

    if media_type := browser_media_type(song.content):
        return song.content, media_type
    return _wav(song.digest, song.content), "audio/wav"


@st.cache_resource(max_entries=4, ttl=HOUR, show_spinner=False)
def _wav(digest: str, _content: bytes) -> bytes:
    from genre.audio.load import load_audio
    from genre.audio.signal import encode_wav

    return encode_wav(load_audio(_content))


def facts_job(song: Song) -> FactsJob:
    """Return the helper process that looks for a song's tempo and key, started once."""
    return _facts_job(song.digest, song.content)


@st.cache_resource(max_entries=16, ttl=HOUR, show_spinner=False, on_release=lambda job: job.stop())
def _facts_job(digest: str, _content: bytes) -> FactsJob:
    from genre.audio.song_facts import start_facts

    return start_facts(_content)


def take(songs: list[Song], source: str) -> None:
    """Make these the songs in hand; of several, open the one that is new, or stay with the old."""
    state = st.session_state
    before = {song.digest for song in state.get("songs", [])}
    held = song_in_hand()
    new = [i for i, song in enumerate(songs) if song.digest not in before]
    same = [i for i, song in enumerate(songs) if held and song.digest == held.digest]
    state.songs, state.songs_from = songs, source
    if len(songs) == 1:
        open_song(0)
    elif len(new) == 1:
        open_song(new[0])
    else:
        open_song(same[0] if same and not new else None)


def has_untaken(uploader: str) -> bool:
    """Tell whether a file came that has not been taken up.

    An uploader's callback can be cut short: where a part of the page is drawn anew each second,
    such a tick may bring the file a moment before the upload does, and is ended by it.
    Streamlit then takes the callback for done.
    """
    return not ids_in(uploader) <= st.session_state.get("taken", set())


def note_taken(uploader: str) -> None:
    """Remember that the files of an uploader were taken up."""
    st.session_state.taken = st.session_state.get("taken", set()) | ids_in(uploader)


def ids_in(uploader: str) -> set[str]:
    """Return the ids of the files that an uploader holds, one or several."""
    held = st.session_state.get(uploader) or []
    return {file.file_id for file in (held if isinstance(held, list) else [held])}


def open_song(index: int | None) -> None:
    """Show one of the songs in hand, from its start."""
    state = st.session_state
    state.opened, state.moment = index, None
    state.n_plays = state.get("n_plays", 0) + 1


def choose_moment(segment: int) -> None:
    """Play a segment of the song in hand, again if it was played before."""
    st.session_state.moment = segment
    st.session_state.n_plays += 1


def are_heard(songs: list[Song], chosen: Classifier) -> bool:
    """Tell whether this visitor has waited for all of these songs before."""
    heard = st.session_state.get("heard", set())
    return {(song.digest, chosen.card.name) for song in songs} <= heard


def note_heard(songs: list[Song], chosen: Classifier) -> None:
    """Remember that these songs were waited for."""
    heard = st.session_state.setdefault("heard", set())
    heard |= {(song.digest, chosen.card.name) for song in songs}


def digest_of_all(songs: list[Song]) -> str:
    """Return a short digest of several songs, in their order."""
    return hashlib.sha256("".join(song.digest for song in songs).encode()).hexdigest()[:12]


def literal(text: str) -> str:
    """Return text that Markdown shows as it is, whatever a file is called."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+-.!|~$:" else c for c in text)


def ink() -> str:
    """Return the colour of text on the page's background, light or dark."""
    return "#e8edf2" if st.context.theme.type == "dark" else "#1b2530"


def song_in_hand() -> Song | None:
    """Return the song that is shown, if there is one."""
    songs, opened = st.session_state.get("songs", []), st.session_state.get("opened")
    return songs[opened] if opened is not None and opened < len(songs) else None


@st.cache_data(max_entries=8, ttl=HOUR, show_spinner=False)
def overview(name: str) -> dict[str, Any]:
    """Return what is in a bundled dataset."""
    from genre.datasets.load import load_dataset
    from genre.datasets.summary import describe_dataset

    return asdict(describe_dataset(load_dataset(name)))


def go_to(page: str) -> NoReturn:
    """Open another page, by its path.

    The link is written anew there: Streamlit refuses to clear one that holds a widget's value
    (the chosen model), unless it is told what to put in its place.
    """
    st.switch_page(page, query_params={})
