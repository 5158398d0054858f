"""The demonstration government: 3,000 fictional staff, six months, effects planted on purpose.

`planted` says what is true, `staff` and `behaviour` live it, `feeds` write it as the platforms would, `truth` counts
it, `build` puts it into a folder, `prepare` runs it through the pipeline. Nothing of the product imports this package;
`commands` hangs it on the command line.
"""
