//! `action.yml`, run step by step as a runner of GitHub Actions runs a composite action.

use std::collections::BTreeMap;

use serde_json::Value;

use super::workspace::{DELIVERY, Ended, Workspace};
use super::{repository, yaml};

pub(super) struct Action(Value);

impl Action {
    pub(super) fn read() -> Self {
        Self(yaml(&repository("action.yml")))
    }

    fn keys(&self, of: &str) -> Vec<String> {
        self.0[of].as_object().unwrap().keys().cloned().collect()
    }

    pub(super) fn inputs(&self) -> Vec<String> {
        self.keys("inputs")
    }

    pub(super) fn outputs(&self) -> Vec<String> {
        self.keys("outputs")
    }

    fn steps(&self) -> &[Value] {
        self.0["runs"]["steps"].as_array().unwrap()
    }

    /// Runs the steps with inputs; the outputs are those of the action, and the log that of all steps.
    fn run(&self, workspace: &Workspace, given: &[(&str, &str)]) -> Ended {
        let given: BTreeMap<_, _> = given.iter().copied().collect();
        for name in given.keys() {
            assert!(
                self.inputs().contains(&(*name).to_owned()),
                "no input {name}"
            );
        }
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for (name, input) in self.0["inputs"].as_object().unwrap() {
            let fallback = input["default"].as_str().unwrap_or_default();
            let value = given.get(name.as_str()).copied().unwrap_or(fallback);
            known.insert(format!("inputs.{name}"), value.to_owned());
        }
        known.insert("github.action_path".to_owned(), workspace.path("action"));
        let mut log = String::new();
        let mut last = None;
        for step in self.steps() {
            assert_eq!(step["shell"], "bash");
            let environment = step["env"].as_object().unwrap().iter();
            let environment: Vec<_> = environment
                .map(|(name, value)| (name.as_str(), filled(value.as_str().unwrap(), &known)))
                .collect();
            let environment: Vec<_> = environment
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let ended = workspace.step(step["run"].as_str().unwrap(), &environment);
            log += &ended.stdout;
            let id = step["id"].as_str().unwrap();
            for (name, value) in &ended.outputs {
                known.insert(format!("steps.{id}.outputs.{name}"), value.clone());
            }
            let failed = ended.code != 0;
            last = Some(ended);
            if failed {
                break;
            }
        }
        let declared = self.0["outputs"].as_object().unwrap().iter();
        let outputs = declared.map(|(name, output)| {
            let value = filled(output["value"].as_str().unwrap(), &known);
            (name.clone(), value)
        });
        Ended {
            outputs: outputs.collect(),
            stdout: log,
            ..last.unwrap()
        }
    }
}

/// Fills the one expression that a value may be.
fn filled(value: &str, known: &BTreeMap<String, String>) -> String {
    let inner = value
        .strip_prefix("${{")
        .and_then(|rest| rest.strip_suffix("}}"));
    inner.map_or_else(
        || value.to_owned(),
        |name| known.get(name.trim()).cloned().unwrap_or_default(),
    )
}

/// A program that writes down its arguments, says what a supplier might, and ends with a code.
fn recorder(code: i32) -> String {
    format!(
        r#"#!/bin/bash
printf '%s\0' "$@" > "$RUNNER_TEMP/arguments"
echo '::error::said by a supplier'
for one in "$@"; do
  case $one in --report=*) file=${{one#--report=*=}}; printf 'report\n' > "$file" ;; esac
done
exit {code}
"#
    )
}

fn recorded(workspace: &Workspace) -> Vec<String> {
    let text = workspace.read("runner/arguments");
    text.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn no_input_reaches_a_script_but_through_the_environment() {
    let action = Action::read();
    assert_eq!(action.0["runs"]["using"], "composite");
    let mut environment = String::new();
    for step in action.steps() {
        assert!(step["uses"].is_null(), "an action of somebody else: {step}");
        let run = step["run"].as_str().unwrap();
        assert!(!run.contains("${{"), "an expression in a script: {run}");
        assert!(!run.contains("eval "), "{run}");
        environment += &step["env"].to_string();
    }
    for input in action.inputs() {
        let used = environment.contains(&format!("${{{{ inputs.{input} }}}}"));
        assert!(used, "the input {input} is not used");
    }
}

#[test]
fn every_ending_is_an_output_and_fails_as_it_should() {
    let action = Action::read();
    for (code, verdict) in [
        (0, "acceptable"),
        (1, "not_acceptable"),
        (2, "error"),
        (3, "unverifiable"),
        (101, "error"),
    ] {
        let workspace = Workspace::new();
        workspace.program(&recorder(code));
        let ended = action.run(&workspace, &[("delivery", DELIVERY)]);
        assert_eq!(ended.code, code, "{ended}");
        assert_eq!(ended.outputs["verdict"], verdict);
        assert_eq!(ended.outputs["exit-code"], code.to_string());
        assert_eq!(ended.outputs["sarif"], "mekiki.sarif");
        assert_eq!(ended.outputs["junit"], "mekiki-junit.xml");
        let files = "mekiki.sarif\nmekiki-junit.xml\nmekiki.json";
        assert_eq!(ended.outputs["files"], files);
        assert_eq!(ended.summary, "report\n");
        let given = [("delivery", DELIVERY), ("fail", "false")];
        let lenient = action.run(&workspace, &given);
        let expected = if verdict == "error" { code } else { 0 };
        assert_eq!(lenient.code, expected, "{lenient}");
        assert_eq!(lenient.outputs["verdict"], verdict);
    }
}

#[test]
fn every_input_is_one_argument() {
    let action = Action::read();
    let workspace = Workspace::new();
    workspace.program(&recorder(0));
    let ended = action.run(
        &workspace,
        &[
            ("delivery", "--help"),
            ("manifest", "agency/a b.toml"),
            ("feed", "feed"),
            ("feed-digest", "00ff"),
            ("as-of", "2026-12-01"),
            ("language", "ja"),
            ("reports", "  sarif=a b.sarif \r\n\n\thtml=c.html"),
        ],
    );
    assert_eq!(ended.code, 0, "{ended}");
    let summary = format!("--report=md={}", workspace.path("runner/mekiki-summary.md"));
    assert_eq!(
        recorded(&workspace),
        [
            "verify",
            "--lang=ja",
            "--manifest=agency/a b.toml",
            "--feed=feed",
            "--feed-digest=00ff",
            "--as-of=2026-12-01",
            "--report=sarif=a b.sarif",
            "--report=html=c.html",
            &summary,
            "--",
            "--help",
        ]
    );
    assert_eq!(ended.outputs["sarif"], "a b.sarif");
    assert_eq!(ended.outputs["junit"], "");
    assert_eq!(ended.outputs["files"], "a b.sarif\nc.html");
}

#[test]
fn nothing_in_an_input_is_run() {
    let action = Action::read();
    let workspace = Workspace::new();
    workspace.program(&recorder(1));
    let before = workspace.names();
    let evil = [
        "x; touch hit1",
        "$(touch hit2)",
        "`touch hit3`",
        "\"; touch hit4; \"",
        "'; touch hit5; '",
        "x\ntouch hit6\nverdict=acceptable",
        "${IFS}&& touch hit7",
        "* | tee hit8",
    ];
    for name in action.inputs() {
        for text in evil {
            let mut given = vec![("delivery", DELIVERY), ("reports", "")];
            given.retain(|(one, _)| *one != name);
            given.push((&name, text));
            let ended = action.run(&workspace, &given);
            assert_ne!(ended.code, 0, "{name} {text}: {ended}");
            assert_ne!(ended.outputs["verdict"], "acceptable", "{name} {text}");
        }
    }
    let mut after = workspace.names();
    // A report goes where the input says, under the name that it says.
    after.retain(|name| before.contains(name) || name.starts_with("hit"));
    assert_eq!(after, before);
}

#[test]
fn what_is_delivered_does_not_speak_to_the_runner() {
    let action = Action::read();
    let workspace = Workspace::new();
    workspace.program(&recorder(0));
    let log = action.run(&workspace, &[("delivery", DELIVERY)]).stdout;
    let (before, behind) = log.split_once("::stop-commands::").unwrap();
    let (token, told) = behind.split_once('\n').unwrap();
    assert_eq!(token.len(), 32, "{token}");
    let (told, after) = told.split_once(&format!("::{token}::")).unwrap();
    assert!(told.contains("::error::said by a supplier"));
    assert!(!before.contains("supplier") && !after.contains("supplier"));
    let again = action.run(&workspace, &[("delivery", DELIVERY)]).stdout;
    assert!(!again.contains(token), "the word is another each time");
}

#[test]
fn a_summary_that_is_too_large_is_cut() {
    let action = Action::read();
    let workspace = Workspace::new();
    let script = recorder(0).replace(
        "printf 'report\\n'",
        "yes '| a long line |' | head -n 100000",
    );
    workspace.program(&script);
    let ended = action.run(&workspace, &[("delivery", DELIVERY)]);
    assert_eq!(ended.code, 0, "{ended}");
    assert!(ended.summary.len() < 1_000_000);
    assert!(ended.summary.ends_with("…\n"));
}

#[test]
fn a_program_that_is_not_there_is_said() {
    let action = Action::read();
    let workspace = Workspace::new();
    let given = [("delivery", DELIVERY), ("mekiki", "no/such/program")];
    let ended = action.run(&workspace, &given);
    assert_eq!(ended.code, 2, "{ended}");
    assert!(ended.stdout.contains("::error::there is no mekiki"));
    assert_eq!(ended.outputs["verdict"], "");
}

#[test]
fn the_demo_is_verified() {
    let action = Action::read();
    let workspace = Workspace::new();
    let digest = workspace.export_feed();
    let given = [
        ("delivery", DELIVERY),
        ("feed", "feed"),
        ("feed-digest", digest.as_str()),
    ];
    let good = action.run(&workspace, &given);
    assert_eq!(good.code, 0, "{good}");
    assert_eq!(good.outputs["verdict"], "acceptable");
    assert!(
        good.summary.contains("aoba-bunsho-connector"),
        "{}",
        good.summary
    );
    let sarif = workspace.read(&good.outputs["sarif"]);
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(
        workspace
            .read(&good.outputs["junit"])
            .contains("<testsuites")
    );
    workspace.alter();
    let altered = action.run(&workspace, &given);
    assert_eq!(altered.code, 1, "{altered}");
    assert_eq!(altered.outputs["verdict"], "not_acceptable");
    assert!(altered.summary.contains("aoba-bunsho-connector-1.4.0.tgz"));
    workspace.restore();
    let stale = [
        ("delivery", DELIVERY),
        ("feed", "feed"),
        ("as-of", "2027-12-01"),
    ];
    let stale = action.run(&workspace, &stale);
    assert_eq!(stale.code, 3, "{stale}");
    assert_eq!(stale.outputs["verdict"], "unverifiable");
}
