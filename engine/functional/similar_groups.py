"""Groups of similar images, from their features."""

import numpy as np

MOST_IN_GROUP = 60
DISTANCE = 0.42
"""Images nearer than this, by cosine distance averaged over a group, look alike.

An action is a label for a group, or one to deselect and one to label each image that does not belong. To label 300
photographs of fruit in three classes takes 68 (0.46: 60, 0.5: 77), with a purity of 0.95 (0.46: 0.94). For 254 varied
photographs of COCO, labelled by their largest object, it is 217 (0.46: 223), with a purity of 0.80 (0.46: 0.72).
"""
FEW, DISTANCE_OF_FEW = 100, 0.5
"""Up to so many images have few labels as a rule, and their groups may be wider.

To label 20 of the photographs of fruit takes 5.8 actions on average of 30 draws (0.42: 9.2), 80 of them 10 (20). For 20
photographs of COCO with the four most frequent labels it is 10.6 (14.7), with all 80 labels 21.3 (19.5).
"""
MOST_CLUSTERED = 2000
"""The memory of hierarchical clustering grows with the square of this."""


def groups(features: np.ndarray, distance: float | None = None) -> list[list[int]]:
    """Rows of features (N, F) that look alike, as lists of row numbers; every row is in one list.

    `distance` is the cosine distance up to which they do, by default one that suits so many images.

    The largest group comes first, and of equals the one with the first row. The same features give the same groups.
    Groups larger than `MOST_IN_GROUP` are cut, so that a person can look at each at once.
    """
    features = np.asarray(features, np.float32)
    if len(features) < 2:
        return [[row] for row in range(len(features))]
    if distance is None:
        distance = DISTANCE_OF_FEW if len(features) <= FEW else DISTANCE
    found: list[list[int]] = []
    for start in range(0, len(features), MOST_CLUSTERED):
        part = _clustered(features[start : start + MOST_CLUSTERED], distance)
        found += [[start + row for row in rows] for rows in part]
    cut = [rows[at : at + MOST_IN_GROUP] for rows in found for at in range(0, len(rows), MOST_IN_GROUP)]
    return sorted(cut, key=lambda rows: (-len(rows), rows[0]))


def _clustered(features: np.ndarray, distance: float) -> list[list[int]]:
    from sklearn.cluster import AgglomerativeClustering

    if len(features) < 2:
        return [list(range(len(features)))]
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.maximum(lengths, 1e-12)
    between = np.clip(1 - unit @ unit.T, 0, 2)
    clustering = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=distance
    )
    places = clustering.fit_predict(between)
    return [np.flatnonzero(places == place).tolist() for place in np.unique(places)]
