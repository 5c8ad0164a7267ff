//! Certificate policies along a chain.
//!
//! Source: RFC 5280, sections 6.1.2 to 6.1.5, with `anyPolicy` as what the user asks for. Then only whether the
//! tree of valid policies is empty matters, and for that its lowest level is enough (RFC 9618 keeps the same
//! levels as a graph): the work grows with the policies that the certificates name and never with their product.

use std::collections::{BTreeMap, BTreeSet};

use x509_cert::der::asn1::ObjectIdentifier;

use super::extensions::Extensions;

/// RFC 5280, section 4.2.1.4.
const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");

/// The state of policy processing.
pub(super) struct Policies {
    /// Valid policies of the lowest level, with the policies that are expected below them; empty where no
    /// policy is valid.
    level: BTreeMap<ObjectIdentifier, BTreeSet<ObjectIdentifier>>,
    explicit_policy: usize,
    policy_mapping: usize,
    inhibit_any_policy: usize,
}

impl Policies {
    /// Begins above a chain of `length` certificates, the anchor not counted.
    pub(super) fn new(length: usize) -> Self {
        Self {
            level: BTreeMap::from([(ANY_POLICY, BTreeSet::from([ANY_POLICY]))]),
            explicit_policy: length + 1,
            policy_mapping: length + 1,
            inhibit_any_policy: length + 1,
        }
    }

    /// Processes the next certificate below.
    pub(super) fn step(
        &mut self,
        extensions: &Extensions,
        is_last: bool,
        is_self_issued: bool,
    ) -> Result<(), String> {
        let admits_any = self.inhibit_any_policy > 0 || (!is_last && is_self_issued);
        self.descend(
            extensions.policies.as_deref().unwrap_or_default(),
            admits_any,
        );
        if self.explicit_policy == 0 && self.level.is_empty() {
            return Err("a policy is required, and none is valid".to_owned());
        }
        if is_last {
            self.finish(extensions)
        } else {
            self.prepare(extensions, is_self_issued)
        }
    }

    /// Section 6.1.3 (d) and (e).
    fn descend(&mut self, policies: &[ObjectIdentifier], admits_any: bool) {
        let expected: BTreeSet<_> = self.level.values().flatten().copied().collect();
        let has_any = self.level.contains_key(&ANY_POLICY);
        let mut next = BTreeMap::new();
        for policy in policies.iter().filter(|policy| **policy != ANY_POLICY) {
            if expected.contains(policy) || has_any {
                next.insert(*policy, BTreeSet::from([*policy]));
            }
        }
        if admits_any && policies.contains(&ANY_POLICY) {
            for policy in expected {
                next.entry(policy)
                    .or_insert_with(|| BTreeSet::from([policy]));
            }
        }
        self.level = next;
    }

    /// Section 6.1.4 (a), (b), (h), (i) and (j).
    fn prepare(&mut self, extensions: &Extensions, is_self_issued: bool) -> Result<(), String> {
        let mut mapped: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (issuer, subject) in &extensions.mappings {
            if *issuer == ANY_POLICY || *subject == ANY_POLICY {
                return Err("it maps `anyPolicy`".to_owned());
            }
            mapped.entry(*issuer).or_default().insert(*subject);
        }
        let has_any = self.level.contains_key(&ANY_POLICY);
        for (policy, expected) in mapped {
            if self.policy_mapping == 0 {
                self.level.remove(&policy);
            } else if has_any || self.level.contains_key(&policy) {
                self.level.insert(policy, expected);
            }
        }
        if !is_self_issued {
            self.explicit_policy = self.explicit_policy.saturating_sub(1);
            self.policy_mapping = self.policy_mapping.saturating_sub(1);
            self.inhibit_any_policy = self.inhibit_any_policy.saturating_sub(1);
        }
        if let Some(constraints) = &extensions.policy_constraints {
            lower(
                &mut self.explicit_policy,
                constraints.require_explicit_policy,
            );
            lower(&mut self.policy_mapping, constraints.inhibit_policy_mapping);
        }
        lower(&mut self.inhibit_any_policy, extensions.inhibit_any_policy);
        Ok(())
    }

    /// Section 6.1.5 (a), (b) and (g).
    fn finish(&mut self, extensions: &Extensions) -> Result<(), String> {
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        let required = extensions
            .policy_constraints
            .as_ref()
            .and_then(|constraints| constraints.require_explicit_policy);
        if required == Some(0) {
            self.explicit_policy = 0;
        }
        if self.explicit_policy == 0 && self.level.is_empty() {
            return Err("a policy is required, and none is valid".to_owned());
        }
        Ok(())
    }
}

fn lower(value: &mut usize, limit: Option<u32>) {
    if let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) {
        *value = (*value).min(limit);
    }
}

#[cfg(test)]
mod tests {
    use x509_cert::ext::pkix::PolicyConstraints;

    use super::*;

    const A: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.3.1");
    const B: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.3.2");

    fn certificate(policies: &[ObjectIdentifier]) -> Extensions {
        Extensions {
            policies: (!policies.is_empty()).then(|| policies.to_vec()),
            ..Extensions::default()
        }
    }

    fn requiring(explicit: u32, certificate: Extensions) -> Extensions {
        Extensions {
            policy_constraints: Some(PolicyConstraints {
                require_explicit_policy: Some(explicit),
                inhibit_policy_mapping: None,
            }),
            ..certificate
        }
    }

    fn is_valid(chain: &[Extensions]) -> bool {
        let mut policies = Policies::new(chain.len());
        chain.iter().enumerate().all(|(index, certificate)| {
            policies
                .step(certificate, index + 1 == chain.len(), false)
                .is_ok()
        })
    }

    #[test]
    fn a_required_policy_must_lead_to_the_end() {
        let mapping = |certificate: Extensions| Extensions {
            mappings: vec![(A, B)],
            ..certificate
        };
        let no_mapping = |certificate: Extensions| Extensions {
            policy_constraints: Some(PolicyConstraints {
                require_explicit_policy: Some(0),
                inhibit_policy_mapping: Some(0),
            }),
            ..certificate
        };
        for (case, chain, expected) in [
            (
                "nothing is required",
                vec![certificate(&[]), certificate(&[])],
                true,
            ),
            (
                "required and there",
                vec![requiring(0, certificate(&[A])), certificate(&[A])],
                true,
            ),
            (
                "required and another",
                vec![requiring(0, certificate(&[A])), certificate(&[B])],
                false,
            ),
            (
                "required and none",
                vec![requiring(0, certificate(&[A])), certificate(&[])],
                false,
            ),
            (
                "required later than the chain is long",
                vec![requiring(5, certificate(&[A])), certificate(&[])],
                true,
            ),
            (
                "required by the last",
                vec![certificate(&[]), requiring(0, certificate(&[A]))],
                false,
            ),
            (
                "mapped",
                vec![mapping(requiring(0, certificate(&[A]))), certificate(&[B])],
                true,
            ),
            (
                "mapped from any",
                vec![
                    mapping(requiring(0, certificate(&[ANY_POLICY]))),
                    certificate(&[B]),
                ],
                true,
            ),
            (
                "mapped away",
                vec![mapping(requiring(0, certificate(&[A]))), certificate(&[A])],
                false,
            ),
            (
                "mapping inhibited above",
                vec![
                    no_mapping(certificate(&[A])),
                    mapping(certificate(&[A])),
                    certificate(&[B]),
                ],
                false,
            ),
            (
                "any below a policy",
                vec![requiring(0, certificate(&[A])), certificate(&[ANY_POLICY])],
                true,
            ),
            (
                "any inhibited",
                vec![
                    Extensions {
                        inhibit_any_policy: Some(0),
                        ..requiring(0, certificate(&[A]))
                    },
                    certificate(&[ANY_POLICY]),
                ],
                false,
            ),
            (
                "any is mapped",
                vec![
                    Extensions {
                        mappings: vec![(ANY_POLICY, A)],
                        ..certificate(&[A])
                    },
                    certificate(&[A]),
                ],
                false,
            ),
        ] {
            assert_eq!(is_valid(&chain), expected, "{case}");
        }
    }
}
