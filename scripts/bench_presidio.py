"""Presidio as two REST calls on loopback, for LiteLLM's Presidio guardrail in `bench_gateway.py`.

    POST /analyze     {"text", "language", "entities"?} → [{"entity_type", "start", "end", "score"}]
    POST /anonymize   {"text", "analyzer_results"}      → {"text", "items"}
    GET  /calls       how many texts were analysed: so that a guardrail that does not run is not taken for a quick one

The packages bring the engines and no server; their images put them behind Flask, with a language model that weighs
more than all of this. Here the engine is set up as `bench-redact` has it (all English recognisers, spaCy's blank
English, no network), behind the standard library's server, in as many processes as there are cores. Runs in
.venv/bench and imports nothing of ours.
"""

import json
import logging
import multiprocessing
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import spacy
import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import RecognizerResult

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
anonymizer = AnonymizerEngine()
calls = multiprocessing.Value("q")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer(calls.value)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/analyze":
            with calls:
                calls.value += 1
            found = analyzer.analyze(asked["text"], language="en", entities=asked.get("entities"))
            self.answer(
                [{key: one.to_dict()[key] for key in ("entity_type", "start", "end", "score")} for one in found]
            )
        else:
            results = [
                RecognizerResult(one["entity_type"], one["start"], one["end"], one["score"])
                for one in asked["analyzer_results"]
            ]
            self.answer(json.loads(anonymizer.anonymize(asked["text"], results).to_json()))

    def answer(self, found: object) -> None:
        body = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=256)
for _ in range((os.cpu_count() or 1) - 1):
    if os.fork() == 0:
        break
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
server.socket.close()
server.socket = listener
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
server.serve_forever()
