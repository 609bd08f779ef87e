"""The exercises of the classroom notebook, ``docs/lesson.ipynb``, and what checks their answers.

In: the name of an exercise and a student's answer.  Out: whether it is right, in a sentence.
Knows nothing of Keras, notebooks or pages.
"""
