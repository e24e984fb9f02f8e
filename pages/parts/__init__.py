"""Streamlit pieces that pages share. A sub-folder is no page."""
