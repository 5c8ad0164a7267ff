//! What people read: the screen, the full text, the summary of a job, and the page of the acceptance file.

use mekiki::document::acceptance::markdown::markdown;
use mekiki::document::acceptance::{LINES, explained, first_line, page, text};
use mekiki::text::Lang;
use regex::Regex;
use unicode_width::UnicodeWidthStr as _;

use super::sample::{HOSTILE, checks, good, hostile, many, mixed};
use super::{reports, without_colour};

const WIDTH: usize = 100;

#[test]
fn the_screen_has_forty_lines_at_most() {
    for (name, report) in reports() {
        for lang in Lang::BOTH {
            let screen = without_colour(&text(&report, &checks(), lang, 100));
            let lines: usize = screen
                .lines()
                .map(|line| line.width().div_ceil(WIDTH).max(1))
                .sum();
            assert!(lines <= LINES, "{name} has {lines}:\n{screen}");
            let wide: Vec<_> = screen
                .lines()
                .skip(1)
                .filter(|line| line.width() > WIDTH)
                .collect();
            assert_eq!(wide, [] as [&str; 0], "{name}");
        }
    }
}

#[test]
fn the_screen_tells_verdict_place_advice_and_what_does_not_count() {
    let report = mixed();
    let screen = without_colour(&text(&report, &checks(), Lang::En, 100));
    let mut lines = screen.lines();
    assert_eq!(
        lines.next().unwrap(),
        "not_acceptable: bin/connector has other bytes than the SBOM states (bom.json:14:7)"
    );
    assert_eq!(
        lines.next().unwrap(),
        "case 2026-017 · contract K-2026-104 · supplier aoba · product Aoba Bunsho Connector 1.4.0 · stage"
    );
    assert_eq!(
        lines.next().unwrap(),
        "before acceptance · as of 2026-11-26 · inspection due 2026-11-30 (4 days left)"
    );
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("files: 42, bytes: 12,345,678, SHA-256: ")
    );
    for piece in [
        "  × SBOM against files            not met         3 met, 1 not met; findings: 1",
        "3 met, 1 not met, 1 not judged; findings: 2",
        "Not met (2)",
        "  × contents.altered  bin/connector has other bytes than the SBOM states (bom.json:14:7)",
        "      → A file was changed after the SBOM was made, or the SBOM is wrong. Find out which, and have a\n        matching delivery.\n",
        "  × advisory.exploited  shelf-reader 1.4.0 has CVE-2026-10001, which is known to be exploited\n      bom.json#/components/0\n",
        "Could not be judged (1)",
        "  ? advisory.feed  what is known of npm is 40 days old",
        "Does not count (2)",
        "waived by EX-2026-03 until 2026-12-31: ink 2.0.0",
        "known to the earlier verdict",
        "Left out by the manifest (1)\n  provenance: the contract was made before provenance was asked for",
        "Worth a look (1)",
        "Requirements of the contract: 1 met, 1 not met, 2 for the inspector",
    ] {
        assert!(screen.contains(piece), "{piece} in\n{screen}");
    }
    assert_eq!(
        without_colour(&first_line(&report, Lang::En)).trim_end(),
        screen.lines().next().unwrap()
    );
    let japanese = text(&report, &checks(), Lang::Ja, 100);
    for piece in [
        "不適合 (2)",
        "判定不能 (1)",
        "契約上の要件: 適合1、不適合1、検査職員が確認2",
    ] {
        assert!(without_colour(&japanese).contains(piece), "{japanese}");
    }
}

#[test]
fn many_findings_of_one_kind_do_not_hide_another() {
    let screen = without_colour(&text(&many(10_000), &checks(), Lang::En, 100));
    assert!(screen.contains("advisory.exploited"), "{screen}");
    assert!(screen.contains("Not met (10,002; "), "{screen}");
    assert!(screen.contains("Could not be judged (1)"), "{screen}");
    assert!(
        screen.contains("contents.altered") && screen.contains("contents.unlisted"),
        "{screen}"
    );
    let good = without_colour(&text(&good(), &checks(), Lang::En, 100));
    assert!(
        !good.contains("Not met") && good.lines().count() < 20,
        "{good}"
    );
}

#[test]
fn the_full_text_leaves_nothing_out() {
    for (name, report) in reports() {
        let full = without_colour(&explained(&report, &checks(), Lang::En));
        let findings: usize = report.groups.iter().map(|group| group.findings.len()).sum();
        assert_eq!(full.matches("\n    - ").count(), findings, "{name}");
        if name == "hostile" {
            continue;
        }
        for outcome in report.groups.iter().flat_map(|group| &group.checks) {
            assert!(
                full.contains(&format!("{}  {}", outcome.check, outcome.title.en)),
                "{full}"
            );
        }
        for one in &report.requirements {
            assert!(full.contains(&one.id), "{full}");
        }
        for one in &report.inputs {
            assert!(full.contains(&one.sha256.hex()), "{full}");
        }
    }
}

#[test]
fn the_summary_of_a_job_keeps_its_tables_and_tags() {
    let tag = Regex::new("<[^>]*>").unwrap();
    let code = Regex::new("`[^`\n]+`").unwrap();
    let link = Regex::new(r"(?i)https?:/|www\.[a-z]|@[a-z0-9]|#[0-9]").unwrap();
    for (name, report) in reports() {
        for lang in Lang::BOTH {
            let summary = markdown(&report, &checks(), lang);
            assert!(summary.len() < 1 << 20, "{name}");
            // What stands in code is text already, and no text of ours ends one.
            let escaped = summary.replace("\\`", "").replace("&#124;", "");
            let plain = code.replace_all(&escaped, "code").into_owned();
            let tags: Vec<_> = tag.find_iter(&plain).map(|one| one.as_str()).collect();
            let own = ["<br>", "<details>", "</details>", "<summary>", "</summary>"];
            assert!(tags.iter().all(|one| own.contains(one)), "{name}: {tags:?}");
            assert_eq!(tags.len(), plain.matches('<').count(), "{name}");
            let mut columns = 0;
            for line in summary.lines() {
                let pipes = line.matches('|').count();
                if line.starts_with("| ") && columns == 0 {
                    columns = pipes;
                } else if !line.starts_with('|') {
                    columns = 0;
                    assert_eq!(pipes, 0, "{name}: {line}");
                }
                assert_eq!(columns, pipes, "{name}: {line}");
            }
            assert!(!plain.contains('`'), "{name}: {plain}");
            assert!(!link.is_match(&plain), "{name}: {:?}", link.find(&plain));
        }
    }
}

#[test]
fn a_hostile_sentence_is_written_out_sign_by_sign() {
    let mut report = good();
    report.headline.en = HOSTILE.to_owned();
    let summary = markdown(&report, &checks(), Lang::En);
    let first = summary.lines().next().unwrap();
    assert_eq!(
        first,
        "## ✅ \u{fffd}\\[31m&lt;script&gt;alert\\(1\\)&lt;/script&gt; &#124; \\`x\\` \\*\\*b\\*\\* \\[l\\]\\(http:\u{2060}//evil.example\\) \
         \\@\u{2060}octocat \\#\u{2060}12 \u{fffd}gnp.exe\u{fffd} \\#\u{2060}\\#\u{2060} h \\]\\]&gt; &amp;amp; \"'\\\\ \u{fffd}\u{fffd} www.\u{2060}evil.example"
    );
}

#[test]
fn the_page_is_complete_in_itself_and_inert() {
    for (name, report) in reports() {
        for langs in [&[Lang::Ja][..], &[Lang::En], &Lang::BOTH] {
            let page = page(&report, &checks(), langs).unwrap();
            assert_eq!(crate::report::faults(&page), [] as [String; 0], "{name}");
            assert!(page.len() < 4 << 20, "{name}: {}", page.len());
        }
    }
    let page = page(&hostile(), &checks(), &[Lang::En]).unwrap();
    assert!(page.contains("&#60;script&#62;alert(1)"), "{page:.3000}");
}

#[test]
fn the_page_has_a_box_for_everything_that_the_inspector_settles() {
    let report = mixed();
    let page = page(&report, &checks(), &[Lang::Ja]).unwrap();
    // Two boxes a requirement, and two for the result.
    assert_eq!(
        page.matches("<span class=\"box\"></span>").count(),
        2 * 2 + 2
    );
    for piece in [
        "検査職員(署名)",
        "受領の支障となる事項",
        "The packaging shows no sign of having been opened.(日本語)",
        "bom.json:14:7",
        "CVE-2026-10001, GHSA-aaaa-bbbb-cccc",
        "EX-2026-03",
        "情報システム統括責任者",
    ] {
        assert!(page.contains(piece), "{piece}");
    }
    for one in &report.inputs {
        assert!(page.contains(&one.sha256.hex()), "{}", one.path);
    }
}
