//! The examples of a pack, which are its tests.

use super::{Pack, Ruling};
use crate::diagnostic::Diagnostic;

/// How an example came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleOutcome {
    /// The check of the rule.
    pub check: String,
    /// The name of the example.
    pub name: String,
    /// What it expects.
    pub expected: Ruling,
    /// What came out.
    pub actual: Ruling,
    /// Why it fails; `None` where it came out as expected.
    pub failure: Option<Diagnostic>,
}

/// Runs every example of a pack, in the order of the rules.
pub fn run_examples(pack: &Pack) -> Vec<ExampleOutcome> {
    let examples = pack.rules.iter().flat_map(|rule| {
        rule.examples.iter().map(|example| {
            let actual = rule.judge(&example.given);
            let failure = (actual != example.expect).then(|| {
                let message = format!(
                    "`{}`: the rule says `{}` where the example expects `{}`",
                    example.name,
                    actual.word(),
                    example.expect.word()
                );
                Diagnostic::error("policy-example", example.at.clone(), message)
                    .help("mend the rule or the example")
                    .in_file(rule.file.clone())
            });
            ExampleOutcome {
                check: rule.check(pack),
                name: example.name.clone(),
                expected: example.expect,
                actual,
                failure,
            }
        })
    });
    examples.collect()
}
