//! The client of the package `sigstore-tuf` as a second opinion, and where it is less strict than ours:
//! the measurements behind docs/adr/0014.

use mekiki::evidence::tuf::Roots;
use serde_json::{Value, json};
use sigstore_tuf::TrustedMetadataSet;

use crate::corpus::corpus;
use crate::tuf_maker::{Keepers, Signer, canonical, refs, sealed};

/// The instant of judgment; the library has another type for it than we have.
const AT: &str = "2026-11-01T00:00:00Z";

/// What the library makes of a repository's files.
fn library(
    keepers: &Keepers,
    change: &dyn Fn(&str, &mut Value),
) -> Result<(), sigstore_tuf::Error> {
    let files = keepers.publish(1, b"target", change);
    let mut set = TrustedMetadataSet::from_root(&keepers.root(1))?;
    set.check_root_expired(AT.parse().unwrap())?;
    set.update_timestamp(&files["timestamp.json"], AT.parse().unwrap())?;
    set.update_snapshot(&files["1.snapshot.json"], AT.parse().unwrap())?;
    set.update_targets(&files["1.targets.json"], AT.parse().unwrap())?;
    Ok(())
}

#[test]
fn both_trust_what_is_sound() {
    // The library reads no bare points, so this timestamp is by another key.
    let keepers = Keepers {
        timestamp: vec![Signer::rsa()],
        ..Keepers::new()
    };
    library(&keepers, &|_, _| {}).unwrap();
    let expired = |role: &str, signed: &mut Value| {
        if role == "snapshot" {
            signed["expires"] = json!("2026-10-31T00:00:00Z");
        }
    };
    assert!(library(&keepers, &expired).is_err());
}

#[test]
fn the_library_lets_through_what_ours_refuses() {
    let keepers = Keepers::new();
    let agree =
        |root: &[u8]| TrustedMetadataSet::from_root(root).is_ok() && Roots::trust(root).is_err();

    // One key under two names meets a threshold of two.
    let signer = &keepers.root[0];
    let mut signed = keepers.root_signed(1);
    signed["keys"]["alias"] = signer.key.clone();
    signed["roles"]["root"] = json!({ "keyids": [signer.id, "alias"], "threshold": 2 });
    let signature = hex::encode(signer.sign(&canonical(&signed)));
    let doubled = json!({
        "signed": signed,
        "signatures": [{ "keyid": signer.id, "sig": signature }, { "keyid": "alias", "sig": signature }],
    });
    assert!(
        agree(doubled.to_string().as_bytes()),
        "one key under two names"
    );

    // A key that says of itself to be of another type.
    let mut signed = keepers.root_signed(1);
    signed["keys"][&signer.id]["keytype"] = json!("rsa");
    assert!(
        agree(&sealed(&signed, &refs(&keepers.root))),
        "another type of key"
    );

    // A repeated member, of which another reader may take the first.
    let text = String::from_utf8(keepers.root(1)).unwrap();
    let repeated = text.replacen("\"_type\":", "\"_type\":\"targets\",\"_type\":", 1);
    assert!(agree(repeated.as_bytes()), "a repeated member");
}

#[test]
fn the_library_cannot_begin_where_sigstore_began() {
    let Some(corpus) = corpus() else { return };
    let first = corpus.read("sigstore/tuf/metadata/root_history/1.root.json");
    assert!(TrustedMetadataSet::from_root(&first).is_err());
    assert!(Roots::trust(&first).is_ok());
    let folder = "sigstore/tuf/metadata/root_history";
    let mut theirs =
        TrustedMetadataSet::from_root(&corpus.read(&format!("{folder}/5.root.json"))).unwrap();
    let mut ours = Roots::trust(&corpus.read(&format!("{folder}/5.root.json"))).unwrap();
    for version in 6..=14 {
        let root = corpus.read(&format!("{folder}/{version}.root.json"));
        assert_eq!(
            theirs.update_root(&root).is_ok(),
            ours.step(&root).is_ok(),
            "{version}"
        );
    }
    assert_eq!((theirs.root().version, ours.version()), (14, 14));
}
