"""One module per known kind of damage to a file's numbers; each has a function ``repair(cube)``.

A registry file names the repair that an array needs (``repair = "whole-numbers"``), and only that
module is imported: see :mod:`mixedpixels.scenes.readers.repairs`.
"""
