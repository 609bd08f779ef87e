"""Sections of ``docs/reliability.md`` that are written by the tools that measure."""

from datetime import UTC, datetime

from genre.paths import ROOT
from genre.system.files import write_text

REPORT = ROOT / "docs" / "reliability.md"


def today() -> str:
    """The date, as the report has it."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def write_section(name, text, path=REPORT):
    """Put a text between the two comments of a tool, which the report has once."""
    begin, end = f"<!-- written by make {name} -->\n", f"<!-- end of what make {name} wrote -->\n"
    document = path.read_text(encoding="utf-8")
    before, _, rest = document.partition(begin)
    _, found, after = rest.partition(end)
    assert found, f"{path.name} has no section {name}"
    write_text(path, f"{before}{begin}{text.strip()}\n{end}{after}")
