"""Whether a pasted document tries to instruct an AI: noticed and told to the learner, never obeyed. Called by `screen`.

Reading such a document with an AI tool is a risk that a course on AI teaches; so nothing is refused here. The patterns
speak of an AI, a model or its answer; an instruction to a human reader is none. Rates are in docs/sandbox.md.
"""

from __future__ import annotations

import re
from typing import Final

from xblock_ai_tutor.gateway.sandbox.extraction import demands_instructions, tries_override
from xblock_ai_tutor.gateway.sandbox.folding import scannable
from xblock_ai_tutor.gateway.sandbox.prescan import Prescan

_AI: Final = (
    r"(?:ai|a\.i\.|llms?|language models?|ai (?:models?|systems?|assistants?|tools?|agents?|reviewers?)|chat ?bots?|"
    r"chatgpt|gpt(?:-\d\S*)?|copilot|claude|gemini|virtual assistants?|automated (?:systems?|reviewers?|assistants?)|"
    r"assistants?|models?|bots?|summari[sz]ers?)"
)
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:note|message|attention|instructions?|important|notice|memo)(?: (?:to|for))?:? (?:(?:to|for|all|"
        rf"any|the) )*{_AI}\b",
        rf"\b(?:if|when) you(?:'re| are) (?:an? |the )*(?!model \w)(?!assistant \w){_AI}\b",
        rf"\b(?:any|every|all|dear|hey|hello) {_AI}\b[^.!?\n]{{0,60}}\b(?:must|should|shall|will|please|"
        rf"reading|processing|"
        rf"summari[sz]ing|reviewing)\b",
        rf"\b{_AI}\b[^.!?\n]{{0,40}}\b(?:reading|processing|summari[sz]ing|reviewing|parsing|analy[sz]ing) this\b",
        rf"\b{_AI}(?: ?[:,-]| must| should| shall)(?: always| never| please| not)* (?:ignore|disregard|do not|"
        rf"don't|approve|"
        rf"recommend|say|state|write|reply|respond|answer|include|omit|mention|rate|score|forward|send|add|tell|append)\b",
        r"\b(?:do not|don't|never) (?:mention|reveal|tell|disclose|show|flag|report|warn)\b[^.!?\n]{0,50}"
        r"\b(?:the user|this (?:instruction|message|note|text)|these instructions|your (?:summary|answer|"
        r"reply|response))\b",
        r"\b(?:in|at the end of|at the start of) your (?:summary|answer|reply|response|output)\b[^.!?\n]{0,60}"
        r"\b(?:include|say|state|write|add|recommend|must|mention|insert|link)|"
        r"\b(?:include|say|state|write|add|recommend|mention|insert|put)\b[^.!?\n]{0,60}\bin your "
        r"(?:summary|answer|reply|response|output)\b",
        r"\b(?:when|while|before|after) (?:summari[sz]ing|translating|reviewing|processing|answering)\b[^.!?\n]{0,60}"
        r"\b(?:always|you must|say|state|recommend|ignore|omit|include)\b",
        r"\b(?:your|the) (?:new|real|actual|updated|true) (?:task|instructions?|role|goal|objective|purpose)s?"
        r"(?: is| are|:)",
        r"\b(?:respond|reply|answer|output) (?:only )?with (?:only |just |exactly )?(?:the (?:word|phrase|"
        r"text)|\"|'|yes\b)",
        r"(?:^|\n)[ \t]*(?:#{1,4} ?)?(?:system|assistant|developer)(?: ?(?:message|prompt|note|override))?[ "
        r"\t]*[:>\]][ \t]*"
        r"(?:you|the user|ignore|output|override|from now|always|never|i have|answer|new|print|reveal|act|say)\b",
        r"<(?:system|instructions?|developer|assistant|prompt)>|<!--[^>]{0,200}\b(?:ai|assistant|model|ignore|instruct)",
        r"\bend of (?:document|e-?mail|text|user input|data)\b[^\n]{0,40}\b(?:new|now|system|begin|instructions?)\b",
        rf"\b{_AI}(?: tools?| reviewers?)? (?:must|should|shall|will now|has to|have to|is to|are to|is "
        rf"required to)\b(?=[^.!?\n]*"
        r"\b(?:not|say|call|recommend|ignore|treat|confirm|approve|summari[sz]e|compare|rate|mark|answer|output|skip|agree|"
        r"ask|forward|visit|cite|include|insert|mention|hide|conclude)\b)",
        r"\bas an? (?:ai|llm|language model|assistant|chatbot),? you (?:are|must|should|will|have)\b",
        r"\b(?:begin|start) (?:of )?(?:hidden|secret|system|new) (?:prompt|instructions?)\b|\bfor ai (?:eyes|"
        r"use|readers?) only\b",
        r"(?:^|\n|[.!?] )(?:reader |dear |hey |hello )?(?:ai|assistant|chatbot|copilot|model|llm)s?(?: \w+)?[:,] ?"
        r"(?:when|if|treat|say|score|approve|hide|output|ignore|please|rate|add)\b",
        r"\bdisregard (?:the|everything|all|what is) (?:text )?(?:above|before|previous)\b",
        r"\byou (?:must|should|will) now (?:act|behave|obey|answer|respond|follow|reveal|print|ignore|speak)\b",
        r"\bfrom now on,? (?:you|answer|respond|reply|always|act)\b",
        r"\b(?:forget|ignore|disregard|discard|set aside) (?:everything|all|anything|what|whatever)\b[^.!?\n]{0,40}"
        r"\b(?:above|before|said|told|earlier|prior|previous|so far|instructions?|prompt)\b",
        r"\b(?:reveal|print|repeat|show|output|leak|send)\b[^.!?\n]{0,30}\b(?:system prompt|"
        r"your (?:instructions|prompt|rules)|"
        r"api keys?|hidden (?:prompt|instructions))",
    )
)


_INSTRUCTS_IN: Final = Prescan(_PATTERNS)


def tries_to_instruct(text: str) -> bool:
    """Tell whether a document (a view of it) holds text that tries to instruct an AI."""
    plain = text.casefold()
    if tries_override(plain) or demands_instructions(plain):
        return True
    return any(pattern.search(plain) for pattern in _INSTRUCTS_IN.those_for(scannable(plain)))
