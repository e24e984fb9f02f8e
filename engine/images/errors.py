"""The one thing that can go wrong with a picture, said in one plain sentence."""


class ImageError(ValueError):
    """A file is no picture that can be shown; the message says which file, what is wrong, and what to do."""


def quoted(name: str) -> str:
    """The file's name as a sentence shows it: one printable line of at most 60 characters, or "The picture"."""
    line = "".join(character if character.isprintable() else "?" for character in name)
    if not line:
        return "The picture"
    return f"“{line if len(line) <= 60 else line[:40] + '…' + line[-19:]}”"
