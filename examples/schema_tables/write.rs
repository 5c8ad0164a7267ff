//! Writes a graph as a table: forms that demand the same are one node, names stand once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use super::form::{ANYTHING, EVERY, Form, Graph, Id, NOTHING};

/// The table of everything that `root` leads to.
pub(crate) fn table(graph: &mut Graph, root: Id) -> Result<String> {
    let (forms, root) = reachable(graph, root)?;
    let (forms, root) = merge_equal(&forms, root)?;
    let names: BTreeSet<String> = forms.iter().flat_map(names_of).collect();
    let position: HashMap<&str, usize> = names
        .iter()
        .enumerate()
        .map(|(index, name)| (name.as_str(), index))
        .collect();
    let mut table = String::from("{\"names\":[\n");
    push_lines(&mut table, names.iter().map(|name| json!(name)));
    table.push_str("],\"nodes\":[\n");
    let nodes: Result<Vec<_>> = forms.iter().map(|form| node(form, &position)).collect();
    push_lines(&mut table, nodes?.into_iter());
    _ = write!(table, "],\"root\":{root}}}");
    table.push('\n');
    Ok(table)
}

/// A list of words, one a line.
pub(crate) fn words(words: &BTreeSet<String>) -> String {
    let mut list = String::from("[\n");
    push_lines(&mut list, words.iter().map(|word| json!(word)));
    list.push_str("]\n");
    list
}

fn push_lines(text: &mut String, values: impl ExactSizeIterator<Item = Value>) {
    let last = values.len().saturating_sub(1);
    for (index, value) in values.enumerate() {
        _ = writeln!(text, "{value}{}", if index == last { "" } else { "," });
    }
}

/// Every form that `root` leads to, merged, in the order of first mention.
fn reachable(graph: &mut Graph, root: Id) -> Result<(Vec<Form>, Id)> {
    let mut order = vec![ANYTHING, NOTHING, root];
    let mut position: HashMap<Id, Id> = order.iter().copied().zip(0..).collect();
    let mut forms = Vec::new();
    let mut next = 0;
    while let Some(id) = order.get(next).copied() {
        let mut form = graph.flatten(id)?;
        for child in form.children_mut() {
            let new = order.len();
            *child = *position.entry(*child).or_insert_with(|| {
                order.push(*child);
                new
            });
        }
        forms.push(form);
        next += 1;
    }
    Ok((forms, *position.get(&root).context("the root")?))
}

/// Makes forms that demand the same one, by refining classes of forms until they are stable.
fn merge_equal(forms: &[Form], root: Id) -> Result<(Vec<Form>, Id)> {
    let mut classes = vec![0; forms.len()];
    loop {
        let mut known: BTreeMap<Form, usize> = BTreeMap::new();
        let mut refined = Vec::with_capacity(forms.len());
        for form in forms {
            let form = renumber(form, &classes)?;
            let new = known.len();
            refined.push(*known.entry(form).or_insert(new));
        }
        if refined == classes {
            break;
        }
        classes = refined;
    }
    let mut merged = Vec::new();
    for (form, class) in forms.iter().zip(&classes) {
        if *class == merged.len() {
            merged.push(renumber(form, &classes)?);
        }
    }
    Ok((merged, *classes.get(root).context("the root")?))
}

fn renumber(form: &Form, numbers: &[usize]) -> Result<Form> {
    let mut form = form.clone();
    for child in form.children_mut() {
        *child = *numbers.get(*child).context("a number for every form")?;
    }
    Ok(form)
}

fn names_of(form: &Form) -> Vec<String> {
    let mut names: Vec<String> = form.members.keys().cloned().collect();
    names.extend(form.required.iter().cloned());
    names.extend(form.words.iter().flatten().cloned());
    if let Some(by) = &form.by {
        names.push(by.member.clone());
        names.extend(by.cases.keys().cloned());
    }
    names
}

fn node(form: &Form, names: &HashMap<&str, usize>) -> Result<Value> {
    let name = |name: &String| names.get(name.as_str()).copied().context("a known name");
    let pairs = |members: &BTreeMap<String, Id>| -> Result<Vec<usize>> {
        let mut flat = Vec::new();
        for (key, id) in members {
            flat.extend([name(key)?, *id]);
        }
        Ok(flat)
    };
    let mut node = Map::new();
    let mut put = |key: &str, value: Value| _ = node.insert(key.to_owned(), value);
    if form.shapes != EVERY {
        put("shapes", json!(form.shapes));
    }
    if !form.members.is_empty() {
        put("members", json!(pairs(&form.members)?));
    }
    if !form.required.is_empty() {
        let required: Result<Vec<_>> = form.required.iter().map(name).collect();
        put("required", json!(required?));
    }
    if form.size != (0, None) {
        put("size", json!([form.size.0, form.size.1]));
    }
    if form.other != ANYTHING {
        put("other", json!(form.other));
    }
    if !form.also.is_empty() {
        put("also", json!(form.also.iter().collect::<Vec<_>>()));
    }
    if let Some(by) = &form.by {
        put(
            "by",
            json!([name(&by.member)?, pairs(&by.cases)?, by.other]),
        );
    }
    if !form.first.is_empty() {
        put("first", json!(form.first));
    }
    if form.each != ANYTHING {
        put("each", json!(form.each));
    }
    if form.count != (0, None) {
        put("count", json!([form.count.0, form.count.1]));
    }
    if form.unique {
        put("unique", json!(true));
    }
    if let Some(words) = &form.words {
        let words: Result<Vec<_>> = words.iter().map(name).collect();
        put("words", json!(words?));
    }
    if form.licenses {
        put("licenses", json!(true));
    }
    if let Some(flag) = form.flag {
        put("flag", json!(flag));
    }
    if form.length != (0, None) {
        put("length", json!([form.length.0, form.length.1]));
    }
    if !form.patterns.is_empty() {
        put("patterns", json!(form.patterns));
    }
    if !form.formats.is_empty() {
        put("formats", json!(form.formats));
    }
    if form.range != (None, None) {
        let number = |bound: Option<i64>| bound.map(in_tenths).transpose();
        put(
            "range",
            json!([number(form.range.0)?, number(form.range.1)?]),
        );
    }
    if form.tenths {
        put("tenths", json!(true));
    }
    for (key, groups) in [("any", &form.any), ("one", &form.one)] {
        if !groups.is_empty() {
            put(key, json!(groups));
        }
    }
    if !form.not.is_empty() {
        put("not", json!(form.not));
    }
    if !form.ifs.is_empty() {
        put("if", json!(form.ifs));
    }
    Ok(Value::Object(node))
}

/// A bound as it is written in decimals.
fn in_tenths(tenths: i64) -> Result<Value> {
    let text = match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, rest) => format!("{whole}.{}", rest.abs()),
    };
    Ok(serde_json::from_str(&text)?)
}
