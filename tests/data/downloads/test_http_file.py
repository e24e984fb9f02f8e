"""Downloads against a loopback server: whole, in parts, cut, damaged, refused and unreachable."""

import hashlib
import socket

import numpy as np
import pytest

from engine.data.downloads import DownloadError, download, is_reachable
from tests.data.downloads.ranged_server import serving

CONTENT = np.random.default_rng(0).bytes(3_000_000)
EXPECTED = (len(CONTENT), hashlib.md5(CONTENT[: 1 << 20]).hexdigest())


@pytest.fixture
def server():
    with serving() as served:
        served.files["set.tgz"] = CONTENT
        yield served


def _get(server, tmp_path, **options):
    return download(f"{server.url}/set.tgz", tmp_path / "set.tgz", EXPECTED, **options)


def test_a_whole_file_arrives_with_its_progress(server, tmp_path):
    seen = []
    assert _get(server, tmp_path, show=lambda *told: seen.append(told)).read_bytes() == CONTENT
    assert seen[0] == (0, len(CONTENT)) and seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert [file.name for file in tmp_path.iterdir()] == ["set.tgz"]


def test_a_cut_download_keeps_its_part_and_continues_there(server, tmp_path):
    server.cut_after = 1_000_000
    with pytest.raises(DownloadError, match=r"cannot be reached.*1\.0 MB are kept") as raised:
        _get(server, tmp_path)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "set.tgz").exists()
    assert (tmp_path / "set.tgz.part").stat().st_size == 1_000_000
    server.cut_after = None
    assert _get(server, tmp_path).read_bytes() == CONTENT
    assert server.asked == [None, "bytes=1000000-"]


def test_a_server_without_ranges_starts_from_the_beginning(server, tmp_path):
    (tmp_path / "set.tgz.part").write_bytes(CONTENT[:500_000])
    server.takes_ranges = False
    assert _get(server, tmp_path).read_bytes() == CONTENT


def test_a_part_that_is_complete_needs_no_server(tmp_path):
    (tmp_path / "set.tgz.part").write_bytes(CONTENT)
    target = download("http://127.0.0.1:9/set.tgz", tmp_path / "set.tgz", EXPECTED)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("expected", [EXPECTED, None])
def test_a_part_that_is_too_long_is_thrown_away(server, tmp_path, expected):
    (tmp_path / "set.tgz.part").write_bytes(CONTENT + b"more")
    target = download(f"{server.url}/set.tgz", tmp_path / "set.tgz", expected)
    assert target.read_bytes() == CONTENT


def test_stopping_keeps_the_part(server, tmp_path):
    class Stop(Exception):
        pass

    def show(done, total):
        if done > 500_000:
            raise Stop

    with pytest.raises(Stop):
        _get(server, tmp_path, show=show)
    assert 500_000 < (tmp_path / "set.tgz.part").stat().st_size < len(CONTENT)
    assert _get(server, tmp_path).read_bytes() == CONTENT


def test_wrong_bytes_are_deleted_in_one_sentence(server, tmp_path):
    server.files["set.tgz"] = b"x" + CONTENT[1:]
    with pytest.raises(DownloadError, match=r"set.tgz from 127.0.0.1 is damaged or another version"):
        _get(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_names_its_status(server, tmp_path):
    with pytest.raises(DownloadError, match=r"refused the download with status 404"):
        download(f"{server.url}/no.tgz", tmp_path / "no.tgz")


def test_no_network_is_one_sentence(tmp_path):
    with pytest.raises(DownloadError, match=r"cannot be reached .*connect to a network"):
        download("http://127.0.0.1:9/set.tgz", tmp_path / "set.tgz", EXPECTED)
    assert not is_reachable("http://127.0.0.1:9/set.tgz")


def test_a_server_that_never_responds_is_given_up(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/set.tgz"
        with pytest.raises(DownloadError, match=r"cannot be reached"):
            download(url, tmp_path / "set.tgz", timeout=0.2)
        assert not is_reachable(url, timeout=0.2)


def test_any_response_means_reachable(server):
    assert is_reachable(f"{server.url}/set.tgz") and is_reachable(
        f"{server.url}/no such file".replace(" ", "%20")
    )
