"""What XBlock itself warns of while it is imported, so that warnings of our own can stay errors; no stop-watch on
generated examples, as a busy machine is no defect (claims about time have tests of their own).

WebOb, which XBlock's handlers are written against, still imports `cgi`; XBlock 5.2 imports `pkg_resources`.
"""

from __future__ import annotations

import warnings

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    import webob  # noqa: F401
    import xblock.core  # noqa: F401
