"""Tables in, Plotly figures out: functions return figures and never show them."""
