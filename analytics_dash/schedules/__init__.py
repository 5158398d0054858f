"""Reports by mail, on schedule: `adoption report schedule …` writes down what goes to whom and when, `adoption report
run-due` sends what is due and is called by cron or a Kubernetes CronJob.

`due` is the calendar, `book` the register's rows, `letter` the mail's words, `post` the SMTP server, `running` the run.
"""
