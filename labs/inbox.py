"""What waits for a person among this app's things."""

<<<<<<< HEAD
from labs.verdicts import inbox as verdicts

__all__ = ["verdicts"]
=======
from labs.examinations import inbox as examinations

__all__ = ["examinations"]
>>>>>>> h3
