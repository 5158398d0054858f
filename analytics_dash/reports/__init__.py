"""Reports: files made from release cells, for people who work outside the dashboard. They read nothing else."""

from analytics_dash.reports.csv import csv_bytes
from analytics_dash.reports.notes import notes_bytes

__all__ = ["csv_bytes", "notes_bytes"]
