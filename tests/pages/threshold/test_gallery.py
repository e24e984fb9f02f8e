"""What the threshold changes in all images, in a sentence."""

from pages.parts.threshold import gallery


def test_no_share_of_no_labels_is_told():
    counts = {gallery.KEPT: (236, 203), gallery.GAINED: (1, 0), gallery.LOST: (0, 0)}
    says = gallery._in_all(counts, "all 256 images")
    assert "**236 labels kept** (33 wrong), **1 gained** (1 wrong), **0 lost**." in says
