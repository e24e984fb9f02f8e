"""The commands `review` and `open-set`: the experiments of the pages Label review and Your images."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from engine.data import chosen_data
from engine.jobs import progress_bar
from engine.jobs.atomic_write import write_text
from engine.jobs.command_line import choice, print_json
from engine.jobs.output_files import check_output
from engine.tasks import TASKS

Switch = Parameter(negative=())
AtLeastOne = Parameter(validator=validators.Number(gte=1))


def review(
    *,
    data: Path,
    task: Annotated[str, choice(TASKS, "What the labels or points are for")],
    first: Annotated[int, AtLeastOne] = 20,
    csv: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    difference: Annotated[bool, Switch] = False,
    into: Annotated[Path | None, Parameter(show=False)] = None,
) -> int:
    """Rank images by how strongly models that never saw them contradict their labels or points.

    Nothing is flagged unless the models are good enough; the last sentence says whether they are.

    Parameters
    ----------
    data:
        Folder or table of images with labels or points, or the name of a dataset in the library.
    first:
        Print this many of the images that look wrong.
    csv:
        Write the whole ranking to this file.
    as_json:
        Print one JSON object and nothing else; it lists the first images that look wrong.
    difference:
        Instead, measure the effect of the changes since the ranking.
    """
    from engine.experiments.label_review import job, report

    if csv:
        check_output(csv, ".csv", "--csv", [data])
    data = Path(chosen_data.resolve(str(data)))
    place = job.Review(into) if into else job.review_of(f"{data.resolve()} {task}")
    with progress_bar.Bar() as bar:
        result = job.work(place, data, task, difference, bar.show)
    if difference:
        print_json(result)
        return 0
    suspects = report.suspects(place, first)
    if csv:
        report.save_csv(place, csv)
    if as_json:
        result |= {"suspects": suspects}
    else:
        print("".join("\t".join(map(str, row.values())) + "\n" for row in suspects), end="")
    print(result["verdict"], file=sys.stderr)
    print_json(result)
    return 0


def open_set(
    *,
    out: Path | None = None,
    csv: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    seeds: Annotated[int, AtLeastOne] = 10,
    drawn: Path | None = None,
) -> int:
    """Measure what four networks predict for images of none of their classes.

    Parameters
    ----------
    out:
        Write the table, the networks of the first seed and the features to this folder.
    csv:
        Write the table, a row for each seed and network, to this file.
    as_json:
        Print one JSON object and nothing else.
    seeds:
        The number of seeds to train with.
    drawn:
        Folder of earlier results whose images to reuse.
    """
    from engine.experiments.open_set import METRICS, build, summary

    if csv:
        check_output(csv, ".csv", "--csv")
    with progress_bar.Bar() as bar:
        table = build.make(out, bar.show, seeds, drawn)
    rates = summary(table)
    if csv:
        write_text(csv, table.to_csv(index=False, float_format="%.6g", lineterminator="\n"))
    if not as_json:
        print(rates.to_string(float_format="{:.3f}".format))
    means = table.groupby(["network", "nones"], sort=False)[list(METRICS)].mean().reset_index()
    print_json({"seeds": seeds, "networks": means.to_dict("records")})
    return 0
