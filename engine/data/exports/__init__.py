"""A dataset written as a zip that other programs read, and that reads back as the same record."""

from engine.data.exports.export_format import ExportError, ExportFormat, Limitation
from engine.data.exports.plan import ExportPlan, plan_export, plan_of, record_to_export
from engine.data.exports.registry import FORMATS, NAMES, formats_for
from engine.data.exports.zipping import write_zip

__all__ = [
    "FORMATS",
    "NAMES",
    "ExportError",
    "ExportFormat",
    "ExportPlan",
    "Limitation",
    "formats_for",
    "plan_export",
    "plan_of",
    "record_to_export",
    "write_zip",
]
