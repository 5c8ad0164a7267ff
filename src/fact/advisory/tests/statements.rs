//! Whose word settles what, and how strongly.

use super::*;

#[test]
fn a_statement_proves_no_more_than_who_makes_it() {
    let sbom = sbom(&["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"]);
    let one = advisory("CVE-2026-1", "a", Some(HIGH));
    let two = advisory("CVE-2026-2", "b", Some(LOW));
    let says = |who: &str, status: &str, reason| {
        let path = format!("{who}/{status}.json");
        vex(&path, "CVE-2026-1", "a", status, reason)
    };
    let by_supplier = says("bid", "not_affected", REASON);
    for (case, files, expected) in [
        (
            "the supplier",
            vec![&one, &by_supplier],
            [
                "0 at 2", "0 at 2", "0 at 6", "1 at 2", "none", "0 at 6", "0 at 6",
            ],
        ),
        (
            "the supplier, and another finding",
            vec![&one, &two, &by_supplier],
            [
                "1 at 2", "0 at 2", "1 at 6", "1 at 2", "none", "0 at 6", "0 at 6",
            ],
        ),
        (
            "the agency",
            vec![&one, &says("agency", "not_affected", REASON)],
            [
                "0 at 5", "0 at 5", "0 at 6", "none", "1 at 5", "0 at 6", "0 at 6",
            ],
        ),
        (
            "somebody else, as the agency found it published",
            vec![&one, &says("advisories", "not_affected", REASON)],
            [
                "0 at 4", "0 at 4", "0 at 6", "none", "none", "0 at 6", "0 at 6",
            ],
        ),
        (
            "the agency confirms the supplier",
            vec![
                &one,
                &by_supplier,
                &vex("agency/a.json", "CVE-2026-1", "a", "not_affected", REASON),
            ],
            [
                "0 at 5", "0 at 5", "0 at 6", "0 at 2", "1 at 5", "0 at 6", "0 at 6",
            ],
        ),
        (
            "the agency denies it",
            vec![&one, &by_supplier, &says("agency", "affected", None)],
            [
                "1 at 6", "1 at 6", "0 at 6", "0 at 2", "0 at 5", "0 at 6", "0 at 6",
            ],
        ),
        (
            "no reason is given",
            vec![&one, &says("bid", "not_affected", None)],
            [
                "1 at 6", "1 at 6", "0 at 6", "0 at 2", "none", "0 at 6", "0 at 6",
            ],
        ),
        (
            "somebody looks into it",
            vec![&one, &says("bid", "under_investigation", None)],
            [
                "1 at 6", "1 at 6", "0 at 6", "0 at 2", "none", "1 at 6", "0 at 6",
            ],
        ),
        (
            "the supplier contradicts itself",
            vec![&one, &by_supplier, &says("bid", "affected", None)],
            [
                "1 at 6", "1 at 6", "0 at 6", "0 at 2", "none", "0 at 6", "1 at 6",
            ],
        ),
        (
            "another vulnerability",
            vec![
                &one,
                &vex("bid/v.json", "CVE-2026-9", "a", "not_affected", REASON),
            ],
            [
                "1 at 6", "1 at 6", "0 at 6", "0 at 2", "none", "0 at 6", "0 at 6",
            ],
        ),
    ] {
        let files: Vec<File> = [&sbom].into_iter().chain(files).cloned().collect();
        let keys = [
            KNOWN,
            "sbom.advisories.open_high",
            "sbom.advisories.open_low",
            "sbom.vex.supplier_not_affected",
            "sbom.vex.agency_not_affected",
            INVESTIGATED,
            CONFLICTS,
        ];
        let expected: Vec<_> = keys.into_iter().zip(expected).collect();
        check(case, &files, &expected);
    }
}

#[test]
fn fixed_is_a_word_of_its_own_and_an_sbom_may_say_it() {
    let one = advisory("CVE-2026-1", "a", Some(HIGH));
    let (path, text) = sbom(&["pkg:npm/a@1.0.0"]);
    let mut bom: Value = serde_json::from_str(&text).unwrap();
    bom["vulnerabilities"] = json!([{
        "id": "CVE-2026-1", "analysis": {"state": "resolved"}, "affects": [{"ref": "pkg:npm/a@1.0.0"}],
    }]);
    let expected = [
        (KNOWN, "0 at 2"),
        ("sbom.vex.supplier_fixed", "1 at 2"),
        ("sbom.vex.supplier_not_affected", "0 at 2"),
    ];
    check("in the SBOM", &[file(&path, &bom), one], &expected);
}

#[test]
fn a_statement_that_binds_to_nothing_is_remarked() {
    let files = [
        sbom(&["pkg:npm/a@1.0.0"]),
        advisory("CVE-2026-1", "a", Some(HIGH)),
        vex(
            "bid/v.json",
            "CVE-2026-1",
            "another",
            "not_affected",
            REASON,
        ),
    ];
    let found = found(&files);
    assert_eq!(told(&found, KNOWN), "1 at 6");
    let remark = found.remarks.iter().find(|one| one.code == "vex-unbound");
    let remark = remark.unwrap();
    assert_eq!(remark.file.as_deref(), Some("bid/v.json"));
    assert!(remark.message.contains("`no-product`"), "{remark:?}");
}
