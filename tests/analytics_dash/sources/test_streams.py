"""Wrappings of a feed: bounded lines, gzip told by its bytes, and damage that costs nothing that came before it."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_dash.errors import FeedError, UsageError
from analytics_dash.sources.streams import CHUNK, OVERLONG, Damage, Line, lines, look_at
from analytics_dash.sources.zstd import unzstd, zstd
from tests.support import feeds


def lines_of(data: bytes, folder: Path, limit: int = 1000) -> list[Line]:
    path = folder / "feed"
    path.write_bytes(data)
    return list(lines(look_at(path), limit=limit))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=3000), limit=st.integers(1, 60))
def test_lines_are_those_between_line_feeds(data: bytes, limit: int, tmp_path: Path) -> None:
    data = b"." + data
    whole = data.removesuffix(b"\n").split(b"\n")
    assert lines_of(data, tmp_path, limit) == [line if len(line) <= limit else OVERLONG for line in whole]


def test_a_line_may_span_chunks_and_a_longer_one_than_the_limit_is_not_kept(tmp_path: Path) -> None:
    long, longer = b"a" * (CHUNK + 17), b"b" * (3 * CHUNK)
    found = lines_of(b"\n".join([b"first", long, longer, b"last"]), tmp_path, limit=2 * CHUNK)
    assert found == [b"first", long, OVERLONG, b"last"]


def test_gzip_is_told_by_its_bytes_and_may_have_several_members(tmp_path: Path) -> None:
    rng = random.Random(3)
    text = [rng.randbytes(60).hex().encode() for _ in range(20_000)]
    data = feeds.gz(b"\n".join(text[:7000]) + b"\n") + feeds.gz(b"\n".join(text[7000:]) + b"\n") + b"\0" * 512
    assert lines_of(data, tmp_path) == text


def test_a_very_compressible_feed_is_unpacked_in_bounded_pieces(tmp_path: Path) -> None:
    line = b"x" * 999
    assert lines_of(feeds.gz((line + b"\n") * 30_000), tmp_path) == [line] * 30_000


@pytest.mark.parametrize("share", [0.05, 0.3, 0.8, 0.999])
def test_a_truncated_gzip_gives_every_whole_line_and_then_says_so(share: float, tmp_path: Path) -> None:
    rng = random.Random(5)
    text = [rng.randbytes(40).hex().encode() for _ in range(9000)]
    packed = gzip.compress(b"\n".join(text) + b"\n")
    *found, damage = lines_of(packed[: int(len(packed) * share)], tmp_path)
    assert damage == Damage("the gzip data ends too early; the file was cut short")
    assert found == text[: len(found)]
    assert len(found) > 9000 * share * 0.8 - 1200


def test_a_broken_gzip_gives_what_came_before_the_damage(tmp_path: Path) -> None:
    rng = random.Random(6)
    text = [rng.randbytes(40).hex().encode() for _ in range(9000)]
    packed = bytearray(gzip.compress(b"\n".join(text) + b"\n"))
    packed[-6] ^= 0xFF  # the checksum: everything before it is readable
    *found, damage = lines_of(bytes(packed), tmp_path)
    assert isinstance(damage, Damage)
    assert found == text
    packed[len(packed) // 2 : len(packed) // 2 + 40] = rng.randbytes(40)
    *found, damage = lines_of(bytes(packed), tmp_path)
    assert isinstance(damage, Damage)
    assert len(found) > 3000
    assert found[:3000] == text[:3000]


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.binary(max_size=3000), min_size=1, max_size=4), skip=st.integers(0, 3))
def test_zstd_is_told_by_its_bytes_and_may_have_several_frames(parts: list[bytes], skip: int, tmp_path: Path) -> None:
    data = b".".join([b"", *parts])
    frames = [zstd.compress(data[:skip]), *(zstd.compress(b"." + part) for part in parts)]
    assert lines_of(b"".join(frames), tmp_path, limit=CHUNK) == lines_of(data[:skip] + data, tmp_path, limit=CHUNK)


def test_a_very_compressible_zstd_feed_is_unpacked_in_bounded_pieces(tmp_path: Path) -> None:
    line = b"x" * 999
    packed = zstd.compress((line + b"\n") * 30_000)
    assert max(len(piece) for piece in unzstd(iter([packed]))) <= 2 * CHUNK
    assert lines_of(packed, tmp_path) == [line] * 30_000


@pytest.mark.parametrize("share", [0.05, 0.3, 0.8, 0.999])
def test_a_truncated_or_broken_zstd_gives_what_came_before(share: float, tmp_path: Path) -> None:
    rng = random.Random(5)
    text = [rng.randbytes(40).hex().encode() for _ in range(30_000)]
    packed = zstd.compress(b"\n".join(text) + b"\n", options={zstd.CompressionParameter.checksum_flag: 1})
    cut = int(len(packed) * share)
    for spoilt in (packed[:cut], packed[:cut] + rng.randbytes(40) + packed[cut + 40 :]):
        *found, damage = lines_of(spoilt, tmp_path)
        assert isinstance(damage, Damage)
        sure = max(0, int(30_000 * share) - 2500)  # a block of zstd holds 128 KiB
        assert len(found) >= sure
        assert found[:sure] == text[:sure]


def test_rubbish_after_the_gzip_data_is_damage(tmp_path: Path) -> None:
    *found, damage = lines_of(feeds.gz(b"one\ntwo\n") + b"rubbish", tmp_path)
    assert found == [b"one", b"two"]
    assert isinstance(damage, Damage)


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\xff\xfe{\0", b"SQLite format 3\0"])
def test_other_formats_are_refused_with_what_to_do(magic: bytes, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="export it as UTF-8 text"):
        lines_of(magic + b"rest", tmp_path)


def test_a_log_that_grows_is_read_as_it_was_when_it_was_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "tracking.log"
    path.write_bytes(b"one\ntwo\n")
    feed = look_at(path)
    with path.open("ab") as log:
        log.write(b"three\n")
    assert list(lines(feed)) == [b"one", b"two"]


def test_a_file_that_was_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tracking.log"
    path.write_bytes(b"one\ntwo\n")
    feed = look_at(path)
    path.write_bytes(b"other\n")
    with pytest.raises(FeedError, match="changed while it was being read"):
        list(lines(feed))


def test_a_missing_file_and_a_folder_are_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        look_at(tmp_path / "absent.log")
    with pytest.raises(UsageError, match="is not a file"):
        look_at(tmp_path)


@pytest.mark.parametrize("wrap", [bytes, feeds.gz, zstd.compress])
def test_a_tar_archive_is_refused_with_what_to_do(tmp_path: Path, wrap: Callable[[bytes], bytes]) -> None:
    """Each member's first line would stand behind its header, and be lost."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("tracking.log")
        member.size = 6
        archive.addfile(member, io.BytesIO(b"line 1"))
    with pytest.raises(FeedError, match=r"tar archive.*unpack it"):
        lines_of(wrap(packed.getvalue()), tmp_path)
