"""Effects: how large a difference is and how sure one may be of it. Pure estimators, and what may be shown of them.

`standardised`, `rollout`, `gap` and `median` take arrays or protected counts and know no database and no
person. `reading` has the engine add up what the first two need, `figures` makes a release's estimates of them. What
they can and cannot say is in docs/effects.md; nothing here is called causal.
"""
