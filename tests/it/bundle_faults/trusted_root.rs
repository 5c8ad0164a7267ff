//! What the trusted root says, and what follows from it.

use serde_json::json;

use super::{
    Content, Edit, FORMS, by_key, is_first, is_stamped, list, outcome, parsed, request, sign,
    signer,
};
use crate::authority::{Authority, Fault, ManagedKey, Witnessed};

#[test]
fn the_windows_of_the_trusted_root_are_kept() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    for form in FORMS {
        let bundle = sign(signer(&authority), form);
        let log = if is_first(form) {
            "/tlogs/0/publicKey"
        } else {
            "/tlogs/1/publicKey"
        };
        for (holder, expected) in [
            ("/certificateAuthorities/0", "certificate-chain"),
            ("/ctlogs/0/publicKey", "certificate-transparency"),
            (log, "transparency-log"),
            ("/timestampAuthorities/0", "timestamp"),
        ] {
            if expected == "timestamp" && !is_stamped(form) {
                continue;
            }
            for (start, end, inside) in [
                ("2020-01-01T00:00:00Z", "2024-02-29T23:59:59Z", false),
                ("2024-03-01T00:00:01Z", "2040-01-01T00:00:00Z", false),
                ("2024-03-01T00:00:00Z", "2024-03-01T00:00:00Z", true),
            ] {
                let mut root = parsed(&root);
                let holder = root.pointer_mut(holder).unwrap();
                holder["validFor"] = json!({ "start": start, "end": end });
                let found = outcome(&request(&bundle, &root.to_string()));
                let expected = if inside { "verified" } else { expected };
                assert_eq!(found, expected, "{form:?} {start} {end}");
            }
        }
    }
}

#[test]
fn what_is_required_follows_from_the_trusted_root() {
    let authority = Authority::new();
    let key = ManagedKey::new();
    let public = key.public();
    let whole = authority.trusted_root();
    let without = |list: &str| {
        let mut root = parsed(&whole);
        root[list] = json!([]);
        root.to_string()
    };
    let stamped = (Content::Blob, Witnessed::Second);
    let mut unlogged = parsed(&sign(signer(&authority), stamped));
    *list(&mut unlogged, "/verificationMaterial/tlogEntries") = Vec::new();
    let unlogged = unlogged.to_string();
    assert_eq!(outcome(&request(&unlogged, &whole)), "transparency-log");
    assert_eq!(outcome(&request(&unlogged, &without("tlogs"))), "verified");
    // What a bundle carries must verify, required or not.
    let logged = sign(signer(&authority), stamped);
    assert_eq!(
        outcome(&request(&logged, &without("tlogs"))),
        "transparency-log"
    );
    let unpublished = sign(signer(&authority).with_fault(Fault::NoSct), stamped);
    assert_eq!(
        outcome(&request(&unpublished, &whole)),
        "certificate-transparency"
    );
    assert_eq!(
        outcome(&request(&unpublished, &without("ctlogs"))),
        "verified"
    );
    assert_eq!(
        outcome(&request(&logged, &without("ctlogs"))),
        "certificate-transparency"
    );
    // Under a bare key nobody needs to vouch for the time.
    let bare = sign(
        signer(&authority).with_key(&key),
        (Content::Blob, Witnessed::Nobody),
    );
    assert_eq!(outcome(&by_key(&bare, &whole, &public)), "transparency-log");
    assert_eq!(
        outcome(&by_key(&bare, &without("tlogs"), &public)),
        "verified"
    );
    let named = sign(signer(&authority), (Content::Blob, Witnessed::Nobody));
    assert_eq!(outcome(&request(&named, &without("tlogs"))), "timestamp");
}

#[test]
fn a_trusted_root_that_is_not_whole_is_refused() {
    let authority = Authority::new();
    let root = authority.trusted_root();
    let bundle = sign(signer(&authority), FORMS[0]);
    let edits: [Edit; 11] = [
        |one| one["mediaType"] = json!("text/plain"),
        |one| one["more"] = json!([]),
        |one| one["tlogs"][0]["more"] = json!([]),
        |one| one["tlogs"][0]["hashAlgorithm"] = json!("SHA2_512"),
        |one| one["tlogs"][0]["publicKey"]["keyDetails"] = json!("PKIX_ED25519"),
        |one| one["tlogs"][1] = one["tlogs"][0].clone(),
        |one| one["ctlogs"][0]["publicKey"]["rawBytes"] = json!("AAAA"),
        |one| *list(one, "/certificateAuthorities/0/certChain/certificates") = Vec::new(),
        // The chain ends at the intermediate certificate.
        |one| {
            list(one, "/certificateAuthorities/0/certChain/certificates").truncate(1);
        },
        // The certificate of a timestamp authority issues nothing.
        |one| {
            let chain = one["timestampAuthorities"][0]["certChain"].clone();
            one["certificateAuthorities"][0]["certChain"] = chain;
        },
        |one| {
            let window = json!({ "start": "2024-01-02T00:00:00Z", "end": "2024-01-01T00:00:00Z" });
            one["certificateAuthorities"][0]["validFor"] = window;
        },
    ];
    for (index, edit) in edits.into_iter().enumerate() {
        let mut root = parsed(&root);
        edit(&mut root);
        let found = outcome(&request(&bundle, &root.to_string()));
        assert_eq!(found, "trusted-root-malformed", "change {index}");
    }
    let repeated = root.replacen('{', "{\"mediaType\": \"x\",", 1);
    assert_eq!(
        outcome(&request(&bundle, &repeated)),
        "json-duplicate-member"
    );
    // A trust configuration holds a trusted root; where to sign does not matter here.
    let configuration = json!({
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": parsed(&root),
        "signingConfig": { "anything": 1 },
    });
    assert_eq!(
        outcome(&request(&bundle, &configuration.to_string())),
        "verified"
    );
}
