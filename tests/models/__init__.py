"""Short programs as users write them; see `table.py`."""

from models import arrays as arrays
from models import learning as learning
from models import steps as steps
from models.table import MODELS as MODELS
from models.table import case as case
