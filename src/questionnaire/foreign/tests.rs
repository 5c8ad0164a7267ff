use super::*;
use crate::tree::{Complaints, parse_toml};

fn map(name: &str) -> Map {
    let bytes: &[u8] = match name {
        "caiq-4" => include_bytes!("../../../criteria/questionnaire-maps/caiq-4.toml"),
        "plain" => include_bytes!("../../../criteria/questionnaire-maps/plain.toml"),
        "vsaq" => include_bytes!("../../../criteria/questionnaire-maps/vsaq.toml"),
        _ => include_bytes!("../../../criteria/questionnaire-maps/oscal.toml"),
    };
    let document = parse_toml(bytes).unwrap();
    let complaints = Complaints::default();
    let map = read_map(&document, &complaints);
    assert_eq!(complaints.into_sorted(), []);
    map
}

fn told(sheet: &ForeignSheet) -> Vec<(String, String, Vec<&'static str>)> {
    let answers = sheet.set.answers.iter();
    answers
        .map(|one| {
            let value = serde_json::to_string(&one.response).unwrap();
            (
                one.question.clone(),
                value,
                one.remarks.iter().map(|one| one.code).collect(),
            )
        })
        .collect()
}

fn codes(sheet: &ForeignSheet) -> Vec<&'static str> {
    sheet.set.remarks.iter().map(|one| one.code).collect()
}

fn row(id: &str, value: &str, codes: &[&'static str]) -> (String, String, Vec<&'static str>) {
    (id.to_owned(), value.to_owned(), codes.to_vec())
}

#[test]
fn a_caiq_sheet_is_read_by_its_words_and_odd_ones_are_flagged() {
    let text = "CAIQ v4.0.3,,,,\n,,,,\nQuestion ID,CSP CAIQ Answer,SSRM Control Ownership,CSP Implementation Description (Optional/Recommended),CSC Responsibilities\nAudit,,,,\nA&A-01.1,Yes,CSP-owned,By audit.,\nA&A-01.2,yes,,,\nIAM-14.1,NA,CSC-owned,,\nIAM-14.2,N/A,,,\nCEK-03.1,,,,\nDSP-01.1,Sort of,,,\nDSP-01.2,=1+1,,,\nDSP-01.3,Partially,,,\n,Yes,,,\nstray,No,,,\nA&A-01.1,No,,,\n";
    let sheet = read(text.as_bytes(), &map("caiq-4"), None).unwrap();
    assert_eq!(
        told(&sheet),
        [
            row("A&A-01.1", "null", &[]),
            row("A&A-01.2", "\"yes\"", &["answer-normalised"]),
            row("IAM-14.1", "\"not_applicable\"", &[]),
            row("IAM-14.2", "\"not_applicable\"", &["answer-normalised"]),
            row("CEK-03.1", "null", &["answer-blank"]),
            row("DSP-01.1", "null", &["answer-unreadable"]),
            row("DSP-01.2", "null", &["answer-unreadable"]),
            row("DSP-01.3", "\"partial\"", &["answer-normalised"]),
            row("stray", "\"no\"", &["question-id-form"]),
            row("A&A-01.1", "null", &["question-repeated"]),
        ]
    );
    assert_eq!(sheet.set.version.as_deref(), Some("4.0.3"));
    assert_eq!(codes(&sheet), ["sheet-formula-text", "answer-without-id"]);
    assert_eq!(
        sheet.ownership.get(&0).map(String::as_str),
        Some("CSP-owned")
    );
    assert_eq!(sheet.set.answers[0].note.as_deref(), Some("By audit."));
    let place = &sheet.set.answers[1].at;
    assert_eq!((place.line, place.cell.as_deref()), (Some(6), Some("B6")));
}

#[test]
fn a_version_is_asked_for_and_held_against_the_map() {
    let body = "Question ID,CSP CAIQ Answer\nIAM-14.1,Yes\n";
    let caiq = map("caiq-4");
    let questionnaire = ours();
    for (text, code, linked) in [
        (body.to_owned(), Some("questionnaire-version-unstated"), 1),
        (format!("Version 4.1,\n{body}"), None, 1),
        (
            format!("CAIQ v3.1,\n{body}"),
            Some("questionnaire-version-other"),
            0,
        ),
        (
            format!("CAIQ v40.1,\n{body}"),
            Some("questionnaire-version-other"),
            0,
        ),
    ] {
        let sheet = read(text.as_bytes(), &caiq, None).unwrap();
        assert_eq!(
            codes(&sheet),
            code.into_iter().collect::<Vec<_>>(),
            "{text}"
        );
        let set = sheet.in_terms_of(&questionnaire, &caiq);
        assert_eq!(set.answers.len(), linked, "{text}");
    }
}

/// A questionnaire of ours with the questions of these tests.
fn ours() -> Questionnaire {
    let mut question = yes_no("mfa-administrators");
    question.text.en = "MFA?".to_owned();
    let number = Question {
        kind: QuestionType::Number {
            unit: Text {
                ja: "か月".to_owned(),
                en: "months".to_owned(),
            },
            min: 0,
            max: 999,
        },
        ..yes_no("log-retention")
    };
    Questionnaire {
        id: "article-19-bid".to_owned(),
        version: "1".to_owned(),
        title: Text::default(),
        introduction: None,
        sections: vec![crate::questionnaire::Section {
            id: "s".to_owned(),
            title: Text::default(),
            questions: vec![question, number],
        }],
        digest: crate::digest::Digest::of(b""),
        maps: std::sync::Arc::default(),
    }
}

#[test]
fn links_lead_to_our_questions_and_say_so() {
    let caiq = map("caiq-4");
    let sheet = read(
        b"v4.0,\nQuestion ID,CSP CAIQ Answer\nIAM-14.1,Yes\n",
        &caiq,
        None,
    )
    .unwrap();
    let set = sheet.in_terms_of(&ours(), &caiq);
    assert_eq!(set.answers[0].question, "mfa-administrators");
    assert_eq!(set.answers[0].response, Some(Response::Yes));
    assert_eq!(set.answers[0].remarks[0].code, "answer-linked");
}

#[test]
fn a_plain_table_of_our_identifiers_is_read_by_our_questions() {
    let text = "質問ID,回答,備考\nlog-retention,１年,規程による\nmfa-administrators,○,\n";
    let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode(text);
    let questionnaire = ours();
    for (bytes, expected) in [
        (text.as_bytes(), &[][..]),
        (&shift_jis, &["sheet-encoding"]),
    ] {
        let (sheet, own) = read_among(bytes, &map("plain"), [&questionnaire]).unwrap();
        assert_eq!(own.map(|own| own.id.as_str()), Some("article-19-bid"));
        assert_eq!(
            told(&sheet),
            [
                row("log-retention", "12", &["answer-normalised"]),
                row("mfa-administrators", "\"yes\"", &["answer-normalised"])
            ]
        );
        assert_eq!(codes(&sheet), expected);
        let set = sheet.in_terms_of(&questionnaire, &map("plain"));
        let order: Vec<_> = set
            .answers
            .iter()
            .map(|one| one.question.as_str())
            .collect();
        assert_eq!(
            order,
            ["mfa-administrators", "log-retention"],
            "the order of our questionnaire"
        );
    }
}

#[test]
fn answers_of_vsaq_and_its_templates_are_read() {
    let vsaq = map("vsaq");
    let sheet = read(
        br#"{"a":"yes","b":"checked","c":"free words","d":"","e":3}"#,
        &vsaq,
        None,
    )
    .unwrap();
    assert_eq!(
        told(&sheet),
        [
            row("a", "\"yes\"", &[]),
            row("b", "\"yes\"", &[]),
            row("c", "\"free words\"", &[]),
            row("d", "null", &["answer-blank"]),
            row("e", "null", &["answer-unreadable"]),
        ]
    );
    assert_eq!(sheet.set.answers[2].at, Place::pointer("/c"));
    let template = "// a license\n{\"questionnaire\":[{\"type\":\"block\",\"items\":[{\"type\":\"yesno\",\"id\":\"a\"},{\"type\":\"checkgroup\",\"choices\":[{\"x\":\"X\"},{\"y\":\"Y\"}]},{\"type\":\"line\"},{\"type\":\"info\",\"text\":\"t\"},{\"type\":\"box\",\"id\":\"b\",\"cond\":\"a/yes\"}]}]}";
    let sheet = read(template.as_bytes(), &vsaq, None).unwrap();
    assert_eq!(
        told(&sheet),
        [
            row("a", "null", &[]),
            row("x", "null", &[]),
            row("y", "null", &[]),
            row("b", "null", &[])
        ]
    );
    assert_eq!(
        codes(&sheet),
        [
            "questionnaire-json-relaxed",
            "questionnaire-without-answers",
            "question-without-id"
        ]
    );
    assert_eq!(
        sheet.set.answers[3].note.as_deref(),
        Some("asked when a/yes")
    );
    for broken in ["[1]", "{}", "{"] {
        assert!(read(broken.as_bytes(), &vsaq, None).is_err(), "{broken}");
    }
}

#[test]
fn states_of_oscal_are_answers_and_catalogs_are_none() {
    let oscal = map("oscal");
    let plan = br#"{"system-security-plan":{"metadata":{"oscal-version":"1.1.2","last-modified":"2026-02-01T13:57:28Z"},"control-implementation":{"implemented-requirements":[
        {"control-id":"ac-1","by-components":[{"description":"d","implementation-status":{"state":"implemented"}}]},
        {"control-id":"ac-2","by-components":[{"implementation-status":{"state":"implemented"}},{"implementation-status":{"state":"partial"}}]},
        {"control-id":"ac-3","by-components":[{"implementation-status":{"state":"planned"}}]},
        {"control-id":"ac-4","statements":[{"by-components":[{"implementation-status":{"state":"not-applicable"}}]}]},
        {"control-id":"ac-5","description":"in words"},
        {"control-id":"ac-6"},
        {"control-id":"ac-7","props":[{"name":"implementation-status","value":"done"}]}]}}}"#;
    let sheet = read(plan, &oscal, None).unwrap();
    assert_eq!(
        told(&sheet),
        [
            row("ac-1", "\"yes\"", &[]),
            row("ac-2", "\"partial\"", &["answer-normalised"]),
            row("ac-3", "null", &["answer-qualified"]),
            row("ac-4", "\"not_applicable\"", &[]),
            row("ac-5", "\"in words\"", &[]),
            row("ac-6", "null", &["answer-blank"]),
            row("ac-7", "null", &["answer-unreadable"]),
        ]
    );
    assert_eq!(
        sheet.set.answered_on.map(|day| day.to_string()).as_deref(),
        Some("2026-02-01")
    );
    assert_eq!(codes(&sheet), [] as [&str; 0]);
    let results = br#"{"assessment-results":{"metadata":{"oscal-version":"1.1.2"},"results":[{"findings":[{"target":{"target-id":"ac-1","status":{"state":"satisfied"}}},{"target":{"target-id":"ac-2","status":{"state":"not-satisfied"}}}]}]}}"#;
    let sheet = read(results, &oscal, None).unwrap();
    assert_eq!(
        told(&sheet),
        [row("ac-1", "\"yes\"", &[]), row("ac-2", "\"no\"", &[])]
    );
    let pointer = sheet.set.answers[1].at.pointer.as_deref();
    assert_eq!(
        pointer,
        Some("/assessment-results/results/0/findings/1/target/status/state")
    );
    for (text, code) in [
        (r#"{"catalog":{}}"#, "questionnaire-is-catalog"),
        (r#"{"profile":{}}"#, "questionnaire-is-catalog"),
        (r#"{"other":{}}"#, "questionnaire-unreadable"),
    ] {
        assert_eq!(read(text.as_bytes(), &oscal, None).unwrap_err().code, code);
    }
}

#[test]
fn a_suggestion_gives_its_reasons_and_a_map_that_reads_the_file() {
    let text = "第1章,,,\n管理番号,確認事項,対応状況,補足説明\nA-1,多要素認証,○,\nA-2,ログ,×,別紙\nA-3,教育,未定,\n";
    let maps: Maps = ["caiq-4", "plain"]
        .map(|name| (name.to_owned(), map(name)))
        .into();
    let found = suggest(text.as_bytes(), &maps).unwrap();
    let columns: Vec<_> = found
        .columns
        .iter()
        .map(|one| (one.role.word(), one.header.as_str(), one.confidence.word()))
        .collect();
    assert_eq!(
        columns,
        [
            ("id", "管理番号", "likely"),
            ("question", "確認事項", "sure"),
            ("answer", "対応状況", "likely"),
            ("note", "補足説明", "likely")
        ]
    );
    assert_eq!((found.header_row, found.maps.len()), (2, 0));
    let document = parse_toml(found.draft.as_bytes()).unwrap();
    let complaints = Complaints::default();
    let drafted = read_map(&document, &complaints);
    assert_eq!(complaints.into_sorted(), [], "{}", found.draft);
    let sheet = read(text.as_bytes(), &drafted, None).unwrap();
    assert_eq!(
        told(&sheet),
        [
            row("A-1", "\"yes\"", &[]),
            row("A-2", "\"no\"", &[]),
            row("A-3", "null", &["answer-unreadable"])
        ]
    );
    assert_eq!(
        suggest(b"a,b\n1,2\n", &maps).unwrap_err().code,
        "questionnaire-columns"
    );
}

#[test]
fn a_faulty_map_is_refused_with_all_its_faults() {
    let document = parse_toml(b"id = \"x\"\nversion = \"1\"\nshape = \"table\"\nquestionnaire = \"q\"\nid_pattern = \"(\"\n[title]\nja = \"a\"\nen = \"b\"\n[columns]\nid = [\"ID\"]\n").unwrap();
    let complaints = Complaints::default();
    read_map(&document, &complaints);
    let mut codes: Vec<_> = complaints
        .into_sorted()
        .iter()
        .map(|one| one.code)
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, ["map-pattern", "missing-field"]);
}
