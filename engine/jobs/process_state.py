"""Everything that a process of Loss Lab keeps in memory between calls, outside of objects that a caller holds.

Each entry of `PROCESS_STATE` names a variable or a cached function of a module, and says what it holds, how large it
can grow (its bound) and what happens where several threads use it. The module in the name is the owner: no other module
changes it. `tests/test_process_state.py` finds such state in the source and fails where the two differ.

Caches of `st.cache_data` and `st.cache_resource` with `max_entries` are not listed: Streamlit owns and bounds them. A
cache is keyed by all that its value depends on, including a file's modification time or digest, so none is ever stale.
"""

from typing import NamedTuple

LRU = "functools keeps it consistent; two threads may compute the same value at once, and one of them is kept"
LOCK = "a lock: that is its purpose"


class ProcessState(NamedTuple):
    """One piece of state: what it `holds`, its `bound`, and what makes it safe to use from several `threads`."""

    holds: str
    bound: str
    threads: str


PROCESS_STATE: dict[str, ProcessState] = {
    # functional
    "engine.functional.label_text._has_no_ink": ProcessState(
        "which characters have no ink", "4,096 characters", LRU
    ),
    # paths
    "engine.paths._data_of_fastai": ProcessState(
        "where fastai keeps data, by time of change and size of its file", "4 files", LRU
    ),
    # images
    "engine.images.decoder._places": ProcessState(
        "the name of the function that decodes images which may take long, and whether pages wait",
        "one function",
        "set once, when the first page is imported or the command begins",
    ),
    "engine.images.heavy._PLACES": ProcessState(
        "the places of images that are decoded at the same time",
        "`AT_ONCE` places",
        "a semaphore: that is its purpose",
    ),
    # jobs
    "engine.jobs.bounded_call._PLACES": ProcessState(
        "the places of processes with limits", "`AT_ONCE` places", "a semaphore: that is its purpose"
    ),
    "engine.jobs.cluster.client.DRIVER": ProcessState(
        "the process that talks to a Ray cluster, started at the first call",
        "one process, which ends with this one",
        "calls wait for each other in a queue of one thread",
    ),
    "engine.jobs.cluster.client._silent": ProcessState(
        "when clusters last did not answer, by address",
        "`MOST_KEPT` times",
        "dictionary operations are atomic; two threads may ask the same cluster",
    ),
    "engine.jobs.hosting._hosting": ProcessState(
        "the facts of secrets.toml, by time of change and size, and of the environment", "4", LRU
    ),
    "engine.jobs.shares._read": ProcessState("what teachers share, by state of the file", "4 files", LRU),
    "engine.jobs.job._writing": ProcessState("writing a job's files", "one lock", LOCK),
    "engine.jobs.user_scope._provider": ProcessState(
        "the function that tells whose visit is being served",
        "one function",
        "set once, when the first page is imported; the function itself reads the session of its thread",
    ),
    "engine.jobs.temporary._this_process": ProcessState("the number and start of this process", "4", LRU),
    "engine.jobs.worker.RACES": ProcessState(
        "the process that runs races, started at the first call",
        "one process, which ends with this one",
        "calls wait for each other in a queue of one thread",
    ),
    # runs
    "engine.runs.checksums._digest": ProcessState(
        "the digests of files, by size and time", "4,096 short texts", LRU
    ),
    # data
    "engine.data.edits.journal._read": ProcessState("the edits of journals, by file and size", "16", LRU),
    "engine.data.formats.coco.file._only_category": ProcessState(
        "an object without its place, for each category of COCO files", "1,000 short records", LRU
    ),
    "engine.data.formats.splits.folders._part_of_folders": ProcessState(
        "the part that a folder's name stands for", "10,000 short texts", LRU
    ),
    "engine.data.formats.yolo.config._parsed": ProcessState("YOLO's data.yaml, by time of change", "8", LRU),
    "engine.data.image_cache._way": ProcessState("the digest of the code that reads images", "one text", LRU),
    # training
    "engine.training.architectures._known": ProcessState(
        "all names of torchvision's and timm's architectures", "one list of about 1,500 names", LRU
    ),
    "engine.training.backbones.int8._processor_flags": ProcessState(
        "what the processor can do", "one set", LRU
    ),
    "engine.training.backbones.int8_ranges._read": ProcessState(
        "the ranges of 8-bit backbones", "one file", LRU
    ),
    "engine.training.backbones.sessions._OPENING": ProcessState(
        "opening a backbone's session", "one lock", LOCK
    ),
    "engine.training.backbones.sessions._opened": ProcessState(
        "ONNX Runtime's sessions of backbones, some 10 to 40 MB each",
        "6",
        "opened under `_OPENING`; sessions may run in many threads",
    ),
    "engine.training.backbones.weight_files._read": ProcessState(
        "the tensors of backbones, read-only, up to 45 MB each", "4", LRU
    ),
    "engine.training.backbones.weight_files._sha256_of_tensors": ProcessState("digests", "4 texts", LRU),
    "engine.training.backbones.weight_files._sha256_of_unchanged": ProcessState("digests", "64 texts", LRU),
    "engine.training.drawn._read": ProcessState("the direction that tells drawings", "one file", LRU),
    "engine.training.features._COMPUTING": ProcessState("computing features once", "one lock", LOCK),
    "engine.training.weights._body_tensors": ProcessState(
        "torch's copies of backbones' tensors", "2", f"{LRU}; callers get a dictionary of their own"
    ),
    # inference and experiments
    "engine.inference.known_labels._by_name": ProcessState(
        "ImageNet's classes by their names", "one table", "made again by threads that ask at once, and equal"
    ),
    "engine.inference.known_labels._several": ProcessState(
        "the labels and the identity of the several-label model",
        "one list and one text",
        "made again by threads that ask at once, and equal",
    ),
    "engine.inference.onnx_backend._ASKED": ProcessState(
        "the runs whose network this process has had exported",
        "one text for each version of a run",
        "adding to a set is atomic; a run that two threads add at once is exported once, under a file lock",
    ),
    "engine.inference.photo_models._LOADING": ProcessState("loading a model", "one lock", LOCK),
    "engine.inference.photo_models._loaded": ProcessState(
        "the ready-to-use models for photographs", "one for each task", "loaded under `_LOADING`"
    ),
    "engine.experiments.label_review.storage._dataset": ProcessState("reviewed datasets", "4", LRU),
    "engine.experiments.label_review.storage._ranking": ProcessState("rankings of suspects", "4", LRU),
    "engine.experiments.loss_race.train_heads._QUEUE": ProcessState(
        "the thread that trains heads", "one thread", "races wait for each other in its queue"
    ),
    # drawing
    "engine.plots.losses.loss_curves": ProcessState("figures that callers only read", "64", LRU),
    "engine.synthetic.room.backdrop": ProcessState("walls and floors of drawn rooms", "32 images", LRU),
    "engine.synthetic.scenes.figure": ProcessState("drawn animals and things", "64 images", LRU),
    # pages
    "pages.parts.data.check_results._kept": ProcessState(
        "reports on datasets, by all that they depend on",
        "`MOST_KEPT` reports",
        "dictionary operations are atomic; two threads may check the same dataset, and one report is kept",
    ),
    "pages.parts.server.sessions._browsers": ProcessState(
        "the secret of the browser that has a session open, by the session's number",
        "`MOST_KEPT` short texts",
        "dictionary operations are atomic; each session notes only itself",
    ),
    "pages.parts.shared.gc_freeze._modules": ProcessState(
        "how many modules were loaded when garbage collection was last told to skip what lives on",
        "one number",
        "two threads at once skip the same objects: harmless",
    ),
    "engine.jobs.waits._meanwhile": ProcessState(
        "what goes on while a thread waits for a process",
        "one function",
        "each page sets the same one",
    ),
    "pages.parts.shared.rerun_order._PAGE_PLACE": ProcessState(
        "the place of the page that is at work", "one place", "a semaphore: that is its purpose"
    ),
    "pages.parts.shared.rerun_order._FRAGMENT_PLACE": ProcessState(
        "the place of the fragment that is at work", "one place", "a semaphore: that is its purpose"
    ),
    "pages.parts.shared.rerun_order._FRAGMENTS_AT_WORK": ProcessState(
        "the threads that run a short fragment, or wait for its place",
        "a number for each",
        "a thread adds and removes itself alone",
    ),
    "pages.parts.shared.rerun_order._OWN": ProcessState(
        "which place a thread has, how long it may pause, and when it began",
        "three values for each",
        "each thread has its own",
    ),
    "pages.parts.shared.glossary.definitions": ProcessState("the glossary", "one file", LRU),
}
