"""A song through a telephone, in a cathedral, faster, lower, or a part of it: to be judged again.

In: a `Signal`.  Out: another, the same each time; and a background job that makes a file of it.
Knows nothing of models, genres or pages.
"""
