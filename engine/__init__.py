"""Loss Lab's engine: everything that does not need a browser. It never imports streamlit.

Each package imports only from those named before it:

- tasks: the three tasks and the names of their losses.
- paths: where things lie on the disk.
- config: what a training run is asked to do.
- functional/: pure math on arrays: losses, metrics, threshold curves, calibration, coordinates, linear regression.
- images/: decoding, orientation, resizing, cropping, augmentation, drawing.
- synthetic/: generated sample images, scenes and heads.
- jobs/: Job, executors, the device queue, workers, progress, atomic writes, the array cache, access control.
- data/: formats, imports, checks, splits, edits, exports, the library, annotation, the image cache.
- runs/: a run is a folder: its files, table, baselines, calibration, verdict.
- training/: the trainer, fastai_backend/ (the only package that imports fastai), backbones, checkpoints, LR finder.
- inference/: predictions from a run, batch predictions, attribution, pseudo-labels.
- experiments/: the loss race, label review, open-set recognition.
- plots/: tables in, Plotly figures out.
- export/: the exported bundle and the fastai script.
"""
