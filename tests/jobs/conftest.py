"""What private mode changes for a whole process is changed back after each test."""

import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def _error_details():
    before = st.get_option("client.showErrorDetails")
    yield
    st.set_option("client.showErrorDetails", before)
