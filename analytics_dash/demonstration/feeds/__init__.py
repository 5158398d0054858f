"""The feeds of the demonstration government, one writer each, in the platforms' own formats.

Writers get lives and write bytes; they decide nothing about what happened. `faults` then plants what goes wrong in
real feeds. `analytics_dash.demonstration.build` calls them.
"""
