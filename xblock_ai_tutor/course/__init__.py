"""The course as an Open edX course: `content/course.yaml` and the files that it names become an archive for Studio.

`outline` reads what the course holds, `olx` writes it in the platform's own format through the block's own export,
`archive` packs it so that the same content gives the same bytes, and `check` imports the archive again and compares.
`titles` says what its lessons are called.
`scripts/build-course` is its command. Nothing here runs in the platform.
"""

from xblock_ai_tutor.course.archive import pack
from xblock_ai_tutor.course.check import differences
from xblock_ai_tutor.course.olx import course_files
from xblock_ai_tutor.course.outline import Course, CourseError, read_course
from xblock_ai_tutor.course.titles import titles_json

__all__ = ["Course", "CourseError", "course_files", "differences", "pack", "read_course", "titles_json"]
