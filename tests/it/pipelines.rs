//! Use in pipelines: the composite action, the snippets of `docs/ci.md`, the container file and the section of the README are
//! read as their readers read them, and their shell parts are run.

mod action;
mod fitness;
mod workspace;

use std::fs;
use std::path::Path;

use serde_json::Value;

use action::Action;
use workspace::Workspace;

/// A file of the repository.
fn repository(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The block of code of `docs/ci.md` behind a mark.
fn snippet(mark: &str) -> String {
    let page = repository("docs/ci.md");
    let (_, behind) = page.split_once(&format!("<!-- {mark} -->\n```")).unwrap();
    let (_, code) = behind.split_once('\n').unwrap();
    code.split_once("\n```").unwrap().0.to_owned()
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn texts(list: &Value) -> Vec<&str> {
    let items = list.as_array().map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(Value::as_str).collect()
}

/// The digest that the page shows.
fn demo_digest() -> String {
    let page = repository("docs/ci.md");
    let (_, behind) = page.split_once("snapshot = \"").unwrap();
    behind.split('"').next().unwrap().to_owned()
}

#[test]
fn the_snippet_for_github_runs() {
    let workflow = yaml(&snippet("github"));
    let job = &workflow["jobs"]["verify"];
    assert_eq!(workflow["permissions"]["contents"], "read");
    let steps = job["steps"].as_array().unwrap();
    let action = Action::read();
    let uses = |name: &str| {
        let found = steps.iter().find(|step| {
            let uses = step["uses"].as_str().unwrap_or_default();
            uses.starts_with(name)
        });
        found.unwrap_or_else(|| panic!("no step uses {name}"))
    };
    for step in steps {
        let run = step["run"].as_str().unwrap_or_default();
        assert!(!run.contains("${{"), "an expression in a script: {run}");
    }
    for given in uses("./mekiki")["with"].as_object().unwrap().keys() {
        assert!(action.inputs().contains(given), "no input {given}");
    }
    let text = snippet("github");
    for behind in text.split("steps.verify.outputs.").skip(1) {
        let name: String = behind
            .chars()
            .take_while(|one| one.is_ascii_lowercase() || *one == '-')
            .collect();
        assert!(action.outputs().contains(&name), "no output {name}");
    }
    let key = uses("actions/cache")["with"]["key"].as_str().unwrap();
    assert!(key.contains("steps.pin.outputs.digest"), "{key}");

    let workspace = Workspace::new();
    let digest = workspace.export_feed();
    workspace.pin(&digest);
    let pinned = workspace.step(steps[1]["run"].as_str().unwrap(), &[]);
    assert_eq!(pinned.code, 0, "{pinned:?}");
    assert_eq!(pinned.outputs["digest"], digest);
    let take = steps.iter().find(|step| step["env"]["DIGEST"].is_string());
    let take = take.unwrap()["run"].as_str().unwrap();
    let taken = workspace.step(take, &[("DIGEST", &digest)]);
    assert_eq!(taken.code, 0, "{taken:?}");
    assert_eq!(workspace.read("feed/current").trim(), digest);
    let again = workspace.step(take, &[("DIGEST", &digest)]);
    assert_eq!(again.code, 0, "{again:?}");
    workspace.remove("feed");
    let other = "0".repeat(64);
    let refused = workspace.step(take, &[("DIGEST", &other)]);
    assert_eq!(refused.code, 3, "another snapshot is refused: {refused:?}");
    assert!(!workspace.exists("feed/current"));

    let later = yaml(&snippet("github-later"));
    let run = later[0]["run"].as_str().unwrap();
    for (verdict, code) in [("acceptable", 0), ("unverifiable", 1), ("", 1)] {
        assert_eq!(workspace.step(run, &[("VERDICT", verdict)]).code, code);
    }
}

#[test]
fn the_snippet_for_gitlab_runs() {
    let pipeline = yaml(&snippet("gitlab"));
    let job = &pipeline["verify-delivery"];
    let kinds: Vec<_> = job["artifacts"]["reports"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(kinds, ["codequality", "junit"]);
    assert_eq!(job["artifacts"]["when"], "always");
    assert!(
        job["cache"]["key"]
            .as_str()
            .unwrap()
            .contains("$FEED_DIGEST")
    );
    assert_eq!(job["variables"]["FEED_DIGEST"], demo_digest());
    let script = texts(&job["script"]);
    assert_eq!(script.len(), 2);
    let workspace = Workspace::new();
    let digest = workspace.export_feed();
    let delivery = job["variables"]["DELIVERY"].as_str().unwrap();
    let environment = [("FEED_DIGEST", digest.as_str()), ("DELIVERY", delivery)];
    let taken = workspace.step(script[0], &environment);
    assert_eq!(taken.code, 0, "{taken:?}");
    let verified = workspace.step(script[1], &environment);
    assert_eq!(verified.code, 0, "{verified:?}");
    let reports = job["artifacts"]["reports"].as_object().unwrap().values();
    let reports = reports.filter_map(Value::as_str);
    for file in reports.chain(texts(&job["artifacts"]["paths"])) {
        assert!(workspace.exists(file), "{file}");
    }
    workspace.alter();
    assert_eq!(workspace.step(script[1], &environment).code, 1);
    let missing = [
        ("FEED_DIGEST", "f".repeat(64)),
        ("DELIVERY", delivery.to_owned()),
    ];
    let missing = missing
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    workspace.restore();
    assert_eq!(workspace.step(script[1], &missing).code, 3);
}

#[test]
fn the_snippet_for_jenkins_runs() {
    let pipeline = snippet("jenkins");
    let open = pipeline.matches(['{', '(']).count();
    assert_eq!(open, pipeline.matches(['}', ')']).count(), "brackets");
    for step in ["junit ", "recordIssues ", "sarif(pattern: 'mekiki.sarif')"] {
        assert!(pipeline.contains(step), "{step}");
    }
    let value = |name: &str| {
        let (_, behind) = pipeline.split_once(&format!("{name} = '")).unwrap();
        behind.split('\'').next().unwrap().to_owned()
    };
    assert_eq!(value("FEED_DIGEST"), demo_digest());
    // In a text of three quotes Groovy reads two backslashes as one.
    let scripts: Vec<_> = pipeline
        .split("sh '''")
        .skip(1)
        .map(|behind| behind.split("'''").next().unwrap().replace("\\\\", "\\"))
        .collect();
    assert_eq!(scripts.len(), 2);
    let workspace = Workspace::new();
    let digest = workspace.export_feed();
    let delivery = value("DELIVERY");
    let environment = [
        ("FEED_DIGEST", digest.as_str()),
        ("DELIVERY", delivery.as_str()),
    ];
    let taken = workspace.step(&scripts[0], &environment);
    assert_eq!(taken.code, 0, "{taken:?}");
    let verified = workspace.step(&scripts[1], &environment);
    assert_eq!(verified.code, 0, "{verified:?}");
    for file in ["mekiki-junit.xml", "mekiki.sarif", "mekiki.html"] {
        assert!(workspace.exists(file), "{file}");
    }
    workspace.alter();
    assert_eq!(workspace.step(&scripts[1], &environment).code, 1);
    assert!(workspace.exists("mekiki-junit.xml"));
}

#[test]
fn the_digest_of_the_page_is_that_of_the_demo() {
    let workspace = Workspace::new();
    assert_eq!(workspace.export_feed(), demo_digest());
    let told = workspace.step(
        "mekiki self-check --feed feed --without trusted-root --as-of 2026-12-01 --format json",
        &[],
    );
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(told["feed"]["digest"], demo_digest());
    let list = workspace.step("mekiki feed list feed --format json", &[]);
    let list: Value = serde_json::from_str(&list.stdout).unwrap();
    assert_eq!(list["snapshots"][0]["digest"], demo_digest());
}

#[test]
fn the_section_of_the_readme_works_as_typed() {
    let readme = repository("README.md");
    let (_, section) = readme.split_once("\n## In CI\n").unwrap();
    let (_, code) = section.split_once("```sh\n").unwrap();
    let (code, _) = code.split_once("```").unwrap();
    assert!(code.lines().count() >= 5, "{code}");
    let workspace = Workspace::of_repository();
    for line in code.lines() {
        let (_, comment) = line.split_once("# exit code ").unwrap_or(("", "0"));
        let expected: i32 = comment.trim().parse().unwrap();
        let run = workspace.step(line, &[]);
        assert_eq!(run.code, expected, "{line}: {run:?}");
    }
    assert!(workspace.exists("target/mekiki.sarif"));
    assert!(workspace.exists("target/mekiki-junit.xml"));
}

#[test]
fn the_container_is_made_of_what_is_here() {
    let file = repository("Containerfile");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let instructions: Vec<_> = file.lines().filter(|line| !line.starts_with('#')).collect();
    for line in &instructions {
        let Some(what) = line.strip_prefix("COPY ") else {
            continue;
        };
        if what.starts_with("--from=build") {
            continue;
        }
        let mut paths: Vec<_> = what.split_whitespace().collect();
        paths.pop();
        for path in paths {
            assert!(root.join(path).exists(), "{path}");
        }
    }
    // Cargo refuses a package that names a target whose file is missing.
    let manifest: toml::Table = toml::from_str(&repository("Cargo.toml")).unwrap();
    for kind in ["bin", "test", "bench", "example"] {
        for target in manifest[kind].as_array().unwrap() {
            let folder = target["path"].as_str().unwrap().split('/').next().unwrap();
            let copied = format!("COPY {folder} {folder}");
            assert!(instructions.contains(&copied.as_str()), "{copied}");
        }
    }
    let version = manifest["package"]["rust-version"].as_str().unwrap();
    assert!(file.contains(&format!("rust:{version}-")), "rust {version}");
    let user = instructions
        .iter()
        .find_map(|line| line.strip_prefix("USER "));
    assert!(user.is_some_and(|user| !user.starts_with('0') && user != "root"));
    let build = instructions
        .iter()
        .find(|line| line.contains("cargo build"))
        .unwrap();
    assert!(build.contains("--locked") && build.contains("--no-default-features"));
    assert!(!file.contains(":latest"));
    for command in snippet("container")
        .lines()
        .filter(|line| line.contains("podman run"))
    {
        assert!(command.contains("--network none") && command.contains("--read-only"));
    }
}

#[test]
fn our_own_delivery_is_verified_by_ci() {
    assert!(repository(".ci/run").contains(".ci/own-delivery"));
    let vex = crate::binary::mekiki(&["vex", "validate", "fixtures/own/vex.openvex.json"]);
    assert_eq!(vex.code, 0, "{vex:?}");
    for script in [".ci/own-delivery", ".ci/run", ".ci/test"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
        let read = std::process::Command::new("bash")
            .arg("-n")
            .arg(path)
            .output()
            .unwrap();
        assert!(read.status.success(), "{script}: {read:?}");
    }
}
