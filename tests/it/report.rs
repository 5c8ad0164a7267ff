//! The report as a page, as a workbook and as text: complete, inert, the same each time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use calamine::{Data, Reader as _, Xlsx};
use mekiki::app::report::{report_on, reports_on};
use mekiki::app::tender::{judge_tender, open_tender};
use mekiki::digest::Digest;
use mekiki::document::report::{Advice, Report, criterion_text, page, tender_page, text, workbook};
use mekiki::exact::Exact;
use mekiki::id::{BidId, CriterionId};
use mekiki::text::{Lang, Text};
use regex::Regex;

use crate::binary::{DEMO, Scratch, mekiki};
use crate::demo::Demo;

fn reported<T>(demo: &Demo, bid: &str, ask: impl FnOnce(&mut Report<'_>) -> T) -> T {
    let open = open_tender(&demo.library, demo.evidence.clone()).unwrap();
    let judged = judge_tender(&demo.library, &open, None).unwrap();
    let id = BidId(bid.to_owned());
    let view = judged.view.bids.iter().find(|one| one.id == id).unwrap();
    let bid = open.tender.bids.iter().find(|one| one.id == id).unwrap();
    let assessment = view.assessment.as_ref().unwrap();
    ask(&mut report_on(&demo.library, &open, bid, assessment))
}

/// The demo with a supplier who says the opposite of what the agency knows.
fn disputed(bid: &str) -> Demo {
    let path = format!("bids/{bid}/answers.toml");
    let mut demo = Demo::new();
    let sheet = demo.evidence.iter().find(|one| one.path == path).unwrap();
    let text = String::from_utf8(sheet.bytes.to_vec()).unwrap();
    let changed = text.replace(
        "[answers.suspension]\nvalue = false",
        "[answers.suspension]\nvalue = true",
    );
    assert_ne!(changed, text);
    demo = demo.without(|one| one == path);
    demo.with(&path, changed)
}

fn captures(pattern: &str, text: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let found = pattern.captures_iter(text);
    found.map(|one| one[1].to_owned()).collect()
}

/// Whatever is wrong with a page as a thing complete in itself.
pub(crate) fn faults(page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    // What a document says stands escaped, so that every sign of "less" begins a tag of ours.
    let tags = captures("<([^>]*)>", page);
    let attribute = Regex::new(" (on[a-z]+|src|style|action|srcdoc)=").unwrap();
    for tag in &tags {
        let name = tag
            .trim_start_matches('/')
            .split(' ')
            .next()
            .unwrap_or_default();
        let banned = [
            "script", "iframe", "object", "embed", "link", "form", "img", "base",
        ];
        if banned.contains(&name) || attribute.is_match(tag) {
            faults.push(format!("holds <{tag}>"));
        }
    }
    if tags.len() != page.matches('<').count() {
        faults.push("a tag does not end".to_owned());
    }
    let ids = captures(" id=\"([^\"]*)\"", page);
    let distinct: BTreeSet<_> = ids.iter().collect();
    if distinct.len() != ids.len() {
        faults.push("an anchor is given twice".to_owned());
    }
    for target in captures("href=\"([^\"]*)\"", page) {
        if !target
            .strip_prefix('#')
            .is_some_and(|id| distinct.contains(&id.to_owned()))
        {
            faults.push(format!("a link leads nowhere: {target}"));
        }
    }
    for hash in captures("url\\(([^)]*)\\)", page) {
        if hash != "#hatch" {
            faults.push(format!("loads {hash}"));
        }
    }
    let style = captures("(?s)<style>(.*)</style>", page).remove(0);
    let allowed = captures("style-src '([^']*)'", page);
    let digest = BASE64_STANDARD.encode(Digest::of(style.as_bytes()).bytes());
    if allowed != [format!("sha256-{digest}")] || !page.contains("default-src 'none'") {
        faults.push("the policy does not name the style".to_owned());
    }
    faults
}

#[test]
fn a_page_is_complete_in_itself() {
    let demo = Demo::new();
    for bid in ["aoba", "hokuto", "minami"] {
        for langs in [&[Lang::Ja][..], &[Lang::En], &Lang::BOTH] {
            let page = reported(&demo, bid, |report| page(report, langs).unwrap());
            assert_eq!(faults(&page), [] as [String; 0], "{bid}");
            assert!(page.starts_with("<!DOCTYPE html>"));
            assert!(page.contains(&format!("<html lang=\"{}\">", langs[0].code())));
            assert!(page.len() < 1_500_000, "{}", page.len());
            for lang in langs {
                let lang = format!(" lang=\"{}\"", lang.code());
                assert!(page.contains(&lang));
            }
        }
    }
    // The check itself finds what it looks for.
    let page = reported(&demo, "aoba", |report| page(report, &[Lang::En]).unwrap());
    for (from, to) in [
        ("<main>", "<main><script src=x>"),
        ("<main>", "<main><a href=\"#nowhere\">x</a>"),
        ("<main>", "<main id=\"score\">"),
        ("body {", "body  {"),
    ] {
        assert_eq!(faults(&page.replacen(from, to, 1)).len(), 1, "{to}");
    }
}

#[test]
fn a_page_says_what_was_judged_for_whom_and_on_what() {
    let demo = disputed("minami");
    let page = reported(&demo, "minami", |report| {
        let page = page(report, &[Lang::Ja]).unwrap();
        for verdict in &report.assessment.verdicts {
            assert!(page.contains(&format!("id=\"c-{}\"", verdict.criterion)));
        }
        for contradiction in &report.assessment.contradictions {
            assert!(page.contains(contradiction.fact.as_str()));
        }
        assert!(!report.assessment.contradictions.is_empty());
        for one in &report.evidence {
            assert!(page.contains(&one.digest.hex()), "{}", one.path);
            assert!(!one.path.starts_with("bids/aoba/"), "another bidder's file");
        }
        page
    });
    for part in [
        "記録保存庁(架空)",
        "機密性2・完全性2・可用性2",
        "複製禁止、再開示禁止",
        "確認済み",
        "記憶による",
        "2026-11-20",
        "class=\"cited\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("bids/aoba/"));
    // The marking stands in the style of every printed page too, where each character is an escape.
    let (_, footer) = page.split_once("@bottom-left { content: \"").unwrap();
    let (footer, _) = footer.split_once('}').unwrap();
    assert!(footer.contains("\\006a5f\\005bc6\\0060272"), "{footer}");
}

#[test]
fn advice_is_shown_where_there_is_some() {
    let demo = Demo::new();
    let advised = reported(&demo, "aoba", |report| {
        let criterion = CriterionId("A19-2.leak.mfa".to_owned());
        let what = Text {
            ja: "<b>監査報告書</b>".to_owned(),
            en: "the <b>audit report</b>".to_owned(),
        };
        report.narrowing.push(Advice {
            criteria: vec![criterion.clone()],
            fact: None,
            what: what.clone(),
            points: Some(Exact::parse("1.5").unwrap()),
        });
        report.repairs.push(Advice {
            criteria: vec![criterion],
            fact: None,
            what,
            points: None,
        });
        page(report, &[Lang::En]).unwrap()
    });
    assert!(advised.contains("What would narrow the interval most"));
    assert!(advised.contains("What to repair first"));
    assert_eq!(advised.matches("the &#60;b&#62;audit report").count(), 2);
    assert_eq!(faults(&advised), [] as [String; 0]);
    let plain = reported(&demo, "aoba", |report| {
        report.narrowing.clear();
        report.repairs.clear();
        page(report, &[Lang::En]).unwrap()
    });
    assert!(!plain.contains("What would narrow the interval most"));
    assert!(!plain.contains("What to repair first"));
}

/// The demo with a supplier who writes markup, formulas and marks that turn the reading order wherever they can.
fn hostile() -> Demo {
    let answers = "schema = \"mekiki/answers/v1\"\nquestionnaire = \"article-19-bid\"\n\
        questionnaire_version = \"2.0.0\"\nanswered_on = \"2026-11-10\"\n\
        # <script>alert(1)</script> \u{202e}gnp.exe\n[answers.minimum-tls]\n\
        value = \"=HYPERLINK(\\\"http://x.example\\\")<img src=x onerror=alert(1)>\"\n\
        document = \"documents/information.md\"\nnote = \"</style><script>\"\n\
        [answers.mfa-remote]\nvalue = true # </div></td><script>alert(2)</script> \u{2066}\n";
    let long = "長".repeat(200);
    Demo::new()
        .without(|path| path == "bids/aoba/answers.toml")
        .with("bids/aoba/answers.toml", answers)
        .with("bids/aoba/documents/<img src=x onerror=alert(1)>.md", "x")
        .with("bids/aoba/documents/=cmd|'x'!A1.md", "x")
        .with(&format!("bids/aoba/documents/{long}\u{202e}.md"), "x")
        .with_tender("ja = \"青葉", "ja = \"</style><script>x</script>&=1+1青葉")
}

#[test]
fn what_a_supplier_writes_is_inert() {
    let demo = hostile();
    let page = reported(&demo, "aoba", |report| page(report, &Lang::BOTH).unwrap());
    assert_eq!(faults(&page), [] as [String; 0]);
    assert!(page.contains("&#60;script&#62;alert(2)"));
    for mark in ['\u{202e}', '\u{2066}', '\u{1b}'] {
        assert!(!page.contains(mark));
    }
    for lang in Lang::BOTH {
        let text = reported(&demo, "aoba", |report| text(report, lang, 100));
        assert!(!text.contains('\u{202e}'));
    }
    let book = reported(&demo, "aoba", |report| {
        workbook(report, &Lang::BOTH).unwrap()
    });
    let parts = unzipped(&book);
    let sheets = parts
        .iter()
        .filter(|(name, _)| name.contains("worksheets/sheet"));
    for (name, xml) in sheets {
        assert!(
            !xml.contains("<f>") && !xml.contains("<f "),
            "{name} has a formula"
        );
        let targets = captures("location=\"([^\"]*)\"", xml);
        assert!(
            targets.iter().all(|target| target.starts_with('\'')),
            "{name}"
        );
    }
    assert!(parts["xl/styles.xml"].contains("quotePrefix=\"1\""));
    assert!(parts["xl/sharedStrings.xml"].contains("=cmd|"));
    assert!(
        !parts
            .keys()
            .any(|name| name.contains("externalLink") || name.contains("vba"))
    );
    assert!(
        !parts.keys().any(|name| name.contains("worksheets/_rels")),
        "no link leads outside"
    );
}

fn unzipped(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let demo = Demo::new();
    let mut turned = Demo::new();
    turned.evidence.reverse();
    let made = |demo: &Demo| {
        reported(demo, "hokuto", |report| {
            (
                page(report, &Lang::BOTH).unwrap(),
                workbook(report, &Lang::BOTH).unwrap(),
                text(report, Lang::Ja, 100),
            )
        })
    };
    assert!(made(&demo) == made(&turned));
}

#[test]
fn a_workbook_holds_every_verdict_and_leads_to_the_evidence() {
    let demo = Demo::new();
    reported(&demo, "aoba", |report| {
        let book = workbook(report, &[Lang::En]).unwrap();
        let mut read: Xlsx<_> = Xlsx::new(Cursor::new(book.clone())).unwrap();
        let names = [
            "Summary",
            "Verdicts",
            "Contradictions",
            "Evidence",
            "Sources",
        ];
        assert_eq!(read.sheet_names(), names);
        let verdicts = read.worksheet_range("Verdicts").unwrap();
        let rows: Vec<_> = verdicts.rows().skip(1).collect();
        assert_eq!(rows.len(), report.assessment.verdicts.len());
        for verdict in &report.assessment.verdicts {
            let id = Data::String(verdict.criterion.to_string());
            let row = rows.iter().find(|row| row[1] == id).unwrap();
            if let Some(points) = &verdict.points {
                assert_eq!(row[5], Data::String(points.low.to_string()));
                assert_eq!(row[6], Data::String(points.high.to_string()));
                let low = points.low.to_string().parse().unwrap();
                assert_eq!(row[8], Data::Float(low));
            } else {
                assert_eq!((&row[5], &row[8]), (&Data::Empty, &Data::Empty));
            }
        }
        // A point leads to the row of the place that it rests on.
        let evidence = read.worksheet_range("Evidence").unwrap();
        let parts = unzipped(&book);
        let sheet = &parts["xl/worksheets/sheet2.xml"];
        let links =
            Regex::new("<hyperlink ref=\"(N|F)(\\d+)\" location=\"'Evidence'!A(\\d+)\"").unwrap();
        let mut followed = 0;
        for link in links.captures_iter(sheet) {
            let from: usize = link[2].parse().unwrap();
            let to: usize = link[3].parse().unwrap();
            let cited = verdicts.get((from - 1, 12)).unwrap().to_string();
            let file = evidence.get((to - 1, 0)).unwrap().to_string();
            assert!(cited.starts_with(&file), "{cited} against {file}");
            let criteria = evidence.get((to - 1, 5)).unwrap().to_string();
            let criterion = verdicts.get((from - 1, 1)).unwrap().to_string();
            assert!(criteria.split(", ").any(|one| one == criterion));
            followed += 1;
        }
        assert!(followed > 40, "{followed}");
        assert!(sheet.contains("<autoFilter ref=\"A1:O"));
        assert!(sheet.contains("state=\"frozen\""));
        assert!(
            sheet.contains("confidentiality 2, integrity 2"),
            "the marking"
        );
    });
}

#[test]
fn one_criterion_is_told_in_full() {
    let demo = Demo::new();
    reported(&demo, "aoba", |report| {
        let text = criterion_text(report, "A19-2.leak.mfa", Lang::En).unwrap();
        for part in [
            "A19-2.leak.mfa",
            " / 5",
            "bids/aoba/answers.toml ",
            "verified",
            "recalled",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(criterion_text(report, "A19-2.leak.mfb", Lang::En), None);
    });
    let run = mekiki(&[
        "assess",
        DEMO,
        "--bid",
        "aoba",
        "--criterion",
        "A19-2.leak.mfb",
    ]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("criterion-unknown") && run.stderr.contains("A19-2.leak.mfa"));
}

#[test]
fn a_tender_is_one_page_with_a_report_a_bid() {
    let demo = Demo::new();
    let open = open_tender(&demo.library, demo.evidence.clone()).unwrap();
    let judged = judge_tender(&demo.library, &open, None).unwrap();
    let reports = reports_on(&demo.library, &open, &judged.view);
    assert_eq!(reports.len(), judged.view.bids.len());
    for langs in [&[Lang::Ja][..], &Lang::BOTH] {
        let page = tender_page(&open.tender, &judged.view, &reports, langs).unwrap();
        assert_eq!(faults(&page), [] as [String; 0]);
        for bid in &judged.view.bids {
            assert!(page.contains(&bid.supplier.ja));
            for exclusion in &bid.exclusions {
                assert!(page.contains(&exclusion.detail.ja));
            }
        }
        for step in &judged.view.derivation {
            assert!(page.contains(&step.exact.to_string()));
        }
    }
}

#[test]
fn the_command_writes_each_form() {
    let scratch = Scratch::new();
    for (format, begin) in [("html", &b"<!DOCTYPE html>"[..]), ("xlsx", b"PK")] {
        let file = format!("{}/report.{format}", scratch.root());
        let call = [
            "assess", DEMO, "--bid", "aoba", "--lang", "both", "--format", format,
        ];
        let run = mekiki(&[&call[..], &["-o", &file]].concat());
        assert!(run.code < 2, "{run:?}");
        assert!(std::fs::read(&file).unwrap().starts_with(begin));
    }
    let run = mekiki(&["facts", "--format", "xlsx"]);
    assert_eq!(run.code, 2);
}
