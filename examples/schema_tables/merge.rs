//! Merges what a form refers to into the form itself.

use anyhow::{Context as _, Result, ensure};
use regex::Regex;

use super::form::{ANYTHING, Form, Graph, Id, NOTHING, TEXT};

impl Graph {
    /// The form with nothing left to merge.
    pub(crate) fn flatten(&mut self, id: Id) -> Result<Form> {
        if let Some(form) = self.flat.get(&id) {
            return Ok(form.clone());
        }
        let raw = self.forms.get(id).context("an id of this graph")?.clone();
        let mut own = raw.clone();
        own.all.clear();
        own.unevaluated = None;
        let mut evaluates_all = false;
        for part in raw.all {
            evaluates_all |= self.evaluates_all(part);
            let part = self.flatten(part)?;
            own = self.merge(own, part)?;
        }
        self.decide_words(&mut own)?;
        if raw.unevaluated == Some(false) && !evaluates_all {
            own = self.close(own)?;
        }
        if own.shapes == 0 {
            own = Form {
                shapes: 0,
                ..Form::default()
            };
        }
        self.flat.insert(id, own.clone());
        Ok(own)
    }

    /// Whether a part counts every member as evaluated.
    fn evaluates_all(&self, id: Id) -> bool {
        self.forms.get(id).is_some_and(|form| {
            form.unevaluated == Some(true) || form.all.iter().any(|part| self.evaluates_all(*part))
        })
    }

    fn merge(&mut self, left: Form, right: Form) -> Result<Form> {
        let mut merged = Form {
            shapes: left.shapes & right.shapes,
            required: left.required.union(&right.required).cloned().collect(),
            size: tighter(left.size, right.size),
            other: self.both(left.other, right.other),
            count: tighter(left.count, right.count),
            unique: left.unique || right.unique,
            words: match (left.words, right.words) {
                (Some(left), Some(right)) => Some(left.intersection(&right).cloned().collect()),
                (left, right) => left.or(right),
            },
            licenses: left.licenses || right.licenses,
            flag: left.flag.or(right.flag),
            length: tighter(left.length, right.length),
            patterns: left.patterns.union(&right.patterns).cloned().collect(),
            formats: left.formats.union(&right.formats).cloned().collect(),
            range: (
                left.range.0.max(right.range.0),
                match (left.range.1, right.range.1) {
                    (Some(left), Some(right)) => Some(left.min(right)),
                    (left, right) => left.or(right),
                },
            ),
            tenths: left.tenths || right.tenths,
            any: [left.any, right.any].concat(),
            one: [left.one, right.one].concat(),
            not: [left.not, right.not].concat(),
            ifs: [left.ifs, right.ifs].concat(),
            ..Form::default()
        };
        ensure!(
            !(merged.licenses && merged.words.is_some()),
            "license ids beside other words"
        );
        ensure!(
            !(left.flag.is_some() && right.flag.is_some()),
            "two truth values"
        );
        for name in left.members.keys().chain(right.members.keys()) {
            let id = self.both(
                left.members.get(name).copied().unwrap_or(left.other),
                right.members.get(name).copied().unwrap_or(right.other),
            );
            merged.members.insert(name.clone(), id);
        }
        ensure!(
            left.also.is_empty() || right.also.is_empty(),
            "two sets of members by pattern"
        );
        merged.also = left.also.into_iter().chain(right.also).collect();
        merged.by = match (left.by, right.by) {
            (Some(_), Some(_)) => anyhow::bail!("two choices by a word"),
            (left, right) => left.or(right),
        };
        ensure!(
            left.first.is_empty() || right.first.is_empty(),
            "two lists of first items"
        );
        let rest = if left.first.is_empty() {
            left.each
        } else {
            right.each
        };
        for item in [left.first, right.first].concat() {
            let id = self.both(item, rest);
            merged.first.push(id);
        }
        merged.each = self.both(left.each, right.each);
        Ok(merged)
    }

    /// Where only some words are allowed, decides all else that is asked of them.
    fn decide_words(&mut self, form: &mut Form) -> Result<()> {
        let asked = !form.patterns.is_empty()
            || !form.any.is_empty()
            || !form.one.is_empty()
            || !form.not.is_empty();
        let Some(words) = form.words.clone().filter(|_| asked && form.shapes == TEXT) else {
            return Ok(());
        };
        let rest = Form {
            words: None,
            ..form.clone()
        };
        let mut kept = std::collections::BTreeSet::new();
        for word in words {
            match self.form_accepts(&rest, &word)? {
                Some(true) => _ = kept.insert(word),
                Some(false) => {}
                None => return Ok(()),
            }
        }
        *form = Form {
            shapes: TEXT,
            words: Some(kept),
            ..Form::default()
        };
        Ok(())
    }

    /// Whether a text meets a form; `None` where that is not decided here.
    pub(crate) fn accepts(&mut self, id: Id, word: &str) -> Result<Option<bool>> {
        match id {
            ANYTHING => Ok(Some(true)),
            NOTHING => Ok(Some(false)),
            _ => {
                let form = self.flatten(id)?;
                self.form_accepts(&form, word)
            }
        }
    }

    fn form_accepts(&mut self, form: &Form, word: &str) -> Result<Option<bool>> {
        if form.shapes & TEXT == 0 {
            return Ok(Some(false));
        }
        if form.licenses
            || !form.formats.is_empty()
            || !form.ifs.is_empty()
            || form.length != (0, None)
        {
            return Ok(None);
        }
        let mut accepted = form.words.as_ref().is_none_or(|words| words.contains(word));
        for pattern in &form.patterns {
            accepted &= matches(pattern, word)?;
        }
        for (groups, exactly_one) in [(&form.any, false), (&form.one, true)] {
            for group in groups {
                let mut count = 0;
                for id in group {
                    let Some(one) = self.accepts(*id, word)? else {
                        return Ok(None);
                    };
                    count += usize::from(one);
                }
                accepted &= if exactly_one { count == 1 } else { count > 0 };
            }
        }
        for id in &form.not {
            let Some(one) = self.accepts(*id, word)? else {
                return Ok(None);
            };
            accepted &= !one;
        }
        Ok(Some(accepted))
    }
}

/// Matches a pattern of the schemas, of which one looks ahead at its start.
fn matches(pattern: &str, word: &str) -> Result<bool> {
    if let Some((prefix, rest)) = pattern
        .strip_prefix("^(?!")
        .and_then(|rest| rest.split_once(')'))
    {
        return Ok(!word.starts_with(prefix) && Regex::new(&format!("^{rest}"))?.is_match(word));
    }
    Ok(Regex::new(pattern)?.is_match(word))
}

fn tighter(left: (u64, Option<u64>), right: (u64, Option<u64>)) -> (u64, Option<u64>) {
    let most = match (left.1, right.1) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (left, right) => left.or(right),
    };
    (left.0.max(right.0), most)
}
