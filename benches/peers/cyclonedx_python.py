"""Validates one CycloneDX 1.6 document with cyclonedx-python-lib: `cyclonedx_python.py json|xml FILE`."""

import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from cyclonedx.validation.xml import XmlValidator

encoding, path = sys.argv[1:]
validator = {"json": JsonStrictValidator, "xml": XmlValidator}[encoding](SchemaVersion.V1_6)
fault = validator.validate_str(Path(path).read_text(encoding="utf-8"))
print(fault or "valid")
sys.exit(1 if fault else 0)
