"""XBlock, imported with what it itself warns of left out, so that warnings of our own can stay errors. For conftests.

WebOb, which XBlock's handlers are written against, still imports `cgi`; XBlock 5.2 imports `pkg_resources`.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
    import webob  # noqa: F401
    import xblock.core  # noqa: F401
