"""Downloading large files: with progress, resumable, verified, and refused in one sentence."""

from engine.data.downloads.http_file import DownloadError, download, is_reachable

__all__ = ["DownloadError", "download", "is_reachable"]
