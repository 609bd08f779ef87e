"""Processes killed at random moments, full disks, several processes on one home: ``make chaos``.

Conventions
-----------
scenario
    One trial with a random generator and a folder of its own (`tests.chaos.scenarios`).  It fails
    by an exception where something escaped that is no error of the package, or something is lost.
moment
    Drawn between nothing and a little more than the undisturbed work takes, so that every step is
    met once there are trials enough; `tests/models/test_save_killed.py` goes through each of them.
"""
