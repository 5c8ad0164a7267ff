//! `mekiki verify` with several forms in one run.

use std::fs;
use std::process::Command;

use crate::binary::{Scratch, mekiki};

const DAY: &str = "2026-11-26";

/// The exit code of [`delivery`], which lacks an SBOM, in whatever form it is told.
const FAULTY: i32 = 1;

fn delivery() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("delivered/bin/app", "bytes");
    scratch.write(
        "delivered/delivery.toml",
        "schema = \"mekiki/delivery/v1\"\n",
    );
    scratch
}

#[test]
fn several_forms_in_one_run_are_those_of_single_runs() {
    let scratch = delivery();
    let dir = scratch.path("delivered");
    let forms = [
        "json",
        "sarif",
        "junit",
        "md",
        "html",
        "cyclonedx-vdr",
        "gitlab-codequality",
        "text",
    ];
    let targets: Vec<_> = forms
        .iter()
        .map(|form| format!("{form}={}", scratch.path(form)))
        .collect();
    let mut call = vec!["verify", &dir, "--as-of", DAY];
    for target in &targets {
        call.extend(["--report", target]);
    }
    let run = mekiki(&call);
    assert_eq!((run.code, run.stderr.as_str()), (FAULTY, ""));
    for form in forms {
        let single = mekiki(&["verify", &dir, "--as-of", DAY, "--format", form]);
        assert_eq!(
            (single.code, single.stderr.as_str()),
            (FAULTY, ""),
            "{form}"
        );
        let written = fs::read_to_string(scratch.path(form)).unwrap();
        if form == "text" {
            assert_eq!(written.lines().next(), single.stdout.lines().next());
            assert!(!written.contains('\u{1b}'));
        } else {
            assert_eq!(written, single.stdout, "{form}");
        }
    }
    // Nothing of a run tells where it ran.
    for form in &forms[..7] {
        let written = fs::read_to_string(scratch.path(form)).unwrap();
        assert!(!written.contains(&scratch.root()), "{form}");
    }
    let names = scratch.names();
    assert!(
        names.iter().all(|name| !name.ends_with(".partial")),
        "{names:?}"
    );
}

#[test]
fn a_report_on_standard_output_takes_the_place_of_the_text() {
    let scratch = delivery();
    let dir = scratch.path("delivered");
    let file = format!("json={}", scratch.path("verdict.json"));
    let run = mekiki(&[
        "verify", &dir, "--as-of", DAY, "--report", "junit=-", "--report", &file,
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (FAULTY, ""));
    assert!(
        run.stdout.starts_with("<?xml") && run.stdout.trim_end().ends_with("</testsuites>"),
        "{run:?}"
    );
    assert!(
        fs::read_to_string(scratch.path("verdict.json"))
            .unwrap()
            .contains("mekiki/verify/v1")
    );
}

#[test]
fn what_cannot_be_written_side_by_side_is_a_usage_error() {
    let scratch = delivery();
    let dir = scratch.path("delivered");
    for (options, said) in [
        (&["--report", "sarff=x"][..], "did you mean `sarif`?"),
        (
            &["--report", "xlsx=x"],
            "a verdict is not written as `xlsx`",
        ),
        (&["--report", "sarif"], "write FORM=FILE"),
        (&["--report", "sarif="], "name a file behind `sarif=`"),
        (
            &["--report", "sarif=-", "--report", "junit=-"],
            "two reports would go to `-`",
        ),
        (
            &["--report", "sarif=a", "--report", "junit=a"],
            "two reports would go to `a`",
        ),
        (
            &["--report", "sarif=-", "--format", "json"],
            "two results would go to standard output",
        ),
        (&["--format", "xlsx"], "`verify` cannot write xlsx"),
        (&["--explain", "--quiet"], "cannot be used with"),
    ] {
        let run = mekiki(&[&["verify", &dir], options].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{options:?}");
        assert!(run.stderr.contains(said), "{options:?}: {}", run.stderr);
    }
}

#[test]
fn where_one_file_cannot_be_written_none_is() {
    let scratch = delivery();
    let dir = scratch.path("delivered");
    fs::create_dir(scratch.path("folder")).unwrap();
    for target in ["folder", "absent/file"] {
        let first = format!("json={}", scratch.path("verdict.json"));
        let second = format!("sarif={}", scratch.path(target));
        let run = mekiki(&[
            "verify", &dir, "--as-of", DAY, "--report", &first, "--report", &second,
        ]);
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{run:?}");
        assert!(run.stderr.contains(target), "{run:?}");
        assert_eq!(scratch.names(), ["delivered", "folder"]);
    }
}

#[test]
fn quiet_tells_one_line_and_explain_everything() {
    let scratch = delivery();
    let dir = scratch.path("delivered");
    let run = |options: &[&str]| mekiki(&[&["verify", &dir, "--as-of", DAY], options].concat());
    let (short, whole, full) = (run(&["--quiet"]), run(&[]), run(&["--explain"]));
    assert_eq!(short.stdout.lines().count(), 1);
    assert_eq!(short.stdout.lines().next(), whole.stdout.lines().next());
    assert_eq!(full.stdout.lines().next(), whole.stdout.lines().next());
    assert!(
        full.stdout.lines().count() > whole.stdout.lines().count(),
        "{full:?}"
    );
    for run in [short, whole, full] {
        assert_eq!((run.code, run.stderr.as_str()), (FAULTY, ""));
        assert!(!run.stdout.contains('\u{1b}'));
    }
}

#[test]
fn a_guess_is_told_unless_quiet() {
    let scratch = Scratch::new();
    scratch.write("delivered/bin/app", "bytes");
    let dir = scratch.path("delivered");
    let told = mekiki(&["verify", &dir, "--as-of", DAY]);
    assert!(told.stderr.contains("no delivery.toml"), "{told:?}");
    let quiet = mekiki(&["verify", &dir, "--as-of", DAY, "--quiet"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (told.code, ""));
    assert_eq!(quiet.stdout.lines().count(), 1);
}

/// Colours go to a terminal, which `CLICOLOR_FORCE` stands for; `--no-color` and `NO_COLOR` take them away.
#[test]
fn colour_can_be_turned_off() {
    let scratch = delivery();
    let dir = scratch.path("delivered");
    let run = |options: &[&str], variables: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_mekiki"))
            .args([&["verify", &dir, "--as-of", DAY], options].concat())
            .env_clear()
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(run(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!run(&["--no-color"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!run(&[], &[("NO_COLOR", "1")]));
    assert!(!run(&[], &[]));
}
