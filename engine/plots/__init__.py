"""Tables in, Plotly figures out. Nothing here shows a figure, and nothing loads torch."""
