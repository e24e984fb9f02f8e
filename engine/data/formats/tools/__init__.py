"""The exports of annotation tools: Label Studio, CVAT, LabelMe, CreateML and FiftyOne."""
