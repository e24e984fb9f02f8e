"""The library: imported datasets are kept, renamed, removed and put back; nothing else is ever touched."""

import json

import pytest

from engine.__main__ import main
from engine.data import change_reading, edits, library
from engine.data.archives.errors import IncomingError
from engine.data.formats import DatasetError, load
from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.read_options import ReadOptions
from engine.data.imports.import_worker import import_folder, import_path
from engine.data.library import LibraryDataset, LibraryError
from engine.jobs.job import Job
from engine.jobs.status import STOPPED
from tests.dataset_files import IMAGE, pascal, put, write_table
from tests.tiny_data import last_json


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    return tmp_path


def _unpacked(home, name="unpacked"):
    return pascal(home / "data" / f".{name}")


def test_an_empty_library_has_no_folder_and_no_sets(home):
    assert library.all_sets() == [] and not (home / "data").exists()


def test_a_copy_is_kept_and_loads_under_its_name(home):
    one = library.add("My pets", "multi-label", unpacked=_unpacked(home), source="the zip pets.zip")
    assert [kept.name for kept in library.all_sets()] == ["My pets"] and library.find("My pets") == one
    record = load(one.data_path, one.task)
    assert (record.name, record.task, len(record.table)) == ("My pets", "multi-label", 6)
    assert record.folder == one.source_path and all(path.is_file() for path in record.paths())
    again = LibraryDataset(one.folder).manifest
    assert (again.source, again.in_place, again.options) == ("the zip pets.zip", "", ReadOptions())


def test_a_folder_elsewhere_stays_where_it_is(home):
    folder = pascal(home / "mine")
    one = library.add("mine", "single-label", in_place=folder)
    assert one.record().folder == folder and one.source_path == folder
    library.remove(one)
    library.empty_bin()
    assert library.all_sets() == [] and len(list((folder / "train").iterdir())) == 6


def test_a_table_elsewhere_is_read(home):
    one = library.add("table", "multi-label", in_place=pascal(home / "mine") / "train.csv")
    assert len(one.record().table) == 6 and one.source_path == home / "mine" / "train.csv"


def test_names_are_free_and_folders_safe(home):
    names = ["../../etc", "../../etc", "a/b\\c", "Käfer 猫", "=1+1", "<script>"]
    kept = [
        library.add(name, "multi-label", unpacked=_unpacked(home, str(n))) for n, name in enumerate(names)
    ]
    assert [one.name for one in kept] == [
        "../../etc",
        "../../etc 2",
        "a/b\\c",
        "Käfer 猫",
        "=1+1",
        "<script>",
    ]
    assert all(one.folder.parent == home / "data" for one in kept)
    assert len({one.folder for one in kept}) == 6
    for name in ("", "  \n", "x" * 81):
        with pytest.raises(LibraryError, match="1 to 80"):
            library.checked_name(name)


def test_renaming_keeps_the_folder_and_refuses_a_taken_name(home):
    one, two = (library.add(name, "multi-label", unpacked=_unpacked(home, name)) for name in "ab")
    renamed = library.rename(one, "c")
    assert (renamed.name, renamed.folder) == ("c", one.folder)
    with pytest.raises(LibraryError, match="already"):
        library.rename(renamed, two.name.upper())


def test_removing_can_be_undone_once(home):
    first, second = (library.add(name, "multi-label", unpacked=_unpacked(home, name)) for name in "ab")
    gone = library.remove(first)
    assert [one.name for one in library.all_sets()] == ["b"]
    assert len(library.put_back(gone).record().table) == 6
    older, newer = library.remove(library.find("a")), library.remove(second)
    with pytest.raises(LibraryError, match="gone for good"):
        library.put_back(older)
    assert library.put_back(newer).name == "b"


def test_what_was_decided_goes_and_comes_back_with_it(home):
    one = library.add("a", "multi-label", in_place=pascal(home / "mine"))
    edits.add(one.folder, "train/1.jpg", edits.LEFT_OUT)
    place = library.remove(one)
    assert library.last_removed() == LibraryDataset(place) and library.find("a") is None
    assert len(library.put_back(place).record().table) == 5
    assert library.last_removed() is None


@pytest.mark.parametrize(
    ("folder", "command", "says"),
    [
        ("runs/pets-1", ("engine", "train"), "the run “pets-1” trains on it"),
        ("cache/checks/x", ("engine", "check"), "its images are being checked"),
        ("cache/reviews/x", ("engine", "review"), "its labels are being reviewed"),
        ("cache/pseudo_labels/x", ("engine.inference.pseudo_label_job", ""), "a job reads it"),
    ],
)
def test_what_a_job_reads_is_not_removed(home, monkeypatch, folder, command, says):
    for name in ("runs", "cache"):
        monkeypatch.setenv(f"LOSS_LAB_{name.upper()}", str(home / name))
    one, job = library.add("a", "multi-label", in_place=pascal(home / "mine")), Job(home / folder)
    job.create(command, data=str(one.folder))
    with pytest.raises(LibraryError, match=f"“a” is in use: {says}; stop it first"):
        library.remove(one)
    job.update(state=STOPPED)
    assert library.remove(one).is_dir() and library.all_sets() == []


def test_the_command_undoes_an_import_and_that(home, capsys):
    folder = pascal(home / "my pets")
    assert main(["import", str(folder)]) == 0
    assert "undo-import 'my pets'" in capsys.readouterr().err
    assert main(["undo-import", "my pets"]) == 0
    assert library.all_sets() == [] and (folder / "train.csv").is_file()
    assert main(["undo-import", "my pets"]) == 2
    assert "No dataset “my pets” is in the library; there is none." in capsys.readouterr().err
    assert main(["undo-import", "cats", "--redo"]) == 2
    assert "No dataset “cats” was removed last; there is “my pets”." in capsys.readouterr().err
    assert main(["undo-import", "my pets", "--redo"]) == 0
    assert last_json(capsys.readouterr().out)["name"] == library.all_sets()[0].name == "my pets"


def test_put_back_beside_a_new_one_of_the_same_name(home):
    gone = library.remove(library.add("a", "multi-label", unpacked=_unpacked(home)))
    library.add("a", "multi-label", unpacked=_unpacked(home))
    assert library.put_back(gone).name == "a 2" and len(library.all_sets()) == 2


@pytest.mark.parametrize("note", ["", "[]", "{}", "[" * 10_000, '{"name": 1}'])
def test_a_broken_note_is_no_data_set(home, note):
    one = library.add("a", "multi-label", unpacked=_unpacked(home))
    (one.folder / "set.json").write_text(note)
    assert library.all_sets() == [] and "no set.json that can be read" in "".join(library.unreadable())
    with pytest.raises(DatasetError, match=r"no set\.json that can be read"):
        load(one.folder, "multi-label")


@pytest.mark.parametrize(
    ("version", "age"),
    [(None, "an older"), (0, "an older"), (99, "a newer"), ("x", "an older"), (True, "an older")],
)
def test_a_dataset_of_another_version_is_one_sentence(home, version, age):
    one = library.add("a", "multi-label", unpacked=_unpacked(home))
    record = json.loads((one.folder / "set.json").read_text())
    assert record.pop("version") == 1
    (one.folder / "set.json").write_text(
        json.dumps(record if version is None else record | {"version": version})
    )
    [problem] = library.unreadable()
    assert library.all_sets() == [] and f"imported by {age} version of Loss Lab" in problem
    assert problem.endswith("import it again.")
    with pytest.raises(DatasetError) as raised:
        load(one.folder, "multi-label")
    assert str(raised.value) == problem


def test_a_manifest_among_the_files_is_not_believed(home):
    """Only the library itself says where pictures lie: not a set.json in what somebody uploaded."""
    lie = {"version": 1, "name": "x", "task": "multi-label", "in_place": str(pascal(home / "secret"))}
    lie |= {"options": {}, "chosen_options": {}}
    unpacked = put(_unpacked(home), {"set.json": json.dumps(lie)})
    one = library.add("honest", "multi-label", unpacked=unpacked)
    assert load(one.folder / "pictures", "multi-label").folder == one.folder / "pictures"
    assert one.record().folder == one.folder / "pictures"


def test_a_half_made_set_is_never_seen(home, monkeypatch):
    unpacked = _unpacked(home)
    monkeypatch.setattr(library.os, "rename", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(LibraryError, match="full"):
        library.add("a", "multi-label", unpacked=unpacked)
    assert library.all_sets() == [] and [one.name for one in (home / "data").iterdir()] == [".unpacked"]


def test_an_undecided_dataset_is_decided_and_undecided_again(home):
    cells = ["ant, red", "bee"] * 4
    folder = put(home / "mine", {f"{n}.jpg": IMAGE for n in range(8)})
    write_table(folder / "t.csv", "image,label", [(f"{n}.jpg", cell) for n, cell in enumerate(cells)])
    with pytest.raises(IncomingError, match="--separator"):
        import_path(folder)
    one = import_folder(folder, keep_undecided=True)
    with pytest.raises(AmbiguousError):
        one.record()
    many = change_reading.read_with(one, ReadOptions(separator="commas"))
    assert many.task == "multi-label" and many.record().vocab == ("ant", "bee", "red")
    again = change_reading.read_as_recognized(many)
    assert again.manifest.options.format is None and again.manifest.chosen_options == ReadOptions()


def test_a_reading_with_several_labels_loses_no_image(home):
    folder = put(home / "mine", {f"{n}.jpg": IMAGE for n in range(4)})
    write_table(folder / "t.csv", "image,label", [(f"{n}.jpg", ("hot sun", "sea")[n % 2]) for n in range(4)])
    one = import_path(folder)
    assert one.task == "single-label"
    many = change_reading.read_with(one, ReadOptions(separator="spaces"))
    assert many.task == "multi-label" and len(many.record().table) == 4
    assert change_reading.read_as_recognized(many).task == "single-label"


def test_it_can_be_read_in_another_form(home):
    folder = put(home / "mine", {f"{label}/{n}.jpg": IMAGE for label in "ab" for n in range(3)})
    write_table(folder / "t.csv", "fname,labels", [(f"a/{n}.jpg", "sky") for n in range(3)])
    one = import_path(folder)
    assert (one.manifest.options.format, one.manifest.other_formats) == ("cells", ("folders", "pictures"))
    again = change_reading.read_with(one, ReadOptions("folders"))
    assert (again.manifest.options.format, again.task) == ("folders", "single-label")
    assert again.record().vocab == ("a", "b") and "cells" in again.manifest.other_formats
    with pytest.raises(DatasetError, match="cannot be read as"):
        change_reading.read_with(one, ReadOptions("voc"))


def test_what_the_import_detected_is_not_called_said(home):
    folder = pascal(home / "mine")
    told = ReadOptions(format="cells", separator="spaces")
    detected = library.add("detected", "multi-label", in_place=folder, options=told, reasons=["It has labels."],
                           chosen_options=ReadOptions())  # fmt: skip
    said = library.add("said", "multi-label", in_place=folder, options=told)
    evidence = [
        {one.option: one.evidence for one in dataset.record().assumptions} for dataset in (detected, said)
    ]
    assert evidence[0]["format"] == "It has labels." and evidence[1]["format"] == "as you said"
