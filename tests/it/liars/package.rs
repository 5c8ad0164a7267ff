//! A supplier's package with what the agency holds against it, honest but for the lies that are named.

use std::fmt::Write as _;

use mekiki::assessment::contradiction::ContradictionKind;
use mekiki::evidence::Evidence;
use serde_json::{Value, json};

use crate::authority::Authority;
use crate::seeded::Seeded;

const NUMBER: &str = "7999901000001";
const OTHER: &str = "6999901000002";
const IDENTITY: &str = "https://ci.liars.example/release.yml@refs/tags/v1";
const ISSUER: &str = "https://oidc.liars.example";
/// 2026-11-05T00:00:00Z.
const SIGNED_AT: i64 = 1_793_836_800;
const ARTIFACT: &str = "evidence/delivery/connector-1.4.0.tgz";
const SBOM: &str = "evidence/sbom/connector.cdx.json";

/// One lie: what the supplier says is one thing, what the evidence shows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// The SBOM lacks what the answer says it has.
    SbomCoverage,
    /// The artifact was changed after it was signed.
    SignatureTampered,
    /// Somebody else signed.
    SignatureStranger,
    /// A component is touched by an advisory.
    Advisory,
    /// The supplier stands on the list of the suspended.
    RegistrySuspended,
    /// The service was taken off the list.
    RegistryDelisted,
    /// It is on the other list.
    RegistryOtherList,
    /// The registration ran out before the register was read.
    RegistryLapsed,
    /// Renewal was applied for too late.
    RegistryLate,
    /// The register shows the service under another legal entity.
    RegistryOtherHolder,
    /// The certificate ran out before the answer was given.
    CertificateLapsed,
    /// The certificate is somebody else's.
    CertificateOther,
    /// The register shows the certificate as withdrawn.
    CertificateWithdrawn,
    /// It is suspended.
    CertificateSuspended,
    /// The paper says valid, the register says ended.
    CertificateForged,
    /// The paper states a later end than the register, both still to come.
    CertificateEnd,
    /// The label has a lower level.
    CertificateLevel,
    /// The label ran out after two years.
    CertificateLabelLapsed,
    /// The maker ends support earlier.
    DateSupport,
    /// The maker's list of cycles ends support earlier.
    DateCycle,
    /// The register shows another country.
    PlaceRegister,
    /// A measurement found another country.
    PlaceMeasured,
    /// An auditor found another country.
    PlaceAudited,
}

impl Lie {
    pub(crate) const ALL: [Self; 23] = [
        Self::SbomCoverage,
        Self::SignatureTampered,
        Self::SignatureStranger,
        Self::Advisory,
        Self::RegistrySuspended,
        Self::RegistryDelisted,
        Self::RegistryOtherList,
        Self::RegistryLapsed,
        Self::RegistryLate,
        Self::RegistryOtherHolder,
        Self::CertificateLapsed,
        Self::CertificateOther,
        Self::CertificateWithdrawn,
        Self::CertificateSuspended,
        Self::CertificateForged,
        Self::CertificateEnd,
        Self::CertificateLevel,
        Self::CertificateLabelLapsed,
        Self::DateSupport,
        Self::DateCycle,
        Self::PlaceRegister,
        Self::PlaceMeasured,
        Self::PlaceAudited,
    ];

    /// Which of the seven kinds it is.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::SbomCoverage => "sbom",
            Self::SignatureTampered | Self::SignatureStranger => "signature",
            Self::Advisory => "advisory",
            Self::RegistrySuspended
            | Self::RegistryDelisted
            | Self::RegistryOtherList
            | Self::RegistryLapsed
            | Self::RegistryLate
            | Self::RegistryOtherHolder => "registry",
            Self::CertificateLapsed
            | Self::CertificateOther
            | Self::CertificateWithdrawn
            | Self::CertificateSuspended
            | Self::CertificateForged
            | Self::CertificateEnd
            | Self::CertificateLevel
            | Self::CertificateLabelLapsed => "certificate",
            Self::DateSupport | Self::DateCycle => "date",
            Self::PlaceRegister | Self::PlaceMeasured | Self::PlaceAudited => "place",
        }
    }

    /// The fact on which it must be found.
    pub(crate) fn fact(self) -> &'static str {
        match self {
            Self::SbomCoverage => "sbom.lowest_coverage_per_mille",
            Self::SignatureTampered | Self::SignatureStranger => "delivery.signature.verified",
            Self::Advisory => "sbom.advisories.known",
            Self::RegistrySuspended => "supplier.suspended",
            Self::RegistryOtherList => "cloud.ismap.list",
            Self::RegistryDelisted
            | Self::RegistryLapsed
            | Self::RegistryLate
            | Self::RegistryOtherHolder => "cloud.ismap.listed",
            Self::CertificateLevel | Self::CertificateLabelLapsed => "product.jc_star.level",
            Self::CertificateLapsed
            | Self::CertificateOther
            | Self::CertificateWithdrawn
            | Self::CertificateSuspended
            | Self::CertificateForged => "organisation.isms.certified",
            Self::CertificateEnd => "organisation.isms.in_force_until",
            Self::DateSupport | Self::DateCycle => "product.support.ends_on",
            Self::PlaceRegister | Self::PlaceMeasured | Self::PlaceAudited => {
                "cloud.data.countries"
            }
        }
    }

    /// Every fact on which it shows: an end that was altered on a paper shows as such beside what hangs on it.
    pub(crate) fn facts(self) -> Vec<&'static str> {
        let mut facts = vec![self.fact()];
        if self == Self::CertificateForged {
            facts.push("organisation.isms.in_force_until");
        }
        facts
    }

    /// The file that shows the truth.
    pub(crate) fn shown_by(self) -> &'static str {
        match self {
            Self::SbomCoverage => SBOM,
            Self::SignatureTampered | Self::SignatureStranger => ARTIFACT,
            Self::Advisory => "advisories/kakitori.json",
            Self::RegistrySuspended => "registry/suspended.toml",
            Self::RegistryDelisted
            | Self::RegistryOtherList
            | Self::RegistryLapsed
            | Self::RegistryLate
            | Self::RegistryOtherHolder
            | Self::PlaceRegister => "registry/ismap.toml",
            Self::CertificateLapsed | Self::CertificateOther => "evidence/certificates/isms.toml",
            Self::CertificateWithdrawn
            | Self::CertificateSuspended
            | Self::CertificateForged
            | Self::CertificateEnd => "registry/isms.toml",
            Self::CertificateLevel => "registry/label.toml",
            Self::CertificateLabelLapsed => "evidence/certificates/label.toml",
            Self::DateSupport => "registry/lifecycle.toml",
            Self::DateCycle => "advisories/connector.json",
            Self::PlaceMeasured => "agency/measured.toml",
            Self::PlaceAudited => "agency/audited.toml",
        }
    }

    /// Whether a paper of the supplier says it, and no answer.
    pub(crate) fn is_on_paper(self) -> bool {
        self == Self::CertificateEnd
    }

    pub(crate) fn contradiction(self) -> ContradictionKind {
        match self {
            Self::CertificateLapsed | Self::CertificateLabelLapsed => ContradictionKind::Lapsed,
            Self::CertificateOther | Self::RegistryOtherHolder => ContradictionKind::OtherScope,
            _ => ContradictionKind::Value,
        }
    }
}

/// A package; its files are made when asked for.
pub(crate) struct Package {
    pub(crate) lies: Vec<Lie>,
    /// Question and answer, with the document that supports it.
    pub(crate) answers: Vec<(&'static str, Value, Option<&'static str>)>,
    pub(crate) as_json: bool,
    /// The days of the month on which things were issued.
    day: usize,
    /// Whether old certificates lie beside the new ones, and other bidders' entries in the register.
    clutter: bool,
    /// Whether the ISMAP registration is past its day but under renewal.
    renewing: bool,
    level: usize,
}

impl Package {
    /// A package with none to four lies, each of another kind.
    pub(crate) fn new(seeded: &mut Seeded) -> Self {
        for _ in 0..8 {
            seeded.below(2);
        }
        let count = seeded.below(5);
        let mut lies: Vec<Lie> = Vec::new();
        while lies.len() < count {
            let lie = Lie::ALL[seeded.below(Lie::ALL.len())];
            if lies.iter().all(|told| told.kind() != lie.kind()) {
                lies.push(lie);
            }
        }
        // A register that shows no entry in force shows no country either.
        if lies
            .iter()
            .any(|lie| lie.kind() == "registry" && *lie != Lie::RegistrySuspended)
        {
            for lie in &mut lies {
                if *lie == Lie::PlaceRegister {
                    *lie = Lie::PlaceMeasured;
                }
            }
        }
        let document = |seeded: &mut Seeded| (seeded.below(2) == 0).then_some("documents/all.md");
        let level = 1 + seeded.below(3);
        let mut answers = vec![
            ("suspension", json!(false)),
            ("isms-certified", json!(true)),
            ("isms-scope", json!(true)),
            ("ismap-listed", json!(true)),
            ("ismap-list", json!("ismap")),
            ("data-countries", json!(["JP"])),
            ("jc-star-level", json!(level)),
            ("support-end", json!("2032-03-31")),
            ("sbom-delivered", json!(true)),
            ("sbom-coverage", json!(1000)),
            ("known-vulnerabilities", json!(0)),
            ("artefact-signatures", json!(true)),
            ("sbom-signature", json!(true)),
            ("mfa-remote", json!(seeded.below(2) == 0)),
            ("log-retention", json!(seeded.below(30))),
            ("security-manager", json!(true)),
        ]
        .into_iter()
        .map(|(question, value)| (question, value, document(seeded)))
        .collect::<Vec<_>>();
        for index in (1..answers.len()).rev() {
            answers.swap(index, seeded.below(index + 1));
        }
        Self {
            lies,
            answers,
            as_json: seeded.below(2) == 0,
            day: 1 + seeded.below(28),
            clutter: seeded.below(2) == 0,
            renewing: seeded.below(3) == 0,
            level,
        }
    }

    fn tells(&self, lie: Lie) -> bool {
        self.lies.contains(&lie)
    }

    pub(crate) fn answers_file(&self) -> &'static str {
        if self.as_json {
            "evidence/answers.json"
        } else {
            "evidence/answers.toml"
        }
    }

    /// Every file, with real signatures.
    pub(crate) fn evidence(&self, authority: &Authority) -> Vec<Evidence> {
        let mut files: Vec<(&str, String)> = vec![
            ("offering.toml", OFFERING.to_owned()),
            ("agency/fetched.toml", FETCHED.to_owned()),
            ("trust/trusted_root.json", authority.trusted_root()),
            ("advisories/kakitori.json", advisory()),
            ("evidence/documents/all.md", "# 説明書\n".to_owned()),
            (self.answers_file(), self.sheet()),
        ];
        self.delivery(authority, &mut files);
        self.register(&mut files);
        self.isms(&mut files);
        self.label(&mut files);
        self.places(&mut files);
        if self.clutter {
            files.extend(clutter());
        }
        files
            .into_iter()
            .map(|(path, text)| Evidence::new(path, text.into_bytes()))
            .collect()
    }

    fn sheet(&self) -> String {
        if self.as_json {
            let answers: serde_json::Map<String, Value> = self
                .answers
                .iter()
                .map(|(question, value, document)| {
                    let mut answer = json!({ "value": value });
                    if let Some(document) = document {
                        answer["document"] = json!(document);
                    }
                    ((*question).to_owned(), answer)
                })
                .collect();
            return json!({
                "schema": "mekiki/answers/v1", "questionnaire": "article-19-bid",
                "questionnaire_version": "2.0.0", "answered_on": "2026-11-10", "answers": answers,
            })
            .to_string();
        }
        let mut text = "schema = \"mekiki/answers/v1\"\nquestionnaire = \"article-19-bid\"\n\
             questionnaire_version = \"2.0.0\"\nanswered_on = \"2026-11-10\"\n"
            .to_owned();
        for (question, value, document) in &self.answers {
            _ = writeln!(text, "[answers.{question}]\nvalue = {value}");
            if let Some(document) = document {
                _ = writeln!(text, "document = \"{document}\"");
            }
        }
        text
    }

    fn delivery(&self, authority: &Authority, files: &mut Vec<(&str, String)>) {
        let artifact = format!("the connector, built on day {}", self.day);
        let signer = |identity| authority.signer(identity, ISSUER, SIGNED_AT);
        let identity = if self.tells(Lie::SignatureStranger) {
            "https://ci.stranger.example/release.yml@refs/tags/v1"
        } else {
            IDENTITY
        };
        let bundle = signer(identity).sign_blob(artifact.as_bytes());
        files.push((
            "evidence/delivery/connector-1.4.0.tgz.sigstore.json",
            bundle,
        ));
        let delivered = if self.tells(Lie::SignatureTampered) {
            artifact.replace("built", "changed")
        } else {
            artifact
        };
        files.push((ARTIFACT, delivered));
        let sbom = self.sbom();
        let bundle = signer(IDENTITY).sign_blob(sbom.as_bytes());
        files.push(("evidence/sbom/connector.cdx.json.sigstore.json", bundle));
        files.push((SBOM, sbom));
    }

    fn sbom(&self) -> String {
        let version = if self.tells(Lie::Advisory) {
            "0.3.1"
        } else {
            "0.3.2"
        };
        let purl = format!("pkg:cargo/kakitori-index@{version}");
        let mut component = json!({
            "type": "library", "bom-ref": "k", "name": "kakitori-index", "version": version, "purl": purl,
            "supplier": {"name": "Kakitori"}, "author": "Kakitori",
            "licenses": [{"license": {"id": "MIT"}}],
        });
        if self.tells(Lie::SbomCoverage) {
            component.as_object_mut().unwrap().remove("supplier");
            component.as_object_mut().unwrap().remove("author");
        }
        json!({
            "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "serialNumber": "urn:uuid:15743794-9676-492f-8062-b738a75f963d",
            "metadata": {
                "timestamp": "2026-11-06T09:12:44Z",
                "authors": [{"name": "Liars"}],
                "supplier": {"name": "Liars"},
                "component": {
                    "type": "application", "bom-ref": "c", "name": "connector", "version": "1.4.0",
                    "purl": "pkg:cargo/connector@1.4.0", "supplier": {"name": "Liars"}, "author": "Liars",
                    "licenses": [{"license": {"id": "MIT"}}],
                },
            },
            "components": [component],
            "dependencies": [{"ref": "c", "dependsOn": ["k"]}, {"ref": "k", "dependsOn": []}],
        })
        .to_string()
    }

    fn register(&self, files: &mut Vec<(&str, String)>) {
        let listed = if self.tells(Lie::RegistrySuspended) {
            format!("\"{OTHER}\", \"{NUMBER}\"")
        } else {
            format!("\"{OTHER}\"")
        };
        files.push((
            "registry/suspended.toml",
            record(
                "suspension-list",
                &format!("suspended = [{listed}]\n"),
                true,
            ),
        ));
        let scheme = if self.tells(Lie::RegistryOtherList) {
            "ismap-liu"
        } else {
            "ismap"
        };
        let holder = if self.tells(Lie::RegistryOtherHolder) {
            OTHER
        } else {
            NUMBER
        };
        let late = self.tells(Lie::RegistryLate);
        let lapsed = self.tells(Lie::RegistryLapsed) || late;
        // The audit periods end so that the registration lasts to 2026-07-31, or to 2027-07-31.
        let ended = if lapsed || self.renewing {
            "2025-03-31"
        } else {
            "2026-03-31"
        };
        let mut text = format!(
            "number = \"C26-1\"\nholder_corporate_number = \"{holder}\"\nsubject = \"行灯クラウド\"\nissued = \"2025-05-{:02}\"\n\
             audit_period_end = \"{ended}\"\nregions = [\"jp-east\"]\nfunctions = [\"storage\"]\n",
            self.day
        );
        if late {
            text += "renewal_applied = \"2026-08-01\"\n";
        } else if self.renewing && !lapsed {
            text += "renewal_applied = \"2026-07-31\"\n";
        }
        if self.tells(Lie::RegistryDelisted) {
            _ = writeln!(text, "withdrawn_on = \"2026-10-{:02}\"", self.day);
        }
        if self.tells(Lie::PlaceRegister) {
            text += "countries = [\"JP\", \"SG\"]\n";
        } else if !self.tells(Lie::PlaceMeasured) && !self.tells(Lie::PlaceAudited) {
            text += "countries = [\"JP\"]\n";
        }
        files.push(("registry/ismap.toml", record(scheme, &text, true)));
    }

    fn isms(&self, files: &mut Vec<(&str, String)>) {
        let holder = if self.tells(Lie::CertificateOther) {
            OTHER
        } else {
            NUMBER
        };
        let until = if self.tells(Lie::CertificateLapsed) {
            format!("2026-10-{:02}", self.day)
        } else {
            format!("2028-10-{:02}", self.day)
        };
        let paper = |holder: &str, until: &str, more: &str| {
            format!(
                "number = \"IS-7\"\nholder_corporate_number = \"{holder}\"\nissued = \"2025-10-{:02}\"\n\
                 valid_until = \"{until}\"\ncovers_task = true\n{more}",
                self.day
            )
        };
        files.push((
            "evidence/certificates/isms.toml",
            record("iso-27001", &paper(holder, &until, ""), false),
        ));
        let shown = if self.tells(Lie::CertificateWithdrawn) {
            Some(paper(NUMBER, &until, "withdrawn_on = \"2026-09-01\"\n"))
        } else if self.tells(Lie::CertificateSuspended) {
            Some(paper(NUMBER, &until, "suspended_on = \"2026-11-01\"\n"))
        } else if self.tells(Lie::CertificateForged) {
            Some(paper(NUMBER, "2026-09-30", ""))
        } else if self.tells(Lie::CertificateEnd) {
            Some(paper(NUMBER, "2027-09-30", ""))
        } else {
            None
        };
        if let Some(shown) = shown {
            files.push(("registry/isms.toml", record("iso-27001", &shown, true)));
        }
    }

    fn label(&self, files: &mut Vec<(&str, String)>) {
        let level = if self.tells(Lie::CertificateLevel) {
            self.level - 1
        } else {
            self.level
        };
        let label = |issued: &str| {
            format!(
                "number = \"J-9\"\nholder_corporate_number = \"{NUMBER}\"\nsubject = \"connector\"\nlevel = {level}\n\
                 issued = \"{issued}\"\n"
            )
        };
        if self.tells(Lie::CertificateLabelLapsed) {
            let text = record("jc-star", &label("2024-10-01"), false);
            files.push(("evidence/certificates/label.toml", text));
        } else {
            let text = record("jc-star", &label("2025-10-01"), true);
            files.push(("registry/label.toml", text));
        }
        let ends = if self.tells(Lie::DateSupport) {
            format!("2027-03-{:02}", self.day)
        } else {
            "2032-03-31".to_owned()
        };
        // The day on which support ends is the first without it.
        let from = if self.tells(Lie::DateCycle) {
            "2029-04-01"
        } else {
            "2032-04-01"
        };
        if self.clutter && !self.tells(Lie::DateSupport) || self.tells(Lie::DateCycle) {
            let cycles = json!([
                {"cycle": "1.4", "releaseDate": "2025-01-01", "eol": from, "latest": "1.4.0"},
                {"cycle": "1.3", "releaseDate": "2024-01-01", "eol": "2025-12-31", "latest": "1.3.9"},
            ]);
            files.push(("advisories/connector.json", cycles.to_string()));
        } else {
            let text = format!("subject = \"connector\"\nsupport_ends_on = \"{ends}\"\n");
            files.push(("registry/lifecycle.toml", record("lifecycle", &text, true)));
        }
    }

    fn places(&self, files: &mut Vec<(&str, String)>) {
        let countries = |lie: bool| if lie { "[\"JP\", \"US\"]" } else { "[\"JP\"]" };
        let measured = self.tells(Lie::PlaceMeasured);
        if measured
            || self.clutter && !self.tells(Lie::PlaceAudited) && !self.tells(Lie::PlaceRegister)
        {
            let text = measurement(NUMBER, "行灯クラウド", countries(measured));
            files.push(("agency/measured.toml", text));
        }
        if self.tells(Lie::PlaceAudited) {
            let text = audit(NUMBER, "行灯クラウド", "2026-06-30", countries(true));
            files.push(("agency/audited.toml", text));
        }
    }
}

fn record(scheme: &str, text: &str, fetched: bool) -> String {
    let fetched = if fetched {
        "[fetched]\nfrom = \"the register\"\nat = \"2026-11-16\"\n"
    } else {
        ""
    };
    format!("schema = \"mekiki/certification/v1\"\nscheme = \"{scheme}\"\n{text}{fetched}")
}

fn measurement(number: &str, service: &str, countries: &str) -> String {
    format!(
        "schema = \"mekiki/measurement/v1\"\nid = \"m\"\ntool = \"georoute\"\ntool_version = \"2.1\"\n\
         measured_at = \"2026-11-12T01:00:00Z\"\ntarget = \"https://andon.example\"\nmeasured_by = \"情報システム課\"\n\
         [scope]\ncorporate_number = \"{number}\"\nservice = \"{service}\"\n\
         [[establishes]]\nkey = \"cloud.data.countries\"\nvalue = {countries}\n"
    )
}

fn audit(number: &str, service: &str, to: &str, countries: &str) -> String {
    format!(
        "schema = \"mekiki/audit-report/v1\"\nid = \"a\"\nauditor = \"監査法人\"\nstandard = \"soc-2\"\ntype = \"type-2\"\n\
         report_sha256 = \"{}\"\n[period]\nfrom = \"2024-01-01\"\nto = \"{to}\"\n\
         [scope]\ncorporate_number = \"{number}\"\nservice = \"{service}\"\n\
         [[establishes]]\nkey = \"cloud.data.countries\"\nvalue = {countries}\n",
        "ab".repeat(32)
    )
}

fn advisory() -> String {
    json!({
        "schema_version": "1.6.0", "id": "RUSTSEC-2026-9100", "modified": "2026-11-01T00:00:00Z",
        "published": "2026-11-01T00:00:00Z", "summary": "an invented fault",
        "affected": [{
            "package": {"ecosystem": "crates.io", "name": "kakitori-index"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0.0.0-0"}, {"fixed": "0.3.2"}]}],
        }],
    })
    .to_string()
}

/// What an honest package may hold beside: what has run out, and what speaks of others.
fn clutter() -> Vec<(&'static str, String)> {
    let old = format!(
        "number = \"IS-6\"\nholder_corporate_number = \"{NUMBER}\"\nissued = \"2022-10-01\"\nvalid_until = \"2025-09-30\"\n\
         covers_task = false\n"
    );
    let other = format!(
        "number = \"C26-9\"\nholder_corporate_number = \"{OTHER}\"\nsubject = \"別のクラウド\"\naudit_period_end = \"2024-03-31\"\n\
         regions = [\"us\"]\ncountries = [\"US\"]\n"
    );
    vec![
        (
            "agency/old-audit.toml",
            audit(NUMBER, "行灯クラウド", "2024-12-31", "[\"US\"]"),
        ),
        ("registry/other.toml", record("ismap", &other, true)),
        ("registry/old-isms.toml", record("iso-27001", &old, true)),
    ]
}

/// Evidence about somebody or something else, by where it lies.
pub(crate) fn strangers() -> Vec<(&'static str, String)> {
    let isms = format!(
        "holder_corporate_number = \"{OTHER}\"\nissued = \"2025-10-01\"\nvalid_until = \"2028-10-01\"\ncovers_task = false\n"
    );
    let label = format!(
        "holder_corporate_number = \"{NUMBER}\"\nsubject = \"connector\"\nsubject_version = \"1.3.0\"\nlevel = 4\n\
         issued = \"2026-01-01\"\n"
    );
    vec![
        (
            "evidence/stranger/isms.toml",
            record("iso-27001", &isms, false),
        ),
        ("registry/stranger.toml", record("iso-27001", &isms, true)),
        (
            "evidence/stranger/label.toml",
            record("jc-star", &label, false),
        ),
        (
            "evidence/stranger/audit.toml",
            audit(OTHER, "行灯クラウド", "2026-06-30", "[\"US\"]"),
        ),
        (
            "agency/stranger-service.toml",
            measurement(NUMBER, "別のクラウド", "[\"US\"]"),
        ),
        (
            "agency/stranger.toml",
            measurement(OTHER, "別のクラウド", "[\"US\"]"),
        ),
    ]
}

const FETCHED: &str = "schema = \"mekiki/agency-record/v1\"\nid = \"fetched\"\nrecorded_on = \"2026-11-19\"\n\
    recorded_by = \"情報システムセキュリティ責任者\"\n[title]\nja = \"取得の記録\"\nen = \"record of fetching\"\n\
    [[establishes]]\nkey = \"agency.advisories.retrieved_on\"\nvalue = \"2026-11-19\"\n";

const OFFERING: &str = r#"schema = "mekiki/offering/v1"
id = "liars"
as_of = "2026-11-20"
offering_types = ["SaaS", "SW", "DEV"]
corporate_number = "7999901000001"
planned_end_of_use = "2030-03-31"
allowed_countries = ["JP"]
used_regions = ["jp-east"]

[case]
log_retention_months = 12
used_functions = ["storage"]

[supplier]
ja = "行灯株式会社"
en = "Andon Co., Ltd."

[product]
name = "connector"
version = "1.4.0"
service = "行灯クラウド"

[signer]
identity = "https://ci.liars.example/release.yml@refs/tags/v1"
issuer = "https://oidc.liars.example"

[[information]]
confidentiality = 2
integrity = 2
availability = 1
restrictions = ["no-copy"]
name = { ja = "文書", en = "documents" }
"#;
