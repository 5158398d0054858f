"""The wall between people and pseudonyms: one person one alias, one key one world, and a key kept with care."""

from __future__ import annotations

import hmac
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_dash.errors import IdentityError
from analytics_dash.identity import KINDS, Identity, canonical
from analytics_dash.keys import load_key, open_identity
from tests.support import feeds

WHO = feeds.identity()
OTHER = feeds.identity(bytes(32))
VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(kind=st.sampled_from(KINDS), value=VALUES)
def test_an_alias_is_a_63_bit_number_that_depends_on_key_kind_and_person(kind: str, value: str) -> None:
    alias = WHO.alias(kind, value)  # type: ignore[arg-type]
    assert 0 <= alias < 1 << 63
    assert alias == feeds.identity().alias(kind, value)  # type: ignore[arg-type]
    assert alias != OTHER.alias(kind, value)  # type: ignore[arg-type]
    assert len({WHO.alias(each, value) for each in KINDS}) == len(KINDS)  # type: ignore[arg-type]


@given(key=st.binary(min_size=32, max_size=32), kind=st.sampled_from(KINDS), value=VALUES)
def test_an_alias_is_the_first_63_bits_of_hmac_sha_256(key: bytes, kind: str, value: str) -> None:
    mac = hmac.digest(key, f"{kind}|{canonical(kind, value)}".encode(), "sha256")  # type: ignore[arg-type]
    assert Identity(key).alias(kind, value) == int.from_bytes(mac, "big") >> 192 & (1 << 63) - 1  # type: ignore[arg-type]


@given(kind=st.sampled_from(KINDS), value=VALUES)
def test_a_canonical_spelling_stays_as_it_is(kind: str, value: str) -> None:
    once = canonical(kind, value)  # type: ignore[arg-type]
    assert canonical(kind, once) == once  # type: ignore[arg-type]


def test_spellings_of_one_address_are_one_person() -> None:
    spellings = ("jo.Weiß@canals.example", " JO.WEISS@CANALS.EXAMPLE\t", "ｊｏ.weiss@canals.example")
    assert len({WHO.alias("email", spelling) for spelling in spellings}) == 1
    assert WHO.alias("lms_username", "Jo") != WHO.alias("lms_username", "jo")
    assert WHO.alias("lms_user_id", 7) == WHO.alias("lms_user_id", "7") == WHO.alias("lms_user_id", " 07 ")


@given(st.binary(max_size=200))
def test_a_digest_is_keyed(content: bytes) -> None:
    assert WHO.digest(content) == feeds.identity().digest(content)
    assert WHO.digest(content) != OTHER.digest(content)


def test_a_key_is_made_once_for_its_owner_alone_and_said(tmp_path: Path) -> None:
    path, said = tmp_path / "home" / "pseudonym.key", []
    first = open_identity(path, say=said.append)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(said) == 1
    assert open_identity(path, say=said.append).fingerprint == first.fingerprint
    assert len(said) == 1
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert path.read_text().split()[-1] not in repr(first)


def test_another_key_than_the_warehouses_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    open_identity(path, say=lambda _: None)
    with pytest.raises(IdentityError, match="filled under another pseudonym key"):
        open_identity(path, say=lambda _: None, expected="0123456789abcdef")


def test_a_lost_key_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    with pytest.raises(IdentityError, match="restore the key from its backup"):
        open_identity(path, say=lambda _: None, expected="0123456789abcdef")
    assert not path.exists()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    open_identity(path, say=lambda _: None)
    path.chmod(0o640)
    with pytest.raises(IdentityError, match="chmod 600"):
        load_key(path)


@pytest.mark.parametrize("content", [b"", b"secret", b"adoption-pseudonym-key 2 " + b"a" * 64, b"\xff"])
def test_a_damaged_key_is_refused_and_not_shown(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "pseudonym.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(IdentityError, match="restore it") as caught:
        load_key(path)
    assert "secret" not in str(caught.value)


def test_a_key_has_one_length() -> None:
    with pytest.raises(IdentityError, match="32 bytes"):
        Identity(b"short")
