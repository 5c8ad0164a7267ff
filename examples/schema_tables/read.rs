//! Reads the official schemas into a graph of forms.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value};

use super::form::{ANYTHING, Form, Graph, Id, NOTHING, SHAPES};

/// Keywords that tell people something and demand nothing.
const TOLD: [&str; 19] = [
    "id",
    "license",
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "definitions",
    "title",
    "description",
    "examples",
    "default",
    "deprecated",
    "meta:enum",
    "additionalItems",
    // Of OCDS: for people, or for the merging of releases.
    "codelist",
    "openCodelist",
    "omitWhenMerged",
    "versionId",
    "wholeListMerge",
];

/// The files of schemas that others refer to by the URL under which they are published.
const PUBLISHED: &[(&str, &str)] = &[
    (
        "https://www.first.org/cvss/cvss-v2.0.json",
        "csaf/2.0/cvss-v2.0.json",
    ),
    (
        "https://www.first.org/cvss/cvss-v3.0.json",
        "csaf/2.0/cvss-v3.0.json",
    ),
    (
        "https://www.first.org/cvss/cvss-v3.1.json",
        "csaf/2.0/cvss-v3.1.json",
    ),
    (
        "https://www.first.org/cvss/cvss-v4.0.json",
        "csaf/2.1/cvss-v4.0.json",
    ),
    (
        "https://certcc.github.io/SSVC/data/schema/v2/SelectionList_2_0_0.schema.json",
        "csaf/2.1/SelectionList_2_0_0.schema.json",
    ),
    (
        "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/extension-content.json",
        "csaf/2.1/extension-content.json",
    ),
    (
        "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/extension-metaschema.json",
        "csaf/2.1/extension-metaschema.json",
    ),
    (
        "https://standard.open-contracting.org/schema/1__1__5/release-schema.json",
        "ocds/1.1/release-schema.json",
    ),
    (
        "https://standard.open-contracting.org/schema/1__1__5/versioned-release-validation-schema.json",
        "ocds/1.1/versioned-release-validation-schema.json",
    ),
];

/// Reads schemas and what they refer to.
pub(crate) struct Reader {
    folder: PathBuf,
    licenses: String,
    files: HashMap<String, Value>,
    read: HashMap<(String, String), Id>,
}

impl Reader {
    pub(crate) fn new(folder: &Path, licenses: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            licenses: licenses.to_owned(),
            files: HashMap::new(),
            read: HashMap::new(),
        }
    }

    /// Reads a whole schema and gives its root.
    pub(crate) fn read(&mut self, graph: &mut Graph, file: &str) -> Result<Id> {
        self.refer(graph, file, "")
    }

    fn file(&mut self, file: &str) -> Result<&Value> {
        if !self.files.contains_key(file) {
            self.files
                .insert(file.to_owned(), parse(&self.folder, file)?);
        }
        self.files.get(file).context("just inserted")
    }

    fn refer(&mut self, graph: &mut Graph, file: &str, pointer: &str) -> Result<Id> {
        let key = (file.to_owned(), pointer.to_owned());
        if let Some(id) = self.read.get(&key) {
            return Ok(*id);
        }
        let schema = self
            .file(file)?
            .pointer(pointer)
            .with_context(|| format!("{file} has no {pointer}"))?
            .clone();
        // Known before it is read: schemas refer to themselves.
        let id = graph.add(Form::default());
        self.read.insert(key, id);
        let form = self
            .form(graph, file, &schema)
            .with_context(|| format!("{file}#{pointer}"))?;
        if let Some(slot) = graph.forms.get_mut(id) {
            *slot = form;
        }
        Ok(id)
    }

    fn schema(&mut self, graph: &mut Graph, file: &str, schema: &Value) -> Result<Id> {
        match schema {
            Value::Bool(true) => Ok(ANYTHING),
            Value::Bool(false) => Ok(NOTHING),
            _ => {
                let form = self.form(graph, file, schema)?;
                Ok(graph.add(form))
            }
        }
    }

    fn schemas(&mut self, graph: &mut Graph, file: &str, schemas: &Value) -> Result<Vec<Id>> {
        list(schemas)?
            .iter()
            .map(|schema| self.schema(graph, file, schema))
            .collect()
    }

    fn target(&mut self, graph: &mut Graph, file: &str, reference: &Value) -> Result<Id> {
        let reference = text(reference)?;
        let (name, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let target = if name.is_empty() {
            file.to_owned()
        } else if let Some((_, file)) = PUBLISHED.iter().find(|(url, _)| *url == name) {
            (*file).to_owned()
        } else {
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{folder}/{name}")
        };
        self.refer(graph, &target, pointer)
    }

    fn form(&mut self, graph: &mut Graph, file: &str, schema: &Value) -> Result<Form> {
        let schema = schema.as_object().context("a schema is an object")?;
        // Before 2019-09 whatever stands beside a reference is ignored (Draft 7, section 8.3).
        let draft = self.file(file)?.get("$schema").cloned();
        let alone = draft.is_some_and(|draft| {
            let draft = draft.to_string();
            draft.contains("draft-07") || draft.contains("draft-04")
        });
        if let Some(reference) = schema.get("$ref").filter(|_| alone) {
            return Ok(Form::all([self.target(graph, file, reference)?]));
        }
        let mut form = Form::default();
        for (keyword, value) in schema {
            if !read_plain(&mut form, keyword, value)? {
                self.read_nested(graph, file, schema, &mut form, keyword)
                    .with_context(|| keyword.clone())?;
            }
        }
        if file == self.licenses {
            form.licenses = true;
            form.words = None;
        }
        Ok(form)
    }

    /// Keywords that hold schemas.
    fn read_nested(
        &mut self,
        graph: &mut Graph,
        file: &str,
        schema: &Map<String, Value>,
        form: &mut Form,
        keyword: &str,
    ) -> Result<()> {
        let value = schema.get(keyword).context("it is iterated over")?;
        match keyword {
            "properties" => {
                for (name, schema) in value.as_object().context("an object")? {
                    let id = self.schema(graph, file, schema)?;
                    form.members.insert(name.clone(), id);
                }
            }
            "patternProperties" => {
                for (pattern, schema) in value.as_object().context("an object")? {
                    let id = self.schema(graph, file, schema)?;
                    form.also.insert(pattern.clone(), id);
                }
            }
            "additionalProperties" => form.other = self.schema(graph, file, value)?,
            "items" if value.is_array() => {
                form.first = self.schemas(graph, file, value)?;
                if let Some(rest) = schema.get("additionalItems") {
                    form.each = self.schema(graph, file, rest)?;
                }
            }
            "items" => form.each = self.schema(graph, file, value)?,
            "allOf" => form.all.extend(self.schemas(graph, file, value)?),
            "$ref" => form.all.push(self.target(graph, file, value)?),
            "anyOf" | "oneOf" => {
                let ids = self.schemas(graph, file, value)?;
                match (ids.as_slice(), keyword) {
                    ([only], _) => form.all.push(*only),
                    (_, "anyOf") => form.any.push(ids),
                    _ => form.one.push(ids),
                }
            }
            "not" => form.not.push(self.schema(graph, file, value)?),
            "if" => {
                let mut ids = [self.schema(graph, file, value)?, ANYTHING, ANYTHING];
                for (slot, keyword) in ids.iter_mut().skip(1).zip(["then", "else"]) {
                    if let Some(schema) = schema.get(keyword) {
                        *slot = self.schema(graph, file, schema)?;
                    }
                }
                form.ifs.push(ids);
            }
            "then" | "else" => ensure!(schema.contains_key("if"), "stands without `if`"),
            "unevaluatedProperties" => {
                form.unevaluated = Some(value.as_bool().context("true or false")?);
            }
            _ => bail!("the tables know no such keyword"),
        }
        Ok(())
    }
}

/// Keywords that hold plain values. Says whether `keyword` is one.
fn read_plain(form: &mut Form, keyword: &str, value: &Value) -> Result<bool> {
    match keyword {
        _ if TOLD.contains(&keyword) => {}
        "type" => {
            let names = if value.is_array() {
                list(value)?.clone()
            } else {
                vec![value.clone()]
            };
            let bit = |name: &Value| SHAPES.iter().find(|(one, _)| name == one);
            let bits: Option<Vec<_>> = names.iter().map(bit).collect();
            let bits = bits.context("an unknown type")?;
            form.shapes &= bits.iter().fold(0, |all, (_, bit)| all | bit);
        }
        "required" => {
            for name in list(value)? {
                form.required.insert(text(name)?.to_owned());
            }
        }
        "enum" => {
            let list = list(value)?;
            let words: Result<BTreeSet<_>> = list
                .iter()
                .filter(|word| !word.is_null())
                .map(|word| text(word).map(str::to_owned))
                .collect();
            // Null beside words is a shape of its own.
            let null = form.shapes & u8::from(list.iter().any(Value::is_null));
            only_words(form, words?);
            form.shapes |= null;
        }
        "const" => match value {
            Value::Bool(flag) => {
                form.shapes &= 2;
                form.flag = Some(*flag);
            }
            _ => only_words(form, BTreeSet::from([text(value)?.to_owned()])),
        },
        "pattern" => _ = form.patterns.insert(text(value)?.to_owned()),
        "format" => {
            let format = text(value)?;
            // CycloneDX 1.2 writes `string`, which is no format; unknown formats demand nothing.
            if format != "string" {
                form.formats.insert(format.to_owned());
            }
        }
        "uniqueItems" => form.unique = value.as_bool().context("true or false")?,
        "minimum" => form.range.0 = Some(tenths(value)?),
        "maximum" => form.range.1 = Some(tenths(value)?),
        "multipleOf" => {
            ensure!(tenths(value)? == 1, "only tenths are known");
            form.tenths = true;
        }
        "minProperties" => form.size.0 = value.as_u64().context("a count")?,
        "maxProperties" => form.size.1 = Some(value.as_u64().context("a count")?),
        "minLength" => form.length.0 = value.as_u64().context("a count")?,
        "maxLength" => form.length.1 = Some(value.as_u64().context("a count")?),
        "minItems" => form.count.0 = value.as_u64().context("a count")?,
        "maxItems" => form.count.1 = Some(value.as_u64().context("a count")?),
        _ => return Ok(false),
    }
    Ok(true)
}

/// A number with one digit behind the point at most, in tenths.
fn tenths(value: &Value) -> Result<i64> {
    let text = value.to_string();
    let (whole, rest) = text.split_once('.').unwrap_or((&text, "0"));
    ensure!(rest.len() == 1, "{text} is not in tenths");
    Ok(format!("{whole}{rest}").parse()?)
}

fn only_words(form: &mut Form, words: BTreeSet<String>) {
    form.shapes &= super::form::TEXT;
    form.words = Some(match form.words.take() {
        Some(before) => before.intersection(&words).cloned().collect(),
        None => words,
    });
}

/// The words of a schema that is nothing but an enumeration.
pub(crate) fn words(folder: &Path, file: &str) -> Result<BTreeSet<String>> {
    let schema = parse(folder, file)?;
    list(schema.get("enum").context("no `enum`")?)?
        .iter()
        .map(|word| text(word).map(str::to_owned))
        .collect()
}

fn parse(folder: &Path, file: &str) -> Result<Value> {
    let path = folder.join(file);
    let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("parse {}", path.display()))
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("a list")
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().context("a text")
}
