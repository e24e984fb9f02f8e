"""Plotly figures from tables. They return figures and never show them."""
