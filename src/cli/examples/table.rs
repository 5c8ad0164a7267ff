//! The table of examples.

/// Commands with their examples. Paths below `fixtures` are those of the repository.
pub(super) const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "detect",
        &["mekiki detect fixtures/tenders/document-cloud/bids/*/sbom/*"],
    ),
    (
        "sbom inspect",
        &[
            "mekiki sbom inspect fixtures/tenders/document-cloud/bids/*/sbom/*.spdx.json --format sarif",
        ],
    ),
    (
        "sbom check",
        &[
            "mekiki sbom check fixtures/tenders/document-cloud/bids/aoba/sbom/*.cdx.json --profile meti-2.0",
        ],
    ),
    ("sbom profiles", &["mekiki sbom profiles --lang ja"]),
    (
        "sbom diff",
        &[
            "mekiki sbom diff fixtures/tenders/document-cloud/bids/aoba/sbom/*.cdx.json fixtures/tenders/document-cloud/bids/minami/sbom/*.cdx.json",
        ],
    ),
    (
        "sbom match",
        &[
            "mekiki sbom match fixtures/tenders/document-cloud/bids/aoba/sbom/*.cdx.json --against fixtures/tenders/document-cloud/bids/aoba/delivery",
        ],
    ),
    (
        "sbom convert",
        &[
            "mekiki sbom convert fixtures/tenders/document-cloud/bids/aoba/sbom/*.cdx.json --to spdx-2.3-json -o sbom.spdx.json",
        ],
    ),
    (
        "signature verify",
        &[
            "cd fixtures/tenders/document-cloud\nmekiki signature verify bids/aoba/delivery/*-1.4.0.tgz --bundle bids/aoba/delivery/*.tgz.sigstore.json --trusted-root trust/trusted_root.json --certificate-oidc-issuer https://oidc.aoba.example --certificate-identity https://ci.aoba.example/connector/release.yml@refs/tags/v1.4.0",
        ],
    ),
    (
        "attestation verify",
        &[
            "cd fixtures/tenders/document-cloud\nmekiki attestation verify bids/aoba/delivery/*-1.4.0.tgz --attestation bids/aoba/delivery/*.provenance.sigstore.json --trusted-root trust/trusted_root.json --certificate-oidc-issuer https://oidc.aoba.example --certificate-identity https://ci.aoba.example/connector/release.yml@refs/tags/v1.4.0",
        ],
    ),
    (
        "trust add",
        &[
            "mekiki trust add --supplier aoba --for artifact --kind sigstore --clause CL-17 --certificate-oidc-issuer https://oidc.aoba.example --certificate-identity https://ci.aoba.example/connector/release.yml@refs/tags/v1.4.0 --from 2026-04-01 --approved-by 'contracting officer'",
        ],
    ),
    ("trust list", &["mekiki trust list --supplier aoba"]),
    (
        "trust check",
        &[
            "mekiki trust check fixtures/tenders/document-cloud/bids/aoba/delivery/*-1.4.0.tgz --supplier aoba --bundle fixtures/tenders/document-cloud/bids/aoba/delivery/*.tgz.sigstore.json --trusted-root fixtures/tenders/document-cloud/trust/trusted_root.json",
        ],
    ),
    (
        "trust withdraw",
        &[
            "mekiki trust withdraw T-0001 --compromised --reason 'key lost' --approved-by 'security officer'",
        ],
    ),
    ("trust root update", &["mekiki trust root update"]),
    (
        "trust root import",
        &[
            "mekiki trust root import fixtures/tenders/document-cloud/trust/trusted_root.json --into trust-root",
        ],
    ),
    (
        "trust root show",
        &["mekiki trust root show --from trust-root"],
    ),
    (
        "provenance check",
        &[
            "cd fixtures/tenders/document-cloud\nmekiki provenance check --attestation bids/aoba/delivery/*.provenance.sigstore.json --subject sha256:$(sha256sum bids/aoba/delivery/*-1.4.0.tgz | cut -c1-64) --source-uri https://git.aoba.example/bunsho/connector --trusted-root trust/trusted_root.json --certificate-oidc-issuer https://oidc.aoba.example --certificate-identity https://ci.aoba.example/connector/release.yml@refs/tags/v1.4.0",
        ],
    ),
    (
        "feed import",
        &[
            "mekiki feed import fixtures/tenders/document-cloud/advisories fixtures/deliveries/*.json --into feed --retrieved 2026-11-20",
        ],
    ),
    (
        "feed update",
        &["mekiki feed update --into feed --from cisa-kev"],
    ),
    (
        "feed export",
        &["mekiki feed export feed --to monday.mekiki-feed"],
    ),
    ("feed list", &["mekiki feed list feed --format json"]),
    ("feed show", &["mekiki feed show feed"]),
    ("feed verify", &["mekiki feed verify feed"]),
    (
        "feed use",
        &[
            "mekiki feed use $(mekiki feed list feed --format json | grep -o -m1 '[0-9a-f]\\{64\\}') feed",
        ],
    ),
    ("feed prune", &["mekiki feed prune feed --keep 3"]),
    (
        "scan",
        &[
            "mekiki scan fixtures/tenders/document-cloud/bids/hokuto/sbom/*x.json --feed feed --as-of 2026-12-01 --fail-on high",
        ],
    ),
    (
        "inventory add",
        &[
            "mekiki inventory add fixtures/tenders/document-cloud/bids/hokuto/sbom/*x.json --into inventory",
        ],
    ),
    ("inventory list", &["mekiki inventory list inventory"]),
    (
        "inventory rescan",
        &[
            "mekiki inventory rescan inventory --feed feed --as-of 2026-12-01 --from $(mekiki feed list feed --format json | grep -o -m1 '[0-9a-f]\\{64\\}')",
        ],
    ),
    (
        "inventory remove",
        &[
            "mekiki inventory remove fixtures/tenders/document-cloud/bids/hokuto/sbom/*x.json --from inventory",
        ],
    ),
    (
        "advisory affects",
        &["mekiki advisory affects RUSTSEC-2026-9001 crates.io kakitori-index 0.3.1 --feed feed"],
    ),
    (
        "version compare",
        &["mekiki version compare Debian 1.0~rc1-1 1.0-1"],
    ),
    ("version ecosystems", &["mekiki version ecosystems"]),
    (
        "vex validate",
        &["mekiki vex validate supplier.openvex.json"],
    ),
    (
        "vex apply",
        &[
            "mekiki vex apply fixtures/tenders/document-cloud/bids/aoba/sbom/*.cdx.json --vex supplier.openvex.json",
        ],
    ),
    ("facts", &["mekiki facts --lang ja"]),
    (
        "questionnaire export",
        &["mekiki questionnaire export article-19-bid --lang both -o questionnaire.xlsx"],
    ),
    (
        "questionnaire packet",
        &[
            "mekiki questionnaire packet article-19-bid --tender fixtures/tenders/document-cloud -o packet.zip",
        ],
    ),
    (
        "questionnaire sign",
        &["mekiki questionnaire sign answers.json --key supplier.pem -o answers.json.dsse.json"],
    ),
    (
        "questionnaire receive",
        &["mekiki questionnaire receive answers.json --sent packet.zip"],
    ),
    (
        "questionnaire import",
        &["mekiki questionnaire import fixtures/tenders/document-cloud/bids/aoba/answers.toml"],
    ),
    (
        "questionnaire map suggest",
        &["mekiki questionnaire map suggest caiq.csv"],
    ),
    ("questionnaire map list", &["mekiki questionnaire map list"]),
    ("criteria list", &["mekiki criteria list --lang ja"]),
    ("criteria show", &["mekiki criteria show A19-2.integ.sbom"]),
    ("criteria test", &["mekiki criteria test"]),
    ("criteria check", &["mekiki criteria check"]),
    ("criteria diff", &["mekiki criteria diff built-in criteria"]),
    (
        "criteria impact",
        &["mekiki criteria impact built-in criteria --cases fixtures/tenders/document-cloud"],
    ),
    (
        "criteria pack",
        &["mekiki criteria pack built-in --key agency.pem -o criteria.mekiki"],
    ),
    (
        "criteria verify",
        &["mekiki criteria verify criteria.mekiki --criteria-key agency.pub"],
    ),
    (
        "assess",
        &[
            "mekiki assess fixtures/tenders/document-cloud --bid hokuto --format html -o report.html",
        ],
    ),
    (
        "tender evaluate",
        &["mekiki tender evaluate fixtures/tenders/document-cloud --record record.json"],
    ),
    (
        "tender key new",
        &["mekiki tender key new --out opener.key"],
    ),
    (
        "tender case publish",
        &[
            "mekiki tender case publish tender.toml --into CASE --as kato:contracting-officer --opener o1=o1.pub --opener o2=o2.pub --opener o3=o3.pub --threshold 2 --opening opening.toml",
        ],
    ),
    (
        "tender case amend",
        &[
            "mekiki tender case amend CASE --as kato:contracting-officer --tender tender.toml --reason 'item 3 made clearer'",
        ],
    ),
    (
        "tender case invite",
        &["mekiki tender case invite CASE -o invitation.json"],
    ),
    (
        "tender case seal",
        &[
            "mekiki tender case seal invitation.json --bid bid.toml --folder papers --out bid.sealed",
        ],
    ),
    (
        "tender case submit",
        &["mekiki tender case submit CASE --as aoba:vendor --sealed bid.sealed"],
    ),
    (
        "tender case close",
        &["mekiki tender case close CASE --as kato:contracting-officer"],
    ),
    (
        "tender case appoint",
        &[
            "mekiki tender case appoint CASE --as kato:contracting-officer --evaluator sato --name 佐藤 --recipient sato.pub",
        ],
    ),
    (
        "tender case dismiss",
        &[
            "mekiki tender case dismiss CASE --as kato:contracting-officer --evaluator mori --reason 'conflict of interest'",
        ],
    ),
    (
        "tender case declare",
        &["mekiki tender case declare CASE --as sato:evaluator --no-conflict"],
    ),
    (
        "tender case share",
        &["mekiki tender case share CASE --as o1:opener --key o1.key"],
    ),
    (
        "tender case open-technical",
        &["mekiki tender case open-technical CASE --as kato:contracting-officer"],
    ),
    (
        "tender case papers",
        &["mekiki tender case papers CASE --into papers"],
    ),
    (
        "tender case mark",
        &["mekiki tender case mark CASE --as sato:evaluator --key sato.key --sheet sato.toml"],
    ),
    (
        "tender case marks",
        &["mekiki tender case marks CASE --as sato:evaluator --key sato.key"],
    ),
    (
        "tender case lock-sheets",
        &["mekiki tender case lock-sheets CASE --as kato:contracting-officer"],
    ),
    (
        "tender case reveal",
        &["mekiki tender case reveal CASE --as sato:evaluator --key sato.key"],
    ),
    (
        "tender case consolidate",
        &["mekiki tender case consolidate CASE --as kato:contracting-officer --key kato.key"],
    ),
    (
        "tender case reason",
        &[
            "mekiki tender case reason CASE --as sato:evaluator --key sato.key --bid aoba --item plan --reason 'a worked example'",
        ],
    ),
    (
        "tender case confirm",
        &[
            "mekiki tender case confirm CASE --as kato:contracting-officer --key kato.key --decisions decisions.toml",
        ],
    ),
    (
        "tender case lock",
        &["mekiki tender case lock CASE --as kato:contracting-officer --key kato.key"],
    ),
    (
        "tender case open-prices",
        &["mekiki tender case open-prices CASE --as kato:contracting-officer"],
    ),
    (
        "tender case exclude",
        &[
            "mekiki tender case exclude CASE --as kato:contracting-officer --bid kiri --reason-ja 辞退 --reason-en withdrawn",
        ],
    ),
    (
        "tender case lots",
        &["mekiki tender case lots CASE --as kato:contracting-officer --order aoba,kiri"],
    ),
    (
        "tender case assemble",
        &["mekiki tender case assemble CASE --into assembled"],
    ),
    (
        "tender case rank",
        &["mekiki tender case rank CASE --as kato:contracting-officer"],
    ),
    (
        "tender case award",
        &["mekiki tender case award CASE --as kato:contracting-officer --bid aoba"],
    ),
    (
        "tender case cancel",
        &[
            "mekiki tender case cancel CASE --as kato:contracting-officer --reason 'the need is gone'",
        ],
    ),
    ("tender case status", &["mekiki tender case status CASE"]),
    ("tender case verify", &["mekiki tender case verify CASE"]),
    (
        "tender case log",
        &["mekiki tender case log CASE --format json"],
    ),
    (
        "tender chart",
        &["mekiki tender chart fixtures/tenders/document-cloud --kind ranking -o ranking.svg"],
    ),
    (
        "tender paper",
        &[
            "mekiki tender paper fixtures/tenders/document-cloud --kind procedure --lang ja -o procedure.html",
        ],
    ),
    (
        "tender consolidate",
        &["mekiki tender consolidate tender.toml --format xlsx -o marks.xlsx"],
    ),
    (
        "tender sheet export",
        &["mekiki tender sheet export tender.toml --evaluator e1 --lang both -o e1.xlsx"],
    ),
    (
        "tender sheet import",
        &["mekiki tender sheet import e1.xlsx --tender tender.toml -o e1.toml"],
    ),
    (
        "tender timetable",
        &["mekiki tender timetable fixtures/tenders/document-cloud --as-of 2026-11-01"],
    ),
    (
        "tender ocds",
        &["mekiki tender ocds tender --stage notice --prefix ocds-xxxxxx -o notice.json"],
    ),
    (
        "tender add",
        &["mekiki tender add fixtures/tenders/document-cloud --data mekiki-data"],
    ),
    ("agency check", &["mekiki agency check registers"]),
    (
        "agency systems",
        &["mekiki agency systems registers --lang ja"],
    ),
    (
        "agency exceptions",
        &["mekiki agency exceptions registers --as-of 2027-03-31"],
    ),
    ("agency self-check", &["mekiki agency self-check registers"]),
    (
        "agency audit",
        &["mekiki agency audit registers -o audit.zip"],
    ),
    (
        "self-check",
        &[
            "mekiki self-check --feed feed --as-of 2026-12-01 --trusted-root fixtures/tenders/document-cloud/trust/trusted_root.json",
            "mekiki self-check --feed feed --as-of 2026-12-01 --without trusted-root --format json",
        ],
    ),
    (
        "verify",
        &["mekiki verify fixtures/deliveries/connector --feed feed"],
    ),
    (
        "policy check",
        &["mekiki policy check fixtures/policies/example-agency"],
    ),
    (
        "policy test",
        &["mekiki policy test fixtures/policies/example-agency"],
    ),
    (
        "clauses draft",
        &["mekiki clauses draft fixtures/tenders/document-cloud --lang both -o clauses.md"],
    ),
    (
        "requirements list",
        &[
            "mekiki requirements list fixtures/tenders/document-cloud --format json -o requirements.json",
        ],
    ),
    (
        "reassess",
        &[
            "mekiki reassess record.json --evidence fixtures/tenders/document-cloud --as-of 2027-06-01",
        ],
    ),
    (
        "record replay",
        &["mekiki record replay record.json --evidence fixtures/tenders/document-cloud"],
    ),
    (
        "record sign",
        &["mekiki record sign record.json --key agency.pem -o record.json.dsse.json"],
    ),
    (
        "record verify",
        &[
            "mekiki record verify record.json.dsse.json --key agency.pub --evidence fixtures/tenders/document-cloud",
        ],
    ),
    ("serve", &["mekiki serve --demo"]),
    (
        "completions",
        &["mekiki completions bash > ~/.local/share/bash-completion/completions/mekiki"],
    ),
    (
        "man",
        &[
            "mekiki man --output man",
            "mekiki man sbom inspect | man -l -",
        ],
    ),
];
