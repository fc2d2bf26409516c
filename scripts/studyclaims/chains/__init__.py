"""Chains of claims: from one step to ranked paths, and what a retraction breaks."""
