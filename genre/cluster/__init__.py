"""Independent tasks: on this machine through joblib, or on a Dask cluster at an address.

In: a function, its arguments for each task, what all tasks share.  Out: the results, in order.
Knows nothing of what the tasks compute.
"""
