"""Exact numbers: positions and durations in quarter notes, and beats.

`quicktions` is `fractions` of the standard library, compiled: the same numbers, computed faster.
The two types compare, hash and calculate with each other. Type checkers see that of the standard
library, because `quicktions` has no type information.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction
else:
    from quicktions import Fraction

__all__ = ["Fraction"]
