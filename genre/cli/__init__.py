"""The command line: one module for each group of commands, and the parser of them all.

In: arguments.  Out: lines on standard output, messages on standard error, an exit code.
Knows nothing of pages.
"""
