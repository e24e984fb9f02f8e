"""The error of a file that cannot be opened as an image."""


class ImageError(ValueError):
    """A file cannot be opened as an image; the message says which file, what is wrong, and what to do."""


def quoted(name: str) -> str:
    """A file name as messages show it: one printable line of at most 60 characters, or "The image"."""
    line = "".join(character if character.isprintable() else "?" for character in name)
    if not line:
        return "The image"
    return f"“{line if len(line) <= 60 else line[:40] + '…' + line[-19:]}”"
