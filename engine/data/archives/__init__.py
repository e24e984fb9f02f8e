"""Archives that came in: what they hold is checked before anything is unpacked, and within limits.

Nothing is trusted: not names, not sizes that an archive claims, not what it holds.
"""
