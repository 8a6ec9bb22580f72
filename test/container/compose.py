"""Says which keys of a compose file the Compose Specification does not know; fails where a value has another type.

What comes out: a line for each unknown key of a service.
"""

import sys
from pathlib import Path

import yaml
from compose_spec import ComposeSpecification, Service

file = yaml.safe_load(Path(sys.argv[1]).read_text())
ComposeSpecification.model_validate(file)
known = {field.alias or name for name, field in Service.model_fields.items()}
for service, settings in file["services"].items():
    for key in settings:
        if key not in known:
            print(f"{service}.{key}")
