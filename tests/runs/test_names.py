"""What a run's name tells of it."""

from datetime import datetime

import pytest

from genre.runs.names import read_name


@pytest.mark.parametrize(
    ("name", "read"),
    [
        (
            "20261122-192634123-quick-ab12",
            ("quick-ab12", datetime(2026, 11, 22, 19, 26, 34, 123000)),
        ),
        ("20260101-000000000-x", ("x", datetime(2026, 1, 1))),
        ("20261322-192634123-quick", ("20261322-192634123-quick", None)),
        ("20260230-192634123-quick", ("20260230-192634123-quick", None)),
        ("20261122-192634-quick", ("20261122-192634-quick", None)),
        ("20261122-192634123-", ("20261122-192634123-", None)),
        ("mine", ("mine", None)),
    ],
)
def test_run_name_is_split_into_name_and_time_or_kept(name, read):
    assert read_name(name) == read
