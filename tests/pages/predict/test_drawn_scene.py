"""Your pictures: a scene drawn to order, before and after an object is added."""

from engine.synthetic import scenes
from tests.pages.predict.files import captions


def test_a_scene_drawn_to_order_is_compared_before_and_after(page):
    page.query_params |= {"from": "Draw a scene", "kinds": ["bear"], "scene": "0"}
    page.run()
    assert not page.exception
    assert {"bear", "bear, dog"} <= set(captions(page))
    titles = [text.value.replace("\\", "") for text in page.markdown]
    assert any(
        title.startswith("**Softmax probabilities add up to 1: bear ") and "; dog " in title
        for title in titles
    )
    assert any(
        title.startswith("**Each sigmoid is independent: bear ") and "; dog " in title for title in titles
    )


def test_the_numbers_of_the_comparison_are_the_networks(page, models):
    page.query_params |= {"from": "Draw a scene", "kinds": ["bear"], "scene": "0"}
    page.run()
    pictures = [scenes.draw(scenes.spec_with(kinds, 0, (400, 300))) for kinds in (["bear"], ["bear", "dog"])]
    before, after = (
        answer.probs[answer.vocab.index("bear")] for answer in models["single-label"].predict(pictures)
    )
    assert any(f"bear {before:.0%} → {after:.0%}" in text.value for text in page.markdown)


def test_what_is_in_the_scene_cannot_be_added_again(page):
    page.query_params |= {"from": "Draw a scene", "kinds": ["dog", "cat"]}
    page.run()
    adding = page.selectbox(key="add")
    assert "dog" not in adding.options and "cat" not in adding.options
    assert not page.exception


def test_a_drawn_scene_stands_in_the_address_with_what_is_added_and_looked_for(page):
    page.query_params |= {"from": "Draw a scene", "kinds": ["bear"], "add": "cat", "class": "sheep"}
    page.run()
    assert page.selectbox(key="add").value == "cat"
    assert any("looked for sheep" in caption for caption in captions(page))
    page.selectbox(key="add").set_value("horse").run()
    assert page.query_params["add"] == "horse"
    page.selectbox(key="add").set_value("dog").run()
    assert "add" not in page.query_params
