"""Does an index give back what was put into it? Tests of your own models, by hypothesis.

.. code-block:: python

    from searchlib.testing import round_trip_machine

    TestReport = round_trip_machine(Report).TestCase

It needs the package ``hypothesis``.
"""

from searchlib.testing.machine import round_trip_machine
from searchlib.testing.strategies import documents_of

__all__ = ["documents_of", "round_trip_machine"]
