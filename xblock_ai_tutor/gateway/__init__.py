"""The tutor gateway: the only room that talks to a model. Start reading at `turn`; the pure rules are in `sandbox`."""
