//! Whether a statement is signed by the contracted signer.

use std::path::Path;

use crate::acceptance::finding::Effect;
use crate::app::verify::beside::{lies_in_delivery, told};
use crate::app::verify::gather::Gathered;
use crate::app::verify::signature::agreement::Agreement;
use crate::app::verify::signature::judge::{Answer, Holder, Judge, Target};
use crate::digest::Digest;
use crate::evidence::signature::Kind;
use crate::evidence::vex::is_enveloped;
use crate::folder::read_delivered;
use crate::text::Text;
use crate::text::messages::both;
use crate::trust::Purpose;

/// The check that asks.
const CHECK: &str = "advisory.vex";
/// Names of signatures beside a file.
const BESIDE: [&str; 5] = [".sig", ".asc", ".minisig", ".sigstore.json", ".p7s"];
/// How many artifacts an enveloped statement is tried on.
const ARTIFACTS: usize = 64;

/// How a statement is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signed {
    /// By the contracted signer.
    ByAgreement,
    /// Not at all.
    No,
    /// The signature does not verify, or is by somebody else.
    Refused(Text),
    /// Something that the judge needs is missing.
    Open(Text),
}

/// Whether the contracted signer signed the file at `path` below `folder`: by a signature beside it, an envelope around
/// it or a signature inside of it.
pub(super) fn is_signed_by_agreement(
    gathered: &Gathered<'_>,
    folder: &Path,
    path: &str,
    bytes: &[u8],
) -> Signed {
    let read = |path: &str| read_delivered(&folder.join(path).display().to_string()).ok();
    let own = Target::new(path, Digest::of(bytes), Some(bytes));
    let mut last = Signed::No;
    for suffix in BESIDE {
        let name = format!("{path}{suffix}");
        let Some(signature) = read(&name) else {
            continue;
        };
        last = ask(gathered, &own, (&name, &signature, None));
        if last == Signed::ByAgreement {
            return last;
        }
    }
    if is_enveloped(bytes) {
        for artifact in gathered.artifacts.iter().take(ARTIFACTS) {
            let target = Target::new(&artifact.path, artifact.sha256, None);
            last = ask(gathered, &target, (path, bytes, None));
            if last == Signed::ByAgreement {
                return last;
            }
        }
        if last == Signed::No {
            last = Signed::Open(both("verify-vex-envelope-alone", &[]));
        }
    } else if let Ok(kind @ (Kind::Jsf | Kind::Xmldsig)) = Kind::of(bytes, true) {
        last = ask(gathered, &own, (path, bytes, Some(kind)));
    }
    last
}

/// Asks the contracted signer, as for what was delivered; but nothing of what the agency is to keep counts where it lies
/// among what was delivered.
fn ask(
    gathered: &Gathered<'_>,
    target: &Target<'_>,
    holder: (&str, &[u8], Option<Kind>),
) -> Signed {
    let signer = &gathered.request.manifest.signer;
    let lists = [
        &signer.keys,
        &signer.certificates,
        &signer.anchors,
        &signer.revocations,
    ];
    let kept = lists.into_iter().flatten();
    let mut kept = kept.chain(&signer.register).chain(&signer.trusted_root);
    if let Some(named) = kept.find(|named| lies_in_delivery(gathered, &named.path)) {
        return Signed::Open(both("verify-signer-delivered", &[("path", &named.path)]));
    }
    let agreement = Agreement::read(gathered, &mut Vec::new());
    let obstacles = agreement.obstacles(CHECK, Purpose::Vex);
    if let Some(obstacle) = obstacles.into_iter().next() {
        return Signed::Open(obstacle.message);
    }
    let (path, bytes, kind) = holder;
    let kind = match kind.map_or_else(|| Kind::of(bytes, false), Ok) {
        Ok(kind) => kind,
        Err(fault) => return Signed::Refused(Text::same(told(gathered, &fault))),
    };
    let judge = Judge {
        gathered,
        agreement: &agreement,
        check: CHECK,
        purpose: Purpose::Vex,
    };
    let holder = Holder {
        path,
        sha256: Digest::of(bytes),
        bytes,
        kind,
    };
    match judge.judge(target, holder) {
        Answer::Verified(_) => Signed::ByAgreement,
        Answer::Not(finding) if finding.effect == Effect::Unverifiable => {
            Signed::Open(finding.message)
        }
        Answer::Not(finding) => Signed::Refused(finding.message),
    }
}
