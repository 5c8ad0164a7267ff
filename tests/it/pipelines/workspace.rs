//! A folder as a job finds it: the demo delivery, `mekiki` on the path, and the files of a runner.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::binary::{Scratch, mekiki};

/// The demo delivery in a workspace.
pub(super) const DELIVERY: &str = "deliveries/connector";
const ARCHIVE: &str = "deliveries/connector/delivered/aoba-bunsho-connector-1.4.0.tgz";

/// How a step ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) outputs: BTreeMap<String, String>,
    pub(super) summary: String,
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.code, self.stdout, self.stderr)
    }
}

pub(super) struct Workspace {
    scratch: Scratch,
}

impl Workspace {
    /// With the demo delivery below `deliveries`, and the program on the path.
    pub(super) fn new() -> Self {
        let workspace = Self::empty();
        workspace.restore();
        workspace
    }

    /// As the repository is after its first command.
    pub(super) fn of_repository() -> Self {
        let workspace = Self::empty();
        for folder in [
            "fixtures/deliveries",
            "fixtures/tenders/document-cloud/advisories",
        ] {
            workspace.copy(folder, folder);
        }
        fs::create_dir_all(workspace.scratch.path("target/release")).unwrap();
        let program = workspace.scratch.path("target/release/mekiki");
        symlink(env!("CARGO_BIN_EXE_mekiki"), program).unwrap();
        workspace
    }

    fn empty() -> Self {
        let scratch = Scratch::new();
        for folder in ["bin", "runner"] {
            fs::create_dir_all(scratch.path(folder)).unwrap();
        }
        symlink(env!("CARGO_BIN_EXE_mekiki"), scratch.path("bin/mekiki")).unwrap();
        Self { scratch }
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.scratch.path(name)
    }

    pub(super) fn exists(&self, name: &str) -> bool {
        Path::new(&self.scratch.path(name)).exists()
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.scratch.path(name)).unwrap()
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        self.scratch.write(name, text);
    }

    pub(super) fn remove(&self, name: &str) {
        fs::remove_dir_all(self.scratch.path(name)).unwrap();
    }

    /// The names in the workspace.
    pub(super) fn names(&self) -> Vec<String> {
        self.scratch.names()
    }

    /// Puts a program of its own in the place of mekiki.
    pub(super) fn program(&self, script: &str) {
        fs::remove_file(self.scratch.path("bin/mekiki")).unwrap();
        let path = self.scratch.write("bin/mekiki", script);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Lays the delivery down as it came.
    pub(super) fn restore(&self) {
        drop(fs::remove_dir_all(self.scratch.path(DELIVERY)));
        self.copy("fixtures/deliveries/connector", DELIVERY);
    }

    /// Copies a folder of the repository.
    fn copy(&self, from: &str, to: &str) {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(from);
        let to = self.scratch.path(to);
        fs::create_dir_all(Path::new(&to).parent().unwrap()).unwrap();
        let copied = Command::new("cp").arg("-r").arg(from).arg(to).status();
        assert!(copied.unwrap().success());
    }

    /// Changes a byte of what was delivered.
    pub(super) fn alter(&self) {
        let mut bytes = fs::read(self.scratch.path(ARCHIVE)).unwrap();
        let last = bytes.last_mut().unwrap();
        *last ^= 1;
        fs::write(self.scratch.path(ARCHIVE), bytes).unwrap();
    }

    /// Writes the digest of the snapshot into the manifest.
    pub(super) fn pin(&self, digest: &str) {
        let name = format!("{DELIVERY}/delivery.toml");
        let pinned = format!("[advisories]\nsnapshot = \"{digest}\"");
        self.scratch.edit(&name, "[advisories]", &pinned);
    }

    /// Carries the demo's advisories over as one file, `feed.mekiki-feed`, with `feed` beside it; gives the digest.
    pub(super) fn export_feed(&self) -> String {
        let (feed, file) = (self.path("feed"), self.path("feed.mekiki-feed"));
        let imported = mekiki(&[
            "feed",
            "import",
            "fixtures/tenders/document-cloud/advisories",
            "fixtures/deliveries/known_exploited_vulnerabilities.json",
            "--into",
            &feed,
            "--retrieved",
            "2026-11-20",
        ]);
        assert_eq!(imported.code, 0, "{imported:?}");
        let exported = mekiki(&["feed", "export", &feed, "--to", &file]);
        assert_eq!(exported.code, 0, "{exported:?}");
        self.read("feed/current").trim().to_owned()
    }

    /// Runs a step as a runner runs `shell: bash`, with the variables of its environment.
    pub(super) fn step(&self, script: &str, environment: &[(&str, &str)]) -> Ended {
        let script_file = self.scratch.write("runner/step.sh", script);
        let output_file = self.scratch.write("runner/output", "");
        let summary_file = self.scratch.write("runner/summary", "");
        let path = std::env::var("PATH").unwrap();
        let run = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", &script_file])
            .current_dir(self.scratch.root())
            .env_clear()
            .env("PATH", format!("{}:{path}", self.scratch.path("bin")))
            .env("GITHUB_OUTPUT", &output_file)
            .env("GITHUB_STEP_SUMMARY", &summary_file)
            .env("RUNNER_TEMP", self.scratch.path("runner"))
            .env("HOME", self.scratch.path("runner"))
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Ended {
            code: run.status.code().unwrap(),
            stdout: String::from_utf8_lossy(&run.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&run.stderr).into_owned(),
            outputs: outputs(&fs::read_to_string(output_file).unwrap()),
            summary: fs::read_to_string(summary_file).unwrap(),
        }
    }
}

/// Reads the outputs of a step as the runner does: `NAME=VALUE`, or `NAME<<END`, lines, and `END`.
fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let equals = line.find('=').unwrap_or(usize::MAX);
        match line.split_once("<<") {
            Some((name, end)) if name.len() < equals => {
                let value: Vec<_> = lines.by_ref().take_while(|line| *line != end).collect();
                outputs.insert(name.to_owned(), value.join("\n"));
            }
            _ => {
                let (name, value) = line.split_once('=').expect("an output is NAME=VALUE");
                outputs.insert(name.to_owned(), value.to_owned());
            }
        }
    }
    outputs
}
