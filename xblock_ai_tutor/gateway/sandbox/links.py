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
# A host named in prose is as good as a link to who copies it. The endings are those that hosts in prose have; before a
# path, any that no file has.
_ENDINGS: Final = (
    "com|org|net|info|biz|xyz|io|ai|co|uk|eu|us|ru|cn|top|site|online|link|click|app|dev|example|academy|agency|blog|chat|"
    "cloud|club|de|edu|gov|fr|help|host|ie|int|jp|legal|ly|mobi|museum|name|news|nl|page|press|pro|scot|shop|space|store|"
    "support|tech|tv|wales|cymru|website|wiki|work|world|zip"
)
_FILES: Final = (
    "aspx?|bat|bmp|cfg|conf|css|csv|docx?|eml|exe|gif|git|gz|html?|ini|ipynb|jpe?g|js|json|lock|log|md|msg|mp[34]|od[pst]|"
    "pdf|php|png|pptx?|py|rst|rtf|sh|sql|svg|tar|toml|tsv?|txt|wav|xlsx?|xml|ya?ml|zip"
)
_LABELS: Final = r"(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,6}"
_HOST: Final = re.compile(
    rf"(?<![\w@./:\-])({_LABELS}(?:(?:{_ENDINGS})|(?!(?:{_FILES})/)[a-z]{{2,10}}(?=/[A-Za-z0-9])|xn--[a-z0-9\-]{{2,59}})"
    rf"(?::\d{{1,5}})?)(/[^\s<>\"]{{0,1000}})?(?![\w@\-])"
)
# The name of one in another alphabet, as machines write it; and how people spell a host that they may not write.
_PUNYCODE: Final = re.compile(r"(?i)(?<![a-z0-9])(xn--[a-z0-9\-]{2,59})")
_SPELT: Final = re.compile(
    r"(?i)(?<![a-z0-9])(?!(?:the|a|an|of|early|late|its|every) )([a-z0-9\-]{2,63}"
    r"(?: {1,2}\. {0,2}| ?[\[({] ?(?:\.|dot) ?[\])}] ?| dot )"
    rf"(?:[a-z0-9\-]{{2,63}}(?: {{0,2}}\. {{0,2}}| ?[\[({{] ?(?:\.|dot) ?[\])}}] ?| dot )){{0,3}}"
    rf"(?:{_ENDINGS}))(?![a-z0-9\-])"
)
_ADRIFT: Final = re.compile(rf"(?<![a-z0-9])([a-z0-9\-]{{2,63}}\.[ \n](?:{_ENDINGS})/[A-Za-z0-9])")
# A name of other letters than Latin ones, with its dot: a full stop has a space after it.
_FOREIGN: Final = re.compile(r"[^\W_]{2,63}\.[^\W_]{2,63}")
_SCRIPT: Final = re.compile("[\u0370-\u1cff\u2c00-\u2dff\u3040-\ud7af]")
_ACCENTED: Final = re.compile(rf"(?<![\w@.])[^\W_A-Z]{{0,62}}[^\W\d_a-zA-Z][^\W_A-Z]{{0,62}}\.(?:{_ENDINGS})(?!\w)")
_ADDRESSED_IN: Final = Prescan((_IMAGE, *_TARGETS, _HOST, _PUNYCODE, _SPELT, _ADRIFT))
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
        if not view.text.isascii() and is_foreign_host(view.text):
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


def is_foreign_host(text: str) -> bool:
    """Tell whether `text` names a host in other letters than ASCII ones."""
    return _ACCENTED.search(text) is not None or any(
        _SCRIPT.search(match[0].partition(".")[2]) for match in _FOREIGN.finditer(text)
    )
