"""The XBlock that teaches responsible use of generative AI, and the gateway that keeps its tutor in a sandbox."""

__version__ = "0.1.0"
