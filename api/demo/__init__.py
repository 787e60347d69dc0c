"""A made-up municipality of Bräcke's size, and a month of its home care: everything follows from one seed.

It enters through the same sync and the same office decisions as anything else; nothing is stored beside the ledger.
"""
