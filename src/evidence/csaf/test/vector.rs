//! What stands beside a CVSS vector follows from it: scores, severities and metrics (6.1.9, 6.1.10).

use cvss_rs::v2_0::CvssV2;
use cvss_rs::v3::CvssV3;
use cvss_rs::v4_0::CvssV4;

use super::Report;
use crate::cvss::{Severity, decimal};
use crate::evidence::csaf::document::{Document, Metric};
use crate::tape::Item;

/// 6.1.9: the scores and severities are those that the vector gives.
pub(super) fn computation(document: &Document<'_>, report: &mut Report<'_>) {
    let metrics = document
        .vulnerabilities
        .iter()
        .flat_map(|one| document.metrics(*one));
    for (key, object) in metrics.flat_map(Metric::cvss) {
        let Some(vector) = object.get_text("vectorString") else {
            continue;
        };
        let Some(scores) = scores(key, vector) else {
            continue;
        };
        for (name, tenths) in ["base", "temporal", "environmental"]
            .into_iter()
            .zip(scores)
        {
            let Some(tenths) = tenths else {
                continue;
            };
            if let Some(item) = object.get(&format!("{name}Score"))
                && item.number().is_some()
                && tenths_of(item) != Some(tenths)
            {
                report.at(item, || {
                    let stated = item.number().unwrap_or_default();
                    format!(
                        "the score is {stated}, the vector gives {}",
                        decimal(tenths)
                    )
                });
            }
            // CVSS 2.0 has no severities.
            if key == "cvss_v2" {
                continue;
            }
            let severity = Severity::of_tenths(tenths).word();
            if let Some(item) = object.get(&format!("{name}Severity"))
                && let Some(stated) = item.text()
                && !stated.eq_ignore_ascii_case(severity)
            {
                report.at(item, || {
                    format!(
                        "the severity is `{stated}`, the vector gives `{}`",
                        severity.to_uppercase()
                    )
                });
            }
        }
    }
}

/// A stated score in tenths, if it is one.
fn tenths_of(item: Item<'_>) -> Option<u16> {
    let text = item.number()?;
    let (whole, rest) = text.split_once('.').unwrap_or((&text, "0"));
    let digit = match rest.as_bytes() {
        [digit @ b'0'..=b'9'] => u16::from(digit - b'0'),
        _ => return None,
    };
    whole
        .parse::<u16>()
        .ok()?
        .checked_mul(10)?
        .checked_add(digit)
}

/// The base, temporal and environmental score of a vector, in tenths. The one score of CVSS 4.0 counts as
/// its base score (CVSS 4.0, section 1.3; its JSON schema has no other).
fn scores(key: &str, vector: &str) -> Option<[Option<u16>; 3]> {
    crate::cvss::score(vector).ok()?;
    let printed = |score: Option<f64>| -> Option<u16> {
        let text = format!("{:.1}", score?);
        let text = text.strip_prefix('-').unwrap_or(&text);
        text.replace('.', "").parse().ok()
    };
    Some(match key {
        "cvss_v2" => {
            let cvss: CvssV2 = vector.parse().ok()?;
            let base = printed(cvss.calculated_base_score());
            let temporal = printed(cvss.calculated_temporal_score()).or(base);
            [
                base,
                temporal,
                printed(cvss.calculated_environmental_score()).or(temporal),
            ]
        }
        "cvss_v3" => {
            let cvss: CvssV3 = vector.parse().ok()?;
            let base = printed(cvss.calculated_base_score());
            let temporal = printed(cvss.calculated_temporal_score()).or(base);
            [
                base,
                temporal,
                printed(cvss.calculated_environmental_score()).or(temporal),
            ]
        }
        _ => {
            let cvss: CvssV4 = vector.parse().ok()?;
            [printed(cvss.calculated_full_score()), None, None]
        }
    })
}

/// The members of a CVSS 2.0 object that repeat a metric (JSON schema of CVSS 2.0).
const V2: &[(&str, &str)] = &[
    ("accessVector", "AV"),
    ("accessComplexity", "AC"),
    ("authentication", "Au"),
    ("confidentialityImpact", "C"),
    ("integrityImpact", "I"),
    ("availabilityImpact", "A"),
    ("exploitability", "E"),
    ("remediationLevel", "RL"),
    ("reportConfidence", "RC"),
    ("collateralDamagePotential", "CDP"),
    ("targetDistribution", "TD"),
    ("confidentialityRequirement", "CR"),
    ("integrityRequirement", "IR"),
    ("availabilityRequirement", "AR"),
];

/// The same of CVSS 3.0 and 3.1.
const V3: &[(&str, &str)] = &[
    ("attackVector", "AV"),
    ("attackComplexity", "AC"),
    ("privilegesRequired", "PR"),
    ("userInteraction", "UI"),
    ("scope", "S"),
    ("confidentialityImpact", "C"),
    ("integrityImpact", "I"),
    ("availabilityImpact", "A"),
    ("exploitCodeMaturity", "E"),
    ("remediationLevel", "RL"),
    ("reportConfidence", "RC"),
    ("confidentialityRequirement", "CR"),
    ("integrityRequirement", "IR"),
    ("availabilityRequirement", "AR"),
    ("modifiedAttackVector", "MAV"),
    ("modifiedAttackComplexity", "MAC"),
    ("modifiedPrivilegesRequired", "MPR"),
    ("modifiedUserInteraction", "MUI"),
    ("modifiedScope", "MS"),
    ("modifiedConfidentialityImpact", "MC"),
    ("modifiedIntegrityImpact", "MI"),
    ("modifiedAvailabilityImpact", "MA"),
];

/// The same of CVSS 4.0.
const V4: &[(&str, &str)] = &[
    ("attackVector", "AV"),
    ("attackComplexity", "AC"),
    ("attackRequirements", "AT"),
    ("privilegesRequired", "PR"),
    ("userInteraction", "UI"),
    ("vulnConfidentialityImpact", "VC"),
    ("vulnIntegrityImpact", "VI"),
    ("vulnAvailabilityImpact", "VA"),
    ("subConfidentialityImpact", "SC"),
    ("subIntegrityImpact", "SI"),
    ("subAvailabilityImpact", "SA"),
    ("exploitMaturity", "E"),
    ("confidentialityRequirement", "CR"),
    ("integrityRequirement", "IR"),
    ("availabilityRequirement", "AR"),
    ("modifiedAttackVector", "MAV"),
    ("modifiedAttackComplexity", "MAC"),
    ("modifiedAttackRequirements", "MAT"),
    ("modifiedPrivilegesRequired", "MPR"),
    ("modifiedUserInteraction", "MUI"),
    ("modifiedVulnConfidentialityImpact", "MVC"),
    ("modifiedVulnIntegrityImpact", "MVI"),
    ("modifiedVulnAvailabilityImpact", "MVA"),
    ("modifiedSubConfidentialityImpact", "MSC"),
    ("modifiedSubIntegrityImpact", "MSI"),
    ("modifiedSubAvailabilityImpact", "MSA"),
    ("Safety", "S"),
    ("Automatable", "AU"),
    ("Recovery", "R"),
    ("valueDensity", "V"),
    ("vulnerabilityResponseEffort", "RE"),
    ("providerUrgency", "U"),
];

/// 6.1.10: the members that repeat a metric say what the vector says. A vector that leaves a metric out
/// says nothing of it.
pub(super) fn inconsistent(document: &Document<'_>, report: &mut Report<'_>) {
    let metrics = document
        .vulnerabilities
        .iter()
        .flat_map(|one| document.metrics(*one));
    for (key, object) in metrics.flat_map(Metric::cvss) {
        let Some(vector) = object.get_text("vectorString") else {
            continue;
        };
        let members = match key {
            "cvss_v2" => V2,
            "cvss_v3" => V3,
            _ => V4,
        };
        let given = |metric: &str| {
            let mut parts = vector.split('/').filter_map(|part| part.split_once(':'));
            parts
                .find(|(name, _)| *name == metric)
                .map(|(_, value)| value)
        };
        for (name, metric) in members {
            let (Some(item), Some(given)) = (object.get(name), given(metric)) else {
                continue;
            };
            if let Some(word) = item.text()
                && !given.eq_ignore_ascii_case(letters(key, word))
            {
                report.at(item, || {
                    format!("`{name}` is `{word}`, the vector has `{metric}:{given}`")
                });
            }
        }
    }
}

/// How a vector writes the word of a member: by its first letter, but for these.
fn letters<'w>(key: &str, word: &'w str) -> &'w str {
    match (key, word) {
        ("cvss_v2", "NOT_DEFINED") => "ND",
        ("cvss_v2", "PROOF_OF_CONCEPT") => "POC",
        ("cvss_v2", "OFFICIAL_FIX") => "OF",
        ("cvss_v2", "TEMPORARY_FIX") => "TF",
        ("cvss_v2", "UNCONFIRMED") => "UC",
        ("cvss_v2", "UNCORROBORATED") => "UR",
        ("cvss_v2", "LOW_MEDIUM") => "LM",
        ("cvss_v2", "MEDIUM_HIGH") => "MH",
        (_, "NOT_DEFINED") => "X",
        // The provider urgency of CVSS 4.0 is written out.
        ("cvss_v4", "CLEAR" | "GREEN" | "AMBER" | "RED") => word,
        _ => word.get(..1).unwrap_or(word),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;

    fn of(key: &str, vector: &str, rest: &str) -> String {
        format!(
            r#""vulnerabilities":[{{"metrics":[{{"content":{{"{key}":{{"vectorString":"{vector}"{rest}}}}}}}]}}]"#
        )
    }

    const V31: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

    #[test]
    fn scores_are_computed() {
        let at = "/vulnerabilities/0/metrics/0/content";
        for (key, vector, rest, expected) in [
            ("cvss_v3", V31, "", None),
            (
                "cvss_v3",
                V31,
                r#","baseScore":9.8,"baseSeverity":"CRITICAL""#,
                None,
            ),
            (
                "cvss_v3",
                V31,
                r#","baseScore":9.7"#,
                Some("cvss_v3/baseScore: the score is 9.7, the vector gives 9.8"),
            ),
            (
                "cvss_v3",
                V31,
                r#","baseSeverity":"HIGH""#,
                Some("cvss_v3/baseSeverity: the severity is `HIGH`, the vector gives `CRITICAL`"),
            ),
            (
                "cvss_v3",
                V31,
                r#","temporalScore":9.8,"environmentalScore":9.8"#,
                None,
            ),
            (
                "cvss_v3",
                V31,
                r#","environmentalScore":9.9"#,
                Some("cvss_v3/environmentalScore: the score is 9.9, the vector gives 9.8"),
            ),
            (
                "cvss_v2",
                "AV:N/AC:L/Au:N/C:C/I:C/A:C",
                r#","baseScore":10.0"#,
                None,
            ),
            (
                "cvss_v2",
                "AV:N/AC:L/Au:N/C:C/I:C/A:C",
                r#","baseScore":1"#,
                Some("cvss_v2/baseScore: the score is 1, the vector gives 10.0"),
            ),
            (
                "cvss_v4",
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:P",
                r#","baseScore":9.3,"baseSeverity":"CRITICAL""#,
                None,
            ),
            (
                "cvss_v4",
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
                r#","baseScore":9.3"#,
                Some("cvss_v4/baseScore: the score is 9.3, the vector gives 10.0"),
            ),
            ("cvss_v3", "nonsense", r#","baseScore":1"#, None),
        ] {
            let expected = expected.map(|rest| format!("{at}/{rest}"));
            check(
                "6.1.9",
                "2.1",
                &[("", &of(key, vector, rest), expected.as_deref())],
            );
        }
    }

    #[test]
    fn members_repeat_the_vector() {
        let at = "/vulnerabilities/0/metrics/0/content";
        for (key, vector, rest, expected) in [
            ("cvss_v3", V31, "", None),
            (
                "cvss_v3",
                V31,
                r#","attackVector":"NETWORK","modifiedScope":"NOT_DEFINED""#,
                None,
            ),
            (
                "cvss_v3",
                V31,
                r#","attackVector":"LOCAL""#,
                Some("cvss_v3/attackVector: `attackVector` is `LOCAL`, the vector has `AV:N`"),
            ),
            (
                "cvss_v2",
                "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:POC",
                r#","exploitability":"PROOF_OF_CONCEPT","targetDistribution":"NOT_DEFINED""#,
                None,
            ),
            (
                "cvss_v2",
                "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:POC",
                r#","exploitability":"FUNCTIONAL""#,
                Some(
                    "cvss_v2/exploitability: `exploitability` is `FUNCTIONAL`, the vector has `E:POC`",
                ),
            ),
            (
                "cvss_v4",
                "CVSS:4.0/AV:N/U:Amber",
                r#","providerUrgency":"AMBER""#,
                None,
            ),
            (
                "cvss_v4",
                "CVSS:4.0/AV:N/U:X",
                r#","providerUrgency":"RED""#,
                Some("cvss_v4/providerUrgency: `providerUrgency` is `RED`, the vector has `U:X`"),
            ),
        ] {
            let expected = expected.map(|rest| format!("{at}/{rest}"));
            check(
                "6.1.10",
                "2.1",
                &[("", &of(key, vector, rest), expected.as_deref())],
            );
        }
    }
}
