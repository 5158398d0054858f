"""The words of `prose`."""

from __future__ import annotations

from typing import Final

OPENINGS: Final = (
    "Last year",
    "In its response,",
    "As set out at paragraph 4.12,",
    "Since the review,",
    "By contrast,",
    "In the first phase,",
    "For 2024-25,",
    "On balance,",
    "Following the consultation (CP 612),",
    "In practice,",
)
BODIES: Final = (
    "the department", "the Cabinet Office", "HM Treasury", "the National Audit Office", "the Home Office", "DWP",
    "the Ministry of Justice",
    "HMRC", "the Welsh Government", "NHS England", "the Crown Prosecution Service", "Defra", "each local authority",
    "the Office for National Statistics",
    "the regulator", "Companies House", "the Land Registry", "the Government Digital Service",
    "the Public Accounts Committee", "DVLA",
    "the Parole Board", "HM Courts & Tribunals Service", "the Scottish Courts and Tribunals Service",
    "the Valuation Office Agency",
    "the Law Officers", "the Planning Inspectorate", "the Lord Chancellor's Department", "the Boundary Commission",
    "Natural England", "Ofsted",
)  # fmt: skip
OUTCOMES: Final = (
    "published guidance on", "cut the backlog in", "spent £4.2 million on", "closed 3 of 14 sites offering",
    "consulted on changes to",
    "set a target of 95% for", "apologised for delays to", "evaluated", "extended the pilot of",
    "commissioned research into", "protected funding for",
    "restricted eligibility for", "recruited 1,200 people to", "digitised", "reported every quarter on",
    "simplified form SA100 for",
)  # fmt: skip
SERVICES: Final = (
    "the passport service", "jobcentre appointments", "small claims mediation", "the blue badge scheme",
    "flood warnings on the River Trent",
    "school admissions", "the driving test", "farm payments", "online probate", "housing benefit reviews",
    "the apprenticeship levy",
    "GP appointments", "the court listing system", "council tax rebates", "visa decisions", "prison education",
    "trading standards visits",
    "records management", "the tax credits helpline", "broadband vouchers", "tree planting grants", "MOT reminders",
    "IBAN checks for suppliers",
    "the NI number application", "road maintenance on the A303", "the e-mail triage desk", "legal aid assessments",
    "marine licences",
)  # fmt: skip
PLACES: Final = (
    "the North East", "Leeds and Bradford", "Greater Manchester", "rural Wales", "Scotland", "Northern Ireland",
    "the East Midlands",
    "London's SE postcodes", "Cornwall", "the M62 corridor", "coastal towns", "Birmingham",
    "all 43 police force areas", "the Highlands and Islands",
    "Kent and Medway", "Newcastle upon Tyne", "the 32 London boroughs", "Region 4", "Milton Keynes",
    "the W and EC districts",
)  # fmt: skip
CLAUSES: Final = (
    "which the auditors welcomed", "at a cost of £15.6m over 3 years", "as Annex B explains",
    "subject to parliamentary approval",
    "in line with ISO 27001 and WCAG 2.2 AA", "to the satisfaction of no one", "after ministers had agreed",
    "with effect from 1 April 2025",
    "although it is no secret that budgets are tight", "so that sensitive cases are handled by official channels",
    "pending judgment in [2021] EWCA Civ 1098",
    "where restricted access applies", "and confidential advice is available to staff",
    "under the powers in SI 2019/419",
    "against a baseline of 62.5 in 2019", "to protect public money", "by a majority of 310 to 240",
    "using data for 2011, 2016 and 2021",
    "which is explained in table 3.2 on page 47", "(see HC 1234, paragraphs 10 to 14)",
    "following the principle in R v Brown [1994] 1 AC 212",
    "with the exception of grades HEO to G6", "despite a 24/7 rota", "as reported to the House on 12 July",
)  # fmt: skip
FIGURES: Final = (
    "{n} of applicants waited more than {n} days in {date}", "spending rose from {n} in {date} to {n} in {date}",
    "there were {n} complaints, of which {n} were upheld", "the sample of {n} households was drawn in {date}",
    "unit costs fell by {n} between {date} and {date}", "the vacancy rate was {n} at {date}",
    "we answered {n} letters and {n} calls by {date}",
    "{n} staff completed the course by {date}, against a plan of {n}",
    "average handling time was {n} seconds in {date}",
    "a total of {n} was recovered by {date}", "the index stood at {n} (2015 = 100)",
    "{n} cases were opened and {n} closed in {date}",
    "the forecast for {date} is {n}, plus or minus {n}", "emissions were {n} tonnes of CO2 in {date}",
)  # fmt: skip
ACTS: Final = (
    "section 10(1) of the Freedom of Information Act 2000", "the Equality Act 2010, s.149",
    "article 6(1)(e) of the UK GDPR",
    "the Localism Act 2011", "Part 3 of the Environment Act 2021", "regulation 14 of SI 2018/1139",
    "the Official Secrets Act 1989",
    "the Public Records Act 1958", "Schedule 2, paragraph 5, to the Data Protection Act 2018",
    "rule 3.4 of the Civil Procedure Rules",
    "the Care Act 2014", "section 21 of the Housing Act 1988", "the Senior Courts Act 1981",
    "Managing Public Money, annex 4.15",
)  # fmt: skip
NEEDS: Final = (
    "publish a summary of its reasons", "keep records for at least 7 years", "reply within 20 working days",
    "appoint a senior responsible owner",
    "consult those affected", "complete an equality impact assessment", "file form N244 with the court",
    "report on progress every 6 months",
    "review the decision on request", "make reasonable adjustments", "test the service with users",
    "assess the risk of fraud at gate 3",
    "use plain English", "update the register by noon", "retain version 2.1 of the document",
    "obtain three quotes above £10,000",
)  # fmt: skip
TITLES: Final = (
    "the Permanent Secretary", "the Chief Executive", "the Minister of State", "the Lord Chief Justice",
    "the Comptroller and Auditor General",
    "a deputy director", "the Chief Statistician", "the Leader of the House", "the Lord Advocate",
    "a Treasury spokesperson", "the Secretary of State",
    "the Information Commissioner", "a senior judge", "the Attorney General",
)  # fmt: skip
CAVEATS: Final = (
    "figures before 2016 are not comparable", "the estimate excludes Scotland",
    "numbers are rounded to the nearest 100", "costs are in 2023 prices",
    "the response rate was only 31%", "the scheme has since closed", "two sites had not reported by then",
    "the method changed in 2020 Q3",
    "savings depend on take-up", "local rules may differ", "this is an official statistic in development",
    "no decision has been taken",
)  # fmt: skip
QUESTIONS: Final = (
    "What would a member of the public expect to read here?", "Who signs this off, and by when?",
    "Is the evidence from 2017 still good enough?",
    "How should an official weigh sensitive evidence?", "Does rule 31.16 apply before proceedings start?",
    "Can a team of 6 do this in 12 weeks?",
    "Which of options 1, 2 and 3(b) gives better value for money?", "Would a 1-page note be enough for the Minister?",
    "Should the annex go to all 650 MPs?", "Has the service passed its beta assessment (v2)?",
)  # fmt: skip
