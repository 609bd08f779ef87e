"""How fast and how light the program is, beside the usual way to do the same.

``python -m benchmarks`` measures all and writes ``docs/benchmarks.md``.  To add a
measurement, write one function that returns a list of rows, give it the decorator
`benchmarks.table.benchmark`, and, if its module is new, name the module in
`benchmarks.__main__`.  Its docstring is printed in the report.
"""
