"""The exports of annotation tools: Label Studio, CVAT, LabelMe, CreateML, FiftyOne and VGG Image Annotator."""
