"""Adoption analytics: raw feeds become protected releases; everything that is shown comes from a release."""

__version__ = "0.1.0"
