"""What waits for a person among this app's things."""

from labs.examinations import inbox as examinations
from labs.implementation import inbox as implementation
from labs.laboratories import inbox as laboratories
from labs.pilots import inbox as pilots
from labs.problems import inbox as problems
from labs.spread import inbox as spread
from labs.trials import inbox as trials
from labs.verdicts import inbox as verdicts

__all__ = ["examinations", "implementation", "laboratories", "pilots", "problems", "spread", "trials", "verdicts"]
