//! The manners of the command line: suggestions, examples that run, completions and pages of the manual.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::binary::{Scratch, mekiki};

/// Whether a tool is there; what is left out without it is said, and with `CI=true` nothing may be.
pub(crate) fn has(tool: &str, what: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", "command -v \"$0\"", tool])
        .stdout(Stdio::null())
        .status();
    let there = found.is_ok_and(|status| status.success());
    if !there {
        crate::corpus::say(&format!("`{tool}` is missing: {what} was left out"));
    }
    there
}

#[test]
fn what_is_mistyped_is_suggested() {
    for (arguments, suggestion) in [
        (&["sbom", "inspekt", "x"][..], "'inspect'"),
        (&["verfiy", "x"], "'verify'"),
        (&["self-chek"], "'self-check'"),
        (&["scan", "x", "--fed", "y"], "'--feed'"),
        (&["verify", "x", "--manifets", "y"], "'--manifest'"),
        (&["completions", "bsh"], "'bash'"),
    ] {
        let run = mekiki(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert_eq!(run.stdout, "");
        assert!(run.stderr.contains("tip: "), "{run:?}");
        assert!(run.stderr.contains(suggestion), "{run:?}");
    }
}

#[test]
fn completions_are_read_by_their_shells() {
    let scratch = Scratch::new();
    for (shell, options) in [
        ("bash", &["-n"][..]),
        ("zsh", &["-n"]),
        ("fish", &["--no-execute"]),
    ] {
        let script = mekiki(&["completions", shell]);
        assert_eq!(script.code, 0, "{script:?}");
        let words = ["self-check", "trusted-root"];
        for word in words {
            assert!(script.stdout.contains(word), "{shell} lacks {word}");
        }
        if !has(shell, "reading its completion") {
            assert_ne!(shell, "bash", "bash is always there");
            continue;
        }
        let file = scratch.write(&format!("mekiki.{shell}"), &script.stdout);
        let read = Command::new(shell)
            .args(options)
            .arg(file)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&read.stderr).into_owned();
        assert!(read.status.success() && told.is_empty(), "{shell}: {told}");
    }
}

#[test]
fn bash_completes_commands_and_options() {
    let scratch = Scratch::new();
    let script = scratch.write("mekiki.bash", mekiki(&["completions", "bash"]).stdout);
    let complete = |words: &[&str]| {
        let list = words.join(" ");
        let (index, word) = (words.len() - 1, words.last().unwrap());
        let asked = format!(
            "source '{script}'; COMP_WORDS=({list} ''); COMP_CWORD={index}; _mekiki mekiki '{word}' ''; echo \"${{COMPREPLY[*]}}\"",
        );
        let run = Command::new("bash").args(["-c", &asked]).output().unwrap();
        String::from_utf8(run.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(complete(&["mekiki", "self"]), "self-check");
    assert_eq!(complete(&["mekiki", "sbom", "insp"]), "inspect");
    assert_eq!(complete(&["mekiki", "verify", "--manif"]), "--manifest");
}

#[test]
fn pages_of_the_manual_are_whole() {
    let scratch = Scratch::new();
    let folder = scratch.path("man");
    let written = mekiki(&["man", "--output", &folder]);
    assert_eq!(written.code, 0, "{written:?}");
    let pages: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert!(pages.len() > 100, "{}", pages.len());
    for name in [
        "mekiki",
        "mekiki-sbom-inspect",
        "mekiki-tender-case-open-prices",
    ] {
        let page = Path::new(&folder).join(format!("{name}.1"));
        let page = std::fs::read_to_string(page).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let heading = format!(
            ".TH {} 1 \" \" \"mekiki {version}\" Mekiki\n",
            name.to_uppercase()
        );
        assert!(page.contains(&heading), "{page}");
        for section in ["NAME", "SYNOPSIS", "EXAMPLES", "EXIT STATUS"] {
            let quoted = format!(".SH \"{section}\"");
            let plain = format!(".SH {section}");
            assert!(
                page.contains(&quoted) || page.contains(&plain),
                "{section}: {page}"
            );
        }
    }
    for entry in pages {
        let page = entry.unwrap().path();
        for (tool, options) in [
            ("mandoc", &["-T", "lint", "-W", "error"][..]),
            ("groff", &["-K", "utf8", "-man", "-ww", "-z", "-T", "utf8"]),
        ] {
            if has(tool, "reading a page of the manual") {
                let read = Command::new(tool)
                    .args(options)
                    .arg(&page)
                    .output()
                    .unwrap();
                let told = [read.stdout, read.stderr].concat();
                let told = String::from_utf8_lossy(&told).into_owned();
                assert!(
                    read.status.success() && told.is_empty(),
                    "{}: {told}",
                    page.display()
                );
            }
        }
    }
}

#[test]
fn one_page_goes_to_standard_output() {
    let page = mekiki(&["man", "sbom", "inspect"]);
    assert_eq!(page.code, 0);
    assert!(
        page.stdout.contains(".TH MEKIKI-SBOM-INSPECT"),
        "{}",
        page.stdout
    );
    assert_eq!(page.stdout, mekiki(&["man", "sbom", "inspect"]).stdout);
    let none = mekiki(&["man", "sbom", "nonsense", "--format", "json"]);
    assert_eq!(none.code, 3, "{none:?}");
    assert_eq!(none.error()["error"]["code"], "command-unknown");
}

/// What an example in a help needs beside the repository and the examples before it.
const PREPARED: &str = r#"
set -eu
ln -s "$REPOSITORY/fixtures" fixtures
ln -s "$REPOSITORY/criteria" criteria
openssl genpkey -algorithm ed25519 -out agency.pem
openssl pkey -in agency.pem -pubout -out agency.pub
cp agency.pem supplier.pem
cp fixtures/tenders/document-cloud/bids/hokuto/answers.json answers.json
cat > supplier.openvex.json <<'EOF'
{
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://aoba.example/vex/1",
  "author": "Aoba",
  "timestamp": "2026-11-20T00:00:00Z",
  "version": 1,
  "statements": [
    {
      "vulnerability": { "name": "CVE-2026-0001" },
      "products": [{ "@id": "pkg:cargo/kakitori-index@0.3.1" }],
      "status": "not_affected",
      "justification": "vulnerable_code_not_present"
    }
  ]
}
EOF
cp -r "$REPOSITORY/fixtures/tenders/document-cloud" tender
sed -i 's/^\[title\]/[timetable]\npublished_on = "2026-09-15"\nquestions_until = "2026-10-02"\n\n&/' tender/tender.toml
printf 'Question ID,Question,Answer\nA&A-01.1,Are policies established?,Yes\n' > caiq.csv
"#;

/// Commands whose examples need another machine, a second person or a server, with everything below them.
const NOT_RUN: [&str; 11] = [
    "feed update",
    "trust root update",
    "serve",
    "tender case",
    "tender consolidate",
    "tender sheet",
    "questionnaire receive",
    "agency",
    "completions",
    "man",
    "verify",
];

/// The commands in the order in which their examples build upon each other, as the program lists them.
fn examples_of(path: &[&str], found: &mut Vec<(String, String)>) {
    let help = mekiki(&[path, &["--help"]].concat()).stdout;
    let (_, commands) = help.split_once("\nCommands:\n").unwrap_or_default();
    let names: Vec<_> = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    for name in &names {
        examples_of(&[path, &[name]].concat(), found);
    }
    if names.is_empty() {
        let (_, example) = help.rsplit_once("\nExample").unwrap();
        let (_, lines) = example.split_once(":\n").unwrap();
        found.push((path.join(" "), lines.to_owned()));
    }
}

#[test]
fn examples_work_as_they_stand() {
    let scratch = Scratch::new();
    let bash = |script: &str| {
        let binary = Path::new(env!("CARGO_BIN_EXE_mekiki"));
        let path = std::env::var("PATH").unwrap();
        Command::new("bash")
            .args(["-c", script])
            .current_dir(scratch.root())
            .env("REPOSITORY", env!("CARGO_MANIFEST_DIR"))
            .env(
                "PATH",
                format!("{}:{path}", binary.parent().unwrap().display()),
            )
            .env("HOME", scratch.root())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    assert!(bash(PREPARED).status.success());
    let mut examples = Vec::new();
    examples_of(&[], &mut examples);
    assert!(examples.len() > 100, "{examples:?}");
    examples.retain(|(path, _)| !NOT_RUN.iter().any(|one| path.starts_with(one)));
    // Snapshot, inventory, register and record are made before they are looked at.
    let first = |path: &str| {
        let order = [
            "feed import",
            "inventory add",
            "inventory list",
            "trust add",
            "trust root import",
            "criteria pack",
            "tender evaluate",
            "record sign",
        ];
        order
            .iter()
            .position(|one| *one == path)
            .unwrap_or(order.len())
    };
    let last = |path: &str| matches!(path, "inventory remove" | "trust withdraw");
    examples.sort_by_key(|(path, _)| (last(path), first(path)));
    let mut failed = Vec::new();
    for (path, script) in &examples {
        let run = bash(&format!("set -eu\n{script}"));
        if !matches!(run.status.code(), Some(0 | 1)) {
            let told = String::from_utf8_lossy(&run.stderr).into_owned();
            failed.push(format!("{path}: {:?} {told}", run.status.code()));
        }
    }
    assert_eq!(failed, [] as [String; 0], "{} examples ran", examples.len());
}
