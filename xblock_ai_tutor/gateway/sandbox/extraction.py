"""Attempts to get at the tutor's instructions or to talk it out of them: a small set of patterns. Called by `screen`.

The set is measured in the tests of `screen` and is no boundary: the guard is one, and the instructions hold
nothing that a learner may not know. Asking *about* such attempts is what a course on prompt injection is for, so
questions about them and quoted examples do not count.
"""

from __future__ import annotations

import re
from typing import Final

from xblock_ai_tutor.gateway.sandbox.folding import scannable
from xblock_ai_tutor.gateway.sandbox.prescan import Prescan

_OWNERS: Final = (
    "your|the|ur|its|tutor'?s|assistant'?s|model'?s|bot'?s|all|full|entire|exact|complete|original|verbatim|hidden|secret|"
    "initial|internal|underlying|whole|previous|preceding|above|developer|system|base|core|own|confidential|first|starting"
)
_THINGS: Final = (
    "system ?prompts?|prompts?|pre-?prompts?|instructions?|system messages?|developer messages?|initial messages?|"
    "guidelines|directives|configuration|canary(?: token)?|rules"
)
_WHAT: Final = rf"(?P<what>(?:(?:{_OWNERS}) ){{1,6}}(?:{_THINGS}))"
_TELL: Final = (
    "repeat|print|show|reveal|output|display|tell|give|leak|dump|expose|disclose|share|recite|paste|copy|write|type|spell|"
    "return|echo|list|summari[sz]e|paraphrase|translate|encode|quote|state|describe|send|read|provide|produce|"
    "explain|hand over|see|view|generate|make|turn|need|want|know|get"
)
_FILLERS: Final = (
    "me|us|back|out|down|verbatim|word for word|exactly|again|to me|just|please|everything in|all of|about|with|to see|"
    "(?:a|an|the)(?: full| complete| short| exact| whole| entire| first| last)* (?:summary|table|list|copy|version|"
    "text|contents?|words?|lines?|translation|wording) of"
)
_ALL: Final = (
    r"everything|all(?: of)?(?: the)?(?: text| words)?|the (?:text|words|content|conversation|lines?|message)|"
    r"what(?:ever)?(?: is| was)?"
)
_ABOVE: Final = (
    "above|before (?:this|my)|at the (?:start|beginning|top) of (?:this|the|our) (?:conversation|chat|context|prompt)"
)
_DEMANDS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:{_TELL})(?: (?:{_FILLERS})){{0,4}},? {_WHAT}",
        rf"\bwhat(?:'s| is| are| was| were| does| do)(?: written in| in| inside)? {_WHAT}"
        r"(?= ?(?:\?|\.|$|say|verbatim|exactly|word|contain))",
        rf"\b(?:repeat|print|output|show|write|copy|recite|echo|tell me) (?:me |out |back )?(?:{_ALL})(?: that)?"
        rf"(?: is| was| were| came| comes| appears?| you were (?:given|told))?(?: written)? (?:{_ABOVE})",
        r"\bhow (?:were|are) you (?:instructed|prompted|programmed|configured) (?:exactly|verbatim|word for word)",
        r"\b(?:begin|start) (?:your (?:answer|reply|response|output) )?with (?:the words )?[\"']?you are (?:an?|the)\b",
        r"\bwhat (?:were|was) you (?:told|instructed|given) (?:before|at the (?:start|beginning))",
        r"\b(?:what|which) (?:rules|instructions|guidelines|directives|prompts?) (?:do|did|were|are|have|must) you "
        r"(?:have|been|given|got|follow|told|receive|under|obey|keep)\b",
        r"\b(?:rules|instructions|guidelines) (?:that )?you (?:were given|follow|have to follow|must follow|"
        r"obey|received)\b"
        r"(?=\W*$)",
        r"\b(?:what|which) .{0,30}\b(?:your developers?|your operator|the operator|your makers?|your creators?)"
        r" (?:tell|told|give|gave|instruct|want)",
        r"\bwhat (?:did|does|do|is in|was in) (?:the|your) (?:system|developer) (?:message|prompt)s? (?:say|"
        r"contain|tell|hold)",
        r"\bwhat (?:is|was|were|stands|comes)\b.{0,20}\b(?:at the (?:top|start|beginning) of (?:this|our) "
        r"(?:conversation|chat|context|prompt)|canary|confidential line)\b",
        r"\b(?:continue|complete|finish|begin|start)\b.{0,50}\b(?:you are an? tutor|my (?:system prompt|"
        r"instructions)\b)",
        r"^(?:(?:and|so|now|ok|okay|please),? )*(?:show|give|print|reveal|list|what about)?:? ?(?:me "
        r")?(?:your|ur|the system) "
        r"(?:\w+ )?(?:instructions|prompt|system prompt|guidelines|rules)(?:,? (?:please|now|pls|verbatim))?\W*$",
        r"^(?:show|print|reveal|output|dump|leak) (?:the )?(?:hidden |secret |system )?(?:instructions|prompt)\W*$",
        r"\byour (?:system )?(?:instructions|prompt)\b.{0,40}\b(?:secret|print it|show (?:it|them)|reveal (?:it|them))",
        r"\bhow are you (?:configured|instructed|prompted|set up),? (?:exactly|verbatim|word for word)",
    )
)
# What is demanded must be the tutor's: "your prompt", or a hidden, initial or system one. "The prompt above" is not.
_OWNED: Final = re.compile(
    r"\b(?:your|ur|tutor'?s|assistant'?s|model'?s|bot'?s|system|hidden|secret|initial|developer|internal|underlying|"
    r"canary)\b"
)
# What is quoted is an example, but "complete: …" and "begin with …" ask for it.
_CONTINUE: Final = re.compile(
    r"\b(?:begin|start|complete|continue|finish)\b.{0,40}[\"'](?:you are an? tutor|my (?:system prompt|instructions))"
)
_QUOTED: Final = re.compile(
    r"\"[^\"\n]{0,400}\"|(?<!\w)'[^'\n]{3,400}'(?!\w)|```.{0,4000}?```|(?m:^>.{0,400}$)", re.DOTALL
)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?;])\s+|\n\s*\n")
_ABOUT: Final = re.compile(
    r"\b(?:what happens (?:if|when)|what if (?:someone|an?)|why (?:should|do|does|would|is|are)|"
    r"should (?:i|we|an?|the) (?:ever )?|can (?:an?|someone|people|attackers?)|is it (?:possible|safe|ok)|"
    r"how (?:do|can|could|might|would) (?:an?|people|someone|attackers?|developers?|teams?|others|we)|"
    r"an? (?:attacker|prompt|user|learner|message|e-?mail|document) (?:that|which|who|says?|said|asks?|asking|tells?)|"
    r"example of|explain (?:why|how)|difference between)\b"
)
_OVERRIDE: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass) (?:(?:all|any|the|your|my|these|those|of|every) ){0,4}"
    r"(?:(?:previous|prior|above|earlier|preceding|existing|safety|system) ){0,2}"
    r"(?:instructions?|rules|prompts?|guidelines|guardrails|restrictions|directions)|"
    r"\byou are now (?:(?:a|an|in|the|my|called|named|dan|acting|playing|free from|no longer|"
    r"unrestricted)\b|[a-z]{2,4}\b and)|\bpretend (?:to be|you are|that you)|\bact as if you (?:have|had) no\b|"
    r"\b(?:developer|debug|god|dan|jailbreak) mode\b|<\|?(?:im_start|system|endoftext)\|?>|\[/?(?:inst|system)\]"
)


_OVERRIDE_IN: Final = Prescan((_OVERRIDE,))
_CONTINUE_IN: Final = Prescan((_CONTINUE,))
_DEMANDS_IN: Final = Prescan(_DEMANDS)


def demands_instructions(text: str) -> bool:
    """Tell whether a sentence of `text` (a view), outside quotations, demands the tutor's own instructions."""
    small = text.casefold()
    if _CONTINUE_IN.possible(scannable(small)) and _CONTINUE.search(small):
        return True
    for sentence in _SENTENCE_END.split(_QUOTED.sub(" ", small)):
        plain = " ".join(sentence.split())
        patterns = _DEMANDS_IN.those_for(scannable(plain))
        if not patterns or _ABOUT.search(plain):
            continue
        for pattern in patterns:
            match = pattern.search(plain)
            if match and ("what" not in pattern.groupindex or _OWNED.search(match["what"])):
                return True
    return False


def tries_override(text: str) -> bool:
    """Tell whether `text` (a view) tries to talk the tutor out of its instructions, or quotes something that does."""
    plain = " ".join(text.casefold().split())
    return bool(_OVERRIDE_IN.possible(scannable(plain))) and _OVERRIDE.search(plain) is not None
