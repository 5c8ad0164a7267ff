//! The manifest of a delivery, from its file, the flags and the folder itself.

use std::path::{Component, Path, PathBuf};

use super::super::output::remark;
use super::super::read;
use crate::acceptance::manifest::{
    Build, COMMAND_LINE, Delivered, Evidence, LeftOut, MANIFEST_FILE, Manifest, Named, Signer,
    Stage, Vex, flags_text, lay_flags_over, manifest_text, read_manifest,
};
use crate::acceptance::terms::{Agreed, Terms, cvss_tenths};
use crate::app::Refused;
use crate::app::verify::{guess_text, guess_with_remarks};
use crate::diagnostic::{Diagnostic, Place, nearest};
use crate::digest::Digest;
use crate::evidence::Citation;
use crate::exact::Exact;
use crate::text::{Text, printable};

/// What the manifest of a delivery says, as flags; they go before the manifest. Paths of `--artifact`, `--sbom` and
/// `--vex` without a level are told from the folder of what was delivered, all others from the current folder.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What the delivery is held to, where no manifest says it")]
pub(super) struct AgreementArguments {
    /// The manifest of the delivery; else DIR/delivery.toml, else one is guessed
    #[arg(long, value_name = "FILE")]
    manifest: Option<String>,
    /// Print the manifest that is used, with what was guessed, and verify nothing
    #[arg(long)]
    pub(super) print_manifest: bool,
    /// The tender or offering
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// The supplier: the bid or corporate number under which it stands in registers
    #[arg(long, value_name = "ID")]
    supplier: Option<String>,
    /// The delivered product
    #[arg(long, value_name = "NAME@VERSION", value_parser = product)]
    product: Option<(String, String)>,
    /// Verify a system in operation instead of a delivery
    #[arg(long)]
    operation: bool,
    /// A delivered artifact: a file, folder or pattern; may be repeated
    #[arg(long, value_name = "PATH")]
    artifact: Vec<String>,
    /// A delivered SBOM; may be repeated
    #[arg(long, value_name = "PATH")]
    sbom: Vec<String>,
    /// A VEX document; a level in front, as in `agency=triage.json`, says whose word it is; may be repeated
    #[arg(long, value_name = "[LEVEL=]PATH")]
    vex: Vec<String>,
    /// A public key that must have signed; may be repeated
    #[arg(long, value_name = "FILE")]
    key: Vec<String>,
    /// A certificate of which the signer's must be one; may be repeated
    #[arg(long, value_name = "FILE")]
    certificate: Vec<String>,
    /// Certificates that anchor trust; may be repeated
    #[arg(long, value_name = "FILE")]
    certificate_chain: Vec<String>,
    /// The identity in the signer's certificate
    #[arg(long, value_name = "IDENTITY", requires = "certificate_oidc_issuer")]
    certificate_identity: Option<String>,
    /// Who vouches for that identity
    #[arg(long, value_name = "URL", requires = "certificate_identity")]
    certificate_oidc_issuer: Option<String>,
    /// The trusted root of a Sigstore infrastructure
    #[arg(long, value_name = "FILE")]
    trusted_root: Option<String>,
    /// The register of who may sign what
    #[arg(long, value_name = "FILE")]
    trust_policy: Option<String>,
    /// The source repository that was agreed
    #[arg(long, value_name = "URI")]
    source_uri: Option<String>,
    /// The tag that was agreed
    #[arg(long, value_name = "TAG")]
    source_tag: Option<String>,
    /// The builder that was agreed
    #[arg(long, value_name = "ID")]
    builder_id: Option<String>,
    /// The folder of snapshots of advisories, or one snapshot
    #[arg(long, value_name = "FOLDER")]
    feed: Option<String>,
    /// The snapshot that must be used
    #[arg(long, value_name = "DIGEST")]
    feed_digest: Option<String>,
    /// How many days old the knowledge of an ecosystem may be
    #[arg(long, value_name = "DAYS")]
    max_age: Option<i64>,
    /// The profile that SBOMs must meet
    #[arg(long, value_name = "ID")]
    profile: Option<String>,
    /// The CVSS base score from which on a vulnerability must be dealt with
    #[arg(long, value_name = "SCORE", value_parser = score)]
    severity_threshold: Option<u32>,
    /// The SBOM as tendered
    #[arg(long, value_name = "FILE")]
    tendered_sbom: Option<String>,
    /// The SBOM that was accepted earlier
    #[arg(long, value_name = "FILE")]
    accepted_sbom: Option<String>,
    /// A notice of changes; may be repeated
    #[arg(long, value_name = "FILE")]
    change_notice: Vec<String>,
    /// The checked list of products
    #[arg(long, value_name = "FILE")]
    product_list: Option<String>,
    /// The register of requirements, as `requirements list --format json` writes it
    #[arg(long, value_name = "FILE")]
    requirements: Option<String>,
    /// An exceptional action, or a folder of them; may be repeated
    #[arg(long, value_name = "PATH")]
    exception: Vec<String>,
    /// A pack of own rules; may be repeated
    #[arg(long, value_name = "FOLDER")]
    policy: Vec<String>,
    /// The earlier verdict that a system in operation is held against: only what is new counts
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,
    /// The list of files that need no entry in an SBOM
    #[arg(long, value_name = "FILE")]
    allow: Option<String>,
    /// Leave evidence out, with the reason: provenance="no build service yet"; may be repeated
    #[arg(long, value_name = "WHAT=REASON", value_parser = without)]
    without: Vec<(Evidence, String)>,
}

fn product(text: &str) -> Result<(String, String), &'static str> {
    let (name, version) = text.rsplit_once('@').ok_or("write it as NAME@VERSION")?;
    Ok((name.to_owned(), version.to_owned()))
}

fn score(text: &str) -> Result<u32, &'static str> {
    Exact::parse(text)
        .and_then(|one| cvss_tenths(&one))
        .ok_or("write a CVSS base score from 0.0 to 10.0")
}

fn without(text: &str) -> Result<(Evidence, String), String> {
    let words = Evidence::WORDS.map(|(word, _)| word);
    let Some((word, reason)) = text.split_once('=') else {
        return Err("write it as WHAT=REASON; the reason stands in the report".to_owned());
    };
    let word = word.replace('-', "_");
    match Evidence::WORDS.iter().find(|(name, _)| *name == word) {
        Some(_) if reason.trim().is_empty() => Err("say why it is left out".to_owned()),
        Some((_, what)) => Ok((*what, reason.trim().to_owned())),
        None => Err(match nearest(&word, words) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it may be one of {}", words.join(", ")),
        }),
    }
}

/// A manifest with the folder that its paths are told from.
pub(super) struct Agreement {
    pub(super) manifest: Manifest,
    pub(super) root: PathBuf,
    file: Option<(String, Vec<u8>)>,
    /// What is to be said of a guess.
    guessed: Option<Vec<Diagnostic>>,
    /// What the flags say beside the manifest, as a document.
    flags: Option<String>,
}

impl Agreement {
    /// The manifest as a document, with what was found and is not trusted where it was guessed.
    pub(super) fn document(&self) -> String {
        match &self.guessed {
            Some(remarks) => guess_text(&self.manifest, remarks),
            None => manifest_text(&self.manifest),
        }
    }

    /// The file of the manifest with its name, where there is one.
    pub(super) fn file(&self) -> Option<(&str, &[u8])> {
        let file = self.file.as_ref();
        file.map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    /// What the flags say beside the manifest.
    pub(super) fn flags(&self) -> Option<&str> {
        self.flags.as_deref()
    }
}

impl AgreementArguments {
    /// Reads or guesses the manifest, and lays the flags over it. A guess is told unless `is_quiet`.
    pub(super) fn read(&self, dir: &str, is_quiet: bool) -> Result<Agreement, Refused> {
        let mut agreement = self.base(dir, is_quiet)?;
        if let Some(flags) = flags_text(&self.flags(&agreement.root)) {
            lay_flags_over(&mut agreement.manifest, &flags)?;
            agreement.flags = Some(flags);
        }
        Ok(agreement)
    }

    /// What the flags say, as a manifest.
    fn flags(&self, root: &Path) -> Manifest {
        let from_root = |path: &String| named(&relative(path, root));
        let one = |path: &Option<String>| path.as_ref().map(from_root);
        let many = |paths: &[String]| paths.iter().map(from_root).collect();
        let delivered = |paths: &[String]| {
            let delivered = paths.iter().map(|path| Delivered {
                named: named(path),
                signatures: Vec::new(),
                provenance: Vec::new(),
            });
            delivered.collect()
        };
        let vex = self.vex.iter().map(|text| match text.split_once('=') {
            Some((level, path)) => Vex {
                named: named(&relative(path, root)),
                level: Some(level.to_owned()),
            },
            None => Vex {
                named: named(text),
                level: None,
            },
        });
        let left_out = self.without.iter().map(|(what, reason)| LeftOut {
            what: *what,
            reason: Text::same(reason.as_str()),
            at: Place::whole(),
        });
        Manifest {
            case: self.case.clone(),
            supplier: self.supplier.clone(),
            product: self.product.clone(),
            stage: if self.operation {
                Stage::Operation
            } else {
                Stage::Delivery
            },
            artifacts: delivered(&self.artifact),
            sboms: delivered(&self.sbom),
            vex: vex.collect(),
            signer: Signer {
                register: one(&self.trust_policy),
                trusted_root: one(&self.trusted_root),
                identity: self.certificate_identity.clone(),
                issuer: self.certificate_oidc_issuer.clone(),
                keys: many(&self.key),
                certificates: many(&self.certificate),
                anchors: many(&self.certificate_chain),
                ..Signer::default()
            },
            build: Build {
                builder: self.builder_id.clone(),
                source: self.source_uri.clone(),
                source_tag: self.source_tag.clone(),
                source_branch: None,
            },
            feed: one(&self.feed),
            feed_digest: self.feed_digest.clone(),
            feed_maximum_age_days: self.max_age,
            terms: Terms {
                sbom_profile: self.profile.clone().map(agreed),
                severity_threshold_tenths: self.severity_threshold.map(agreed),
                ..Terms::default()
            },
            tendered: one(&self.tendered_sbom),
            accepted: one(&self.accepted_sbom),
            notices: many(&self.change_notice),
            products: one(&self.product_list),
            requirements: one(&self.requirements),
            exceptions: many(&self.exception),
            policies: many(&self.policy),
            baseline: one(&self.baseline),
            allowance: one(&self.allow),
            left_out: left_out.collect(),
            ..Manifest::default()
        }
    }

    /// The manifest before the flags.
    fn base(&self, dir: &str, is_quiet: bool) -> Result<Agreement, Refused> {
        let folder = Path::new(dir);
        if let Some(path) = &self.manifest {
            let bytes = read(path)?;
            let name = Path::new(path).file_name();
            let name = name.map_or_else(|| path.clone(), |name| name.display().to_string());
            let mut manifest = read_manifest(&bytes, &name, true)?;
            let root = match Path::new(path).parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
                _ => PathBuf::from("."),
            };
            manifest.delivered = relative(dir, &root);
            return Ok(Agreement {
                manifest,
                root,
                file: Some((name, bytes)),
                guessed: None,
                flags: None,
            });
        }
        let own = folder.join(MANIFEST_FILE);
        if own.is_file() {
            let bytes = read(&own.display().to_string())?;
            return Ok(Agreement {
                manifest: read_manifest(&bytes, MANIFEST_FILE, false)?,
                root: folder.to_path_buf(),
                file: Some((MANIFEST_FILE.to_owned(), bytes)),
                guessed: None,
                flags: None,
            });
        }
        if folder.is_file() {
            let message = format!("`{}` is a file", printable(dir));
            let help = "name the folder of the delivery; its manifest goes to --manifest";
            return Err(
                Diagnostic::error("delivery-folder", Place::whole(), message)
                    .help(help)
                    .into(),
            );
        }
        let (manifest, remarks) = guess_with_remarks(folder)?;
        if !self.print_manifest && !is_quiet {
            let lines = guess_text(&manifest, &remarks);
            let lines: String = lines
                .lines()
                .map(|line| format!("  {}\n", printable(line)))
                .collect();
            remark(&format!(
                "no {MANIFEST_FILE} in the folder; what lies in it is taken for:\n{lines}"
            ));
        }
        Ok(Agreement {
            manifest,
            root: folder.to_path_buf(),
            file: None,
            guessed: Some(remarks),
            flags: None,
        })
    }
}

/// A path that the command line names; its place is that of the flags.
fn named(path: &str) -> Named {
    Named {
        path: path.to_owned(),
        at: Place::whole(),
    }
}

fn agreed<T>(value: T) -> Agreed<T> {
    let cited = Citation {
        sha256: Digest::of(b""),
        file: COMMAND_LINE.to_owned(),
        at: Place::whole(),
    };
    Agreed { value, cited }
}

/// A path told from the current folder, as it is told from `root`: what a report shows must not hang on the machine.
fn relative(path: &str, root: &Path) -> String {
    // Where a folder is a link, `..` leads to where it points.
    let absolute = |path: &Path| {
        let real = path.canonicalize().or_else(|_| std::path::absolute(path));
        real.unwrap_or_else(|_| path.to_path_buf())
    };
    let (path, root) = (plain(&absolute(Path::new(path))), plain(&absolute(root)));
    let shared = path.iter().zip(&root).take_while(|(a, b)| a == b).count();
    let up = root.iter().skip(shared).map(|_| "..");
    let down = path.iter().skip(shared).map(String::as_str);
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// The steps of an absolute path, without `.` and `..`.
fn plain(path: &Path) -> Vec<String> {
    let mut steps = Vec::new();
    for step in path.components() {
        match step {
            Component::ParentDir => {
                steps.pop();
            }
            Component::Normal(step) => steps.push(step.display().to_string()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_the_folder_of_the_manifest() {
        for (path, root, expected) in [
            ("feed", "delivery", "../feed"),
            ("./delivery/feed/", "delivery", "feed"),
            ("delivery", "delivery", ""),
            ("a/../b", ".", "b"),
            ("/x/keys/a.pub", "/x/d", "../keys/a.pub"),
        ] {
            assert_eq!(relative(path, Path::new(root)), expected, "{path}");
        }
    }

    #[test]
    fn evidence_is_left_out_by_name_and_with_a_reason() {
        assert!(without("provenance=no build service").is_ok());
        assert!(without("accepted-sbom=first delivery").is_ok());
        assert!(without("provenance").is_err());
        assert!(without("provenance= ").is_err());
        assert_eq!(
            without("provenence=x").unwrap_err(),
            "did you mean `provenance`?"
        );
    }
}
