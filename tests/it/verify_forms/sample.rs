//! Verdicts to write in tests: a good one, one with a bit of everything, and hostile ones.

use mekiki::acceptance::check::Checks;
use mekiki::acceptance::finding::{Effect, Finding, Outcome, Standing, Weakness};
use mekiki::acceptance::report::{
    ArtifactView, Delivered, Ending, ExceptionView, GroupView, Input, Inspection, LeftOutView,
    Product, Report, Subject, Tool,
};
use mekiki::acceptance::requirement::{Settled, Settlement, SettlingCheck};
use mekiki::acceptance::{Group, Verdict};
use mekiki::app::library::Library;
use mekiki::diagnostic::Place;
use mekiki::digest::Digest;
use mekiki::evidence::Citation;
use mekiki::text::Text;

/// What a supplier may write into every text that it controls.
pub(crate) const HOSTILE: &str = "\u{1b}[31m<script>alert(1)</script> | `x` **b** [l](http://evil.example) @octocat #12 \u{202e}gnp.exe\r\n## h ]]> &amp; \"'\\ \u{0}\u{ffff}\u{2028}www.evil.example";

pub(crate) fn checks() -> Checks {
    Library::open(None).unwrap().acceptance_checks
}

pub(crate) fn both(text: &str) -> Text {
    Text {
        ja: format!("{text}(日本語)"),
        en: text.to_owned(),
    }
}

pub(crate) fn cite(file: &str, at: Place) -> Citation {
    Citation {
        sha256: Digest::of(file.as_bytes()),
        file: file.to_owned(),
        at,
    }
}

/// A verdict in which every check of the table is met.
pub(crate) fn good() -> Report {
    let checks = checks();
    let groups = Group::WORDS.iter().map(|(_, group)| {
        let own = checks.list.iter().filter(|check| check.group == *group);
        let own = own.map(|check| {
            Outcome::new(
                check,
                both("all of it was looked at and is as it should be"),
            )
            .resting_on([cite("bom.json", Place::line(14, 7))])
        });
        GroupView::new(*group, own.collect())
    });
    let mut report = Report {
        schema: "mekiki/verify/v1",
        verdict: Ending::Acceptable,
        headline: Text::default(),
        as_of: "2026-11-26T00:00:00Z".to_owned(),
        subject: Subject {
            case: Some("2026-017".to_owned()),
            contract: Some("K-2026-104".to_owned()),
            supplier: Some("aoba".to_owned()),
            product: Some(Product {
                name: "Aoba Bunsho Connector".to_owned(),
                version: "1.4.0".to_owned(),
            }),
            stage: "delivery",
        },
        delivered: Delivered {
            files: 42,
            bytes: 12_345_678,
            sha256: Digest::of(b"delivered"),
        },
        artifacts: vec![ArtifactView {
            path: "bin/connector".to_owned(),
            sha256: Digest::of(b"bin/connector"),
        }],
        groups: groups.collect(),
        requirements: requirements(),
        inspection: None,
        exceptions: Vec::new(),
        left_out: Vec::new(),
        inputs: [
            "manifest:delivery.toml",
            "sbom:bom.json",
            "requirements:register.json",
        ]
        .map(|one| {
            let (role, path) = one.split_once(':').unwrap();
            Input {
                role: match role {
                    "manifest" => "manifest",
                    "sbom" => "sbom",
                    _ => "requirements",
                },
                path: path.to_owned(),
                sha256: Digest::of(path.as_bytes()),
            }
        })
        .to_vec(),
        tool: Tool {
            name: "mekiki",
            version: "0.1.0",
        },
    };
    settle(&mut report);
    report
}

fn settling(check: &str, verdict: Verdict) -> SettlingCheck {
    SettlingCheck {
        check: check.to_owned(),
        verdict,
    }
}

fn requirements() -> Vec<Settled> {
    let one = |id: &str, verdict, checks: &[(&str, Verdict)], asks: Option<&str>| {
        let (criterion, clause) = id.split_once('/').unwrap();
        Settled {
            id: id.to_owned(),
            criterion: criterion.into(),
            clause: Some(clause.into()),
            title: both(&format!("what {criterion} asks is met")),
            verdict,
            checks: checks
                .iter()
                .map(|(id, came)| settling(id, *came))
                .collect(),
            citations: vec![cite("register.json", Place::pointer("/requirements/3"))],
            asks: asks.map(both),
        }
    };
    let sbom = [
        ("sbom.delivered", Verdict::Pass),
        ("sbom.format", Verdict::Pass),
    ];
    vec![
        one("A19-2.integ.sbom/CL-15", Settlement::Pass, &sbom, None),
        one(
            "A19-2.integ.known-vulns/CL-18",
            Settlement::Pass,
            &[("advisory.severity", Verdict::Pass)],
            None,
        ),
        one(
            "A19-2.integ.seal/CL-20",
            Settlement::Inspector,
            &[],
            Some("The packaging shows no sign of having been opened."),
        ),
        one(
            "A19-2.people.place/CL-05",
            Settlement::Inspector,
            &[],
            Some("Work was done at the places that the contract names."),
        ),
    ]
}

/// Draws groups, verdict and first line anew.
pub(crate) fn settle(report: &mut Report) {
    for group in &mut report.groups {
        *group = GroupView::new(group.name, group.checks.clone());
    }
    let verdict = Verdict::over(report.groups.iter().map(|group| group.verdict));
    report.verdict = Ending::of(verdict);
    let first = report
        .groups
        .iter()
        .flat_map(|group| &group.findings)
        .find(|one| one.counts());
    let what = first.map_or_else(
        || "every check is met".to_owned(),
        |one| {
            let place = one
                .citations
                .first()
                .map_or_else(|| "-".to_owned(), |one| format!("{}:{}", one.file, one.at));
            format!("{} ({place})", one.message.en)
        },
    );
    report.headline = both(&format!("{}: {what}", report.verdict.word()));
}

/// Adds a finding to its check.
pub(crate) fn add(report: &mut Report, finding: Finding) {
    let outcomes = report.groups.iter_mut().flat_map(|group| &mut group.checks);
    let mut own = outcomes.filter(|one| one.check == finding.check);
    own.next().unwrap().findings.push(finding);
}

/// A verdict with a bit of everything: what fails, what could not be judged, what is waived, known, warned of and noted.
pub(crate) fn mixed() -> Report {
    let mut report = good();
    let fails = |check: &str, subject: &str, message: &str| {
        Finding::new(check, Effect::Fails, subject, both(message))
    };
    add(
        &mut report,
        fails(
            "contents.altered",
            "bin/connector",
            "bin/connector has other bytes than the SBOM states",
        )
        .cite(cite("bom.json", Place::line(14, 7)))
        .cite(cite("bin/connector", Place::whole())),
    );
    let mut exploited = fails(
        "advisory.exploited",
        "pkg:npm/shelf-reader@1.4.0",
        "shelf-reader 1.4.0 has CVE-2026-10001, which is known to be exploited",
    )
    .cite(cite("bom.json", Place::pointer("/components/0")));
    exploited.weakness = Some(Weakness {
        ids: vec![
            "CVE-2026-10001".to_owned(),
            "GHSA-aaaa-bbbb-cccc".to_owned(),
        ],
        rating: "critical".to_owned(),
        tenths: Some(98),
        exploited: true,
        due: Some("2026-11-26".to_owned()),
        fixed: vec!["1.4.1".to_owned()],
    });
    add(&mut report, exploited);
    let mut waived = fails(
        "advisory.severity",
        "pkg:npm/ink@2.0.0",
        "ink 2.0.0 has CVE-2026-10002 at 7.5, and the contract wants 7.0 and above fixed",
    )
    .cite(cite("bom.json", Place::line(30, 5)));
    waived.standing = Standing::Waived {
        exception: "EX-2026-03".to_owned(),
        until: "2026-12-31".to_owned(),
    };
    waived.weakness = Some(Weakness {
        ids: vec!["CVE-2026-10002".to_owned()],
        rating: "high".to_owned(),
        tenths: Some(75),
        exploited: false,
        due: None,
        fixed: Vec::new(),
    });
    add(&mut report, waived);
    let mut known = fails(
        "sbom.valid",
        "bom.json",
        "bom.json breaches its specification at 3 places",
    )
    .cite(cite("bom.json", Place::line(2, 3)));
    known.standing = Standing::Known {
        baseline: Digest::of(b"earlier"),
    };
    known.code = Some("schema-required".to_owned());
    add(&mut report, known);
    add(
        &mut report,
        Finding::new(
            "advisory.feed",
            Effect::Unverifiable,
            "npm",
            both("what is known of npm is 40 days old, and the contract wants 7"),
        )
        .cite(cite("feed", Place::whole())),
    );
    add(
        &mut report,
        Finding::new(
            "signature.sbom",
            Effect::Warns,
            "bom.json",
            both("the certificate ends in 3 days"),
        ),
    );
    add(
        &mut report,
        Finding::new(
            "files.readable",
            Effect::Notes,
            "docs",
            both("a link was not followed"),
        ),
    );
    report.exceptions.push(ExceptionView {
        id: "EX-2026-03".to_owned(),
        criterion: "A19-2.integ.known-vulns".to_owned(),
        state: "in_force",
        until: "2026-12-31".to_owned(),
        reason: both("the maker mends it in the next release"),
        compensating_measure: both("the component is not reachable from outside"),
        approver: "情報システム統括責任者".to_owned(),
        waives: 1,
        file: "exceptions/EX-2026-03.toml".to_owned(),
    });
    let notified = "2026-11-20".parse().unwrap();
    report.inspection = Some(Inspection::after(notified, "2026-11-26".parse().unwrap()));
    report.left_out.push(LeftOutView {
        what: "provenance",
        reason: both("the contract was made before provenance was asked for"),
    });
    report.inputs.push(Input {
        role: "baseline",
        path: "earlier.json".to_owned(),
        sha256: Digest::of(b"earlier"),
    });
    if let Some(one) = report.requirements.get_mut(1) {
        one.verdict = Settlement::Fail;
        one.checks = vec![
            settling("advisory.exploited", Verdict::Fail),
            settling("advisory.feed", Verdict::Unverifiable),
        ];
    }
    settle(&mut report);
    report
}

/// A verdict in which everything that a supplier names is hostile.
pub(crate) fn hostile() -> Report {
    let mut report = mixed();
    let text = Text {
        ja: HOSTILE.to_owned(),
        en: HOSTILE.to_owned(),
    };
    let subject = &mut report.subject;
    subject.case = Some(HOSTILE.to_owned());
    subject.contract = Some(HOSTILE.to_owned());
    subject.product = Some(Product {
        name: HOSTILE.to_owned(),
        version: HOSTILE.to_owned(),
    });
    for group in &mut report.groups {
        for outcome in &mut group.checks {
            outcome.said = text.clone();
            for finding in &mut outcome.findings {
                finding.message = text.clone();
                finding.subject = HOSTILE.to_owned();
                for citation in &mut finding.citations {
                    citation.file = format!("a\\b/../{HOSTILE}");
                    citation.at = Place::pointer(format!("/{HOSTILE}"));
                }
            }
        }
    }
    for one in &mut report.requirements {
        one.id = HOSTILE.to_owned();
        one.title = text.clone();
        one.asks = one.asks.as_ref().map(|_| text.clone());
    }
    for one in &mut report.exceptions {
        one.reason = text.clone();
        one.compensating_measure = text.clone();
        one.approver = HOSTILE.to_owned();
        one.file = HOSTILE.to_owned();
    }
    for one in &mut report.left_out {
        one.reason = text.clone();
    }
    for one in &mut report.inputs {
        one.path = HOSTILE.to_owned();
    }
    for one in &mut report.artifacts {
        one.path = HOSTILE.to_owned();
    }
    for group in &mut report.groups {
        *group = GroupView::new(group.name, group.checks.clone());
    }
    report.headline = text;
    report
}

/// A verdict with very many findings of one check, and one of another.
pub(crate) fn many(count: usize) -> Report {
    let mut report = mixed();
    for index in 0..count {
        let path = format!("lib/part-{index:05}.so");
        add(
            &mut report,
            Finding::new(
                "contents.unlisted",
                Effect::Fails,
                path.clone(),
                both(&format!("{path} is listed in no SBOM")),
            )
            .cite(cite(&path, Place::whole())),
        );
    }
    settle(&mut report);
    report
}
