"""Short, readable and unique names of ImageNet's 1,000 classes."""

_CLEARER = {
    134: "crane (bird)",
    339: "sorrel horse",
    517: "crane (machine)",
    638: "maillot (swimsuit)",
    639: "tank suit",
    836: "sunglass",
    837: "sunglasses",
    988: "acorn",
    989: "rose hip",
    998: "ear of corn",
}
"""Where WordNet's first word is not unique or says too little."""


def short_names() -> list[str]:
    """The first word that WordNet has for each class, in the order of ILSVRC 2012; timm knows them without a network.

    Raises ValueError where two classes would have the same name.
    """
    from timm.data import ImageNetInfo

    info = ImageNetInfo("imagenet-1k")
    names = [
        _CLEARER.get(index, info.index_to_description(index).split(",")[0].strip()) for index in range(1000)
    ]
    if len(set(names)) < len(names):
        raise ValueError(
            f"Names are not unique: {sorted({name for name in names if names.count(name) > 1})}."
        )
    return names
