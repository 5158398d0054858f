"""Presidio's side of `bench`; runs in .venv/bench and imports nothing of ours.

All predefined recognisers for English are on (those of other countries too: that is its default registry), the language
engine is spaCy's blank English, and the e-mail recogniser's list of suffixes is the one in its package: no network.
"""

import importlib.metadata
import json
import logging
import sys
import time

import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

logging.disable(logging.WARNING)
offline = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
tldextract.extract = offline
tldextract.tldextract.extract = offline


class Blank(SpacyNlpEngine):
    """spaCy's blank English: tokens without a model."""

    def __init__(self) -> None:
        super().__init__(ner_model_configuration=NerModelConfiguration())
        self.nlp = {"en": spacy.blank("en")}


registry = RecognizerRegistry(supported_languages=["en"])
registry.load_predefined_recognizers(languages=["en"])
registry.remove_recognizer("SpacyRecognizer")
analyzer = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])
texts = json.loads(sys.stdin.readline())
for text in texts[:10]:
    analyzer.analyze(text, language="en")
print(json.dumps({"version": importlib.metadata.version("presidio-analyzer")}), flush=True)
for _line in sys.stdin:
    started = time.process_time()
    for text in texts:
        analyzer.analyze(text, language="en")
    print(time.process_time() - started, flush=True)
