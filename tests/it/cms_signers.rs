//! Who must have signed a CMS message: the expected one, and each of several.

use mekiki::app::signature::verify_signature;

use crate::certificates::{Draft, Issued, ListDraft};
use crate::cms::{ARTIFACT, Asked, message, root, signer_by};
use crate::cms_messages::{MessageDraft, SignerDraft};

#[test]
fn the_expected_signer_must_have_signed() {
    let root = root();
    let (signer, other) = (signer_by(&root), signer_by(&root));
    let message = message(&signer);
    let good = Asked::of(&message, &root);
    for (identity, expected) in [
        ("signer@signers.test", "verified"),
        ("CN=signer,O=a.test", "verified"),
        ("signer", "identity"),
        ("other@signers.test", "identity"),
    ] {
        let asked = Asked {
            identity: Some(identity),
            ..good.clone()
        };
        assert_eq!(asked.outcome(), expected, "{identity}");
    }
    for (case, pinned, expected) in [
        ("the signer's certificate", &signer, "verified"),
        ("another certificate", &other, "key"),
        ("the authority's certificate", &root, "key"),
    ] {
        for anchors in [vec![], good.anchors.clone()] {
            let asked = Asked {
                anchors,
                pinned: vec![&pinned.der],
                ..good.clone()
            };
            assert_eq!(asked.outcome(), expected, "{case}");
        }
    }
    for (case, key, anchors, expected) in [
        ("the signer's key", &signer, vec![], "verified"),
        (
            "the signer's key and an anchor",
            &signer,
            good.anchors.clone(),
            "verified",
        ),
        ("another key", &other, vec![], "key"),
        (
            "another key and an anchor",
            &other,
            good.anchors.clone(),
            "key",
        ),
    ] {
        let asked = Asked {
            anchors,
            keys: vec![&key.key.spki],
            ..good.clone()
        };
        assert_eq!(asked.outcome(), expected, "{case}");
    }
    let keyed = Asked {
        anchors: Vec::new(),
        keys: vec![&signer.key.spki],
        ..good.clone()
    };
    let proven = keyed.verify().signer;
    assert!(proven.identity.is_none() && proven.subject.is_none());
    // Nobody is trusted, or a name that nobody vouches for is expected.
    let nobody = Asked {
        anchors: Vec::new(),
        ..good.clone()
    };
    assert_eq!(nobody.outcome(), "signer-missing");
    let unproven = Asked {
        identity: Some("signer@signers.test"),
        ..keyed
    };
    assert_eq!(unproven.outcome(), "signer-missing");
    // Nobody tells from a list whether a bare key was given up, so the list must not be passed over.
    let list = ListDraft::of(&root).by(&root.key);
    let listed = Asked {
        anchors: Vec::new(),
        keys: vec![&signer.key.spki],
        lists: vec![&list],
        ..good.clone()
    };
    assert_eq!(listed.outcome(), "expectation-unprovable");
    let mut request = good.request();
    request.namespace = Some("file");
    let refused = verify_signature(&request).unwrap_err();
    assert_eq!(refused.0[0].code, "expectation-unprovable");
}

#[test]
fn every_signer_of_a_message_must_be_good() {
    let root = root();
    let first = signer_by(&root);
    let second = Draft::signer("CN=second")
        .email("second@signers.test")
        .by(&root);
    let stranger = Draft::signer("CN=stranger").alone();
    let bad = |signer: &Issued| SignerDraft::of(signer, b"another");
    let good = |signer: &Issued| SignerDraft::of(signer, ARTIFACT);
    for (case, signers, threshold, expected) in [
        (
            "both are good",
            vec![good(&first), good(&second)],
            2,
            "verified",
        ),
        (
            "the second is bad",
            vec![good(&first), bad(&second)],
            1,
            "artifact",
        ),
        (
            "the first is bad",
            vec![bad(&first), good(&second)],
            1,
            "artifact",
        ),
        (
            "the second is a stranger",
            vec![good(&first), good(&stranger)],
            1,
            "certificate-chain",
        ),
        (
            "one signs twice",
            vec![good(&first), good(&first)],
            2,
            "threshold",
        ),
        ("one of two", vec![good(&first)], 2, "threshold"),
    ] {
        let message = MessageDraft::of(signers).build();
        let asked = Asked {
            threshold,
            ..Asked::of(&message, &root)
        };
        assert_eq!(asked.outcome(), expected, "{case}");
    }
    // The expected one comes first, whatever the order.
    let message = MessageDraft::of(vec![good(&first), good(&second)]).build();
    let asked = Asked {
        identity: Some("second@signers.test"),
        ..Asked::of(&message, &root)
    };
    let verification = asked.verify();
    assert_eq!(
        verification.signer.identity.as_deref(),
        Some("second@signers.test")
    );
    assert_eq!(
        verification.cosigners[0].identity.as_deref(),
        Some("signer@signers.test")
    );
}
