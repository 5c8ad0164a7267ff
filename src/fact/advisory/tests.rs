//! Advisories and statements of a bid, and the facts that they establish: present, settled, not to be
//! verified; and the laws that they keep.

mod numbers;
mod statements;

use serde_json::{Value, json};

use super::*;
use crate::diagnostic::Place;
use crate::evidence::Evidence;
use crate::fact::FactValue;
use crate::fact::dossier::Offering;
use crate::fact::vocabulary::Vocabulary;
use crate::id::BidId;
use crate::text::Text;

const FACTS: &str = include_str!("../../../criteria/facts/sbom.toml");
const PRECEDENCE: &str = include_str!("../../../criteria/vex-precedence.toml");

/// Score 9.8, 7.5, 5.3 and 3.7 under CVSS 3.1.
const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const HIGH: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N";
const MEDIUM: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N";
const LOW: &str = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N";

/// A file: its path, below `bid/` where the supplier hands it in, and what it holds.
type File = (String, String);

fn file(path: &str, value: &Value) -> File {
    (path.to_owned(), value.to_string())
}

fn found(files: &[File]) -> Establishment {
    let evidence: Vec<_> = files
        .iter()
        .map(|(path, text)| Evidence::new(path.as_str(), text.as_bytes().to_vec()))
        .collect();
    let named_at = Evidence::new("tender.toml", Vec::new()).cite(Place::whole());
    let offering = Offering {
        id: BidId::from("bid"),
        folder: "bid".to_owned(),
        supplier: Text::default(),
        corporate_number: None,
        product: None,
        service: None,
        signer: None,
        provenance: None,
        named_at,
    };
    let is_bid = |one: &&Evidence| one.path.starts_with("bid/");
    let agency: Vec<_> = evidence.iter().filter(|one| !is_bid(one)).collect();
    let day = crate::time::parse_day("2026-11-20").unwrap();
    let handed_in = evidence.iter().filter(is_bid);
    let dossier = Dossier::new(&offering, handed_in, agency.iter().copied(), day);
    let complaints = crate::tree::Complaints::default();
    let document = crate::tree::parse_toml(FACTS.as_bytes()).unwrap();
    let vocabulary = Vocabulary::read(&document, &complaints);
    let document = crate::tree::parse_toml(PRECEDENCE.as_bytes()).unwrap();
    let precedence = Precedence::read(&document, &complaints);
    assert_eq!(complaints.into_sorted(), []);
    let feed = Feed::gather(agency, day);
    let mut found = Establishment::default();
    let sboms = Sboms::read(&dossier, &mut found);
    let knowledge = Knowledge {
        feed: &feed,
        precedence: &precedence,
        maximum_age_days: matching::MAXIMUM_AGE_DAYS,
    };
    establish(&dossier, &sboms, knowledge, &mut found);
    for fact in &found.facts {
        let declared = vocabulary.lookup(fact.key.as_str());
        assert!(declared.is_some(), "{}", fact.key);
        assert!(!fact.citations.is_empty(), "{}", fact.key);
    }
    for gap in &found.gaps {
        let declared = vocabulary.lookup(gap.key.as_str());
        assert!(declared.is_some(), "{}", gap.key);
    }
    found
}

/// The value of a fact with its rank; where there is none, why.
fn told(found: &Establishment, key: &str) -> String {
    let fact = found.facts.iter().find(|fact| fact.key.as_str() == key);
    let gap = found.gaps.iter().find(|gap| gap.key.as_str() == key);
    match (fact, gap) {
        (Some(fact), None) => format!("{} at {}", fact.value, fact.rank.number()),
        (None, Some(gap)) => gap.reason.clone(),
        (None, None) => "none".to_owned(),
        (Some(fact), Some(gap)) => format!("{} and {}", fact.value, gap.reason),
    }
}

fn check(case: &str, files: &[File], expected: &[(&str, &str)]) {
    let found = found(files);
    for (key, value) in expected {
        assert_eq!(told(&found, key), *value, "{case}: {key}");
    }
}

fn sbom(components: &[&str]) -> File {
    let components: Vec<_> = components
        .iter()
        .map(|purl| {
            let name = purl.rsplit(['/', '@']).nth(1).unwrap();
            json!({"type": "library", "bom-ref": purl, "name": name, "version": "1.0.0", "purl": purl})
        })
        .collect();
    let bom = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "app", "name": "app", "version": "1"}},
        "components": components,
        "dependencies": [{"ref": "app", "dependsOn": components.iter().map(|one| one["bom-ref"].clone()).collect::<Vec<_>>()}],
    });
    file("bid/sbom.json", &bom)
}

/// A record on a package of npm that 2.0.0 mends.
fn record(id: &str, package: &str, vector: Option<&str>, published: &str) -> Value {
    let severity = vector.map(|vector| json!([{"type": "CVSS_V3", "score": vector}]));
    json!({
        "id": id, "modified": "2026-11-10T00:00:00Z", "published": format!("{published}T00:00:00Z"),
        "severity": severity.unwrap_or_else(|| json!([])),
        "affected": [{
            "package": {"ecosystem": "npm", "name": package},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}],
        }],
    })
}

fn advisory(id: &str, package: &str, vector: Option<&str>) -> File {
    let value = record(id, package, vector, "2026-10-01");
    file(&format!("advisories/{id}.json"), &value)
}

fn kev(cves: &[&str], released: &str) -> File {
    let entries: Vec<_> = cves
        .iter()
        .map(|cve| {
            json!({"cveID": cve, "vendorProject": "v", "product": "p", "vulnerabilityName": "n",
                   "dateAdded": "2026-10-02", "shortDescription": "d", "requiredAction": "a",
                   "dueDate": "2026-10-23", "knownRansomwareCampaignUse": "Unknown"})
        })
        .collect();
    let list = json!({
        "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.11.19",
        "dateReleased": format!("{released}T00:00:00.000Z"), "count": entries.len(), "vulnerabilities": entries,
    });
    file("advisories/kev.json", &list)
}

/// A statement on a package of the SBOM.
fn vex(path: &str, id: &str, package: &str, status: &str, justification: Option<&str>) -> File {
    let mut statement = json!({
        "vulnerability": {"name": id}, "status": status,
        "products": [{"@id": format!("pkg:npm/{package}@1.0.0")}],
    });
    if let Some(justification) = justification {
        statement["justification"] = json!(justification);
    }
    if status == "affected" {
        statement["action_statement"] = json!("update");
    }
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": format!("https://a.example/{path}"),
        "author": "Somebody", "timestamp": "2026-11-12T00:00:00Z", "version": 1,
        "statements": [statement],
    });
    file(path, &document)
}

const REASON: Option<&str> = Some("vulnerable_code_not_present");
