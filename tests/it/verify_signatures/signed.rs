//! Artifacts and SBOMs: signed, unsigned, altered, signed by somebody else, and what the agency may lack.

use super::*;
use crate::authority::raw_key_pair;
use crate::dsse::envelope;
use crate::signing_keys::Pair;

const CHECK: &str = "signature.artifact";

fn bundle(authority: &Authority, identity: &str, artifact: &[u8]) -> String {
    authority
        .signer(identity, ISSUER, signed_at())
        .sign_blob(artifact)
}

/// A delivery whose artifact has this bundle beside it, under the agreed identity.
fn desk(authority: &Authority, bundle: Option<&str>) -> Desk {
    let mut desk = Desk::new();
    if let Some(bundle) = bundle {
        desk.deliver("app.tgz.sigstore.json", bundle);
        desk.artifact(&["app.tgz.sigstore.json"], &[]);
    } else {
        desk.artifact(&[], &[]);
    }
    desk.sigstore(authority);
    desk
}

#[test]
fn what_the_contracted_signer_signed_is_accepted() {
    let authority = Authority::new();
    let told = desk(&authority, Some(&bundle(&authority, SIGNER, ARTIFACT))).verify();
    told.expect(CHECK, "pass", 0, &[]);
    let inputs = told.report["inputs"].as_array().unwrap();
    let role = |path: &str| {
        let input = inputs.iter().find(|one| one["path"] == path);
        input.map(|one| one["role"].as_str().unwrap().to_owned())
    };
    assert_eq!(role("app.tgz.sigstore.json").as_deref(), Some("signature"));
    assert_eq!(
        role("trust/trusted_root.json").as_deref(),
        Some("trusted-root")
    );
}

#[test]
fn each_fault_of_the_supplier_fails_and_names_what_is_wrong() {
    let authority = Authority::new();
    let good = bundle(&authority, SIGNER, ARTIFACT);
    let mut altered = desk(&authority, Some(&good));
    altered.deliver("app.tgz", b"the altered archive\n");
    altered.head += "";
    for (case, desk, words) in [
        (
            "unsigned",
            desk(&authority, None),
            vec!["app.tgz is not signed"],
        ),
        (
            "altered",
            altered,
            vec!["is not validly signed", "app.tgz", SIGNER],
        ),
        (
            "somebody else",
            desk(&authority, Some(&bundle(&authority, OTHER, ARTIFACT))),
            vec!["is signed by", OTHER, SIGNER],
        ),
        (
            "another infrastructure",
            desk(
                &authority,
                Some(&bundle(&Authority::new(), SIGNER, ARTIFACT)),
            ),
            vec!["is not validly signed"],
        ),
        ("broken", desk(&authority, Some("{\"mediaType\": ")), vec![]),
        (
            "half a bundle",
            desk(
                &authority,
                Some(&good.replace("\"messageSignature\"", "\"other\"")),
            ),
            vec!["cannot be read"],
        ),
        (
            "another kind",
            {
                let (_, sign) = raw_key_pair();
                desk(&authority, Some(&sign(ARTIFACT)))
            },
            vec![],
        ),
    ] {
        let told = desk.verify();
        assert_eq!(
            (told.verdict(CHECK), told.code),
            ("fail", 1),
            "{case}: {:#}",
            group(&told.report)
        );
        told.expect(CHECK, "fail", 1, &words);
    }
}

#[test]
fn a_signature_that_the_manifest_names_has_to_be_there() {
    let authority = Authority::new();
    let mut desk = desk(&authority, None);
    desk.tables = desk
        .tables
        .replace("signatures = []", "signatures = [\"gone.sig\"]");
    desk.verify()
        .expect(CHECK, "fail", 1, &["gone.sig", "was not delivered"]);
}

#[test]
fn what_the_agency_lacks_is_no_verdict_on_the_supplier() {
    let authority = Authority::new();
    let good = bundle(&authority, SIGNER, ARTIFACT);
    let of_root = "trusted_root = \"trust/trusted_root.json\"\n";
    for (case, from, to) in [
        ("no root", of_root, ""),
        (
            "a root that is not there",
            "trust/trusted_root.json",
            "trust/none.json",
        ),
        (
            "nobody",
            "[signer]",
            "[build]\nsource = \"github.com/a/b\"\n[unused]",
        ),
    ] {
        let mut desk = desk(&authority, Some(&good));
        if case == "nobody" {
            let begin = desk.tables.find("[signer]").unwrap();
            desk.tables.truncate(begin);
        } else {
            desk.tables = desk.tables.replace(from, to);
        }
        let told = desk.verify();
        assert_eq!(
            (told.verdict(CHECK), told.code),
            ("unverifiable", 3),
            "{case}: {:#}",
            group(&told.report)
        );
        assert!(
            !told.report.to_string().contains(&desk.scratch.root()),
            "{case}"
        );
    }
    let desk = desk(&authority, Some(&good));
    desk.hold("trusted_root.json", "{}");
    desk.verify()
        .expect(CHECK, "unverifiable", 3, &["trust/trusted_root.json"]);
    // Where nobody is named, what bears no signature at all still is not signed.
    let mut nobody = super::Desk::new();
    nobody.artifact(&[], &[]);
    nobody.verify().expect(CHECK, "fail", 1, &["is not signed"]);
}

#[test]
fn what_is_left_out_is_left_out_with_its_reason() {
    let mut desk = Desk::new();
    desk.artifact(&[], &[]);
    desk.left_out.push("signature");
    let told = desk.verify();
    assert_eq!(told.verdict(CHECK), "not_applicable");
    let checks = group(&told.report)["checks"].as_array().unwrap();
    assert!(
        checks
            .iter()
            .all(|one| one["said"]["en"] == "not asked here"),
        "{checks:#?}"
    );
    assert_eq!(desk.run(&[]).code, 3, "nothing was verified");
}

#[test]
fn keys_judge_the_kinds_that_are_made_with_them() {
    let (key, sign) = raw_key_pair();
    let pair = Pair::ed25519();
    let (minisign_key, minisign) = minisign(&pair, ARTIFACT);
    for (case, keys, signature) in [
        ("bare", vec![key.clone()], sign(ARTIFACT)),
        (
            "envelope",
            vec![String::from_utf8(pair.public()).unwrap()],
            envelope(&statement(&[("app.tgz", ARTIFACT)]), &[&pair]),
        ),
        ("minisign", vec![minisign_key.clone()], minisign.clone()),
        // Keys of other forms beside it are for other kinds.
        (
            "minisign beside",
            vec![key.clone(), minisign_key.clone()],
            minisign,
        ),
    ] {
        let mut desk = Desk::new();
        let mut named = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            desk.hold(&format!("{index}.pub"), key);
            named.push(format!("trust/{index}.pub"));
        }
        desk.deliver("app.tgz.sig", &signature);
        desk.artifact(&["app.tgz.sig"], &[]);
        desk.table(&format!("[signer]\nkeys = {named:?}"));
        let told = desk.verify();
        assert_eq!(
            (told.verdict(CHECK), told.code),
            ("pass", 0),
            "{case}: {:#}",
            group(&told.report)
        );
        desk.deliver("app.tgz", b"altered");
        let told = desk.verify();
        assert_eq!(
            (told.verdict(CHECK), told.code),
            ("fail", 1),
            "{case}: {:#}",
            group(&told.report)
        );
    }
    // A key that cannot be read is the agency's; a signature of a kind that no key is for is the supplier's.
    for (key, verdict, code) in [
        ("no key at all\n", "unverifiable", 3),
        (&*minisign_key, "fail", 1),
    ] {
        let mut desk = Desk::new();
        desk.hold("0.pub", key);
        desk.deliver("app.tgz.sig", sign(ARTIFACT));
        desk.artifact(&["app.tgz.sig"], &[]);
        desk.table("[signer]\nkeys = [\"trust/0.pub\"]");
        desk.verify().expect(CHECK, verdict, code, &[]);
    }
}

/// A key and a signature of minisign, as its own program writes them (algorithm `Ed`).
pub(super) fn minisign(pair: &Pair, artifact: &[u8]) -> (String, String) {
    let number = b"\x01\x02\x03\x04\x05\x06\x07\x08";
    let der = pair.public_der();
    let key = [b"Ed".as_slice(), number, &der[der.len() - 32..]].concat();
    let signature = pair.sign(artifact);
    let comment = "timestamp:1793400000";
    let whole = pair.sign(&[signature.as_slice(), comment.as_bytes()].concat());
    let signed = [b"Ed".as_slice(), number, &signature].concat();
    (
        format!("untrusted comment: minisign public key\n{}\n", base64(&key)),
        format!(
            "untrusted comment: signature\n{}\ntrusted comment: {comment}\n{}\n",
            base64(&signed),
            base64(&whole)
        ),
    )
}

#[test]
fn one_signature_that_holds_is_enough_and_the_others_are_told() {
    let authority = Authority::new();
    let mut desk = desk(&authority, None);
    desk.tables = desk
        .tables
        .replace("signatures = []", "signatures = [\"b.json\", \"a.json\"]");
    desk.deliver("a.json", bundle(&authority, SIGNER, ARTIFACT));
    desk.deliver("b.json", bundle(&authority, OTHER, ARTIFACT));
    let told = desk.verify();
    told.expect(CHECK, "pass", 0, &[]);
    assert_eq!(
        told.said(CHECK, "notes").len(),
        1,
        "{:#}",
        group(&told.report)
    );
}

/// A register of signers with one line.
fn register(purpose: &str, identity: &str, rest: &str) -> String {
    format!(
        "schema = \"mekiki/trust-policy/v1\"\n\n[[grant]]\nid = \"T-0001\"\nsupplier = \"aoba\"\nfor = [\"{purpose}\"]\nkinds = [\"sigstore\"]\nidentity = \"{identity}\"\nissuer = \"{ISSUER}\"\nfrom = \"2026-01-01\"\nclause = \"CL-17\"\napproved_by = \"CISO\"\nadded = \"2026-01-01\"\n{rest}"
    )
}

#[test]
fn a_register_rules_where_there_is_one() {
    let authority = Authority::new();
    let withdrawn = "\n[[withdrawal]]\ngrant = \"T-0001\"\nfrom = \"2026-06-01\"\nreason = \"r\"\napproved_by = \"CISO\"\nadded = \"2026-06-01\"\n";
    for (case, register, supplier, verdict, code, words) in [
        (
            "admitted",
            register("artifact", SIGNER, ""),
            "aoba",
            "pass",
            0,
            vec![],
        ),
        (
            "withdrawn",
            register("artifact", SIGNER, withdrawn),
            "aoba",
            "fail",
            1,
            vec!["app.tgz"],
        ),
        (
            "changed",
            register("artifact", OTHER, ""),
            "aoba",
            "fail",
            1,
            vec!["changed without approval", SIGNER, OTHER],
        ),
        (
            "nobody for this purpose",
            register("sbom", SIGNER, ""),
            "aoba",
            "unverifiable",
            3,
            vec!["names nobody"],
        ),
        (
            "another supplier",
            register("artifact", SIGNER, ""),
            "midori",
            "unverifiable",
            3,
            vec!["midori"],
        ),
        (
            "no register",
            "schema = \"mekiki/trust-policy/v1\"\n[[grant]]\n".to_owned(),
            "aoba",
            "unverifiable",
            3,
            vec!["trust/register.toml"],
        ),
    ] {
        let mut desk = Desk::new();
        desk.head = format!("supplier = \"{supplier}\"\n");
        desk.hold("register.toml", register);
        desk.hold("trusted_root.json", authority.trusted_root());
        desk.deliver(
            "app.tgz.sigstore.json",
            bundle(&authority, SIGNER, ARTIFACT),
        );
        desk.artifact(&["app.tgz.sigstore.json"], &[]);
        // What the manifest says beside a register is not asked.
        desk.table(&format!("[signer]\nregister = \"trust/register.toml\"\ntrusted_root = \"trust/trusted_root.json\"\nidentity = \"{SIGNER}\"\nissuer = \"{ISSUER}\""));
        let told = desk.verify();
        assert_eq!(
            (told.verdict(CHECK), told.code),
            (verdict, code),
            "{case}: {:#}",
            group(&told.report)
        );
        told.expect(CHECK, verdict, code, &words);
    }
    // Without the supplier's number nobody can be looked up.
    let mut desk = Desk::new();
    desk.head.clear();
    desk.hold("register.toml", register("artifact", SIGNER, ""));
    desk.deliver(
        "app.tgz.sigstore.json",
        bundle(&authority, SIGNER, ARTIFACT),
    );
    desk.artifact(&["app.tgz.sigstore.json"], &[]);
    desk.table("[signer]\nregister = \"trust/register.toml\"");
    desk.verify()
        .expect(CHECK, "unverifiable", 3, &["no supplier"]);
}

/// Three files with a list of their checksums, under the agreed identity.
fn listed(authority: &Authority, list: &str, signer: Option<&str>) -> Desk {
    let mut desk = Desk::new();
    desk.deliver("bin/a", b"a");
    desk.deliver("bin/b", b"b");
    desk.deliver("SHA256SUMS", list);
    if let Some(signer) = signer {
        desk.deliver(
            "SHA256SUMS.sigstore.json",
            bundle(authority, signer, list.as_bytes()),
        );
    }
    desk.artifact(&[], &[]);
    desk.table("[[artifact]]\npath = \"bin/a\"\n[[artifact]]\npath = \"bin/b\"");
    desk.sigstore(authority);
    desk
}

fn line(name: &str, bytes: &[u8]) -> String {
    format!("{}  {name}\n", Digest::of(bytes).hex())
}

#[test]
fn what_a_signed_list_names_counts_as_signed() {
    let authority = Authority::new();
    let list = [
        line("app.tgz", ARTIFACT),
        line("./bin/a", b"a"),
        line("bin/b", b"b"),
    ]
    .concat();
    let told = listed(&authority, &list, Some(SIGNER)).verify();
    told.expect(CHECK, "pass", 0, &[]);
    let cited = told.report.pointer("/groups").unwrap().to_string();
    assert!(cited.contains("SHA256SUMS"), "{cited}");

    // Unsigned, or signed by somebody else, it says nothing.
    listed(&authority, &list, None)
        .verify()
        .expect(CHECK, "fail", 1, &["bin/b is not signed"]);
    let told = listed(&authority, &list, Some(OTHER)).verify();
    told.expect(CHECK, "fail", 1, &["bin/a is not signed"]);
    assert_eq!(told.said(CHECK, "warns").len(), 1);

    // What it leaves out is not signed; what it names otherwise is another file, whatever else is signed.
    let short = [line("app.tgz", ARTIFACT), line("bin/a", b"a")].concat();
    let told = listed(&authority, &short, Some(SIGNER)).verify();
    told.expect(CHECK, "fail", 1, &["bin/b is not signed"]);
    assert_eq!(told.said(CHECK, "fails").len(), 1);
    let other = list.replace(&line("bin/b", b"b"), &line("bin/b", b"c"));
    let desk = listed(&authority, &other, Some(SIGNER));
    desk.verify().expect(
        CHECK,
        "fail",
        1,
        &["bin/b is another file", "SHA256SUMS", "line 3"],
    );
    let mut desk = desk;
    desk.deliver("bin/b.sigstore.json", bundle(&authority, SIGNER, b"b"));
    desk.tables = desk.tables.replace(
        "\"bin/b\"",
        "\"bin/b\"\nsignatures = [\"bin/b.sigstore.json\"]",
    );
    desk.verify()
        .expect(CHECK, "fail", 1, &["bin/b is another file"]);

    // A listed file that was not delivered is worth a look; a line that is none makes the list worthless.
    let more = list.clone() + &line("bin/gone", b"x");
    let told = listed(&authority, &more, Some(SIGNER)).verify();
    told.expect(CHECK, "pass", 0, &[]);
    assert!(told.said(CHECK, "notes")[0].contains("bin/gone"));
    let broken = list + "a remark\n";
    listed(&authority, &broken, Some(SIGNER))
        .verify()
        .expect(CHECK, "fail", 1, &["is not signed"]);
}

#[test]
fn a_statement_counts_for_every_file_that_it_names() {
    let pair = Pair::p256();
    let signed = envelope(&statement(&[("a", b"a"), ("app", ARTIFACT)]), &[&pair]);
    let mut desk = Desk::new();
    desk.deliver("bin/a", b"a");
    desk.deliver("bin/b", b"b");
    desk.deliver("release.intoto.json", signed);
    desk.hold("key.pub", pair.public());
    let paths = ["app.tgz", "bin/a", "bin/b"];
    for path in paths {
        desk.table(&format!(
            "[[artifact]]\npath = \"{path}\"\nsignatures = [\"release.intoto.json\"]"
        ));
    }
    desk.table("[signer]\nkeys = [\"trust/key.pub\"]");
    let told = desk.verify();
    told.expect(CHECK, "fail", 1, &["bin/b"]);
    assert_eq!(
        told.said(CHECK, "fails").len(),
        1,
        "{:#}",
        group(&told.report)
    );
    desk.tables = desk.tables.replace(
        "[[artifact]]\npath = \"bin/b\"\nsignatures = [\"release.intoto.json\"]",
        "",
    );
    desk.verify().expect(CHECK, "pass", 0, &[]);
}

#[test]
fn many_files_without_a_signature_are_told_in_few_findings() {
    let mut desk = Desk::new();
    for number in 0..250 {
        let path = format!("bin/{number:03}");
        desk.deliver(&path, number.to_string());
        desk.table(&format!("[[artifact]]\npath = \"{path}\""));
    }
    desk.hold("key.pub", Pair::ed25519().public());
    desk.table("[signer]\nkeys = [\"trust/key.pub\"]");
    let told = desk.verify();
    let said = told.said(CHECK, "fails");
    assert_eq!(said.len(), 101);
    assert!(
        said.iter().any(|one| one.contains("150 more files")),
        "{said:?}"
    );
}

#[test]
fn an_sbom_is_signed_beside_or_inside() {
    const SBOM: &str = "signature.sbom";
    let pair = Pair::p256();
    let ask = |sbom: &str, signature: Option<String>, key: Vec<u8>| {
        let mut desk = Desk::new().asking("sbom").asking("sbom_signature");
        desk.deliver("sbom.cdx.json", sbom);
        let mut table = "[[sbom]]\npath = \"sbom.cdx.json\"".to_owned();
        if let Some(signature) = signature {
            desk.deliver("sbom.cdx.json.sig", signature);
            table += "\nsignatures = [\"sbom.cdx.json.sig\"]";
        }
        desk.artifact(&[], &[]);
        desk.left_out.push("signature");
        desk.table(&table);
        desk.hold("key.pub", key);
        desk.table("[signer]\nkeys = [\"trust/key.pub\"]");
        desk.verify().verdict(SBOM).to_owned()
    };
    let sbom = "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1}";
    let beside = || Some(base64(&pair.sign(sbom.as_bytes())));
    assert_eq!(ask(sbom, beside(), pair.public()), "pass");
    assert_eq!(ask(sbom, None, pair.public()), "fail");
    assert_eq!(ask(sbom, beside(), Pair::p256().public()), "fail");
    assert_eq!(
        ask(&sbom.replace("1.6", "1.5"), beside(), pair.public()),
        "fail"
    );
    let inner = crate::signer::Signer::p256();
    let enclosed = crate::signature_jsf::signed_by(&inner);
    assert_eq!(ask(&enclosed, None, inner.pem()), "pass");
    assert_eq!(ask(&enclosed, None, pair.public()), "fail");
    assert_eq!(
        ask(&enclosed.replace("left", "lift"), None, inner.pem()),
        "fail"
    );
}
