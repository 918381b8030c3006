"""Nothing of the user's is destroyed: inputs are refused as outputs, and only files of earlier runs are removed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from electrolith.gen.atomic import atomic_path, write_atomic
from electrolith.gen.errors import ElectrolithError, UserError
from electrolith.io.disk_faults import disk_fault, mount_of
from electrolith.io.folder_kind import FolderKind
from electrolith.io.folder_listing import existing, remarks_on
from electrolith.io.manifest import MANIFEST, Manifest
from electrolith.io.output_file import begins_with, claimed_file
from electrolith.io.output_folder import claimed_folder, clear
from electrolith.io.protected_inputs import refuse_file_of_inputs, refuse_folder_of_inputs

KIND = FolderKind("run.yaml", ("run.yaml", "table.csv"), r"cifs/gen_\d+\.cif", lambda _: ["run.yaml", "cifs/gen_1.cif"])


def written(folder: Path) -> Path:
    """A folder as a run leaves it, with a foreign file at each place."""
    (folder / "cifs").mkdir(parents=True)
    names = ["run.yaml", "table.csv", "cifs/gen_1.cif", "cifs/gen_2.cif"]
    Manifest(folder).start(names)
    for name in [*names, "notes.txt", "cifs/mine.cif"]:
        (folder / name).write_text(name)
    return folder


def left(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def stopped(do: Callable[[], object]) -> None:
    """Does something, then ends as Ctrl-C does."""
    do()
    raise KeyboardInterrupt


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """An input folder and an input file, reached in several ways."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.cif").write_text("data_a")
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to("in")
    (tmp_path / "file").symlink_to("in/a.cif")
    os.link(tmp_path / "in" / "a.cif", tmp_path / "hard.cif")
    return tmp_path


@pytest.mark.parametrize(
    ("out", "given", "says"),
    [
        ("in", "in", "is the input"),
        ("in", "link", "is the input"),
        ("link", "in", "is the input"),
        ("in/deep/..", "in/.", "is the input"),
        ("in", "in/a.cif", "holds the input"),
        ("in", "file", "holds the input"),
        (".", "in", "holds the input"),
        ("link/deep", "in", "lies inside the input"),
        ("in/new/deeper", "link", "lies inside the input"),
    ],
)
def test_a_folder_that_is_holds_or_lies_inside_an_input_is_refused(
    places: Path, out: str, given: str, says: str
) -> None:
    with pytest.raises(UserError, match=says):
        refuse_folder_of_inputs(places / out, [places / given])


def test_a_folder_to_which_the_input_has_links_is_refused(places: Path) -> None:
    (places / "in" / "b.cif").symlink_to(places / "out" / "b.cif")
    (places / "out" / "b.cif").write_text("data_b")
    with pytest.raises(UserError, match="holds the input"):
        refuse_folder_of_inputs(places / "out", [places / "in"])


def test_a_folder_beside_the_inputs_is_not_refused(places: Path) -> None:
    refuse_folder_of_inputs(places / "out", [places / "in", places / "file", places / "nowhere"])
    refuse_folder_of_inputs(places / "new" / "er", [places / "in"])
    refuse_folder_of_inputs(places / "inner", [places / "in"])


@pytest.mark.parametrize("out", ["in/a.cif", "link/a.cif", "file", "hard.cif", "in/deep/../a.cif"])
def test_a_file_that_is_an_input_is_refused(places: Path, out: str) -> None:
    with pytest.raises(UserError, match="is the input"):
        refuse_file_of_inputs(places / out, [places / "in" / "a.cif"])


def test_overwriting_removes_the_files_of_the_manifest_and_no_others(tmp_path: Path) -> None:
    folder = written(tmp_path / "out")
    assert remarks_on(folder, "cifs") == ["Not of this run, left as found: cifs/mine.cif."]
    with claimed_folder(folder, KIND, overwrite=True):
        clear(folder, KIND)
        assert left(folder) == {"notes.txt", "cifs/mine.cif", ".lock"}


def test_only_files_that_exist_are_listed_and_those_gone_are_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "out")
    (folder / "table.csv").unlink()
    assert existing(folder, "table.csv", "cifs") == f"{folder / 'cifs'}/"
    assert "Deleted since the run: table.csv;" in remarks_on(folder, "cifs")[0]


def test_a_folder_without_manifest_loses_the_files_that_its_tables_list(tmp_path: Path) -> None:
    folder = written(tmp_path / "out")
    (folder / MANIFEST).unlink()
    (folder / "cifs" / "gen_2.cif").unlink()
    (folder / "table.csv").unlink()
    with claimed_folder(folder, KIND, overwrite=True):
        clear(folder, KIND)
    assert left(folder) == {"notes.txt", "cifs/mine.cif"}


@pytest.mark.parametrize("name", ["table.csv", "cifs/gen_7.cif"])
def test_a_foreign_file_under_a_name_that_the_run_needs_is_named_and_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / "cifs").mkdir()
    (tmp_path / name).write_text("mine")
    with (
        pytest.raises(UserError, match=f"no earlier run wrote them: {name}"),
        claimed_folder(tmp_path, KIND, overwrite=True),
    ):
        pass
    assert left(tmp_path) == {name}


def test_links_in_an_output_folder_are_not_followed(tmp_path: Path) -> None:
    folder = written(tmp_path / "out")
    (folder / "cifs").rename(tmp_path / "precious")
    (folder / "cifs").symlink_to(tmp_path / "precious")
    with pytest.raises(UserError, match=r"cifs \(a link\)"), claimed_folder(folder, KIND, overwrite=True):
        pass
    clear(folder, KIND)
    assert left(tmp_path / "precious") == {"gen_1.cif", "gen_2.cif", "mine.cif"}


def test_a_manifest_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    folder = tmp_path / "out"
    folder.mkdir()
    names = ["../precious", str(tmp_path / "precious"), "a/../../precious"]
    Manifest(folder).start(names)
    Manifest(folder).remove_files(names)
    assert Manifest(folder).names() == []
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize("others", [(), ("thesis.tex", "cifs/gen_1.cif")])
def test_a_manifest_of_another_program_is_refused_and_its_files_stay(tmp_path: Path, others: tuple[str, ...]) -> None:
    (tmp_path / "cifs").mkdir()
    for name in (MANIFEST, *others):
        (tmp_path / name).write_text("thesis.tex\ncifs/gen_1.cif\n")
    for overwrite, says in ((True, r"no earlier run wrote them: \.manifest"), (False, "is not empty")):
        with pytest.raises(UserError, match=says), claimed_folder(tmp_path, KIND, overwrite=overwrite):
            clear(tmp_path, KIND)
    assert left(tmp_path) == {MANIFEST, *others}


def test_a_manifest_that_is_a_folder_or_a_link_is_refused(tmp_path: Path) -> None:
    for name in ("folder", "link"):
        written(tmp_path / name)
        (tmp_path / name / MANIFEST).rename(tmp_path / name / "old")
    (tmp_path / "folder" / MANIFEST).mkdir()
    (tmp_path / "link" / MANIFEST).symlink_to("old")
    for name, mode in (("folder", "resume"), ("folder", "overwrite"), ("link", "resume"), ("link", "overwrite")):
        with pytest.raises(UserError, match=r"\.manifest"), claimed_folder(tmp_path / name, KIND, **{mode: True}):
            pass


def test_only_names_that_the_kind_of_run_can_write_are_removed(tmp_path: Path) -> None:
    folder = written(tmp_path / "out")
    Manifest(folder).start(["run.yaml", "table.csv", "cifs/gen_1.cif", "cifs/gen_2.cif", "notes.txt", "cifs/mine.cif"])
    with claimed_folder(folder, KIND, overwrite=True):
        clear(folder, KIND)
    assert left(folder) == {"notes.txt", "cifs/mine.cif"}


def test_a_manifest_of_the_first_versions_counts_beside_a_record_only(tmp_path: Path) -> None:
    folder = written(tmp_path / "out")
    lines = (folder / MANIFEST).read_text().splitlines(keepends=True)
    (folder / MANIFEST).write_text("".join(lines[1:]))
    assert KIND.ours(folder) == ["run.yaml", "table.csv", "cifs/gen_1.cif", "cifs/gen_2.cif"]
    (folder / "run.yaml").unlink()
    assert KIND.ours(folder) == []


def test_a_line_that_a_kill_cut_short_is_no_name(tmp_path: Path) -> None:
    Manifest(tmp_path).start(["cifs/gen_10.cif"])
    with (tmp_path / MANIFEST).open("a") as file:
        file.write("cifs/gen_1")
    assert Manifest(tmp_path).names() == ["cifs/gen_10.cif"]


def test_a_mistake_leaves_no_new_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="wrong"), claimed_folder(tmp_path / "out", KIND):
        raise UserError("wrong")
    assert not (tmp_path / "out").exists()


def test_an_interrupted_run_says_that_results_are_kept_only_if_there_are_any(tmp_path: Path) -> None:
    for name, words in (("run.yaml", "finished results are kept"), ("table.csv", "nothing was finished")):
        kind = FolderKind("run.yaml", (), kept=lambda folder: (folder / "run.yaml").exists())
        with pytest.raises(KeyboardInterrupt) as caught, claimed_folder(tmp_path / name, kind):
            stopped((tmp_path / name / name).touch)
        assert words in caught.value.__notes__[0]
        assert "--resume" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "is full"), (errno.EROFS, "is read-only"), (errno.EDQUOT, "quota"), (errno.EIO, "fails")],
)
def test_a_fault_of_the_disk_is_one_line_with_path_and_disk(tmp_path: Path, number: int, words: str) -> None:
    with pytest.raises(ElectrolithError, match=words) as caught, claimed_folder(tmp_path / "out", KIND):
        raise OSError(number, os.strerror(number), str(tmp_path / "out" / "x.cif"))
    assert caught.value.exit_code == 1
    assert f"{tmp_path / 'out' / 'x.cif'}: the disk {mount_of(tmp_path)} " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_faults_of_the_disk_are_found_in_the_errors_of_libraries() -> None:
    from safetensors import SafetensorError

    rust = SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")
    torch = RuntimeError("[enforce fail at inline_container.cc:863] . PytorchStreamWriter failed writing file data/0")
    try:
        try:
            raise OSError(errno.EROFS, "Read-only file system", "a.csv")
        except OSError as error:
            raise ValueError("cannot save") from error
    except ValueError as error:
        chained = error
    for error, words in ((rust, "is full"), (torch, "is full"), (chained, "is read-only")):
        assert words in str(disk_fault(error, Path("out")))
    assert disk_fault(ValueError("no"), Path("out")) is None
    assert disk_fault(FileNotFoundError(errno.ENOENT, "no", "a"), Path("out")) is None


def claim(path: Path, *inputs: Path) -> object:
    return claimed_file(path, inputs, lambda one: begins_with(one, b"id,"), "a table")


def test_only_a_file_of_an_earlier_run_is_replaced(tmp_path: Path) -> None:
    mine, table = tmp_path / "mine.csv", tmp_path / "table.csv"
    mine.write_text("name,cif")
    with pytest.raises(UserError, match="is not a table of an earlier run"), claim(mine):
        pass
    for _ in range(2):
        with claim(table):
            write_atomic(table, b"id,formula")
    with pytest.raises(UserError, match="is the input"), claim(table, table):
        pass
    with pytest.raises(UserError, match="is a folder"), claim(tmp_path):
        pass
    assert left(tmp_path) == {"mine.csv", "table.csv"}


def test_an_interrupted_file_stays_as_it_was(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,old")
    with pytest.raises(KeyboardInterrupt) as caught, claim(table), atomic_path(table) as part:
        stopped(lambda: part.write_text("id,half"))
    assert table.read_text() == "id,old"
    assert "was not written" in caught.value.__notes__[0]
    assert left(tmp_path) == {"table.csv"}


def test_a_link_keeps_its_place_and_a_long_name_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_text("old")
    (tmp_path / "link").symlink_to("real/a")
    write_atomic(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a").read_text() == "new"
    write_atomic(tmp_path / ("n" * 255), b"long")
    write_atomic(Path(os.devnull), b"gone")
