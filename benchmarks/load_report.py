"""What a class at once came to: times next to those of one visitor, errors, memory, and waits in the queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import mean
from typing import TYPE_CHECKING

from benchmarks.timing import percentile
from engine.jobs.status import FINISHED, QUEUED, RUNNING

if TYPE_CHECKING:
    from benchmarks.load import Measured

AIM_TIMES, AIM_MB, SETTLED_SECONDS = 3, 2500, 180
SLIDER = "slider"


def text(alone: Measured, together: Measured, visitors: int) -> str:
    """The whole report."""
    return "\n".join(
        [
            f"\n{visitors} visitors, milliseconds (one alone in brackets)",
            *times(alone.seconds, together.seconds),
            *processor(alone, together),
            *errors(together.errors),
            *memory(together.memory),
            *queue(together.runs),
        ]
    )


def times(alone: dict[str, list[float]], together: dict[str, list[float]]) -> Iterable[str]:
    """A line for each kind of action, and the verdict on the sliders."""
    for kind, seconds in sorted(together.items()):
        cells = []
        for share in (50, 95):
            before = f"{1000 * percentile(alone[kind], share):.0f}" if alone.get(kind) else "–"
            cells.append(f"p{share} {1000 * percentile(seconds, share):7.0f} ({before:>6})")
        yield f"  {kind:8} n = {len(seconds):5}  {'  '.join(cells)}"
    if together.get(SLIDER) and alone.get(SLIDER):
        ratio = percentile(together[SLIDER], 95) / percentile(alone[SLIDER], 95)
        met = "met" if ratio <= AIM_TIMES else "not met"
        yield f"slider p95: {ratio:.1f} times that of one visitor, aim {AIM_TIMES}: {met}"


def processor(alone: Measured, together: Measured) -> Iterable[str]:
    """What each kind of action cost the server, when moves were slow, and who used the processor."""
    costs = [f"{kind} {1000 * mean(seconds):.0f}" for kind, seconds in sorted(alone.processor.items())]
    if costs:
        yield f"the server's processor time for one visitor, ms: {', '.join(costs)}"
    by_minute: dict[int, list[float]] = {}
    for at, seconds in together.sliders:
        by_minute.setdefault(int(at // 60), []).append(seconds)
    if by_minute:
        late = (f"{1000 * percentile(seconds, 95):.0f}" for _, seconds in sorted(by_minute.items()))
        yield f"slider p95 in each minute, ms: {' '.join(late)}"
    if together.times:
        yield f"processor: {together.times.text()}"


def errors(found: list[str]) -> Iterable[str]:
    """How often what failed."""
    yield f"errors: {len(found)}"
    yield from (f"  {count} times {error}" for error, count in Counter(found).most_common(10))


def memory(samples: list[tuple[float, float]]) -> Iterable[str]:
    """What the server held in each minute, and how much more at the end than after minute three."""
    if not samples:
        return
    by_minute: dict[int, float] = {}
    for at, megabytes in samples:
        by_minute[int(at // 60)] = max(by_minute.get(int(at // 60), 0), megabytes)
    yield "memory of the server, MB in each minute: " + " ".join(f"{most:.0f}" for most in by_minute.values())
    most, settled = max(by_minute.values()), [mb for at, mb in samples if at >= SETTLED_SECONDS]
    grown = f", grown by {settled[-1] - settled[0]:.0f} MB since minute three" if settled else ""
    yield f"most: {most:.0f} MB{grown}, aim {AIM_MB}: {'met' if most <= AIM_MB else 'not met'}"


def queue(runs: dict[str, dict[str, float]]) -> Iterable[str]:
    """How long runs waited, and whether a visitor waited for two runs of the same other one."""
    begun = {folder: at for folder, at in runs.items() if RUNNING in at or FINISHED in at}
    waits = [began(at) - at[QUEUED] for at in begun.values() if QUEUED in at]
    yield f"runs: {len(runs)} started, {sum(FINISHED in at for at in runs.values())} finished"
    if waits:
        half, late = percentile(waits, 50), percentile(waits, 95)
        yield f"queue: waited p50 {half:.0f} s, p95 {late:.0f} s, most {max(waits):.0f} s"
    yield f"most runs of the same other person that began while a visitor waited: {most_passed(begun)}, aim 1"


def began(at: dict[str, float]) -> float:
    """When a run began, or had ended where it was too quick to be seen."""
    return at.get(RUNNING, at.get(FINISHED, 0.0))


def most_passed(runs: dict[str, dict[str, float]]) -> int:
    """While a run waited, how many runs of one other person began, at most."""
    most = 0
    for folder, at in runs.items():
        own, came = owner(folder), at.get(QUEUED, began(at))
        passed = Counter(
            owner(other)
            for other, then in runs.items()
            if owner(other) != own and came < began(then) < began(at)
        )
        most = max([most, *passed.values()])
    return most


def owner(folder: str) -> str:
    """Whose run is in a folder."""
    return folder.partition("/")[0]
