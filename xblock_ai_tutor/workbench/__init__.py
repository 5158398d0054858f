"""The demonstration LMS: xblock-sdk's workbench with our pages, services, lessons and a tracking log.

For trying the block without an Open edX platform; never for real learners, since anybody is whoever the address says.

    python -m xblock_ai_tutor.workbench --port 8000 --data DIR [--content DIR]

- `/` lists the lessons. `/scenario/<lesson>/student_view/?student=student_1` is the learner's page and
  `/scenario/<lesson>/studio_view/` the author's; `<lesson>` is the folder's name under `content/modules/`. They stay
  the same from start to start. `/scenario/<lesson>/` is the learner's page too.
- A handler is POST `/handler/<usage>/<handler>/?student=…` with JSON, the `csrftoken` cookie and the same value in the
  header `X-CSRFToken`, as on a platform. `/healthz` says `ok`.
- The learner `student_N` has the user id N. Whoever starts with `author` is course staff.
- Lessons that were edited in Studio are kept; the others follow their files.

Environment: `AI_TUTOR_WORKBENCH_DATA`, `AI_TUTOR_CONTENT`, `AI_TUTOR_TRACKING_LOG` (default: `tracking.log` in the data
folder), `AI_TUTOR_GATEWAY_URL`, `AI_TUTOR_GATEWAY_PUBLIC_URL`, `AI_TUTOR_SERVICE_KEY`, `AI_TUTOR_CSP` (a
Content-Security-Policy to be sent instead of the demonstration's own).
"""
