//! Several signatures: `signers` and `chain`.

use super::{Core, by_keys, document, refused};
use crate::signer::Signer;

/// Two signers in a form, each with its object as it is put into the list.
pub(super) fn several(form: &str, signers: &[(&Signer, Core)]) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    for (signer, core) in signers {
        let before = if form == "chain" {
            done.clone()
        } else {
            Vec::new()
        };
        done.push(core.sign(signer, |own| {
            let all = [before.clone(), vec![own.to_owned()]].concat();
            format!(r#"{{"{form}":[{}]}}"#, all.join(","))
        }));
    }
    done
}

pub(super) fn listed(form: &str, signatures: &[String]) -> String {
    document(&format!(r#"{{"{form}":[{}]}}"#, signatures.join(",")))
}

#[test]
fn several_signatures_count_by_distinct_keys() {
    let (first, second, stranger) = (Signer::p256(), Signer::ed25519(), Signer::rsa());
    let (one, two) = (first.pem(), second.pem());
    let cores = [
        Core::new("ES256", &first),
        Core::new("Ed25519", &second),
        Core::new("RS256", &stranger),
    ];
    for form in ["signers", "chain"] {
        let all = several(
            form,
            &[
                (&first, cores[0].clone()),
                (&second, cores[1].clone()),
                (&stranger, cores[2].clone()),
            ],
        );
        let both = listed(form, &all[..2]);
        let outcome = by_keys(&both, &[&one, &two], 2).unwrap();
        assert!(outcome.verified, "{outcome:?}");
        assert_eq!(
            (
                outcome.cosigners.len(),
                outcome
                    .checks
                    .iter()
                    .any(|check| check.name.word() == "threshold")
            ),
            (1, true)
        );
        refused(form, &by_keys(&both, &[&one, &two], 3), "threshold");
        refused(
            "only one is trusted",
            &by_keys(&both, &[&one], 2),
            "threshold",
        );
        refused(
            "the same key twice is one",
            &by_keys(&both, &[&one, &one], 2),
            "threshold",
        );
        refused(
            "nobody is trusted",
            &by_keys(&both, &[&stranger.pem()], 1),
            "key",
        );
        let with_stranger = by_keys(&listed(form, &all), &[&one, &two], 2).unwrap();
        assert!(with_stranger.verified);
        assert!(
            with_stranger
                .warnings
                .iter()
                .any(|one| one.contains("further signatures"))
        );
        // The same signer twice does not make two.
        let twice = several(
            form,
            &[(&first, cores[0].clone()), (&first, cores[0].clone())],
        );
        refused(
            "one signer twice",
            &by_keys(&listed(form, &twice), &[&one, &two], 2),
            "threshold",
        );
        // One whose signature does not hold spoils all, where it names a key that may sign.
        let spoilt = several(
            form,
            &[(
                &stranger,
                Core {
                    algorithm: "RS256".to_owned(),
                    ..cores[0].clone()
                },
            )],
        );
        let spoilt = spoilt[0].replace("RS256", "ES256");
        refused(
            "one bad",
            &by_keys(&listed(form, &[all[0].clone(), spoilt]), &[&one, &two], 1),
            "signature",
        );
        refused(
            "changed",
            &by_keys(&both.replace("\"left\"", "\"lefT\""), &[&one, &two], 1),
            "signature",
        );
        // One that names no key and holds under none is a stranger's.
        let unnamed = Core {
            public_key: None,
            ..cores[2].clone()
        };
        let unnamed = several(form, &[(&first, cores[0].clone()), (&stranger, unnamed)]);
        assert!(
            by_keys(&listed(form, &unnamed), &[&one, &two], 1)
                .unwrap()
                .verified
        );
        refused(
            "unnamed",
            &by_keys(&listed(form, &unnamed), &[&one, &two], 2),
            "threshold",
        );
    }
}

#[test]
fn another_shape_of_a_list_is_refused() {
    let (first, second) = (Signer::p256(), Signer::ed25519());
    let (one, two) = (first.pem(), second.pem());
    for form in ["signers", "chain"] {
        let pair = [
            (&first, Core::new("ES256", &first)),
            (&second, Core::new("Ed25519", &second)),
        ];
        let all = several(form, &pair);
        for (case, signature) in [
            ("empty", format!(r#"{{"{form}":[]}}"#)),
            ("no list", format!(r#"{{"{form}":{}}}"#, all[0])),
            (
                "both forms",
                format!(r#"{{"chain":[{0}],"signers":[{0}]}}"#, all[0]),
            ),
            (
                "something beside",
                format!(r#"{{"{form}":[{}],"value":"AA"}}"#, all[0]),
            ),
            (
                "excludes beside",
                format!(r#"{{"excludes":["version"],"{form}":[{}]}}"#, all[0]),
            ),
            (
                "nested",
                format!(r#"{{"{form}":[{{"{form}":[{}]}}]}}"#, all[0]),
            ),
            (
                "too many",
                format!(r#"{{"{form}":[{}]}}"#, vec![all[0].clone(); 65].join(",")),
            ),
        ] {
            refused(
                case,
                &by_keys(&document(&signature), &[&one, &two], 1),
                "structure",
            );
        }
    }
}

#[test]
fn in_a_chain_the_order_is_signed_and_side_by_side_it_is_not() {
    let (first, second) = (Signer::p256(), Signer::ed25519());
    let (one, two) = (first.pem(), second.pem());
    let cores = [Core::new("ES256", &first), Core::new("Ed25519", &second)];
    let pair = [(&first, cores[0].clone()), (&second, cores[1].clone())];
    let mut chain = several("chain", &pair);
    chain.reverse();
    refused(
        "order of a chain",
        &by_keys(&listed("chain", &chain), &[&one, &two], 1),
        "signature",
    );
    let mut signers = several("signers", &pair);
    signers.reverse();
    assert!(
        by_keys(&listed("signers", &signers), &[&one, &two], 2)
            .unwrap()
            .verified
    );
    let chain = several("chain", &pair);
    refused(
        "a link taken out",
        &by_keys(&listed("chain", &chain[1..]), &[&one, &two], 1),
        "signature",
    );
    refused(
        "a chain as signers",
        &by_keys(&listed("signers", &chain), &[&one, &two], 1),
        "signature",
    );
    assert!(
        by_keys(&listed("chain", &chain[..1]), &[&one], 1)
            .unwrap()
            .verified
    );
}
