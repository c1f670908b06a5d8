# Home Assistant puts its successor in voluptuous' place; so the type checker must.
from probatio import *
