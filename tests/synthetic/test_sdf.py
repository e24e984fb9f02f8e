"""Solids: distances against geometry worked out by hand, rays against their exact hits, light from the right side."""

import numpy as np
import pytest

from engine.synthetic.sdf import (
    Light,
    Solid,
    rotation,
    shade,
    smooth_union,
    sphere_span,
    sunlight,
    trace,
    unit,
)

RED = (1.0, 0.0, 0.0)
BLUE = (0.0, 0.0, 1.0)


def column(*points):
    return np.array(points, np.float32).T


def solid_of(form, *values, **named):
    solid = Solid()
    getattr(solid, form)(*values, RED, **named)
    return solid


@pytest.mark.parametrize(
    ("solid", "point", "expected"),
    [
        (solid_of("ball", (1, 2, 3), 0.5), (1, 2, 5), 1.5),
        (solid_of("ball", (1, 2, 3), 0.5), (1, 2, 3), -0.5),
        (solid_of("limb", (0, 0, 0), (0, 2, 0), 0.1, 0.3), (1, 1, 0), 0.8),
        (solid_of("limb", (0, 0, 0), (0, 2, 0), 0.1, 0.3), (0, 3, 0), 0.7),
        (solid_of("box", (0, 0, 0), (1, 2, 3), rounding=0.0), (2, 0, 0), 1.0),
        (solid_of("box", (0, 0, 0), (1, 2, 3), rounding=0.0), (4, 6, 0), 5.0),
        (solid_of("box", (0, 0, 0), (1, 2, 3), rounding=0.5), (0, 0, 0), -1.0),
        (solid_of("disc", (0, 1, 0), (0, 1, 0), 2, 0.5, rounding=0.0), (5, 1, 0), 3.0),
        (solid_of("disc", (0, 1, 0), (0, 1, 0), 2, 0.5, rounding=0.0), (5, 5.5, 0), 5.0),
        (solid_of("ring", (0, 0, 0), (0, 0, 1), 2, 0.25), (0, 0, 0), 1.75),
        (solid_of("ring", (0, 0, 0), (0, 0, 1), 2, 0.25), (5, 0, 4), 4.75),
        (solid_of("sheet", (0, 0, 0), (2, 0, 0), (0, 2, 0), 0.1), (0.5, 0.5, 3), 2.9),
        (solid_of("sheet", (0, 0, 0), (2, 0, 0), (0, 2, 0), 0.1), (-3, 1, 4), 4.9),
        (solid_of("ellipsoid", (0, 0, 0), (1, 1, 1)), (3, 0, 4), 4.0),
        (solid_of("ellipsoid", (0, 0, 0), (1, 1, 1), top=0.0), (0, 2, 0), 2.0),
    ],
)
def test_distances_are_those_of_geometry(solid, point, expected):
    assert solid.distance(column(point))[0] == pytest.approx(expected, abs=1e-5)


def test_an_ellipsoid_ends_at_its_half_axes():
    solid = solid_of("ellipsoid", (0, 0, 0), (3, 2, 1), turn=rotation(90))
    on_surface = column((1, 0, 0), (0, 2, 0), (0, 0, 3))
    np.testing.assert_allclose(solid.distance(on_surface), 0, atol=1e-5)


def test_a_pen_elsewhere_moves_turns_and_scales_what_it_draws():
    solid = Solid()
    solid.at((1, 0, 0), rotation(90), 2.0).ball((0, 0, 1), 0.5, RED)
    np.testing.assert_allclose(solid.distance(column((3, 0, 0), (5, 0, 0))), [-1, 1], atol=1e-5)


def test_smooth_union_is_the_minimum_apart_and_deeper_between():
    a, b = np.array([0.5, 0.1]), np.array([2.0, 0.1])
    np.testing.assert_allclose(smooth_union(a, b, 0.0), [0.5, 0.1])
    np.testing.assert_allclose(smooth_union(a, b, 0.2), [0.5, 0.1 - 0.2 / 4])


def test_rays_meet_a_sphere_where_algebra_says():
    solid = solid_of("ball", (0.2, 0.1, 0), 1.0)
    origin = np.array((0, 0, 5), np.float32)
    rays = unit(column((0, 0, -1), (0.1, 0.05, -1), (0.5, 0, -1)))
    near, far = sphere_span(origin, rays, (0, 0, 0), 1.5)
    hits = trace(solid.distance, origin, rays, near, far, pixel=1e-4)
    to_centre = np.array((0.2, 0.1, 0)) - origin
    middle = to_centre @ rays
    exact = middle - np.sqrt(np.maximum(1 - (to_centre @ to_centre - middle**2), 0))
    np.testing.assert_allclose(hits.along[:2], exact[:2], atol=1e-3)
    assert hits.cover.tolist() == [1, 1, 0]


def test_normals_point_away_from_the_centre_of_a_sphere():
    directions = unit(np.random.default_rng(0).normal(size=(3, 50)).astype(np.float32))
    normals = solid_of("ball", (0, 0, 0), 1.0).normals(directions)
    assert (normals * directions).sum(0).min() > 0.999


def test_paint_is_that_of_the_nearest_part():
    solid = Solid()
    solid.ball((-1, 0, 0), 0.5, RED)
    solid.ball((1, 0, 0), 0.5, BLUE)
    colours, _ = solid.colours(column((-1, 0.5, 0), (1, 0.5, 0)))
    np.testing.assert_allclose(colours.T, [RED, BLUE], atol=1e-4)


def test_the_side_that_faces_the_light_is_brighter():
    normals, towards_viewer = column((1, 0, 0), (-1, 0, 0)), column((0, 0, -1), (0, 0, -1))
    lit = shade(np.ones((3, 2), np.float32), 0.0, normals, towards_viewer, Light(towards=(1, 0.5, 0)))
    assert lit[:, 0].min() > 1.5 * lit[:, 1].max()


def test_shadow_falls_away_from_the_light():
    solid = solid_of("ball", (0, 1, 0), 0.5)
    light = unit(np.array((1, 1, 0), np.float32))
    ground = column((-1, 0, 0), (1, 0, 0))
    share = sunlight(solid.distance, ground, light, reach=3, start=0.02)
    assert share[0] < 0.05
    assert share[1] > 0.95


@pytest.mark.parametrize("form", ["limb", "ellipsoid", "box", "disc", "ring", "sheet"])
def test_the_outline_holds_the_solid(form):
    values = {
        "limb": ((0, 0, 0), (0.3, 0.8, 0.1), 0.1, 0.3),
        "ellipsoid": ((0, 0, 0), (0.9, 0.5, 0.2)),
        "box": ((0, 0, 0), (0.9, 0.5, 0.2)),
        "disc": ((0, 0, 0), (0.3, 1, 0.2), 0.6, 0.2),
        "ring": ((0, 0, 0), (0.3, 1, 0.2), 0.6, 0.1),
        "sheet": ((0, 0, 0), (0.8, 0.2, 0), (0.1, 0.7, 0.4), 0.03),
    }[form]
    solid = solid_of(form, *values)
    inside = np.random.default_rng(1).uniform(-1.3, 1.3, (3, 60_000)).astype(np.float32)
    inside = inside[:, solid.distance(inside) < 0]
    centres, radii = solid.outline()
    assert inside.shape[1] > 50
    assert (inside.max(1) <= (centres + radii).max(1) * 1.1 + 0.02).all()
    assert (inside.min(1) >= (centres - radii).min(1) * 1.1 - 0.02).all()
