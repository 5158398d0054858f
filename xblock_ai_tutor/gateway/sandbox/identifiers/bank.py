"""Numbers of money: payment cards, IBANs, sort codes with account numbers. Called through `REGISTRY`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import iban, luhn
from stdnum.exceptions import ValidationError

from xblock_ai_tutor.gateway.sandbox.identifiers.base import (
    END,
    END_NUMBER,
    IN_CONTEXT,
    LABELLED,
    NAMED_AFTER,
    NAMED_NEARBY,
    SEP,
    START,
    START_NUMBER,
    UNMISTAKABLE,
    Form,
    Found,
    Identifier,
    compact,
    digits_of,
    labelled,
    words,
)
from xblock_ai_tutor.gateway.sandbox.identifiers.searched import Searched, Sign, Words
from xblock_ai_tutor.gateway.sandbox.msgid import _

# Issuers' ranges by length (ISO/IEC 7812): without them one number in ten passes the Luhn check.
_ISSUERS: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|(?:6011|6[45]\d\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12}|(?:50|5[6-9]|6[0-9])\d{14}|62\d{14,17}"
)


def _is_card(value: str) -> bool:
    number = digits_of(value)
    return bool(_ISSUERS.fullmatch(number)) and bool(luhn.is_valid(number))


def _is_card_length(value: str) -> bool:
    return 13 <= len(digits_of(value)) <= 19


# Not from a path's folder of a year on.
_CARD: Final = re.compile(rf"(?s)[2-6]{START_NUMBER}(?!(?<=/.)[0-9]{{3}}/)(?:{SEP}[0-9]){{12,18}}")
_CARD_ENDS: Final = re.compile(END_NUMBER)
_GROUP_END: Final = re.compile(r"[0-9](?![0-9])")


def _cards(searched: Searched) -> Iterator[Found]:
    """Find card numbers; what follows in the next cell of a table is not theirs, so shorter ones are tried as well."""
    for start, stop, value in searched.matches(_CARD, 13):
        for place in reversed([match.end() for match in _GROUP_END.finditer(value)]):
            end = start + place
            if end == stop and not _CARD_ENDS.match(searched.text, end):
                continue
            if _is_card(value[:place]):
                yield Found(start, end, UNMISTAKABLE)
                break


_CARD_SEP: Final = r"[\s.\-/_]{0,3}"
_CARD_LABEL: Final = (
    r"(?:credit|debit|payment|bank|visa|mastercard|amex)[\s_\-]?card|card[\s_\-]?(?:number|no)|pan|visa|mastercard|amex"
)

# IBAN: the length is the country's, so that a capital word that follows is not swallowed (SWIFT IBAN registry).
_IBAN_LENGTHS: Final = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FI FO GL NL SD", "19": "MK SI", "20": "AT BA EE KZ LT LU XK",
        "21": "CH HR LI LV", "22": "BG BH CR DE GB GE IE ME RS VA", "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG", "25": "LY PT ST", "26": "IS TR", "27": "BI DJ FR GR IT MC MR SM",
        "28": "AL AZ BY CY DO GT HU LB NI PL SV",
        "29": "BR EG PS QA UA", "30": "JO KW MU YE", "31": "MT SC", "32": "LC",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN_SHAPE: Final = rf"(?-i:[A-Z]{{2}}[0-9]{{2}}(?:[ \-]?[A-Z0-9]{{4}}){{2,7}}(?:[ \-]?[0-9]{{1,3}})?){END}"
# Sought from the check digits: digits are rarer than letters.
_IBAN_DIGITS: Final = re.compile(rf"(?s)[0-9](?:(?<=[A-Za-z].)|(?<=[A-Za-z]\s.)){SEP}[0-9]")
# The country's letters and the check digits, as they may stand in a text.
_COUNTRIES: Final = "|".join(r"\s?".join(country) for country in _IBAN_LENGTHS)
_IBAN_SIGN: Final = Sign(re.compile(rf"(?i)(?<![A-Za-z0-9])(?:{_COUNTRIES})\s?[0-9]{SEP}[0-9]"))
_IBAN_COUNTRY: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]\s?[A-Za-z]\s?\Z")
_IBAN_REST: Final = re.compile(rf"(?:{SEP}[A-Za-z0-9]){{11,30}}")
_IBAN_BEGINS: Final = "|".join(rf"{country[0]}{START}\s?{country[1]}" for country in _IBAN_LENGTHS)
_IBAN_WHOLE: Final = re.compile(rf"(?is)(?:{_IBAN_BEGINS})\s?[0-9]{SEP}[0-9]{_IBAN_REST.pattern}")


def _ibans(searched: Searched) -> Iterator[Found]:
    text = searched.text
    for digits, stop, _value in searched.matches(_IBAN_DIGITS, 7):
        country = _IBAN_COUNTRY.search(text, max(0, digits - 5), digits)
        if country is None:
            continue
        start = country.start()
        length = _IBAN_LENGTHS.get(compact(country[0]))
        rest = None if length is None else _IBAN_REST.match(text, stop)
        if length is None or rest is None:
            continue
        end, taken = stop, 4
        while end < rest.end() and taken < length:
            taken += text[end].isalnum()
            end += 1
        if taken == length and not text[end : end + 1].isalnum() and _is_iban(text[start:end]):
            yield Found(start, end, UNMISTAKABLE)


def _is_iban(value: str) -> bool:
    try:
        # The account's own check digits are the bank's affair: a wrong one is still an account.
        iban.validate(compact(value), check_country=False)
    except ValidationError:
        return False
    return True


_SORT_CODE: Final = rf"[0-9]{START_NUMBER}[0-9](?:\s?[\-./]\s?[0-9]{{2}}){{2}}{END_NUMBER}"
_ANY_SORT_CODE: Final = rf"[0-9]{START}[0-9](?:[\s\-./_]{{0,3}}[0-9]{{2}}){{2}}{END}"
_ACCOUNT: Final = (
    rf"[0-9]{START}(?!(?<=[12])(?:9|0)[0-9]{{2}}-[01][0-9]-)(?:[ \-_]?[0-9]){{7}}{END}(?!-[0-9]{{2,4}}(?![0-9]))"
)
_TIGHT_SORT_CODE: Final = rf"[0-9]{START_NUMBER}[0-9](?P<set_apart>[ _]?)[0-9]{{2}}(?P=set_apart)[0-9]{{2}}{END_NUMBER}"
_BOTH: Final = rf"(?:{_ANY_SORT_CODE}[\s,;:/|_\-.]{{1,4}}{_ACCOUNT}|[0-9]{START}(?: [0-9]){{13}}{END})"
# With nothing between the two, or with thin spaces, which the view leaves out.
_GLUED: Final = rf"[0-9]{START_NUMBER}[0-9](?:[\-./]?[0-9]{{2}}){{2}}[0-9]{{8}}{END_NUMBER}"
_SORT_STARTS: Final = ("sort", "s/c", "s_c", "s-c", "cod")
_ACCOUNT_STARTS: Final = ("bank", "ac", "a/c", "a_c", "a-c", "rhif", "cyfrif", "num", "compte", "coordonn")
_SORT_LABEL: Final = r"sort[\s_\-]?codes?|s[/_\-]c|cod(?:au)?[\s_\-]?didoli|codes?[\s_\-]guichet"
# In Welsh and French: not "cyfrif" or "compte" alone, which also count things.
_CYFRIF_OR_COMPTE: Final = (
    r"rhif(?:au)?[\s_](?:y[\s_]|eich[\s_]|fy[\s_])?cyfrif|cyfrif(?:on)?[\s_]banc|"
    r"num.ros?[\s_]de[\s_](?:son[\s_]|mon[\s_]|votre[\s_])?compte|compte[\s_]bancaire|coordonn.es[\s_]bancaires"
)
_ACCOUNT_NUMBER_LABEL: Final = (
    r"(?:account|acct|acc)[\s_\-]?(?:no|num|number|nr)|a/?c[\s_\-]?(?:no|num|number)|a/c|bank[\s_]?account|"
    rf"{_CYFRIF_OR_COMPTE}"
)
_ACCOUNT_LABEL: Final = (
    r"(?:bank[\s_\-]?)?(?:account|acct|acc|a[/_\-]c)(?:[\s_\-]?(?:no|num|numbers?|nr))?|ac[\s_\-]?no|"
    rf"{_CYFRIF_OR_COMPTE}"
)
# An account of a book-keeper's.
_LEDGER: Final = re.compile(
    r"(?i)(?:(?<![a-z])(?:gl|g/l|ledger|nominal|control|suspense)[\s_\-]{1,2}(?:account|acct|a/c)|"
    r"account[\s_\-]{0,2}(?:code|class|heading))[^a-z0-9]{0,4}(?:(?:no|number|is|was)[^a-z0-9]{0,4}){0,2}\Z"
)
# What an account number alone stands beside.
_PAY_INTO: Final = r"(?:bank|account)[\s_\-]?details|pa(?:y|yable|ying|id)[\s_](?:in)?to"
_ACCOUNT_WORDS: Final = words(
    r"bank[\s_]?details|account[\s_]?names?|bacs|direct[\s_]debits?|standing[\s_]orders?|building[\s_]society|salary"
)
# Older ones, and those of other societies, are shorter.
_SHORT_ACCOUNT: Final = rf"[0-9]{START_NUMBER}(?:[0-9]{{5,6}}|[0-9](?:[ \-][0-9]{{2}}){{2}}){END_NUMBER}"
# Near a sort code and an account number together, fourteen digits in all.
_BOTH_NEARBY: Final = words(
    rf"{_SORT_LABEL}|bank[\s_]?(?:account|details)|account[\s_]?details|{_ACCOUNT_NUMBER_LABEL}"
)
_BANK_WORDS: Final = words(
    rf"{_SORT_LABEL}|{_ACCOUNT_LABEL}|"
    r"bank|bacs|payee|pay|paid|payments?|refund|transfer|direct debit|standing order"
)

IDENTIFIERS: Final = (
    Identifier(
        "payment_card",
        _("payment card number"),
        (
            labelled(
                _CARD_LABEL,
                rf"[0-9](?:{_CARD_SEP}[0-9]){{12,18}}{END}",
                *("credit", "debit", "payment", "bank", "visa", "mastercard", "amex", "card", "pan"),
                valid=_is_card_length,
                digits=13,
            ),
        ),
        key=digits_of,
        finder=_cards,
        shapes=(_CARD,),
    ),
    Identifier(
        "iban",
        _("IBAN"),
        # Right after its name, mistyped.
        (labelled("iban", _IBAN_SHAPE, "iban", rank=IN_CONTEXT),),
        finder=_ibans,
        signs=(_IBAN_SIGN,),
        shapes=(_IBAN_WHOLE,),
    ),
    Identifier(
        "bank_account",
        _("bank account"),
        (
            Form(
                re.compile(rf"(?s){_SORT_CODE}[\s,;:/|.]{{1,4}}{_ACCOUNT}"),
                context=_BANK_WORDS,
                rank=LABELLED,
                digits=14,
            ),
            Form(
                # Not the end of a court's case number and the account number in the next cell.
                re.compile(rf"(?s)(?<!-[A-Z]{{3}}-)(?<!-[0-9]{{4}}-){_BOTH}"),
                context=_BOTH_NEARBY,
                rank=NAMED_NEARBY,
                digits=14,
            ),
            Form(
                re.compile(f"(?s){_GLUED}"),
                digits=14,
                context=_BOTH_NEARBY,
                rank=IN_CONTEXT,
            ),
            labelled(
                rf"(?:{_SORT_LABEL})(?:\s?(?:and|/|&|ac?|et)\s?(?:{_ACCOUNT_LABEL}))?|{_ACCOUNT_LABEL}|(?:bank|account)[\s_\-]?details",
                rf"{_BOTH}|{_GLUED}|[0-9]{START}(?: ?[0-9]){{13}}{END}",
                *_SORT_STARTS,
                *_ACCOUNT_STARTS,
                digits=14,
                plural="",
            ),
            labelled("sc", _SORT_CODE, "sc", digits=6),
            labelled(_SORT_LABEL, _ANY_SORT_CODE, *_SORT_STARTS, digits=6),
            labelled(_ACCOUNT_LABEL, _ACCOUNT, *_ACCOUNT_STARTS, digits=8, unless=_LEDGER, plural=""),
            labelled(_PAY_INTO, rf"{_BOTH}|{_ACCOUNT}", "bank", "account", "pay", "paid", digits=8),
            labelled(
                _ACCOUNT_NUMBER_LABEL, _SHORT_ACCOUNT, *_ACCOUNT_STARTS, digits=6, rank=IN_CONTEXT, unless=_LEDGER
            ),
            # The table's row: the labels stand in its head.
            Form(
                re.compile(f"(?s){_SORT_CODE}"),
                context=words(_SORT_LABEL),
                rank=IN_CONTEXT,
                digits=6,
            ),
            Form(
                re.compile(rf"(?s)[0-9]{START_NUMBER}[0-9]{{13}}{END_NUMBER}"),
                context=words(_SORT_LABEL),
                rank=IN_CONTEXT,
            ),
            Form(
                re.compile(f"(?s){_TIGHT_SORT_CODE}"),
                context=words(_SORT_LABEL),
                rank=IN_CONTEXT,
                digits=6,
                after=0,
            ),
            # "201575 as the sort code", "20 15 75 (sort code)".
            Form(
                re.compile(f"(?s){_TIGHT_SORT_CODE}"),
                context=Words(
                    re.compile(rf"(?is)(?<=[0-9]){NAMED_AFTER}(?:{_SORT_LABEL}){END}"), words(_SORT_LABEL).signs
                ),
                rank=IN_CONTEXT,
                before=0,
                after=40,
                digits=6,
            ),
            Form(
                re.compile(f"(?s){_ACCOUNT}"),
                digits=8,
                context=words(rf"{_SORT_LABEL}|{_ACCOUNT_NUMBER_LABEL}"),
                rank=IN_CONTEXT,
                unless=_LEDGER,
            ),
            Form(
                re.compile(f"(?s)(?:{_BOTH}|{_ACCOUNT})"),
                digits=8,
                context=_ACCOUNT_WORDS,
                rank=IN_CONTEXT,
                before=60,
                after=40,
            ),
        ),
        key=digits_of,
    ),
)
