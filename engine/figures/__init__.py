"""Tables and arrays become Plotly figures. Every function returns a figure; none shows one."""
