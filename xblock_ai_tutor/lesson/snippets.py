"""A small whole step of each kind, for an author to put into a lesson and change: what Studio's editor offers.

A test parses each of them, so they show the syntax as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SNIPPETS: Final[Mapping[str, str]] = {
    "reading": """\
:::reading id="new-reading" title="A title"
One idea in a short paragraph.

> [!example] A title for the example
> Show how it is done.
:::
""",
    "choice": """\
:::choice id="new-choice" title="A title" confidence="ask"
What do you do?

- [x] {look-it-up} Look it up
  > Why this is right.
- [ ] {send-it} Send it
  > Why this is wrong.

hint: A nudge that does not give the answer away.
:::
""",
    "sort": """\
:::sort id="new-sort" title="A title"
Where does each of these belong?

- (chatgpt) The department's own ChatGPT
- (none) No AI tool

- [chatgpt] {press-notice} A press notice that is published
  > Why it belongs there.
  - (none) 1 What is lost when it is put here; 1 is the least harm.
- [none] {sick-note} A colleague's sick note
  > Why it belongs there.
  - (chatgpt) 5 What happens when it is put here; 5 is the greatest harm.

hint: A nudge that does not give the answer away.
:::
""",
    "spot": """\
:::spot id="new-spot" title="A title" verdicts="errors"
Compare the note with its source. What do you say of each statement?

> The consultation opens on 3 May {opening}. It is for everybody {public}.

>> The consultation opens on 1 May. Anybody may answer.

- [wrong-date] {opening} It opens on 3 May
  > The source says 1 May.
- [sound] {public} It is for everybody
  > The source says so too.

hint: A nudge that does not give the answer away.
:::
""",
    "verify": """\
:::verify id="new-verify" title="A title"
For each authority, say where you looked and what you found.

> A request must be answered within three days {foi}.

where:
- (legislation) legislation.gov.uk
- (asked-ai) I asked the AI again
found:
- (says-so) It exists and says so
- (differs) It exists and says something else

- {foi} Freedom of Information Act 2000, section 10(1)
  where: legislation
  found: differs
  > What is found there, and how.

hint: A nudge that does not give the answer away.
:::
""",
    "scenario": """\
:::scenario id="new-scenario" title="A title"
Who you are and what this is about.

### {start} Monday morning
What happens.

- [best] {ask} Ask first -> good-end
  > What follows from it.
- [poor] {send} Send it at once -> bad-end
  > What follows from it.

### {good-end} In the end
How it ends.

### {bad-end} In the end
How else it ends.

hint: A nudge that does not give the answer away.
:::
""",
    "prompt-lab": """\
:::prompt-lab id="new-prompt-lab" title="A title"
Write a prompt that turns the text below into a summary for your minister.

> The fictional text that the prompt is about.

- {task} Says what to make of it
  > What to add when it does not.

hint: A nudge that does not give the answer away.
:::
""",
    "reflect": """\
:::reflect id="new-reflect" title="A title"
What will you do differently tomorrow?

hint: A nudge that helps to begin.
:::
""",
}
