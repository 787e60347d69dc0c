"""What brings the tables of an earlier release to today's form, step by step: a folder for each set of tables.

A step that has been released is never changed. Each is written out in full, and reads nothing from the rest of the code,
which goes on changing. Read models' own tables need none: a changed one has a new version and is built again.
"""
