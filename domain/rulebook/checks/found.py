"""What a check gives: where a fault stands, and what it is."""

from domain.rulebook.fault_codes import FaultCode

Steps = tuple[str | int, ...]
"""The fields and list numbers that lead to a place in a document."""
Found = tuple[Steps, FaultCode]
