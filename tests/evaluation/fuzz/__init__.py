"""A fuzzed hour of turns against a recording model endpoint: does anything that was planted ever go out?

An hour's worth is 200 learners who write every 45 seconds on average: 16,000 turns. They run as fast as they go,
through the real gateway (`tutor-gateway serve`, its own processes) over real HTTP. `conversations` makes what learners
write, by the seed, out of `pieces`; `recorder` is the endpoint and judges every request as it comes; `forms` knows a
value however it is written; `planted` names what is known to be missed; `drive` runs the learners; `shrink` looks for
the shortest text that shows a miss. `scripts/fuzz-turns` is the command.

The texts use the makers and the `dev` sentences of `tests.evaluation.redaction` (misses are printed here, and its
`held-out` split is looked at in figures alone). Nothing here reads the detector's patterns.
"""
