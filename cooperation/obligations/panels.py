"""Promised against delivered, on the page of an agreement."""

from cooperation.agreements.blocks import agreement_block
from cooperation.obligations.presenting import block_of

agreement_block(10)(block_of)
