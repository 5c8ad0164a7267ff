// Validates one CycloneDX 1.6 document with @cyclonedx/cyclonedx-library:
// `cyclonedx_npm.mjs FOLDER json|xml FILE`, where FOLDER is the one that npm installed into.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [folder, encoding, path] = process.argv.slice(2)
const { Validation } = createRequire(join(folder, 'index.js'))('@cyclonedx/cyclonedx-library')
const validators = { json: Validation.JsonStrictValidator, xml: Validation.XmlValidator }
const validator = new validators[encoding]('1.6')
const fault = await validator.validate(readFileSync(path, 'utf8'))
console.log(fault ?? 'valid')
process.exitCode = fault === null ? 0 : 1
