use super::*;

const BID: &str = "id = \"aoba\"\nsupplier = { ja = \"青葉\", en = \"Aoba\" }\nprice_yen = 78500000\n\n[product]\nname = \"X\"\nversion = \"1\"\n";

#[test]
fn a_bid_is_split_and_its_price_stands_in_no_message() {
    let bid = split_bid(BID.as_bytes(), true).unwrap();
    assert_eq!((bid.id.as_str(), bid.price_yen), ("aoba", 78_500_000));
    assert!(
        !bid.rest.contains("785") && bid.rest.contains("bids/aoba"),
        "{}",
        bid.rest
    );
    let price = price_text("aoba", 78_500_000);
    assert_eq!(read_price(price.as_bytes(), "aoba"), Some(78_500_000));
    assert_eq!(read_price(price.as_bytes(), "kiri"), None);
    assert_eq!(
        read_rest(bid.rest.as_bytes(), "aoba", true),
        Some(bid.rest.clone())
    );
    assert_eq!(read_rest(bid.rest.as_bytes(), "kiri", true), None);
    let forged = bid.rest.replace("bids/aoba", "bids/kiri");
    assert_eq!(
        read_rest(forged.as_bytes(), "aoba", true),
        Some(bid.rest.clone())
    );
    assert_eq!(
        read_rest(
            format!("excluded = 1\n{}", bid.rest).as_bytes(),
            "aoba",
            true
        ),
        None
    );
    for (from, to, code) in [
        ("78500000", "\"78,500,000\"", "bid-price"),
        ("78500000", "-78500000", "bid-price"),
        ("78500000", "78500000.5", "bid-price"),
        ("78500000", "78,500,000", "toml-syntax"),
        (
            "price_yen = 78500000",
            "price_yen = 78500000\nprice_yen = 78500000",
            "toml-syntax",
        ),
        ("[product]", "marks = { a = 1 }\n[product]", "bid-oversteps"),
        ("id = \"aoba\"", "", "missing-field"),
        ("\"aoba\"", "\"../aoba\"", "id-malformed"),
    ] {
        let faults = split_bid(BID.replacen(from, to, 1).as_bytes(), false).unwrap_err();
        assert_eq!(faults[0].code, code, "{to}");
        assert!(!faults[0].to_string().contains("785"), "{}", faults[0]);
    }
}

#[test]
fn a_price_among_the_technical_papers_is_found() {
    for (text, found) in [
        ("our price: 78500000 yen", true),
        ("78,500,000円", true),
        ("７８，５００，０００円", true),
        ("178500000", false),
        ("785000001", false),
        ("cheap", false),
    ] {
        let files = [("proposal.md", text.as_bytes())];
        assert_eq!(tells_price(&files, 78_500_000).is_some(), found, "{text}");
    }
    assert_eq!(tells_price(&[("a", b"100")], 100), None);
}

#[test]
fn rules_are_what_decides_on_points() {
    let file = "id = \"t\"\nbid_deadline = \"2026-12-01\"\ntitle = { ja = \"題\", en = \"T\" }\ncatalog = \"c\"\n[procedure]\nid = \"p\"\n";
    let of = |text: &str| read_published(text.as_bytes()).unwrap().rules;
    assert_eq!(
        of(file),
        of(&file.replace("\"T\"", "\"U\"").replace("12-01", "12-02"))
    );
    let timed = file.replace(
        "catalog",
        "timetable = { bids_until = \"2026-12-01T17:00:00+09:00\" }\ncatalog",
    );
    let timed = read_published(timed.as_bytes()).unwrap();
    assert_eq!(timed.bids_until, "2026-12-01T08:00:00Z".parse().ok());
    assert_eq!((timed.rules, of(file)), (of(file), timed.rules));
    for (from, to) in [
        ("\"p\"", "\"q\""),
        ("\"c\"", "\"d\""),
        ("id = \"t\"", "id = \"u\""),
    ] {
        assert_ne!(of(file), of(&file.replace(from, to)), "{to}");
    }
}

#[test]
fn sheets_are_one_a_bid_with_a_comment_an_item() {
    let file = "[[sheet]]\nevaluator = \"e\"\nbid = \"a\"\n[sheet.marks]\nx = 3\ny = \"A\"\n[sheet.comments]\nx = \"good\"\ny = \" \"\n[[sheet]]\nevaluator = \"e\"\nbid = \"b\"\n";
    let sheets = split_sheets(file.as_bytes()).unwrap();
    assert_eq!(sheets.len(), 2);
    assert_eq!(uncommented(&sheets[0]), ["y"]);
    assert!(split_sheets(file.replace("\"b\"", "\"a\"").as_bytes()).is_err());
    assert_eq!(
        split_sheets(b"[[bid]]\n").unwrap_err()[0].code,
        "unknown-field"
    );
    assert_eq!(split_sheets(b"").unwrap_err()[0].code, "missing-field");
}
