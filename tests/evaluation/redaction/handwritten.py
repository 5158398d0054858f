"""Texts written by hand: `⟦type|value⟧` must be held back, `⟪MARKED⟫` says that the text is marked."""

from __future__ import annotations

from typing import Final

TEXTS: Final = (
    "hi can you help me word this – "
    "customer ⟦person_name|Mrs Adeyemi⟧ (⟦nino|JM 40 24 26 D⟧) "
    "says her UC was stopped on the 4th. tel ⟦phone|07700 900 461⟧",
    "Summarise:\nFrom: Joseph Whitfield <⟦email|j.whitfield@courts.example⟧>\nTo: Listing\n"
    "Subject: ⟦court_case|KB-2023-002871⟧\n\nPlease vacate the hearing on 12 March.",
    "Why would HMRC reject UTR ⟦utr|4325780917⟧? The SA302 is for 2021-22.",
    "Name\tNHS number\tWard\nA Bell\t⟦nhs_number|943 476 5919⟧\t7B\n",
    "Payee details: sort code ⟦bank_account|20-45-45⟧, account number ⟦bank_account|31926819⟧. Amount £240.00.",
    "The prisoner ⟦prison_number|A1234BC⟧ (PNC ⟦pnc_id|2004/0012345X⟧) appealed under section 20 of the 1968 Act.",
    "Log line: 2026-03-02T09:14:02 sign-in failed for ⟦email|g.haddad@dept.example⟧ from ⟦ip_address|81.2.69.142⟧",
    "Driver ⟦driving_licence|MORGA657054SM9IJ⟧ was in ⟦vehicle_registration|BD51 SMR⟧ on the A40.",
    "Please write to ⟦person_name|Dr S. Achebe⟧, 14 Mill Road, Anytown ⟦postcode|CB1 2AZ⟧, about the tribunal.",
    "Application GWF: ⟦home_office_ref|GWF045678912⟧, passport ⟦passport|533401372⟧, visa refused 3 May.",
    '{"claim":{"nino":"⟦nino|AB123456C⟧","tel":"⟦phone|+447700900123⟧","open":true}}',
    "I paid ⟦payment_card|4929 1234 5678 9015⟧ – can it be refunded?",
    "IBAN is ⟦iban|GB29 NWBK 6016 1331 9268 19⟧ BIC NWBKGB2L",
    "CRO ⟦cro|12345/81H⟧ is the old record; CRN ⟦probation_crn|X320741⟧ the probation one.",
    "Can I cite R (Miller) v Prime Minister [2019] UKSC 41 at [50]? The M25 case was in 1996.",
    "Draft a reply to a complaint about 24/7 opening, s.10 FOIA 2000 and £1,250 costs. Helpline 0300 123 4567.",
    "what is the difference between official-ish tone and plain English? it is no secret that i waffle",
    "Our ISBN is 978-1-4741-0310-2 and the price £15.99; the form is the N244, not the N1.",
    "Nodiadau'r cyfarfod. Yn bresennol: ⟦person_name|Athro Siân Prydderch⟧, ⟦person_name|Mr ap Rhys⟧. Cafwyd cwyn gan "
    "hawliwr (YG ⟦nino|JM 40 24 26 D⟧); ffonier ⟦phone|029 2018 0461⟧. Cyfeiriad: 3 Ffordd y Môr, ⟦postcode|LL57 1AB⟧.",
    "[10:02] Kit: whats the card they used\n[10:02] Sam: ⟦payment_card|4929 1234 5678 9015⟧\n[10:03] Kit: and iban??\n"
    "[10:04] Sam: ⟦iban|GB29 NWBK 6016 1331 9268 19⟧\n[10:05] Kit: k. ask ⟦person_name|Sgt al-Hashimi⟧ to sign off",
    "Custody record\nDetained person: ⟦person_name|MR OKAFOR⟧\nPNC: ⟦pnc_id|2004\\/0012345X⟧   CRO: ⟦cro|12345/81h⟧\n"
    "Vehicle: silver hatchback ⟦vehicle_registration|bd51smr⟧",
    "UNPAID WORK LIST wk 18: ⟦probation_crn|X320741⟧ absent; ⟦probation_crn|b981233⟧ attended.",
    "Salary goes to ⟦bank_account|204545 31926819⟧ at Example Bank; the old account no. was ⟦bank_account|535656⟧.",
    "GL account 70805180 was debited, account code 71997089; purchase order 4500070842 is closed.",
    "Sir John Soane's Museum and the Lady Chapel are places; the Major Projects Authority is a body.",
    "Mae'r nodyn hwn yn SWYDDOGOL-SENSITIF: crynhowch ef⟪MARKED⟫",
    "OFFICIAL-SENSITIVE\n\nLines to take for Monday⟪MARKED⟫",
    "Summarise this submission: [SECRET] 1. The Secretary of State is asked to agree⟪MARKED⟫",
    "The file from 2009 is marked RESTRICTED. Summarise it: the board met twice.⟪MARKED⟫",
)  # fmt: skip
