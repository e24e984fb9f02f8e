"""Loss Lab's engine: everything that is true without a browser. It never imports streamlit.

Where to find what; every file says in its first line what it is.

- The maths, on arrays: functional/, labels, losses, metrics, points, point_errors, linear, arrays, connected,
  uncertainty.
- What the maths is shown on: figures/, plots/, salaries, label_changes.
- Pictures: images/, overlays, augment, resizing, preprocess, render/ (drawn by the program).
- Data sets: datasets/ (the forms people bring), incoming/ (uploads and archives, not trusted), uploads, shelf,
  data/, health/ (what is wrong), splitting/, labelling, proposals, proposing, decisions/ (what a person decided),
  exports/, csv_cells, glance, downloads.
- Training: config, presets, tasks, loss_choices, learners/ (the only room with fastai), training/, checkpoints, diary,
  turns, decoded, weights, pretrain, extras, lr_finder, lr_search.
- Runs: runs/, runs_table, scores, reference, disagreements, as_code, as_code_pieces, takeaway/, showcase.
- Answers: predict, inference/, held, compiled, onnx_file, answers, answers_csv, batch/, attributions, ways_of_looking.
- Lessons with a room of their own: race/, review/, none_of_these/.
- Work beside the pages, and where things lie: jobs/ (who may read what), processes, allocation, beside, parallel,
  terminal, store, files, paths.
"""
