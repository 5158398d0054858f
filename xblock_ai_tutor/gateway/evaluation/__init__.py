"""How good the tutor is on the course's own questions, whichever model answers: `tutor-gateway evaluate`.

`cases` reads each module's `evaluation.yaml`, `ask` puts the questions to the whole gateway, `judge` says what each
reply did (pure, without a model), and `report` adds up. Nothing here is used while learners are answered.
"""
