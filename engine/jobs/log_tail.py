"""The end of a log file, each line as a terminal would show it in the end."""

from pathlib import Path

LOG_BYTES = 20_000


def last_lines(file: Path) -> str:
    """The last lines of a log; "" where there is none. Of a progress bar only its last form is kept."""
    try:
        printed = file.read_bytes()[-LOG_BYTES:].decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in printed.split("\n"))
