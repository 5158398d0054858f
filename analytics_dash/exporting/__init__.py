"""Long exports: asked for on a page, queued in the register, made by processes of their own, kept for some days.

`order` says what was asked, `making` makes it, `queue` is its state in the register, `shelf` the folder of finished
files, `keeper` the process that sees to it all. The dashboard's pages are in `dashboard.exports`; `schedules` mails
what `making` makes. A release never changes, so the same order always gives the same bytes: making one twice does no
harm, and nothing here depends on who made it or how often.
"""
