"""Hard negatives: what looks like an identifier or a marking and is none. Each text must come back untouched."""

from __future__ import annotations

import random
from typing import Final

from tests.evaluation.redaction.numbers import digits, letters

# {n} 1–3 digits, {d} one digit, {y} a year, {yy} two digits of one, {b} a big number with commas,
# {L} a capital, {m} month, {h} hex.
_TEMPLATES: Final = (
    "Traffic on the M{yy} and the A{n} fell after {y}, while the B{n}{d} stayed busy 24/7.",
    "In {y} the fund paid £{b}.{yy}, up from £{b} in {y} ({d}.{yy}%).",
    "See section {n}({d}) and Schedule {d}, paragraph {d}({L}), of the Finance Act {y}.",
    "R (Smith) v Secretary of State [{y}] UKSC {n}; [{y}] EWCA Civ {n}{d}; [{y}] EWHC {n}{d} (Admin).",
    "[{y}] UKUT {n} (IAC), [{y}] EAT {n}, [{y}] 1 WLR {n}{d} and (1987) 8 Cr App R {n} do not help.",
    "Regulation (EU) {y}/{n}{d}, Directive 95/46/EC, SI {y}/{n}{d} and WSI {y}/{n} were amended.",
    "ISBN 978-0-{yy}-{n}{n}-{d} and ISSN 1234-{n}{d} are in the library.",
    "doi:10.1016/j.jpubeco.{y}.{n}{d}{d} (accessed 1 {m} {y})",
    "Call 111, 101, 999 or the helpline on 0800 {n} {n}{d}; lines are open 8am to 6pm.",
    "HMRC's helpline is 0300 200 {n}{d}; Citizens Advice is on 0800 144 8848; Samaritans on 116 123.",
    "Fill in form SA{n}, P{yy}, N{n} or TR{n}; the guide is CG{n}{d}0 in the manual, NIM{n}{d}0.",
    "Command paper CP {n}, HC {n}{d}, HL Paper {n} and Cm {n}{d} were laid on {d} {m} {y}.",
    "The document reference is FIN-{y}-{n}{d}-v{d}.{d}, superseding POL/{n}/{yy}.",
    "Update to version {d}.{yy}.{n}, build {n}{n}, or v{d}.{d}.{d}.{d} where the laptop allows.",
    "Order {n}{n}{d}, invoice INV-{y}-{n}{d} and purchase order PO{n}{n} are settled.",
    "The site is at grid reference TQ {n} {n} (SU {n}{d} {n}{d}), near junction {d} of the M{d}.",
    "Part no. BX{yy}-{n}{L}, model X{n}, product code SW{d}-{d}{L}{L}{d} and a box of A4.",
    "The meeting ran from 10:{yy} to 11.{yy} on {yy}/0{d}/{y} ({y}-0{d}-1{d}T09:{yy}:00Z).",
    "Grades AO, EO, HEO, SEO, G{d} and SCS{d}; pay point {yy}; FTE {n}.{d}; {yy}% turnover.",
    "Mr Speaker, Madam Deputy Speaker and the Lord Chancellor took questions; the Prime Minister did not.",
    "The Chief Medical Officer, Dame or Sir, signs; a Doctor may countersign; a Judge decides; Lords vote.",
    "Dear Sir or Madam, Dear Colleague, Dear all, Dear Customer, Hello team, Hi everyone,",
    "Lot {n}: bridge {n}, span {n}.{d} m, load {n}{d} kN, grid {L}{d}-{L}{d}, drawing {n}-{n}-{d}{d}.",
    "CO2 fell by {n} kt, NO2 by {d}.{d} µg/m3, and PM2.5 by {yy} per cent between {y} and {y}.",
    "Table {d}.{d}, Figure {yy}, Annex {L}{d}, page {n} of {n}, footnote {yy}, row {n}, cell {L}{L}{n}.",
    "The batch hash is {h}{h}{h}{h}, the commit {h}, and the UUID {h}{h}-{h}-4{n}-a{n}-{h}{h}{h}.",
    "Room {d}.{yy}, floor {d}, desk {n}; zone E{yy}; wards N{d} and SE{yy}; bus {n}; train 2A{yy}.",
    "NICE guideline NG{n}, ICD-10 code F{yy}.{d}, SNOMED {n}{n}{d}, dose {n} mg, BP {n}/{yy}.",
    "Standard BS EN ISO {n}{d}{d}:{y}, RFC {n}{d}, IEC 6{n}{d}, PAS {n} and WCAG 2.2 apply.",
    "Budget code {n}{n}{n}, cost centre {n}{d}{d}, GL {n}{d}00, CPV {n}{n}00-{d}, SIC {yy}{n}.",
    "The population is {b}; {b} people applied, {b} were refused and {n} {n} {n} had no answer.",
    "Ratio {d}:{yy}, score {n}–{n}, odds 1/{n}, range {n}-{n}-{n}, {d}/{yy} of the sample, 50/50.",
    "Company number 0{n}{n}{d} and charity number {n}{n}{d} are on the public register.",
    "VAT registration GB {n} {n}{d} {yy} and EORI numbers of firms are not personal.",
    "Flight BA{n}{d}, the {n} to Leeds, carriage {L}, seat {yy}{L}, platform {d}, gate {L}{yy}.",
    "The timestamp was 17{n}{n}{n}{d}, the port {n}{d}, MAC filters off, subnet /{yy}, error 0x80{n}{d}.",
    "UK House Price Index {y} Q{d}: {n}.{d} (base {y}=100); CPIH {d}.{d}%, RPI {n}.{d}.",
    "Hansard, HC Deb {d} {m} {y}, vol {n}, col {n}{L}{L}; Hansard HL, cc{n}-{yy}.",
    "He was born in the {y}s in Leeds; the {yy}-year-old service celebrates 1{d} {m}.",
    "Coordinates {yy}.{n}{n}, -0.{n}{d}; easting {n}{n}, northing {n}{n}; height {n}.{yy} m.",
    "Ayes {n}, Noes {n}. Question accordingly agreed to. Clause {n} ordered to stand part of the Bill.",
    "Mr Justice Smith gave judgment in R v Jones [{y}] EWHC {n}{d} (Admin), per Lord Denning in [1974] Ch {n}.",
    "Dr Barnardo's, Dr Martens, Dr Johnson's House and the Judge Business School are not people; nor is Sarah's Law.",
    "we miss deadlines; judge it on its merits; the prof services budget; a query took {n} ms a request on a new pc.",
    "the doctor, the nurse on duty and the judge met; mr or mrs is optional; see commit b7{n}4af and c{d}459ca.",
    "The share /HR/{y}/{y}/notes has plan B 2030 and model c1200km; version {d}.{d}.{d} weighs {n} kg.",
    "MS Teams, MS Office 365, Dr Foster Intelligence ratings and PC Specialist laptops were bought in {y}.",
)

# Words of markings in prose.
_UNMARKED: Final = (
    "the official, sensitive handling of complaints", "it is no secret that demand fell",
    "restricted access applies to the site",
    "a confidential helpline for staff", "we must protect children online",
    "The Official Secrets Act 1989 applies to you.",
    "Secretary of State and Permanent Secretary agreed", "an official who is sensitive to criticism",
    "Restricted items must not be taken on board.", "Confidentiality clauses are restricted by law.",
    "Protecting the public is our secret weapon.", "Top of the list: secret ballots.", "He kept it secret.",
    "Sensitive personal data needs an official policy.", "The strap line reads well.",
    "Is 'secret' a classification in the UK?",
    "What does restricted mean in the old scheme?", "Protect and survive was a leaflet.",
    "Official: sensitive site gets go-ahead",
    "The word confidential has no legal magic.", "the restricted list, the protected list and the secret list",
    "An open secret; a trade secret; the secret of success.", "This document is OFFICIAL.", "OFFICIAL",
    "Protect your password.",
    "CLASSIFIED ADVERTS ARE BACK", "Please protect: our wildlife", "The marking scheme is confidential to examiners.",
    "Eyes on the prize, for your eyes only if you like.", "Treat as confidential until the embargo lifts.",
)  # fmt: skip
_MONTHS: Final = ("January", "March", "May", "July", "October", "December")
_AROUND: Final = (
    "{}",
    "{} Could you check the wording?",
    "My draft says: {}",
    "- {}\n- Next item",
    "“{}”",
    "{}\n\nThanks",
)


def hard_negative(rng: random.Random, templates: tuple[str, ...]) -> str:
    """Fill one of the templates."""
    text = rng.choice(templates)
    for sign, make in (
        ("{yy}", lambda: f"{rng.randrange(10, 100)}"), ("{y}", lambda: str(rng.randrange(1949, 2027))),
        ("{n}", lambda: str(rng.randrange(100, 1000))), ("{d}", lambda: str(rng.randrange(1, 10))),
        ("{b}", lambda: f"{rng.randrange(10**3, 10**8):,}"), ("{L}", lambda: letters(rng, 1, "ABCDEFGH")),
        ("{m}", lambda: rng.choice(_MONTHS)),
        ("{h}", lambda: rng.choice("abcdef") + digits(rng, 2) + rng.choice("abcdef")),
    ):  # fmt: skip
        while sign in text:
            text = text.replace(sign, make(), 1)
    return rng.choice(_AROUND).format(text)


def templates(part: int) -> tuple[str, ...]:
    return (*_TEMPLATES[part::2], *_UNMARKED[part::2])
