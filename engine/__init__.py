"""Loss Lab's engine: everything that is true without a browser. It never imports streamlit."""
