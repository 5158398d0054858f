"""Whether a sentence of an answer advises a person on a real legal or HR matter. Called by `guard`.

A tutor teaches how to check; what somebody should do about their claim, their colleague or their case is for a person
who answers for it. A sentence that directs ("you should appeal"), promises ("you would win") or pronounces ("your
dismissal was unfair") is advice. Speaking about advice is not ("I cannot say whether you should appeal"), nor is a
question, a quotation, or how to check. The patterns are English; the rates are in docs/sandbox.md.
"""

from __future__ import annotations

import re
from typing import Final

from xblock_ai_tutor.gateway.sandbox.folding import scannable
from xblock_ai_tutor.gateway.sandbox.prescan import Prescan
from xblock_ai_tutor.gateway.sandbox.view import View, view_of

_FORMAL: Final = (
    r"(?:formal |written |legal |civil |small |employment |tribunal |internal |judicial |whistleblowing )*"
    r"(?:grievances?|claims?|complaints?|appeals?|proceedings|lawsuits?|injunctions?|judicial review|writ|objections?|"
    r"petitions?|disciplinary (?:action|proceedings)|the et1|early conciliation)"
)
_ACT: Final = (
    r"(?:sue|prosecute|litigate|appeal(?! to (?!the (?:tribunal|court|employment|high|upper|first|eat)))|"
    r"dismiss(?! (?:an?|the|this) (?:\w+ )?(?:case|citation|authority|idea|answer|claim|source|output|"
    r"pop-?ups?|banner|dialog(?:ue)?|window|box|alert|message|suggestion|reminder))|"
    r"sack|fire|terminate|suspend(?! (?:judge?ment|belief))|discipline|demote|evict|deport|plead|resign|"
    r"settle(?! on\b| for a (?:format|word))|countersue|counterclaim|"
    r"quit your job|hand in your notice|whistleblow|go to (?:court|(?:an? |the )?(?:employment )?tribunal|acas)|"
    r"take (?:him|her|them|it|this|that|your \w+|the \w+) to (?:court|(?:an? |the )?(?:employment )?tribunal)|"
    r"take legal action|instruct (?:an? |your )?(?:solicitor|barrister|lawyer)|"
    r"report (?:him|her|them|this|it|your \w+) to (?:hr|acas|the (?:police|regulator|board|press|eat|ombudsman))|"
    rf"(?:claim (?:unfair|constructive|wrongful) dismissal|(?:bring|raise|lodge|file|submit|issue|make|"
    rf"start|launch|commence|pursue|seek|apply for|put in|enter) "
    rf"(?:an? |the |your |that |this )?(?:discrimination |unfair dismissal |negligence )?{_FORMAL})|"
    r"make (?:him|her|them|the (?:post|role|person|employee)|your \w+) redundant|"
    r"(?:give|issue) (?:him|her|them|the (?:employee|officer)|your \w+) (?:an? )?(?:final |first |written |formal )*"
    r"(?:warning|notice)|"
    r"(?:refuse|reject|grant|uphold|approve|withdraw|revoke) (?:the|this|that|his|her|their|your|an?) "
    r"(?:\w+ )?(?:application|claim|request|appeal|visa|permit|benefit|licence|grievance|complaint)|"
    r"(?:sign|accept|reject|refuse) (?:the|this|that|their|your) (?:settlement|offer|agreement|contract|compromise)"
    r"(?: (?:agreement|offer))?|"
    r"withhold (?:the |his |her |their |your )?(?:pay|wages|rent|payment|documents?)|stop paying|"
    r"(?:ignore|contest|challenge|dispute|defend) (?:the|this|that|your|their) "
    r"(?:claim|notice|decision|dismissal|penalty|fine|summons|order|charge|eviction))"
)
_ADVERB: Final = r"(?:(?:just|now|also|first|then|simply|immediately|definitely|probably|really|always|at once) )*"
_YOU: Final = (
    r"\b(?:you|we|your (?:\w+ ){1,2}|(?:he|she|they)|the (?:employee|officer|claimant|applicant|tenant|manager))"
)
_DIRECTS: Final = (
    rf"{_YOU}\s?(?:'d| would| will|'ll)? ?(?:should|must|ought to|need to|have to|had better|'d better|"
    rf"better|could|can|"
    rf"(?:can|could|may) (?:safely|simply|lawfully|legally)|are advised to|are free to|'d be wise to|"
    rf"would be wise to|be wise to) {_ADVERB}{_ACT}\b",
    rf"\b(?:i(?: would|'d)?|my) (?:strongly )?(?:advi[sc]e|recommend|suggest|urge|recommendation)(?: is)?"
    rf"(?: that)?(?: you| to you)?(?: should| to)? {_ADVERB}{_ACT}\b",
    rf"(?:^|[.!?:;]\s+|\b(?:so|then|therefore|next|first|yes|no|"
    rf"on what you (?:told me|say|describe)|in your (?:case|position|"
    rf"situation|shoes)|if i were you),? )(?:go ahead and |please |don't |do not |never )?{_ADVERB}"
    rf"{_ACT}\b(?= (?:him|her|them|it|the|this|that|your|an?|for|before|within|now|at|to|with|on|immediately|not|"
    rf"guilty)\b|[.!;])",
    r"\b(?:he|she|they|your \w+|the (?:employee|officer|member of staff)|this person|this employee) "
    r"(?:should|must|ought to|can lawfully|can legally|can|may|needs? to) (?:now |be |lawfully |fairly |immediately )*"
    r"(?:dismissed|sacked|fired|suspended|disciplined|demoted|evicted|deported|prosecuted|made redundant|"
    r"given (?:an? )?(?:final |written )*warning)\b",
)
_PRONOUNCES: Final = (
    r"\byou(?:'re| are| may be| might be| would be| will be)? ?(?:(?:legally|clearly|certainly|probably|also|fully|"
    r"definitely|therefore|not) )*(?:entitled to(?! (?:try|ask|your|think|doubt|a hint))|owed|eligible "
    r"for|liable (?:for|to)|in breach of|guilty of|"
    r"protected (?:by|under) the \w+ act|within your rights)\b",
    r"\byou (?:(?:clearly|certainly|probably|definitely|do|also) )*have (?:(?:a|an|the|no|every|good|strong|sufficient|"
    r"valid|solid|weak|excellent|clear|real|very|legal|arguable) )*(?:claim|case|grounds|right to (?:appeal|sue|"
    r"compensation|claim|refuse|withhold)|cause of action|defence|chance of winning)\b",
    r"\byou(?:'ll| will| would|'d| are going to| can expect to| should| are likely to)"
    r" (?:(?:probably|almost|certainly|definitely|easily|likely|be able to|also) )*(?:win\b|lose (?:the|this|your) "
    r"(?:case|claim|appeal)|succeed (?:at|in|before|with)|be (?:awarded|acquitted|found|compensated)|"
    r"get (?:compensation|"
    r"damages|a payout)|receive (?:compensation|damages|a payout))",
    r"\byour (?:\w+ )?(?:claim|case|appeal|grievance|defence|application)"
    r" (?:will|would|should|is likely to|is bound to|is sure to|is going to|is certain to|has (?:a|no|every) (?:\w+ )?"
    r"(?:chance|prospect)|is (?:very )?(?:strong|weak|hopeless|watertight|time-barred|out of time|valid|invalid))\b",
    r"\b(?:your (?:\w+ )?(?:dismissal|redundancy|suspension|eviction|contract|treatment|warning|arrest)|"
    r"(?:his|her|their) (?:dismissal|redundancy|conduct|suspension|behaviour)|"
    r"your (?:employer|manager|landlord|department|boss|colleague)(?:'s (?:\w+ )?(?:decision|conduct|"
    r"actions?|refusal))?|"
    r"what (?:your \w+|they|he|she|you) did)"
    r" (?:(?:clearly|certainly|probably|definitely) )*(?:was|is|were|amounts? to|constitutes?|has|have|broke|breached|"
    r"violated|acted|discriminated|cannot legally|can't legally|can legally|can lawfully|must pay|"
    r"must (?:now )?reinstate|"
    r"owes?)"
    r"(?: (?:(?:an?|clearly|certainly|against|the|in|guilty of|automatically|therefore|indeed|"
    r"not) )*(?:unfair|unlawful|"
    r"lawful|illegal|legal|void|wrongful|discriminat\w+|harassment|victimisation|gross misconduct|"
    r"constructive|breach\w*|broken|law|"
    r"you|your|regulations?|fair|negligent|act)\b)",
    r"\bthat (?:is|was|counts as|amounts to|would be) (?:clearly |certainly |"
    r"plainly )?(?:unfair dismissal|constructive "
    r"dismissal|(?:direct |indirect |unlawful )?discrimination|harassment|victimisation|gross misconduct|"
    r"a breach of (?:your )?contract)\b",
    r"\byou (?:don't|do not|really do) have (?:an? )?(?:case|claim|defence|grounds)\b|\b(?:he|she|they) (?:has|have) "
    r"(?:no|a (?:good|strong)) (?:defence|case|claim)\b",
    r"\byour (?:employer|manager|landlord|department|boss) (?:cannot|can't|may not|must) (?:legally |"
    r"lawfully )?(?:do|dismiss|"
    r"sack|evict|refuse|fire|pay|reinstate)\b|\b(?:he|she|they|it) (?:cannot|can't|may not) (?:legally |"
    r"lawfully )?(?:dismiss|"
    r"sack|evict|fire) you\b|\byour (?:employer|manager|landlord|department|boss|colleague|team) "
    r"(?:broke|has broken|is breaking|breached|has breached|is in breach of) "
    r"(?:the|employment|equality) (?:\w+ ){0,3}(?:law|act|regulations)\b",
    r"\blegally,? you (?:do not|don't|must|can|cannot|can't|may|need not|are|have)\b|"
    r"\bthe limitation period (?:has|had|is|"
    r"will have) (?:now |already |not )?(?:expired|passed|run|over)\b",
    r"\byou (?:must|have to|need to|do not have to|don't have to|needn't) pay (?:the|this|that) (?:fine|"
    r"penalty|charge|rent)\b",
    r"\bit (?:would|will|may) be (?:best|better|wise|safest|sensible) to (?:sue|dismiss|appeal|settle|"
    r"resign|sack|evict|instruct an? (?:solicitor|lawyer|barrister))\b",
    r"\bthey (?:owe|must pay|have to pay) you\b|\byou should \w+(?: \w+){1,3} and (?:bring|lodge|file|"
    r"raise) an? \w+\b|\bsue (?:them|him|her|your \w+|for)\b(?=.*\byou\b)",
)
_RULES: Final = tuple(re.compile(rule, re.IGNORECASE) for rule in (*_DIRECTS, *_PRONOUNCES))

# Speaking about advice: what follows one of these, to the end of its clause, is not given as advice.
_ABOUT: Final = re.compile(
    r"\b(?:whether|cannot (?:say|tell|advise|judge|decide|answer)|can't (?:say|tell|advise|judge|decide|answer)|"
    r"(?:not|never) (?:tell|ask|say|advise|told|assume|conclude|mean)|if (?:a|an|the|"
    r"your) \w+(?: \w+)? (?:says?|tells?|"
    r"claims?|answers?|writes?|advises?|suggests?|told)|"
    r"(?:model|chatbot|tool|tutor|ai|assistant|note|letter|output|answer|text|draft|it|they|someone|learner) "
    r"(?:may|might|could|would|will|can|that)? ?(?:says?|said|tells?|told|claims?|claimed|suggests?|suggested|advises?|"
    r"advised|asserts?|asserted|states?|stated|writes?|wrote|saying|suggesting)|"
    r"a sentence (?:like|such as)|for example|suppose|imagine|in (?:the|this) (?:example|exercise|scenario|note)|"
    r"(?:question|decision|matter|judgement|judgment) (?:of|about|on|whether)|(?:who|when|why|how|"
    r"what) (?:you|they|he|she|"
    r"someone|a person) (?:should|must|may|can|could))\b[^.;!?]*",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']{3,400}'(?!\w)|`[^`]*`")
_QUOTES: Final = frozenset("\"'`")
_QUESTION: Final = re.compile(r"\?[\"')\]*_\s]*(?:\[p-[^\]]*\]\s*)*\Z")
# Without one of these no rule can match: most sentences need no more than this one look.
_TOPIC: Final = re.compile(
    r"(?i)\b(?:su(?:e|ing)|prosecut|litigat|appeal|dismiss|sack|fired?\b|terminat|suspen|disciplin|demot|evict|deport|plead|"
    r"resign|settle|counter|quit|notice|whistle|court|tribunal|acas|legal|grievance|claim|complaint|proceedings|lawsuit|"
    r"injunction|review|writ|objection|petition|redundan|warning|refuse|reject|grant|uphold|approve|withdraw|revoke|sign|"
    r"accept|withhold|stop paying|ignore|contest|challenge|dispute|defend|entitled|owe|eligible|liable|breach|guilty|"
    r"protected|rights|case|grounds|win\b|lose|succeed|award|acquit|found|compensat|damages|payout|contract|treatment|"
    r"discriminat|harass|pay\b|fine\b|employer|landlord|victimis|misconduct|unfair|unlawful|illegal|solicitor|barrister|lawyer|report|broke|limitation|et1|conciliation|defence|application)"
)


_TOPIC_IN: Final = Prescan((_TOPIC,))
_ADVISED_IN: Final = Prescan(_RULES)
_ABOUT_IN: Final = Prescan((_ABOUT,))


def advises(sentence: str | View) -> bool:
    """Tell whether `sentence`, one of an answer, advises a person on a real legal or HR matter."""
    view = view_of(sentence)
    if not _TOPIC_IN.possible(view.scannable):
        return False
    text = " ".join(view.text.replace("*", "").split())
    if not _QUOTES.isdisjoint(text):
        text = _QUOTED.sub(" ", text)
    if "?" in text and _QUESTION.search(text):
        return False
    if _ABOUT_IN.possible(scannable(text)):
        text = _ABOUT.sub(" ", text)
    return any(rule.search(text) for rule in _ADVISED_IN.those_for(scannable(text)))
