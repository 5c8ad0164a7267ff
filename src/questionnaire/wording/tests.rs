use super::*;
use crate::questionnaire::Choice;
use crate::text::Text;

fn text(ja: &str, en: &str) -> Text {
    Text {
        ja: ja.to_owned(),
        en: en.to_owned(),
    }
}

fn question(kind: QuestionType) -> Question {
    Question {
        id: "q".to_owned(),
        kind,
        text: Text::default(),
        guidance: None,
        evidence: None,
        when: None,
        valid_months: None,
        feeds: Vec::new(),
    }
}

fn choice(id: &str, ja: &str, en: &str) -> Choice {
    Choice {
        id: id.to_owned(),
        title: text(ja, en),
    }
}

/// What is written, what it says in JSON, the note, and the code of the remark.
type Row<'a> = (&'a str, &'a str, Option<&'a str>, Option<&'a str>);

fn check(kind: QuestionType, rows: &[Row<'_>]) {
    let question = question(kind);
    for (written, expected, note, code) in rows {
        let at = Place::cell("回答", 6, 2);
        let (response, found_note, remarks) = read_text(&question, written, &at);
        let found = serde_json::to_string(&response).unwrap();
        assert_eq!(found, *expected, "{written}: {remarks:?}");
        assert_eq!(found_note.as_deref(), *note, "{written}");
        let codes: Vec<_> = remarks.iter().map(|one| one.code).collect();
        assert_eq!(codes, code.iter().copied().collect::<Vec<_>>(), "{written}");
        assert!(
            remarks.iter().all(|one| one.at == at && one.help.is_some()),
            "{written}"
        );
    }
}

const NORMALISED: Option<&str> = Some("answer-normalised");

#[test]
fn yes_and_no_are_read_in_many_hands() {
    for (response, words) in [
        (
            "\"yes\"",
            "○ 〇 ◯ 有 有り あり ある 該当 該当する 済 済み 実施済 yes YES y Y TRUE true ｙｅｓ Ｙ ✓ ハイ ﾊｲ はい。 Yes.",
        ),
        (
            "\"no\"",
            "× ✕ ☓ ✗ 無 無し なし 非該当 未 未実施 no NO n N FALSE ｎｏ いいえ。",
        ),
        (
            "\"partial\"",
            "△ ▲ 一部実施 部分的 partial Partially PARTLY",
        ),
        (
            "\"not_applicable\"",
            "対象外 適用外 該当無し N/A n/a NA Ｎ／Ａ not_applicable",
        ),
    ] {
        let rows: Vec<_> = words
            .split(' ')
            .map(|word| (word, response, None, NORMALISED))
            .collect();
        check(QuestionType::YesNo, &rows);
    }
    check(
        QuestionType::YesNo,
        &[
            ("はい", "\"yes\"", None, None),
            ("Yes", "\"yes\"", None, None),
            ("いいえ", "\"no\"", None, None),
            ("No", "\"no\"", None, None),
            ("一部", "\"partial\"", None, None),
            ("Partial", "\"partial\"", None, None),
            ("該当なし", "\"not_applicable\"", None, None),
            ("Not applicable", "\"not_applicable\"", None, None),
            (" はい\u{3000}", "\"yes\"", None, None),
            ("は い", "\"yes\"", None, NORMALISED),
            ("", "null", None, Some("answer-blank")),
            (" \u{3000}\n", "null", None, Some("answer-blank")),
            ("-", "null", None, Some("answer-blank")),
            ("—", "null", None, Some("answer-blank")),
            ("ー", "null", None, Some("answer-blank")),
            ("x", "null", Some("x"), Some("answer-ambiguous")),
            ("◎", "null", Some("◎"), Some("answer-ambiguous")),
            (
                "はい・いいえ",
                "null",
                Some("はい・いいえ"),
                Some("answer-ambiguous"),
            ),
            (
                "Yes / No",
                "null",
                Some("Yes / No"),
                Some("answer-ambiguous"),
            ),
            ("たぶん", "null", Some("たぶん"), Some("answer-unreadable")),
            (
                "See attached",
                "null",
                Some("See attached"),
                Some("answer-unreadable"),
            ),
            (
                "Some of it",
                "null",
                Some("Some of it"),
                Some("answer-unreadable"),
            ),
            ("1", "null", Some("1"), Some("answer-unreadable")),
            (
                "=\"はい\"",
                "null",
                Some("=\"はい\""),
                Some("answer-unreadable"),
            ),
        ],
    );
}

#[test]
fn words_beside_an_answer_are_kept_and_weighed_by_nobody() {
    let qualified = Some("answer-qualified");
    check(
        QuestionType::YesNo,
        &[
            (
                "はい（別紙1参照）",
                "\"yes\"",
                Some("別紙1参照"),
                Some("answer-note"),
            ),
            (
                "○(ISO 27001 取得)",
                "\"yes\"",
                Some("ISO 27001 取得"),
                NORMALISED,
            ),
            (
                "Yes - see policy 4",
                "\"yes\"",
                Some("see policy 4"),
                Some("answer-note"),
            ),
            (
                "はい\n情報管理規程による",
                "\"yes\"",
                Some("情報管理規程による"),
                Some("answer-note"),
            ),
            (
                "いいえ ※規程による",
                "\"no\"",
                Some("規程による"),
                Some("answer-note"),
            ),
            (
                "○(ただし管理者のみ)",
                "null",
                Some("○(ただし管理者のみ)"),
                qualified,
            ),
            (
                "はい ※一部拠点を除く",
                "null",
                Some("はい ※一部拠点を除く"),
                qualified,
            ),
            (
                "Yes, except in the branch offices",
                "null",
                Some("Yes, except in the branch offices"),
                qualified,
            ),
            (
                "Yes (planned for 2027)",
                "null",
                Some("Yes (planned for 2027)"),
                qualified,
            ),
            (
                "はい（来年度に導入予定）",
                "null",
                Some("はい（来年度に導入予定）"),
                qualified,
            ),
            (
                "○（本社） ×（支社）",
                "null",
                Some("○（本社） ×（支社）"),
                qualified,
            ),
            ("はい（いいえ）", "null", Some("はい（いいえ）"), qualified),
            (
                "No, but we will",
                "null",
                Some("No, but we will"),
                qualified,
            ),
        ],
    );
}

#[test]
fn numbers_convert_only_when_exact() {
    let months = |rows: &[Row<'_>]| {
        check(
            QuestionType::Number {
                unit: text("か月", "months"),
                min: 0,
                max: 9999,
            },
            rows,
        );
    };
    months(&[
        ("12", "12", None, None),
        ("１２", "12", None, NORMALISED),
        ("12か月", "12", None, NORMALISED),
        ("12 ヶ月", "12", None, NORMALISED),
        ("12 Months", "12", None, NORMALISED),
        ("1年", "12", None, NORMALISED),
        ("1.5年", "18", None, NORMALISED),
        ("2 years", "24", None, NORMALISED),
        ("1,200", "1200", None, NORMALISED),
        ("12.0", "12", None, NORMALISED),
        ("0", "0", None, None),
        ("1.3年", "null", Some("1.3年"), Some("answer-unit")),
        ("365日", "null", Some("365日"), Some("answer-unit")),
        ("1.5", "null", Some("1.5"), Some("answer-unit")),
        ("約12", "null", Some("約12"), Some("answer-qualified")),
        (
            "12か月以上",
            "null",
            Some("12か月以上"),
            Some("answer-qualified"),
        ),
        (
            "up to 12",
            "null",
            Some("up to 12"),
            Some("answer-qualified"),
        ),
        ("6～12", "null", Some("6～12"), Some("answer-ambiguous")),
        (
            "6-12か月",
            "null",
            Some("6-12か月"),
            Some("answer-ambiguous"),
        ),
        ("-1", "null", Some("-1"), Some("answer-out-of-range")),
        ("10000", "null", Some("10000"), Some("answer-out-of-range")),
        ("1,20", "null", Some("1,20"), Some("answer-unreadable")),
        (
            "99999999999999999999999",
            "null",
            Some("99999999999999999999999"),
            Some("answer-unreadable"),
        ),
        ("十二", "null", Some("十二"), Some("answer-unreadable")),
        ("12人", "null", Some("12人"), Some("answer-unreadable")),
        ("毎年", "null", Some("毎年"), Some("answer-unreadable")),
        ("該当なし", "\"not_applicable\"", None, None),
        ("N/A", "\"not_applicable\"", None, NORMALISED),
        ("", "null", None, Some("answer-blank")),
        ("12か月（規程第5条）", "12", Some("規程第5条"), NORMALISED),
        (
            "12か月（ただし一部は6か月）",
            "null",
            Some("12か月（ただし一部は6か月）"),
            Some("answer-qualified"),
        ),
    ]);
    let days = QuestionType::Number {
        unit: text("日", "days"),
        min: 0,
        max: 365,
    };
    check(
        days,
        &[
            ("48時間", "2", None, NORMALISED),
            ("2週間", "14", None, NORMALISED),
            ("1か月", "null", Some("1か月"), Some("answer-unit")),
            (
                "5営業日",
                "null",
                Some("5営業日"),
                Some("answer-unreadable"),
            ),
        ],
    );
    let parts = QuestionType::Number {
        unit: text("‰", "per mille"),
        min: 0,
        max: 1000,
    };
    check(
        parts,
        &[
            ("99.5%", "995", None, NORMALISED),
            ("99.99%", "null", Some("99.99%"), Some("answer-unit")),
        ],
    );
}

#[test]
fn days_are_read_in_the_forms_of_japan_and_never_guessed() {
    let day = "\"2026-11-23\"";
    for written in [
        "2026/11/23",
        "2026.11.23",
        "2026年11月23日",
        "２０２６年１１月２３日",
        "令和8年11月23日",
        "令和８年11月23日（月）",
        "R8.11.23",
        "r8/11/23",
        "令和 8 年 11 月 23 日",
        "20261123",
        "23 November 2026",
        "Nov 23, 2026",
        "23/11/2026",
        "11/23/2026",
        "2026-11-23 00:00:00",
    ] {
        check(QuestionType::Date, &[(written, day, None, NORMALISED)]);
    }
    check(
        QuestionType::Date,
        &[
            ("2026-11-23", day, None, None),
            ("令和元年5月1日", "\"2019-05-01\"", None, NORMALISED),
            ("平成31年4月30日", "\"2019-04-30\"", None, NORMALISED),
            ("H元.1.8", "\"1989-01-08\"", None, NORMALISED),
            ("昭和64年1月7日", "\"1989-01-07\"", None, NORMALISED),
            (
                "平成31年5月1日",
                "null",
                Some("平成31年5月1日"),
                Some("answer-era"),
            ),
            (
                "令和元年4月30日",
                "null",
                Some("令和元年4月30日"),
                Some("answer-era"),
            ),
            (
                "昭和64年1月8日",
                "null",
                Some("昭和64年1月8日"),
                Some("answer-era"),
            ),
            (
                "平成8年2月30日",
                "null",
                Some("平成8年2月30日"),
                Some("answer-era"),
            ),
            (
                "11/12/2026",
                "null",
                Some("11/12/2026"),
                Some("answer-ambiguous"),
            ),
            ("12/12/2026", "\"2026-12-12\"", None, NORMALISED),
            (
                "26/11/23",
                "null",
                Some("26/11/23"),
                Some("answer-ambiguous"),
            ),
            ("46349", "null", Some("46349"), Some("answer-ambiguous")),
            (
                "2026-02-30",
                "null",
                Some("2026-02-30"),
                Some("answer-unreadable"),
            ),
            (
                "2026年11月",
                "null",
                Some("2026年11月"),
                Some("answer-unreadable"),
            ),
            (
                "2026年11月頃",
                "null",
                Some("2026年11月頃"),
                Some("answer-qualified"),
            ),
            ("来年", "null", Some("来年"), Some("answer-unreadable")),
            ("", "null", None, Some("answer-blank")),
        ],
    );
    let cell = SheetCell {
        value: SheetValue::Date(crate::time::parse_day("2026-11-23").unwrap()),
        ..SheetCell::of_text("2026-11-23")
    };
    let (response, ..) = read(&question(QuestionType::Date), &cell, &Place::whole());
    assert_eq!(serde_json::to_string(&response).unwrap(), day);
}

#[test]
fn places_are_countries() {
    check(
        QuestionType::Place,
        &[
            ("JP", "[\"JP\"]", None, None),
            ("JP, SG", "[\"JP\",\"SG\"]", None, None),
            ("jp", "[\"JP\"]", None, NORMALISED),
            ("ＪＰ", "[\"JP\"]", None, NORMALISED),
            ("日本", "[\"JP\"]", None, NORMALISED),
            ("国内", "[\"JP\"]", None, NORMALISED),
            ("日本、シンガポール", "[\"JP\",\"SG\"]", None, NORMALISED),
            ("シンガポール及び日本", "[\"JP\",\"SG\"]", None, NORMALISED),
            (
                "Japan and the Netherlands",
                "[\"JP\",\"NL\"]",
                None,
                NORMALISED,
            ),
            ("日本・米国", "[\"JP\",\"US\"]", None, NORMALISED),
            ("ボスニア・ヘルツェゴビナ", "[\"BA\"]", None, NORMALISED),
            ("USA; UK", "[\"GB\",\"US\"]", None, NORMALISED),
            ("大韓民国", "[\"KR\"]", None, NORMALISED),
            ("日本（東京）", "[\"JP\"]", Some("東京"), NORMALISED),
            ("日本、EU", "null", Some("日本、EU"), Some("answer-region")),
            ("欧州", "null", Some("欧州"), Some("answer-region")),
            ("JP SG", "null", Some("JP SG"), Some("answer-unreadable")),
            (
                "日本、火星",
                "null",
                Some("日本、火星"),
                Some("answer-unreadable"),
            ),
            ("JP (US)", "null", Some("JP (US)"), Some("answer-ambiguous")),
            ("XX", "null", Some("XX"), Some("answer-unreadable")),
            ("東京", "null", Some("東京"), Some("answer-unreadable")),
            (
                "日本（一部は海外）",
                "null",
                Some("日本（一部は海外）"),
                Some("answer-qualified"),
            ),
            ("", "null", None, Some("answer-blank")),
        ],
    );
}

#[test]
fn choices_are_known_by_word_and_title() {
    let choices = vec![
        choice("1.3", "TLS 1.3", "TLS 1.3"),
        choice("1.2", "TLS 1.2", "TLS 1.2"),
        choice("other", "その他(備考に記入)", "another one (name it)"),
        choice("none", "なし", "none"),
    ];
    check(
        QuestionType::Choice {
            choices: choices.clone(),
            many: false,
        },
        &[
            ("TLS 1.3", "[\"1.3\"]", None, None),
            ("ｔｌｓ1.3", "[\"1.3\"]", None, NORMALISED),
            ("その他", "[\"other\"]", None, NORMALISED),
            ("なし", "[\"none\"]", None, None),
            (
                "TLS 1.2, TLS 1.3",
                "null",
                Some("TLS 1.2, TLS 1.3"),
                Some("answer-ambiguous"),
            ),
            ("SSL", "null", Some("SSL"), Some("answer-unreadable")),
            ("対象外", "\"not_applicable\"", None, NORMALISED),
        ],
    );
    check(
        QuestionType::Choice {
            choices,
            many: true,
        },
        &[("TLS 1.2、TLS 1.3", "[\"1.3\",\"1.2\"]", None, None)],
    );
}

#[test]
fn cells_of_tables_and_corporate_numbers() {
    for (written, expected) in [
        ("7000012050002", Some("7000012050002")),
        ("7-0000-1205-0002", Some("7000012050002")),
        ("７０００ ０１２０５０００２", Some("7000012050002")),
        ("T7000012050002", Some("7000012050002")),
        ("7000012050003", None),
        ("700001205000", None),
    ] {
        assert_eq!(corporate_number(written).as_deref(), expected, "{written}");
    }
    let column = |kind| Column {
        id: "c".to_owned(),
        title: Text::default(),
        kind,
        required: true,
    };
    for (kind, written, expected, code) in [
        (
            ColumnType::CorporateNumber,
            "7-0000-1205-0002",
            "\"7000012050002\"",
            NORMALISED,
        ),
        (
            ColumnType::CorporateNumber,
            "7000012050003",
            "null",
            Some("corporate-number-invalid"),
        ),
        (ColumnType::YesNo, "○", "\"yes\"", NORMALISED),
        (ColumnType::YesNo, "△", "null", Some("answer-qualified")),
        (ColumnType::Place, "日本", "\"JP\"", NORMALISED),
        (
            ColumnType::Place,
            "日本、米国",
            "null",
            Some("answer-unreadable"),
        ),
        (ColumnType::Number, "1,000", "1000", NORMALISED),
        (ColumnType::Date, "R8.11.23", "\"2026-11-23\"", NORMALISED),
        (ColumnType::Text, " a ", "\"a\"", None),
        (ColumnType::Text, "", "null", None),
    ] {
        let (cell, remarks) =
            read_cell(&column(kind), &SheetCell::of_text(written), &Place::whole());
        assert_eq!(serde_json::to_string(&cell).unwrap(), expected, "{written}");
        assert_eq!(remarks.first().map(|one| one.code), code, "{written}");
    }
}

#[test]
fn a_formula_and_an_error_are_no_answers_and_a_comment_is_a_note() {
    let yes_no = question(QuestionType::YesNo);
    let formula = SheetCell {
        formula: Some("B2".to_owned()),
        ..SheetCell::of_text("はい")
    };
    let error = SheetCell {
        value: SheetValue::Error,
        ..SheetCell::of_text("#REF!")
    };
    for (cell, code) in [(formula, "answer-formula"), (error, "answer-unreadable")] {
        let (response, _, remarks) = read(&yes_no, &cell, &Place::whole());
        assert_eq!((response, remarks[0].code), (None, code));
    }
    let commented = SheetCell {
        comment: Some("別紙参照".to_owned()),
        ..SheetCell::of_text("はい（規程）")
    };
    let (response, note, _) = read(&yes_no, &commented, &Place::whole());
    assert_eq!(
        (response, note.as_deref()),
        (Some(Response::Yes), Some("規程\n別紙参照"))
    );
}
