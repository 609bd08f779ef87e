"""What a run's name tells of it."""

import pytest

from genre.runs.names import read_name


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("20261122-192634123-quick-ab12", ("quick-ab12", "22 Nov 19:26")),
        ("20260101-000000000-x", ("x", "1 Jan 00:00")),
        ("20261322-192634123-quick", ("20261322-192634123-quick", "")),
        ("20260230-192634123-quick", ("20260230-192634123-quick", "")),
        ("20261122-192634-quick", ("20261122-192634-quick", "")),
        ("20261122-192634123-", ("20261122-192634123-", "")),
        ("mine", ("mine", "")),
    ],
)
def test_run_name_is_split_into_name_and_time_or_kept(name, read):
    assert read_name(name) == read
