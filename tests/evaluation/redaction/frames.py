"""Sentences that people put an identifier into, by type; the split takes every other one. `{}` is the value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# What people call each type, in a column's head, a form's field or a key. The first are also used in prose.
LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "nino": ("NINO", "National Insurance number", "NI number", "nino", "NI No", "NatInsNo",
    "Rhif Yswiriant Gwladol (NINO)",
    "national_insurance_number", "nationalInsuranceNumber"),
    "nhs_number": ("NHS number", "NHS No", "nhs_number", "nhsNumber", "NHS no.", "NHS Number", "Rhif GIG"),
    "utr": ("UTR", "Unique Taxpayer Reference", "utr", "tax reference", "Tax Ref", "unique_taxpayer_reference",
    "SA UTR", "uniqueTaxpayerReference"),
    "email": ("Email", "E-mail", "email", "contact_email", "From", "Cc", "emailAddress", "Reply-To"),
    "phone": ("Tel", "Mobile", "phone", "Telephone", "mobile_number", "contact number", "phoneNumber", "Home phone"),
    "postcode": ("Postcode", "post code", "postcode", "POSTCODE", "home_postcode", "postCode"),
    "payment_card": ("Card number", "card no", "card_number", "Debit card", "cardNumber", "PAN"),
    "iban": ("IBAN", "iban", "Account (IBAN)", "beneficiary_iban", "ibanNumber"),
    "bank_account": ("sort code and account", "Bank details", "Sort code / account no", "bank account",
    "Cod didoli a rhif cyfrif",
    "Account details"),
    "ip_address": ("IP address", "ip", "client_ip", "Source IP", "remote_addr", "ipAddress"),
    "pnc_id": ("PNC ID", "PNC", "pnc_id", "PNC number", "pncId", "PNCID"),
    "cro": ("CRO", "CRO number", "cro_number", "CRO No", "croNumber", "Criminal Records Office number"),
    "prison_number": ("Prison number", "NOMIS no", "prison_no", "prisoner number", "offenderNo", "NOMS ID"),
    "probation_crn": ("CRN", "crn", "Probation CRN", "case reference number (CRN)", "nDelius CRN", "Delius ref"),
    "court_case": ("Case number", "Claim number", "case_no", "Court ref", "claimNumber", "Case no.", "case-number"),
    "passport": ("Passport number", "passport no", "passport_number", "Passport", "passportNumber", "PASSPORT NO.",
    "Rhif pasbort"),
    "driving_licence": ("Driving licence number", "driver number", "licence_no", "Driving licence", "licenceNumber"),
    "vehicle_registration": ("Vehicle registration", "reg", "vehicle_reg", "VRM", "Registration mark", "carReg"),
    "home_office_ref": ("Home Office reference", "HO ref", "home_office_ref", "Home Office ref", "UKVI reference",
    "homeOfficeReference", "Cyfeirnod y Swyddfa Gartref"),
    "person_name": ("Name", "Applicant", "contact", "Case worker", "name"),
}  # fmt: skip

SORT_LABELS: Final = ("Sort code", "sort_code", "sortCode", "S/C", "SORT CODE")
ACCOUNT_LABELS: Final = ("Account number", "account_no", "accountNumber", "A/C no", "Account No.", "Acc no")
UAN_LABELS: Final = ("UAN", "Unique Application Number", "uan", "UAN number")
OLD_PLATE_LABELS: Final = ("Vehicle registration", "car reg", "number plate", "vehicle_reg")

# With the type's label: for all types.
LABELLED: Final = (
    "Please check the record: {label} {}.",
    "{label}: {}",
    "Could you draft a reply? The {label} is {}, and the form came last week.",
    "{label} = {}",
    "I have his {label} ({}) in front of me; what do I do next?",
    "her {label}, {}, was missing from the bundle",
    "- {label} – {}\n- date received – 3 March 2026",
    "{label}\n{}\n\nNext of kin not known.",
    "“{label}” was given as {}; is that the right format?",
    "Quote {label} {} on all letters.",
    "Thanks. {label} no longer {}? It was changed in May.",
    "Re: {label} {} - overdue",
    "{label}:{}|Status:open",
    "[{label}] {}",
    "{label}#{}",
    "The customer confirmed that the {label} on file is {} and that nothing else has changed.",
)

# Without a label: for types whose form or check digit is proof enough.
BARE: Final[Mapping[str, tuple[str, ...]]] = {
    "nino": ("Please look up {} for me.", "{} has been overpaid since June.", "the two cases are {} and one other",
    "Why was {}’s claim closed?", "Claim by {}: refuse or allow?", "Ring the customer ({}) back"),
    "nhs_number": ("Patient {} did not attend.", "Referral for {} was lost.", "Discharge letter re {} attached.",
    "is {} in our catchment?"),
    "email": ("Write to {} about this.", "{} has not replied", "Forward it to <{}> today.", "cc'd: {}; no one else",
    "mailto:{}?subject=hello", "I asked {}, who agreed."),
    "phone": ("Call me on {}.", "Ring {} after five", "{} rang twice", "my number’s {}, thanks",
    "Tel. {} (evenings)", "Text {} to confirm"),
    "postcode": ("They moved to {} in May.", "The flat is at 12 Mill Lane, Anytown, {}.", "visit {} on Tuesday",
    "We deliver to {}, do we?", "12 High Street\nAnytown\n{}\n", "Anyone near {}?"),
    "payment_card": ("I paid with {} yesterday.", "{} was charged twice.", "refund to {} please",
    "It ends the same as {}."),
    "iban": ("Pay {} by Friday.", "Transfer to {} was refused.", "{} is closed", "the supplier uses {} now"),
    "ip_address": ("Sign-in from {} was blocked.", "{} scanned us twice", "We traced it to {}.",
    "requests from {}, all night"),
    "pnc_id": ("Convictions under {} are spent.", "See {} for the antecedents.", "{} relates to another man"),
    "prison_number": ("{} was moved to Leeds.", "Complaint by {} upheld", "Is {} due for release?",
    "adjudication, {}, 3 May"),
    "driving_licence": ("He showed {} at the desk.", "{} has six points", "the card reads {}"),
    "vehicle_registration": ("{} was parked across the gate.", "A blue Ford, {}, left the scene.",
    "{} failed its test", "who keeps {}?"),
    "person_name": ("{} called about the appeal.", "I met {} yesterday.", "Please ask {} to sign.",
    "a letter from {}", "{}'s file is missing", "Dear {},\nThank you for your letter.", "cc {}; Finance",
    "According to {}, nothing was paid.", "(see the note by {})", "We heard evidence from {}."),
    "court_case": ("Listed on Monday: {}.", "Judgment in {} is reserved.", "{} was struck out"),
}  # fmt: skip
