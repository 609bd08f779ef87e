"""Inputs changed at random, for everything that the program reads: ``python -m tests.fuzz``.

Conventions
-----------
target
    One kind of input (`tests.fuzz.targets`): how it is made from a random number generator, and
    what the program does with it.  The same target, seed and number give the same input.
finding
    An input after which anything but the package's own errors was raised, which took more processor
    time or memory than it may, wrote outside its folder, started a process, reached for the
    network, unpickled something, or ended its process.
"""
