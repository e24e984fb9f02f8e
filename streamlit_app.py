"""Home: the two ways in; one image, one backbone, three heads and their losses; and the runs that are ready.

`streamlit run` imports this file as well, for the server around all pages: `app`.
"""

import streamlit as st

if __name__ == "__main__":  # a visitor opens Home
    from pages.parts.home import cards, models, picture
    from pages.parts.shared import gc_freeze, page

    page.begin(
        "Loss Lab",
        "One network can name one thing, name everything, or find a face. Only its last layer and its loss change.",
    )
    cards.start()
    picture.show()
    cards.show()
    with st.expander("Trained runs, ready to use"):
        models.show()
    gc_freeze.set_aside()
else:  # the server starts
    from pages.parts.server.options import options

    app = st.App(__file__, **options())
