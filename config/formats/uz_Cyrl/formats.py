"""The first language in its second script: dates, numbers and percentages."""

DATE_FORMAT = "Y йил j F"
SHORT_DATE_FORMAT = "d.m.Y"
DATETIME_FORMAT = "Y йил j F H:i"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
TIME_FORMAT = "H:i"
YEAR_MONTH_FORMAT = "Y йил F"
MONTH_DAY_FORMAT = "j F"
YEAR_FORMAT = "Y йил"
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%d/%m/%Y"]
DATETIME_INPUT_FORMATS = [
    "%d.%m.%Y %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
]
TIME_INPUT_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S"]
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3
PERCENT_FORMAT = "{}\xa0%"
ROMAN_PARTS = True
