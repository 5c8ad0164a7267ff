//! Resolves `unevaluatedProperties: false` (JSON Schema 2020-12, core, section 11.3).
//!
//! Which members count as evaluated depends on which alternatives hold. So what the form itself demands
//! is joined with each alternative, and each is closed for itself.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail, ensure};

use super::form::{ANYTHING, By, Form, Graph, Id, NOTHING, TABLE};

impl Graph {
    /// Allows no member but those that `form` and the alternative that holds name.
    pub(crate) fn close(&mut self, form: Form) -> Result<Form> {
        ensure!(form.other == ANYTHING && form.by.is_none(), "closed twice");
        ensure!(
            form.shapes == TABLE,
            "`unevaluatedProperties` beside other types"
        );
        if let Some(members) = self.members_of_any(&form)? {
            let mut form = Form {
                other: NOTHING,
                ..form
            };
            for name in members {
                form.members.entry(name).or_insert(ANYTHING);
            }
            return Ok(form);
        }
        let base = Form {
            any: Vec::new(),
            one: Vec::new(),
            ifs: Vec::new(),
            ..form.clone()
        };
        match (
            form.any.as_slice(),
            form.one.as_slice(),
            form.ifs.as_slice(),
        ) {
            ([], [], []) => Ok(Form {
                other: NOTHING,
                ..form
            }),
            ([group], [], []) => {
                let base = self.add(base);
                let by = self.by_type(base, group)?;
                Ok(Form {
                    shapes: TABLE,
                    by: Some(by),
                    ..Form::default()
                })
            }
            ([], [], [[when, then, otherwise]]) => {
                let base = self.add(base);
                let then = self.closed([base, *when, *then]);
                if self.flatten(*otherwise)?.shapes & TABLE == 0 {
                    return self.flatten(then);
                }
                let otherwise = self.closed([base, *otherwise]);
                Ok(Form {
                    shapes: TABLE,
                    ifs: vec![[*when, then, otherwise]],
                    ..Form::default()
                })
            }
            ([], [group], []) => {
                let base = self.add(base);
                self.one_of_two(base, group)
            }
            _ => bail!("`unevaluatedProperties` beside more than one kind of alternatives"),
        }
    }

    /// The members that the alternatives name, where each of them names the same ones and the
    /// form requires these, so that they count as evaluated whichever holds.
    fn members_of_any(&mut self, form: &Form) -> Result<Option<BTreeSet<String>>> {
        let mut all = BTreeSet::new();
        if form.any.is_empty() || !form.one.is_empty() || !form.ifs.is_empty() {
            return Ok(None);
        }
        for group in &form.any {
            let mut sets = BTreeSet::new();
            for id in group {
                let part = self.flatten(*id)?;
                if part.other != ANYTHING || part.by.is_some() || !part.required.is_empty() {
                    return Ok(None);
                }
                sets.insert(part.members.into_keys().collect::<BTreeSet<_>>());
            }
            if sets.len() != 1 {
                return Ok(None);
            }
            all.extend(sets.into_iter().flatten());
        }
        Ok((all.is_subset(&form.required) && !all.is_empty()).then_some(all))
    }

    fn closed(&mut self, parts: impl IntoIterator<Item = Id>) -> Id {
        self.add(Form {
            shapes: TABLE,
            unevaluated: Some(false),
            ..Form::all(parts)
        })
    }

    /// A choice by the word of `type`, which the alternatives require and which tells them apart.
    fn by_type(&mut self, base: Id, group: &[Id]) -> Result<By> {
        const MEMBER: &str = "type";
        let mut cases = BTreeMap::new();
        let mut rest = Vec::new();
        for id in group {
            let alternative = self.for_tables(*id)?;
            let form = self.flatten(alternative)?;
            ensure!(form.required.contains(MEMBER), "`type` is not required");
            let word = match form.members.get(MEMBER) {
                Some(id) => self.flatten(*id)?.only_word().map(str::to_owned),
                None => None,
            };
            match word {
                Some(word) => {
                    let case = self.closed([base, alternative]);
                    ensure!(
                        cases.insert(word, case).is_none(),
                        "two alternatives of one type"
                    );
                }
                None => rest.push(alternative),
            }
        }
        for id in &rest {
            let member = *self.flatten(*id)?.members.get(MEMBER).context("`type`")?;
            for word in cases.keys() {
                let accepted = self.accepts(member, word)?;
                ensure!(accepted == Some(false), "alternatives that share `{word}`");
            }
        }
        let other = match rest.as_slice() {
            [] => NOTHING,
            [only] => self.closed([base, *only]),
            _ => bail!("more than one alternative for types that are not listed"),
        };
        Ok(By {
            member: MEMBER.to_owned(),
            cases,
            other,
        })
    }

    /// An alternative as far as objects go: `if` a type holds, then more; else no object at all.
    fn for_tables(&mut self, id: Id) -> Result<Id> {
        let form = self.flatten(id)?;
        if let [[when, then, otherwise]] = form.ifs.as_slice()
            && self.flatten(*otherwise)?.shapes & TABLE == 0
        {
            let rest = self.add(Form {
                ifs: Vec::new(),
                ..form.clone()
            });
            return Ok(self.add(Form::all([rest, *when, *then])));
        }
        Ok(id)
    }

    /// The root of SPDX 3.0.0: either a graph or a single element, and nothing besides.
    ///
    /// The first alternative, closed, has no `type`; the second requires one. So either the first holds
    /// closed, or the second holds closed and the first does not hold at all.
    fn one_of_two(&mut self, base: Id, group: &[Id]) -> Result<Form> {
        let [first, second] = group else {
            bail!("more than two alternatives");
        };
        let first_closed = self.closed([base, *first]);
        let second_closed = self.closed([base, *second]);
        let form = self.flatten(first_closed)?;
        let by = self.flatten(second_closed)?.by;
        let member = by.context("the second alternative is no choice")?.member;
        ensure!(
            form.other == NOTHING && !form.members.contains_key(&member),
            "alternatives that may hold at once"
        );
        let second_only = self.add(Form {
            not: vec![*first],
            ..Form::all([second_closed])
        });
        Ok(Form {
            shapes: TABLE,
            any: vec![vec![first_closed, second_only]],
            ..Form::default()
        })
    }
}
