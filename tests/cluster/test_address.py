"""The address of a cluster: given by who runs the program, or refused."""

import pytest

from genre.cluster.address import VARIABLE, check_address, cluster_address, use_cluster
from genre.errors import ParameterError


@pytest.fixture(autouse=True)
def _no_cluster(monkeypatch):
    monkeypatch.setenv(VARIABLE, "")


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.1:8786", "tls://lab-3.example.org:1", "tcp://[fe80::1%eth0]:8786"]
)
def test_address_holds_until_it_is_taken_back(address):
    use_cluster(f" {address} ")
    assert cluster_address() == address
    use_cluster("")
    assert cluster_address() == ""


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1:8786",
        "http://x:1",
        "tcp://x",
        "tcp://x:0",
        "tcp://x:65536",
        "tcp://x:٣",
        "a" * 999,
    ],
)
def test_what_is_no_address_is_refused_in_one_sentence(address, monkeypatch):
    with pytest.raises(ParameterError, match="was expected") as refused:
        check_address(address)
    assert len(str(refused.value)) < 260
    monkeypatch.setenv(VARIABLE, address)
    with pytest.raises(ParameterError, match="was expected"):
        cluster_address()
