"""Handing a mail to the SMTP server: encrypted, its certificate checked, every ending as one word. For `running`.

The server takes a mail over when it answers the end of DATA. Whoever is cut off before that answer cannot know; that is
a `MailError`, the mail goes again, and its Message-ID is the same.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from analytics_dash.schedules.errors import MailError, MailRefused
from analytics_dash.schedules.settings import MailSettings


def send(settings: MailSettings, message: EmailMessage, address: str) -> None:
    """Send `message` to one address. Raises `MailRefused` where trying again is in vain, else `MailError`."""
    with _ending_as_a_word(), _connected(settings) as server:
        server.send_message(message, settings.sender, [address])


def knock(settings: MailSettings) -> None:
    """Connect, encrypt and log in, and send nothing. Raises `MailError`."""
    with _ending_as_a_word(), _connected(settings) as server:
        server.noop()


@contextmanager
def _connected(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context(cafile=settings.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    server: smtplib.SMTP
    if settings.security == "tls":
        server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.seconds, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=settings.seconds)
    try:
        if settings.security == "starttls":
            server.starttls(context=context)  # refused where the server does not offer it
        if settings.user:
            server.login(settings.user, settings.password)
        yield server
        with suppress(smtplib.SMTPException, OSError):  # what was to be sent has been taken over
            server.quit()
    finally:
        server.close()


@contextmanager
def _ending_as_a_word() -> Iterator[None]:
    # What a server answers may quote the address: only its code is kept.
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, _text = next(iter(error.recipients.values()))
        raise _of_code(code) from None
    except smtplib.SMTPAuthenticationError:
        raise MailError("login") from None
    except smtplib.SMTPNotSupportedError:
        raise MailError("tls") from None
    except smtplib.SMTPServerDisconnected as error:  # which the library also says of a server that is silent
        raise MailError("timeout" if isinstance(error.__context__, TimeoutError) else "connection") from None
    except smtplib.SMTPResponseException as error:
        raise _of_code(error.smtp_code) from None
    except smtplib.SMTPException:
        raise MailError("connection") from None
    except ssl.SSLError:
        raise MailError("tls") from None
    except TimeoutError:
        raise MailError("timeout") from None
    except OSError:
        raise MailError("connection") from None


def _of_code(code: int) -> MailError:
    return MailRefused(str(code)) if 500 <= code < 600 else MailError(str(code))
