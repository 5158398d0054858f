"""The dashboard: Dash on the release register. It reads published releases and nothing else.

Read `app` first (how a page is made), then `page` (what is on it). `findings`, `figures` and `tables` are pure
functions from an `Overview`; `signin` decides who is reading and `analytics_dash.releases` what they may see.
"""
