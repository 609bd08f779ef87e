"""The live listener's place on the pages, and what Python takes of a visitor's browser."""

import base64
import io

import numpy as np
import pytest
import soundfile as sf

from app_pages import live
from tests.support.app_page import new_visit, texts


def wav(seconds, sr=22_050):
    file = io.BytesIO()
    sf.write(file, 0.1 * np.ones(int(seconds * sr)), sr, format="WAV", subtype="PCM_16")
    return file.getvalue()


def components(page):
    """The live listeners on a page."""
    return [one for one in page.get("bidi_component") if one.proto.component_name == "live"]


def test_listener_is_sent_to_no_visitor_who_did_not_ask():
    page = new_visit().run()
    assert not components(page)

    page.session_state["live_open"] = True
    page.run()
    assert len(components(page)) == 1
    assert "starter listens: ear reads values of musicnn" in texts(page)
    assert "nothing recorded leaves the computer" in components(page)[0].proto.json
    assert 'data-words="note"' in live.HTML


def test_chosen_model_listens_where_it_can():
    page = new_visit(model="course")
    page.session_state["live_open"] = True
    page.run()

    assert len(components(page)) == 1
    assert '"name":"course"' in components(page)[0].proto.json.replace(": ", ":")
    assert "does not run in the browser" not in texts(page)


def test_without_a_model_of_mfccs_page_says_so(monkeypatch):
    monkeypatch.setattr(live, "list_models", lambda folder: ["ear"])
    page = new_visit()
    page.session_state["live_open"] = True
    page.run()

    assert not components(page)
    assert "There is no model of MFCCs here" in texts(page)


def test_recording_of_the_component_is_taken():
    content = wav(30)

    assert live.wav_of(base64.b64encode(content).decode()) == content


@pytest.mark.parametrize(
    "sent",
    [
        *(None, 7, {"a": 1}, "", "no base64!", "é", base64.b64encode(b"RIFF").decode()),
        base64.b64encode(b"ID3" + wav(1)).decode(),
        base64.b64encode(wav(31)).decode(),
    ],
    ids=repr,
)
def test_anything_else_is_refused(sent):
    assert live.wav_of(sent) is None
