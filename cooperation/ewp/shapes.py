"""An inter-institutional agreement as Erasmus Without Paper knows it (version 7): two partners, one-way mobilities."""

from dataclasses import dataclass, field

SPACE = "https://github.com/erasmus-without-paper/ewp-specs-api-iias/blob/stable-v7/endpoints/get-response.xsd"
CONTACTS = "https://github.com/erasmus-without-paper/ewp-specs-types-contact/tree/stable-v1"
STUDIES, TRAINEESHIP, TEACHING, TRAINING = "student-studies", "student-traineeship", "staff-teacher", "staff-training"
KINDS = (STUDIES, TRAINEESHIP, TEACHING, TRAINING)  # in the order the schema wants
OF_STUDENTS = (STUDIES, TRAINEESHIP)
NEEDS_LANGUAGE = (STUDIES, TEACHING)


@dataclass(frozen=True)
class Area:
    """A subject area: four figures of ISCED-F, a clarification (None where the element is missing), the old value."""

    isced: str
    clarification: str | None = None
    v6: str = ""


@dataclass(frozen=True)
class Language:
    """A recommended language with its level (A1 to C2), perhaps for one subject area."""

    language: str
    level: str = ""
    area: Area | None = None
    not_yet_defined: bool = False


@dataclass(frozen=True)
class Partner:
    """One of the two, by its SCHAC code; `iia_id` and `iia_code` are its own names for the agreement."""

    hei_id: str
    ounit_id: str = ""
    iia_id: str = ""
    iia_code: str = ""
    signing_date: str = ""


@dataclass(frozen=True)
class Mobility:
    """So many people a year, one way. `total` is months (students) or days (staff) a year, as it is written."""

    kind: str
    sending: str
    receiving: str
    first_year: str
    last_year: str
    per_year: int
    sending_unit: str = ""
    receiving_unit: str = ""
    languages: tuple[Language, ...] = ()
    areas: tuple[Area, ...] = ()
    other: str | None = None
    total: str = ""
    blended: bool = False
    eqf: tuple[int, ...] = ()
    not_yet_defined: bool = False


@dataclass(frozen=True)
class Iia:
    """The agreement; `left_out` counts what is never taken in: people's names and addresses. `hash_holds` says whether
    the hash that a file gives is the one of what it says.
    """

    partners: tuple[Partner, Partner]
    in_effect: bool
    mobilities: tuple[Mobility, ...]
    terminated: bool = False
    pdf_file: str = ""
    left_out: dict[str, int] = field(default_factory=dict, compare=False)
    hash_holds: bool = field(default=True, compare=False)
