//! From a Protobuf schema and the JSON schema of the same version to a field table.
//!
//! A table has, by message, a list of `[field number, JSON member, kind]`, and, by enumeration, the word
//! of each number. A kind is `text`, `bool`, `int`, `float`, `double`, `time`, `date`, `tools`, `refs`,
//! the name of a message, or `=` and the name of an enumeration. Before it may stand `~` (the members of
//! the message become members of its parent), `!` (the message is stood for by its only member) or `^`
//! (only the first one is read); behind it `*` (a list) or `+` (where it is absent, the default counts).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Value, json};

/// The versions of CycloneDX that have a Protobuf schema.
pub(crate) const VERSIONS: [&str; 5] = ["1.3", "1.4", "1.5", "1.6", "1.7"];

/// Fields whose JSON member is not the name in lower camel case.
const NAMES: &[(&str, &str)] = &[
    ("AttachedText.value", "content"),
    ("CertificateState.predefined_state", "state"),
    ("CommonExtension.name", "commonExtensionName"),
    ("CommonExtension.value", "commonExtensionValue"),
    ("CustomExtension.name", "customExtensionName"),
    ("CustomExtension.value", "customExtensionValue"),
    ("DataClassification.value", "classification"),
    ("DataFlow.value", "classification"),
    ("Dependency.dependencies", "dependsOn"),
    ("GraphicsCollection.graphic", "collection"),
    ("Hash.value", "content"),
    ("LicenseExpressionDetailed.details", "expressionDetails"),
    ("PostalAddressType.postalCodeue", "postalCode"),
    ("ProtocolProperties.cryptoRef", "cryptoRefArray"),
    (
        "ProtocolProperties.ikev2TransformTypesDetailed",
        "ikev2TransformTypes",
    ),
];

/// Fields of any message that JSON spells with hyphens.
const HYPHENED: &[(&str, &str)] = &[
    ("bom_ref", "bom-ref"),
    ("mime_type", "mime-type"),
    ("x_trust_boundary", "x-trust-boundary"),
];

/// Values of enumerations that JSON calls by another word.
const WORDS: &[(&str, &str)] = &[
    ("VULNERABILITY_AFFECTED_STATUS_NOT_AFFECTED", "unaffected"),
    ("CRYPTO_IMPLEMENTATION_PLATFORM_X390X", "s390x"),
    (
        "MODEL_PARAMETER_APPROACH_TYPE_REINFORCED_LEARNING",
        "reinforcement-learning",
    ),
    ("ENERGY_MEASURE_UNIT_TYPE_KILOWATT_HOURS", "kWh"),
    ("CO2_MEASURE_UNIT_TYPE_TONNES_CO2_EQUIVALENT", "tCO2eq"),
];

/// Repeated messages that are one object in JSON.
const SINGLE: &[&str] = &["Bom.declarations", "Bom.definitions", "Component.evidence"];

/// Single messages that are a list in JSON.
const LISTS: &[&str] = &["Metadata.licenses", "Component.data"];

/// Messages whose members become members of the parent in JSON.
const MERGED: &[&str] = &[
    "Datasets.dataset",
    "Extension.commonExtension",
    "Extension.customExtension",
    "LicenseChoice.expression_detailed",
];

/// Messages that are stood for by their only member in JSON.
const TRANSPARENT: &[&str] = &[
    "CertificateProperties.certificateExtensions",
    "CertificateProperties.relatedCryptographicAssets",
    "Citation.expressions",
    "Citation.pointers",
    "Definition.patents",
    "InputType.environmentVars",
    "OutputType.environmentVars",
    "Patent.patent_assignee",
    "PatentAssertion.asserter",
    "ProtocolProperties.relatedCryptographicAssets",
    "RelatedCryptoMaterialProperties.relatedCryptographicAssets",
];

/// Fields that JSON demands and that Protobuf leaves out of the bytes where they are zero or empty.
const DEFAULTED: &[&str] = &[
    "AttachedText.value",
    "CO2MeasureType.value",
    "EnergyMeasureType.value",
    "EvidenceMethods.confidence",
];

/// Makes the table of one version.
pub(crate) fn table(schemas: &Path, version: &str) -> Result<String> {
    let words = words(schemas, version)?;
    let set = protox::compile([format!("bom-{version}.proto")], [schemas])?;
    let pool = prost_reflect::DescriptorPool::from_file_descriptor_set(set)?;
    let root = pool
        .all_messages()
        .find(|message| message.name() == "Bom")
        .context("there is no message `Bom`")?;
    let package = root.package_name().to_owned();
    let mut messages = BTreeMap::new();
    let mut enumerations = BTreeMap::new();
    for message in pool.all_messages() {
        if message.package_name() == package {
            let fields = fields(&message, version)?;
            messages.insert(short(message.full_name(), &package), fields);
        }
    }
    for enumeration in pool.all_enums() {
        if enumeration.package_name() == package {
            let values = values(&enumeration, &words)?;
            enumerations.insert(short(enumeration.full_name(), &package), values);
        }
    }
    let mut text = String::from("{\"messages\":{");
    write_lines(&mut text, &messages);
    text.push_str("},\"enums\":{");
    write_lines(&mut text, &enumerations);
    text.push_str("}}\n");
    Ok(text)
}

/// One entry a line, so that a change can be read.
fn write_lines(text: &mut String, entries: &BTreeMap<String, Value>) {
    for (index, (name, value)) in entries.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // Writing to a text does not fail.
        _ = write!(text, "{comma}\n{}:{value}", json!(name));
    }
}

fn short(name: &str, package: &str) -> String {
    name.trim_start_matches(package)
        .trim_start_matches('.')
        .to_owned()
}

fn qualified(field: &FieldDescriptor) -> String {
    format!("{}.{}", field.parent_message().name(), field.name())
}

fn fields(message: &MessageDescriptor, version: &str) -> Result<Value> {
    let mut fields = Vec::new();
    for field in message.fields() {
        // The reader tells the version itself.
        if qualified(&field) != "Bom.spec_version" {
            fields.push((field.number(), member(&field), kind(&field, version)?));
        }
    }
    // Of two fields for one member the later one is the fuller; the reader takes the first.
    let names: Vec<_> = fields.iter().map(|field| field.1.clone()).collect();
    let first = |name: &String| names.iter().position(|one| one == name);
    fields.sort_by_key(|field| (first(&field.1), std::cmp::Reverse(field.0)));
    Ok(json!(fields))
}

fn member(field: &FieldDescriptor) -> String {
    let find = |table: &[(&str, &str)], key: &str| {
        let entry = table.iter().find(|entry| entry.0 == key);
        entry.map(|entry| entry.1.to_owned())
    };
    find(NAMES, &qualified(field))
        .or_else(|| find(HYPHENED, field.name()))
        .unwrap_or_else(|| field.json_name().to_owned())
}

fn kind(field: &FieldDescriptor, version: &str) -> Result<String> {
    let name = qualified(field);
    let is = |table: &[&str]| table.contains(&name.as_str());
    let package = field.parent_message().package_name().to_owned();
    let mut base = match field.kind() {
        Kind::String => "text".to_owned(),
        Kind::Bool => "bool".to_owned(),
        Kind::Int32 | Kind::Int64 => "int".to_owned(),
        Kind::Float => "float".to_owned(),
        Kind::Double => "double".to_owned(),
        Kind::Message(message) if message.full_name() == "google.protobuf.Timestamp" => {
            let is_date = ["filing_date", "grant_date", "patent_expiration_date"];
            let kind = if is_date.contains(&field.name()) {
                "date"
            } else {
                "time"
            };
            kind.to_owned()
        }
        Kind::Message(message) => short(message.full_name(), &package),
        Kind::Enum(enumeration) => {
            format!("={}", short(enumeration.full_name(), &package))
        }
        other => bail!("{name}: no kind for {other:?}"),
    };
    if name == "Dependency.dependencies" {
        return Ok("refs".to_owned());
    }
    let is_tool = |message: &MessageDescriptor| message.get_field_by_name("components").is_some();
    if field.name() == "tools" && field.kind().as_message().is_some_and(is_tool) {
        return Ok("tools".to_owned());
    }
    // JSON had one identity only before 1.6.
    let only_first = name == "Evidence.identity" && version == "1.5";
    if only_first {
        return Ok(format!("^{base}"));
    }
    if is(TRANSPARENT) {
        base.insert(0, '!');
    }
    if is(MERGED) {
        base.insert(0, '~');
    }
    if is(LISTS) || field.is_list() && !is(SINGLE) {
        base.push('*');
    } else if is(DEFAULTED)
        || name == "Component.version" && version == "1.3"
        || !field.supports_presence() && zero_word(field)
    {
        base.push('+');
    }
    Ok(base)
}

/// Whether the zero of an enumeration says something.
fn zero_word(field: &FieldDescriptor) -> bool {
    let kind = field.kind();
    let zero = kind.as_enum().and_then(|one| one.get_value(0));
    zero.is_some_and(|value| !is_nothing(value.name()))
}

fn is_nothing(name: &str) -> bool {
    name.ends_with("_NULL") || name.ends_with("_UNSPECIFIED")
}

fn values(
    enumeration: &EnumDescriptor,
    words: &BTreeMap<String, BTreeSet<String>>,
) -> Result<Value> {
    let names: Vec<_> = enumeration
        .values()
        .map(|value| (value.number(), value.name().to_owned()))
        .collect();
    let prefix = prefix(names.iter().map(|(_, name)| name.as_str()));
    let mut values = serde_json::Map::new();
    for (number, name) in &names {
        if is_nothing(name) {
            continue;
        }
        let exception = WORDS.iter().find(|(one, _)| one == name);
        let word = if let Some((_, word)) = exception {
            (*word).to_owned()
        } else {
            let plain = plain(name.get(prefix..).unwrap_or(name));
            let candidates = words
                .get(&plain)
                .with_context(|| format!("{name}: no word"))?;
            let mut candidates = candidates.iter();
            match (candidates.next(), candidates.next()) {
                (Some(word), None) => word.clone(),
                _ => bail!("{name}: more than one word"),
            }
        };
        values.insert(number.to_string(), word.into());
    }
    Ok(values.into())
}

/// The length of the beginning that all names share, up to an underscore.
fn prefix<'a>(mut names: impl Iterator<Item = &'a str>) -> usize {
    let first = names.next().unwrap_or_default();
    let shared = names.fold(first.len(), |shared, name| {
        let same = first.bytes().zip(name.bytes()).take_while(|(a, b)| a == b);
        shared.min(same.count())
    });
    let beginning = first.get(..shared).unwrap_or_default();
    beginning.rfind('_').map_or(0, |at| at + 1)
}

fn plain(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|one| one.to_ascii_lowercase()).collect()
}

/// Every word of an enumeration of the JSON schema, by its letters and digits.
fn words(schemas: &Path, version: &str) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let file = schemas.join(format!("bom-{version}.schema.json"));
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let mut words = BTreeMap::new();
    collect(&serde_json::from_str(&text)?, &mut words);
    Ok(words)
}

fn collect(schema: &Value, words: &mut BTreeMap<String, BTreeSet<String>>) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::Array(list) if key == "enum" => {
                        for word in list.iter().filter_map(Value::as_str) {
                            words
                                .entry(plain(word))
                                .or_default()
                                .insert(word.to_owned());
                        }
                    }
                    _ => collect(value, words),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, words)),
        _ => {}
    }
}
