"""The command behind `scripts/build-course`: builds the archive, and with `--check` imports it again and compares."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from xblock_ai_tutor.course import CourseError, course_files, differences, pack, read_course, titles_json


def main(arguments: list[str] | None = None) -> int:
    """Build. Exit codes: 0 built; 1 the course has problems or does not come back the same; 2 wrong command line."""
    parser = argparse.ArgumentParser(
        prog="build-course",
        description="Make the archive that Studio imports (Tools → Import). The same content gives the same bytes.",
    )
    parser.add_argument("content", type=Path, nargs="?", default=Path("content"), help="the folder with course.yaml")
    parser.add_argument("--out", type=Path, default=Path("build/course.tar.gz"), help="where the archive goes")
    parser.add_argument("--language", default="", help="take lesson.XX.md for lesson.md where there is one")
    parser.add_argument("--titles", type=Path, help="write what lessons and steps are called, in every language")
    parser.add_argument("--check", action="store_true", help="build twice, import the archive again and compare")
    given = parser.parse_args(arguments)
    try:
        course = read_course(given.content, language=given.language)
        archive = pack(course_files(course))
        if given.titles:
            given.titles.write_text(titles_json(given.content), encoding="utf-8")
        if given.check:
            problems = list(differences(course, archive))
            if pack(course_files(read_course(given.content, language=given.language))) != archive:
                problems.append("Built twice, the archive is not the same.")
            if problems:
                raise CourseError(tuple(problems))
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_bytes(archive)
    except CourseError as error:
        print(*(f"- {problem}" for problem in error.problems), sep="\n", file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print(f"- {error.filename or given.out} cannot be written: {error.strerror}.", file=sys.stderr)  # noqa: T201
        return 1
    lessons = sum(unit.lesson is not None for unit in course.units)
    checked = "; imported again: the same" if given.check else ""
    print(  # noqa: T201
        f"{given.out}: {len(course.chapters)} chapters, {lessons} lessons, {len(archive):,} bytes, "
        f"SHA-256 {hashlib.sha256(archive).hexdigest()}{checked}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
