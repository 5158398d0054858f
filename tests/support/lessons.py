"""Small real lessons as text, for the tests of every room that needs one."""

from __future__ import annotations

SMALL_LESSON = """\
---
id: small-lesson
title: A small lesson
language: en
minutes: 5
objectives:
  - Check an authority before you rely on it.
principles: [P1, P4]
principles_edition: AI Playbook for the UK Government, February 2025
sources:
  - title: Carltona Ltd v Commissioners of Works [1943] 2 All ER 560
    supports: Officials may act for their minister.
links:
  - https://www.legislation.gov.uk
tutor:
  persona: You help with this lesson only.
  support: hints
  greeting: Ask me about this lesson.
---

:::reading id="why-check" title="Why check"
A language model writes the words that are *likely* to come next. It does not look anything up.

Three questions to ask:

- Does it exist?
- Does it say this?
- Is it still good law?

hint: Read the three questions again.
:::

:::choice id="what-next" title="What next" confidence="ask"
A draft answer cites a case that you cannot find. What do you do first?

- [ ] {send-it} Send it: the name looks right
  > A name that looks right is exactly what a model is good at.
- [x] {look-it-up} Look it up in Find Case Law
  > Yes: a case that exists can be found.

hint: Who is responsible for what you send?
hint: Where are judgments published?
hint: Find Case Law is run by The National Archives.
:::

:::spot id="the-note" title="The note"
Say for each authority whether it can be relied on.

> An official may act for the minister {carltona}. A teapot is a contract {teapot}. A public body must answer a request
> for information within three working days {foi}.

- [reliable] {carltona} *Carltona Ltd v Commissioners of Works* [1943] 2 All ER 560
  > It exists and says this.
- [invented] {teapot} *Teapot v Saucer* [2019] EWHC 99999 (Admin)
  > No such case can be found.
- [misused] {foi} Freedom of Information Act 2000, section 10(1)
  > It is real, but gives 20 working days.

hint: Look for a number that you can check.
hint: Which one can you not find?
hint: How long does the Act give?
:::
"""

READING_ONLY = """\
---
id: reading-only
title: One reading
minutes: 1
---
:::reading id="only" title="Only"
One paragraph.
:::
"""
