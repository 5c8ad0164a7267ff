//! How fast bills of materials are read and judged, beside a bare parse of the same bytes in the same run.
//!
//! `cargo bench --bench sbom` measures; `cargo bench --bench sbom -- 50 json` only what has `json` in its
//! name, over documents of about 50 MB.
//! Each line is the median of paired rounds: in a round everything is run once on the same bytes, one
//! after the other, so that a busy machine slows all of it alike. What counts is the ratio.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a benchmark reckons with times and prints them"
)]

mod generator;
mod peers;

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Instant;

use mekiki::app::library::Library;
use mekiki::evidence::sbom::{cyclonedx, read, spdx2, tables};
use mekiki::markup::parse_xml;
use mekiki::profile::judgment::judge;
use mekiki::profile::survey::Survey;
use mekiki::tape::parse_json;

/// Something to be timed over the bytes of a document.
type Work = (&'static str, fn(&str));

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut sizes: Vec<usize> = arguments
        .iter()
        .filter_map(|one| one.parse().ok())
        .collect();
    if sizes.is_empty() {
        sizes = vec![1, 10, 50];
    }
    let words: Vec<String> = arguments
        .into_iter()
        .filter(|one| !one.starts_with('-') && one.parse::<usize>().is_err())
        .map(|one| one.to_lowercase())
        .collect();
    let asked = |name: &str| words.iter().all(|word| name.to_lowercase().contains(word));
    let json: [Work; 8] = [
        ("serde_json Value", peers::value),
        ("serde_json borrowed walk", peers::borrowed_walk),
        ("serde_json borrowed structs", peers::borrowed_structs),
        ("mekiki: tape", tape),
        ("mekiki: tape, schema", tape_and_schema),
        ("mekiki: tape, model", tape_and_model),
        ("mekiki: read and validate", whole),
        ("mekiki: read, validate, profile", judged),
    ];
    let spdx: [Work; 7] = [
        ("serde_json Value", peers::value),
        ("serde_json borrowed walk", peers::borrowed_walk),
        ("mekiki: tape", tape),
        ("mekiki: tape, schema", tape_and_spdx_schema),
        ("mekiki: tape, model", tape_and_spdx_model),
        ("mekiki: read and validate", whole),
        ("mekiki: read, validate, profile", judged),
    ];
    let xml: [Work; 6] = [
        ("quick-xml walk", peers::xml_walk),
        ("mekiki: markup", markup),
        ("mekiki: markup, schema", markup_and_schema),
        ("mekiki: markup, tape", markup_and_tape),
        ("mekiki: read and validate", whole),
        ("mekiki: read, validate, profile", judged),
    ];
    for size in sizes {
        let bytes = size * 1_000_000;
        let table = |name: &str, make: fn(usize) -> String, each: usize, works: &[Work]| {
            if asked(name) {
                measure(name, &make(bytes / each), works);
            }
        };
        table("CycloneDX 1.6 JSON", generator::cyclonedx_json, 1000, &json);
        table("CycloneDX 1.6 XML", generator::cyclonedx_xml, 1080, &xml);
        table("SPDX 2.3 JSON", generator::spdx_json, 1080, &spdx);
    }
}

fn tape(text: &str) {
    black_box(parse_json(text).unwrap());
}

fn tape_and_schema(text: &str) {
    let tape = parse_json(text).unwrap();
    let schema = tables::cyclonedx("1.6").unwrap();
    assert!(schema.check(tape.root(), 1).is_empty());
}

fn tape_and_spdx_schema(text: &str) {
    let tape = parse_json(text).unwrap();
    let schema = tables::spdx("2.3").unwrap();
    assert!(schema.check(tape.root(), 1).is_empty());
}

fn tape_and_model(text: &str) {
    black_box(cyclonedx::build(&parse_json(text).unwrap()).unwrap());
}

fn tape_and_spdx_model(text: &str) {
    black_box(spdx2::build(&parse_json(text).unwrap()));
}

fn markup_and_schema(text: &str) {
    let markup = parse_xml(text).unwrap();
    let schema = tables::cyclonedx_markup("1.6").unwrap();
    assert!(schema.check(markup.root(), 1).is_empty());
}

fn markup_and_tape(text: &str) {
    let markup = parse_xml(text).unwrap();
    black_box(cyclonedx::xml::to_tape(&markup));
}

fn markup(text: &str) {
    black_box(parse_xml(text).unwrap());
}

fn whole(text: &str) {
    let (_, reading) = read(text.as_bytes()).unwrap();
    assert!(reading.valid(), "{:?}", reading.findings.first());
    black_box(reading);
}

/// Reads, validates and judges by the profile `ntia-2021`, as `sbom check` does.
fn judged(text: &str) {
    static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::open(None).unwrap());
    let (_, reading) = read(text.as_bytes()).unwrap();
    let survey = Survey::of(&reading.sbom);
    black_box(judge(&survey, &LIBRARY.profiles["ntia-2021"]));
}

/// Runs paired rounds and prints the median of each work with its ratio to the first.
fn measure(name: &str, text: &str, works: &[Work]) {
    let rounds = (400_000_000 / text.len()).clamp(5, 51) | 1;
    let mut times = vec![Vec::with_capacity(rounds); works.len()];
    for round in 0..=rounds {
        for (index, (_, work)) in works.iter().enumerate() {
            let start = Instant::now();
            work(text);
            let time = start.elapsed().as_secs_f64();
            // The first round warms up.
            if round > 0 {
                times[index].push(time);
            }
        }
    }
    println!("{name}, {:.1} MB, {rounds} rounds", text.len() as f64 / 1e6);
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let medians: Vec<f64> = times.iter_mut().map(median).collect();
    for ((name, _), time) in works.iter().zip(&medians) {
        println!(
            "  {name:32} {:8.2} ms {:8.0} MB/s  {:5.2} × the first",
            time * 1e3,
            text.len() as f64 / 1e6 / time,
            time / medians[0]
        );
    }
}
