//! Random sheets come back as they were entered, also through an office program.

use super::*;

/// Random items of every scale, with marks that they allow.
fn random(seed: u64) -> (String, Vec<(String, Vec<String>)>) {
    let mut chance = Seeded::new(seed);
    let mut file = HEAD.to_owned();
    let (rules, _) = RULES.split_once("[[procedure.item]]").unwrap();
    let rules = rules.replace("points = 90", "points = \"POINTS\"");
    file.push_str(&rules.replace("points = 20", "points = 12"));
    let mut points = Exact::zero();
    let mut items = vec![(
        "m0".to_owned(),
        vec!["met".to_owned(), "not met".to_owned()],
    )];
    let mut tables = "\n[[procedure.item]]\nid = \"m0\"\ntitle = { ja = \"必須\", en = \"Must\" }\nkind = \"mandatory\"\nblock = \"base\"\npoints = 12\n".to_owned();
    for number in 0..3 + chance.below(12) {
        let id = format!("i.{number}");
        let title = [
            "=1+1",
            "評価「項目」",
            "A & B <c>",
            "  spaced  out ",
            "\\\"quoted\\\"",
        ][chance.below(5)];
        let (own, scale, marks): (Exact, String, Vec<String>) = match chance.below(4) {
            0 => (
                Exact::from_integer(40),
                "grades = \"abcd\"".to_owned(),
                ["A", "B", "C", "D"].map(str::to_owned).to_vec(),
            ),
            1 => (
                Exact::parse("10/3").unwrap(),
                "steps = [0, \"1/3\", \"10/3\"]".to_owned(),
                ["0", "1/3", "10/3"].map(str::to_owned).to_vec(),
            ),
            2 => (
                Exact::from_integer(30),
                "weight = 3\nsteps = [0, \"2.5\", \"7.25\", 10]".to_owned(),
                ["0", "2.5", "7.25", "10"].map(str::to_owned).to_vec(),
            ),
            _ => {
                let marks = (0..4).map(|_| {
                    let hundredths = i64::try_from(chance.below(2001)).unwrap();
                    Exact::ratio(hundredths, 100).unwrap().to_string()
                });
                (
                    Exact::from_integer(10),
                    "weight = \"1/2\"".to_owned(),
                    marks.collect(),
                )
            }
        };
        points = points.plus(&own);
        _ = writeln!(
            tables,
            "\n[[procedure.item]]\nid = \"{id}\"\ntitle = {{ ja = \"{title} {number}\", en = \"{title} {number} en\" }}\nblock = \"bonus\"\npoints = \"{own}\"\n{scale}"
        );
        items.push((id, marks));
    }
    let file = file.replace("POINTS", &points.to_string()) + &tables + BIDS;
    (file, items)
}

/// A filled workbook of a random tender, with what was entered.
fn random_filled(
    seed: u64,
    languages: Languages,
) -> (OpenTechnical, Vec<u8>, BTreeMap<(String, String), String>) {
    let (file, items) = random(seed);
    let open = opened(&file);
    let bytes = workbook(&open, "e1", languages);
    let book = parsed(&bytes);
    let mut chance = Seeded::new(seed + 1000);
    let mut pen = Pen {
        book: &book,
        languages,
        entries: Vec::new(),
    };
    pen.declare(&[("aoba", false), ("hokuto", false)]);
    let mut entered = BTreeMap::new();
    for bid in ["aoba", "hokuto"] {
        for (item, marks) in &items {
            let mark = &marks[chance.below(marks.len())];
            pen.mark(bid, item, mark);
            entered.insert((bid.to_owned(), item.clone()), mark.clone());
        }
        pen.comment(bid, "i.0", "理由は、\"次\"のとおり。\n=1+1");
    }
    let filled = enter(&bytes, &pen.entries);
    (open, filled, entered)
}

fn expect(
    open: &OpenTechnical,
    sheet: &ScoreSheet,
    entered: &BTreeMap<(String, String), String>,
    what: &str,
) {
    assert_eq!(errors(sheet), [] as [&str; 0], "{what}");
    let text = written(&open.technical, sheet);
    let tables: toml::Table = toml::from_str(&text).unwrap();
    let mut found = BTreeMap::new();
    for table in tables["sheet"].as_array().unwrap() {
        let bid = table["bid"].as_str().unwrap();
        for (item, mark) in table["marks"].as_table().unwrap() {
            let mark = match mark {
                toml::Value::Boolean(true) => "met".to_owned(),
                toml::Value::Boolean(false) => "not met".to_owned(),
                other => other.as_str().unwrap().to_owned(),
            };
            found.insert((bid.to_owned(), item.clone()), mark);
        }
        assert_eq!(
            table["comments"]["i.0"].as_str().unwrap(),
            "理由は、\"次\"のとおり。\n=1+1",
            "{what}"
        );
    }
    assert_eq!(found, *entered, "{what}");
}

#[test]
fn random_sheets_come_back_as_they_were_entered() {
    for seed in 1..=60 {
        let languages =
            [Languages::Ja, Languages::En, Languages::Both][usize::try_from(seed).unwrap() % 3];
        let (open, bytes, entered) = random_filled(seed, languages);
        let sheet = taken(&open, &bytes).unwrap();
        expect(&open, &sheet, &entered, &format!("{seed}"));
    }
}

/// Whether `LibreOffice` is there.
fn has_office() -> bool {
    let found = Command::new("soffice").arg("--version").output().is_ok();
    if !found {
        let absent = "there is no soffice (Debian: libreoffice-calc-nogui)";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{absent}");
        say(&format!("{absent}; score sheets were not sent through it"));
    }
    found
}

fn convert(folder: &Path, to: &str, files: &[String]) {
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    let run = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", to, "--outdir"])
        .arg(folder.join("out"))
        .args(files)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

#[test]
fn libre_office_keeps_every_mark_and_computes_the_sums() {
    if !has_office() {
        return;
    }
    let scratch = Scratch::new();
    let folder = std::fs::canonicalize(scratch.root()).unwrap();
    let mut sent = Vec::new();
    for seed in 61..=66 {
        let languages =
            [Languages::Ja, Languages::En, Languages::Both][usize::try_from(seed).unwrap() % 3];
        let (open, bytes, entered) = random_filled(seed, languages);
        sent.push((
            open,
            entered,
            scratch.write(&format!("s{seed}.xlsx"), bytes),
        ));
    }
    let files: Vec<_> = sent.iter().map(|(_, _, file)| file.clone()).collect();
    convert(&folder, "xlsx:Calc MS Excel 2007 XML", &files);
    for (open, entered, file) in &sent {
        let name = Path::new(file).file_name().unwrap();
        let bytes = std::fs::read(folder.join("out").join(name)).unwrap();
        let sheet = taken(open, &bytes).unwrap();
        expect(open, &sheet, entered, file);
    }
    // The first bid's sheet as text; its cover, and so the declaration, is elsewhere.
    convert(
        &folder,
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2",
        &files,
    );
    for (open, entered, file) in &sent {
        let name = Path::new(file)
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let path = std::fs::read_dir(folder.join("out"))
            .unwrap()
            .map(|one| one.unwrap().path())
            .find(|path| {
                let file = path.file_name().unwrap().to_str().unwrap();
                file.starts_with(&format!("{name}-"))
                    && path.extension().is_some_and(|end| end == "csv")
            });
        let bytes = std::fs::read(path.expect("a sheet as text")).unwrap();
        let sheet = taken_as(open, &bytes, Some("e1"), true).unwrap();
        let own: BTreeMap<_, _> = entered
            .iter()
            .filter(|((bid, _), _)| bid == "aoba")
            .map(|(key, mark)| (key.clone(), mark.clone()))
            .collect();
        expect(open, &sheet, &own, file);
    }
}
