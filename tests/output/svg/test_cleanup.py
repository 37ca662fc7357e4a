"""What is left of a page that Verovio drew."""

from lxml import etree

from engrave.output.svg.cleanup import SvgCleaner

PAGE = """<svg xmlns="http://www.w3.org/2000/svg">
<defs><g id="E0A4-x"><path d="M0 -39c0 68 z"/></g></defs>
<svg><g class="page-margin"><g data-class="system" class="system">
<g data-class="measure" class="measure" data-n="7" data-id="m1">
<g data-class="staff" class="staff"><path d="M0 10 L90 10" stroke-width="18"/>
<path d="M0 20 L90 20" stroke-width="18"/><path d="M5 10 L5 20" stroke-width="27"/>
<path d="M0 0 L9 9" stroke-width="18"/></g>
<polygon points="0,0 9,0 9,3 0,3"/><polygon points="0,9 0,6 9,6 9,9"/>
<rect x="1" y="2" width="30" height="4"/>
<g data-class="note" class="note" data-id="p3-2"><use href="#E0A4-x"
 transform="translate(40, 50) scale(0.72, 0.72)"/></g>
<g data-class="note" class="note" data-id="other"><use href="#E0A4-x"
 transform="translate(60, 50) scale(0.54, 0.54)"/></g>
<use href="#E0A4-x" transform="rotate(90 1,2)"/>
<g data-class="section" class="section placeholder"><ellipse cx="1" cy="1" rx="1" ry="1"/></g>
<g data-class="tie" class="tie"><path d="M1,2 C3,4 5,6 7,-8" stroke-width="9"/></g>
</g></g><g data-class="pgHead" class="pgHead"><text><tspan font-size="9px">T</tspan></text></g>
</g></svg></svg>"""


def clean() -> tuple[SvgCleaner, etree._Element]:
    plate = SvgCleaner("ab", {3: (3, 8)})
    return plate, plate.clean(etree.fromstring(PAGE))


def test_systems_measures_and_noteheads_stay_groups():
    _, music = clean()
    groups = [dict(group.attrib) for group in music.iter("g")]
    assert groups == [
        {},
        {"data-system": ""},
        {"data-measure": "7"},
        {"id": "ab-p3-2", "data-played": "3 8"},
    ]


def test_strokes_of_a_pen_share_a_path_and_curves_do_not():
    _, music = clean()
    paths = [
        (path.get("stroke-width"), path.get("stroke"), path.get("d")) for path in music.iter("path")
    ]
    assert paths == [
        (None, None, "M0 10H90M0 20H90M0 0L9 9"),
        ("27", None, "M5 10V20"),
        (None, "none", "M0 0 9 0 9 3 0 3zM0 9 0 6 9 6 9 9zM1 2h30v4h-30z"),
        ("9", None, "M1 2C3 4 5 6 7-8"),
    ]


def test_beams_that_overlap_leave_no_hole():
    """All run the same way round, however they were drawn."""
    turned = PAGE.replace("0,9 0,6 9,6 9,9", "9,9 9,6 0,6 0,9")
    music = SvgCleaner("ab", {3: (3,)}).clean(etree.fromstring(turned))
    (beams,) = (path.get("d") for path in music.iter("path") if path.get("stroke") == "none")
    assert beams.startswith("M0 0 9 0 9 3 0 3zM0 9 0 6 9 6 9 9z")


def test_signs_are_drawn_once_for_each_size():
    plate, music = clean()
    assert [dict(use.attrib) for use in music.iter("use")] == [
        {"href": "#ab-0", "x": "40", "y": "50"},
        {"href": "#ab-1", "x": "60", "y": "50"},
        {"href": "#ab-2", "transform": "rotate(90 1,2)"},
    ]
    signs = [(sign.get("id"), sign.get("transform")) for sign in plate.glyphs.values()]
    assert signs == [
        ("ab-0", "scale(0.72 -0.72)"),
        ("ab-1", "scale(0.54 -0.54)"),
        ("ab-2", "scale(1 -1)"),
    ]


def test_the_title_and_what_is_invisible_are_gone():
    _, music = clean()
    assert not list(music.iter("text")) and not list(music.iter("ellipse"))


def test_what_verovio_turns_stays_turned():
    """The sign of an arpeggio is a row of waves that lies on its side."""
    waves = '<g data-class="arpeg" class="arpeg" transform="rotate(-90 2,9)"><use href="#E0A4-x"'
    waves += ' transform="translate(2, 9) scale(0.72, 0.72)"/></g></g></g><g data-class="pgHead"'
    page = etree.fromstring(PAGE.replace('</g></g><g data-class="pgHead"', waves))
    turned = [g for g in SvgCleaner("ab", {3: (3, 8)}).clean(page).iter("g") if g.get("transform")]
    assert [g.get("transform") for g in turned] == ["rotate(-90 2,9)"]
    assert [(sign.tag, sign.get("x"), sign.get("y")) for sign in turned[0]] == [("use", "2", "9")]
