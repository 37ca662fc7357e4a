"""Plain tunes with their parts written out, for tests: melody, left hand, meter, pickup."""

from fractions import Fraction

from samples.tunes import Tune, again, line

TWINKLE = line("60 60 67 67 69 69 67:2 65 65 64 64 62 62 60:2 67 67 65 65 64 64 62:2 67 67 65 65")
TWINKLE += line("64 64 62:2 60 60 67 67 69 69 67:2 65 65 64 64 62 62 60:2", 28)
ODE = line(
    "64 64 65 67 67 65 64 62 60 60 62 64 64:1.5 62:0.5 62:2 64 64 65 67 67 65 64 62 60 60 62"
)
ODE += line("64 62:1.5 60:0.5 60:2", 27)
SILENT_NIGHT = line("67:1.5 69:0.5 67 64:3 67:1.5 69:0.5 67 64:3 74:2 74 71:3 72:2 72 67:3")
GRACE = line("62 67:2 71:0.5 67:0.5 71:2 69 67:2 64 62:2 62 67:2 71:0.5 67:0.5 71:2 69 74:2", -1)
GREENSLEEVES = line(
    "69:0.5 72 74:0.5 76:0.75 77:0.25 76:0.5 74 71:0.5 67:0.75 69:0.25 71:0.5", -0.5
)
GREENSLEEVES += line("72 69:0.5 69:0.75 68:0.25 69:0.5 71 68:0.5 64 69:0.5 72 74:0.5 76:0.75", 6.0)
SCALE = "60 62 64 65 67 69 71 72 71 69 67 65 64 62 60"
TUNES = {
    "twinkle, melody": Tune(TWINKLE, [], (4, 4)),
    "twinkle, bass": Tune(TWINKLE, again("0:2 0:2", [48, 53, 53, 48, 48, 48] * 2, 4), (4, 4)),
    "ode, alberti": Tune(
        ODE, again("0:.5 7:.5 4:.5 7:.5 0:.5 7:.5 4:.5 7:.5", [48, 43, 48, 43] * 2, 4), (4, 4)
    ),
    "silent night": Tune(
        SILENT_NIGHT, again("0 7+12 7+12", [48, 48, 48, 48, 43, 43, 48, 48], 3), (3, 4)
    ),
    "amazing grace": Tune(
        GRACE, again("0+7:3", [43, 43, 48, 43, 43, 43, 50], 3), (3, 4), Fraction(1)
    ),
    "greensleeves": Tune(
        GREENSLEEVES, again("0:.5 7:.5 12:.5", [45, 45, 43, 43, 45, 45, 40, 40], 1.5), (6, 8),
        Fraction(1, 2),
    ),
    "scale": Tune(
        line(" ".join(f"{p}:.5" for p in SCALE.split()[:-1]) + " 60:1"),
        line(" ".join(f"{int(p) - 12}:.5" for p in SCALE.split()[:-1]) + " 48:1"),
        (4, 4),
    ),
}  # fmt: skip
