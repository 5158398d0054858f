"""Which addresses an answer may hold: those on the lesson's list. Called by `guard`; `html` has a wall of its own."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from xblock_ai_tutor.gateway.sandbox.prescan import Prescan
from xblock_ai_tutor.gateway.sandbox.view import View, view_of

_IMAGE: Final = re.compile(r"!\[[^\]]{0,1000}\]\s{0,3}[(\[]")
_TARGETS: Final = (
    # [text](target), [label]: target
    re.compile(r"\]\(\s{0,20}<?([^\s<>)]{0,1000})"),
    re.compile(r"(?m)^[ >\t]{0,8}\[[^\]\n]{1,200}\]:[ \t]{0,8}<?([^\s<>]{0,1000}[/.:][^\s<>]{0,1000})"),
    re.compile(r"([A-Za-z][A-Za-z0-9+.\-]{1,20}://[^\s<>\"]{0,1000})"),
    re.compile(r"(?i)(?<![\w.@/])(www\d{0,3}\.[^\s<>\"]{1,1000})"),
    re.compile(r"(?<![:/\w])(//[A-Za-z0-9\-]{1,63}\.[^\s<>\"]{1,1000})"),
    re.compile(r"(?i)(?<![A-Za-z])((?:javascript|vbscript|mailto|tel|file|blob|ftp):[^\s<>\"]{1,1000})"),
    re.compile(r"(?i)(?<![A-Za-z])(data:(?:[a-z]{1,20}/|,|;)[^\s<>\"]{0,1000})"),
)
# A host named in prose is as good as a link to who copies it. The endings are those that hosts in prose have.
_HOST: Final = re.compile(
    r"(?<![\w@./:\-])((?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,6}"
    r"(?:com|org|net|info|biz|xyz|io|ai|co|uk|eu|us|ru|cn|top|site|online|link|click|app|dev|example)"
    r"(?::\d{1,5})?)(/[^\s<>\"]{0,1000})?(?![\w@\-])"
)
_ADDRESSED_IN: Final = Prescan((_IMAGE, *_TARGETS, _HOST))
_GOVERNMENT: Final = re.compile(r"(?:^|\.)gov\.uk$")
_TRAILING: Final = ".,;:!?)]}'\"*_>`"


class LinkList:
    """The addresses that an answer may hold."""

    def __init__(self, links: Collection[str]) -> None:
        self._links = {_plain(link) for link in links}
        self._bare = {re.sub(r"^[a-z]+://", "", link) for link in self._links}
        hosts = {urlsplit(link).hostname or "" for link in links if link.isascii() and "[" not in link}
        self._hosts = hosts | {host.removeprefix("www.") for host in hosts}

    def check(self, sentence: str | View) -> str | None:
        """Return `link` when `sentence` holds an address that is not listed, or an image; else None."""
        view = view_of(sentence)
        for pattern in _ADDRESSED_IN.those_for(view.scannable):
            for match in pattern.finditer(view.text):
                if pattern is _IMAGE or not (
                    self._is_known(match[1], match[2]) if pattern is _HOST else _plain(match[1]) in self._links
                ):
                    return "link"
        return None

    def _is_known(self, host: str, path: str | None) -> bool:
        if path and path != "/":
            return _plain(host + path) in self._bare
        return host in self._hosts or _GOVERNMENT.search(host) is not None


@functools.lru_cache(maxsize=256)
def link_list(links: tuple[str, ...]) -> LinkList:
    """The list of a lesson's links. Kept: they come with every turn."""
    return LinkList(links)


def _plain(link: str) -> str:
    return view_of(link).text.rstrip(_TRAILING).rstrip("/")
