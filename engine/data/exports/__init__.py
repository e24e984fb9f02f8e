"""A data set written out in a form that other programs read, and that reads back as the same record."""

from engine.data.exports.forms import FORMS, ExportError, contents, forms_for
from engine.data.exports.zipping import export, total_bytes

__all__ = ["FORMS", "ExportError", "contents", "export", "forms_for", "total_bytes"]
