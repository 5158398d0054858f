# `make` lists what can be done. Each target calls a script or a tool; nothing is hidden here.
.DEFAULT_GOAL := help
BIN := .venv/bin

.PHONY: help demo check test lessons lint course types format measure fuzz bench bench-block bench-dashboard bench-gateway messages lock

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## Start the whole house on this machine
	./scripts/demo

check: ## Start it, drive each part once, stop
	./scripts/demo --check

test: ## Every check and every test
	./scripts/test

lessons: ## Ten thousand generated lessons of all kinds: read and written out alike (half an hour)
	LESSON_EXAMPLES=10000 ./scripts/test tests/xblock_ai_tutor/lesson/test_document_properties.py -q -k give_the_same_text

lint: ## ruff and the import rules
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

course: ## Check the course in content/
	./scripts/lint-content

types: ## mypy, strict
	$(BIN)/mypy

format: ## Let ruff lay out the code
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

measure: ## The rates of redaction, by type
	./scripts/measure-redact

fuzz: ## A fuzzed hour of turns to a recording endpoint (some minutes)
	./scripts/fuzz-turns

bench: ## The time of redaction, beside Presidio's
	./scripts/bench-redact

messages: ## Collect strings, bring the cy and fr catalogues up to date, compile them
	./scripts/messages

lock: ## Resolve the dependencies again (hashes, no addresses)
	./scripts/lock

bench-block: ## The time of a learner's page, beside drag-and-drop-v2's (half a minute)
	./scripts/bench-block

bench-gateway: ## Measure the gateway beside nginx and LiteLLM (five to ten minutes)
	./scripts/bench-gateway

bench-dashboard: ## Measure the dashboard beside a file and Apache Superset (ten to twenty minutes)
	./scripts/bench-dashboard
