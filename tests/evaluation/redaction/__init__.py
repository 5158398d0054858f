"""The evaluation of the sandbox's redaction: labelled UK texts, ordinary paragraphs, and the rates measured on them.

The texts are written here, from the published formats of the identifiers and from how people write them. Nothing here
reads the detector's patterns (`test_evaluation.py` holds that), so that a gap in them cannot become a gap in the set.
Sentences, words of prose and hard negatives belong to one of two splits: "dev" is for looking at misses, "held-out" is
what is published. Labels, makers, containers and markings are shared, with other draws.
"""
