//! How fast bills of materials are read and judged, beside a bare parse of the same bytes in the same run.
//!
//! `cargo bench --bench sbom` measures; `cargo bench --bench sbom -- 50` only documents of about 50 MB.
//! Each line is the median of paired rounds: in a round everything is run once on the same bytes, one
//! after the other, so that a busy machine slows all of it alike. What counts is the ratio.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a benchmark reckons with times and prints them"
)]

mod generator;
mod peers;

use std::hint::black_box;
use std::time::Instant;

use mekiki::evidence::sbom::read;
use mekiki::tape::parse_json;

/// Something to be timed over the bytes of a document.
type Work = (&'static str, fn(&str));

fn main() {
    let asked: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|one| one.parse().ok())
        .collect();
    let sizes: Vec<usize> = if asked.is_empty() {
        vec![1, 10, 50]
    } else {
        asked
    };
    let json: [Work; 5] = [
        ("serde_json Value", peers::value),
        ("serde_json borrowed walk", peers::borrowed_walk),
        ("serde_json borrowed structs", peers::borrowed_structs),
        ("mekiki: tape only", tape),
        ("mekiki: read + validate", whole),
    ];
    let spdx: [Work; 4] = [
        ("serde_json Value", peers::value),
        ("serde_json borrowed walk", peers::borrowed_walk),
        ("mekiki: tape only", tape),
        ("mekiki: read + validate", whole),
    ];
    let xml: [Work; 3] = [
        ("quick-xml walk", peers::xml_walk),
        ("mekiki: markup only", markup),
        ("mekiki: read + validate", whole),
    ];
    for size in sizes {
        let bytes = size * 1_000_000;
        table(
            "CycloneDX 1.6 JSON",
            &generator::cyclonedx_json(bytes / 1100),
            &json,
        );
        table(
            "CycloneDX 1.6 XML",
            &generator::cyclonedx_xml(bytes / 1200),
            &xml,
        );
        table("SPDX 2.3 JSON", &generator::spdx_json(bytes / 1100), &spdx);
    }
}

fn tape(text: &str) {
    black_box(parse_json(text).unwrap());
}

fn markup(text: &str) {
    black_box(mekiki::markup::parse_xml(text).unwrap());
}

fn whole(text: &str) {
    let (_, reading) = read(text.as_bytes()).unwrap();
    assert!(reading.valid(), "{:?}", reading.findings.first());
    black_box(reading);
}

/// Runs paired rounds and prints the median of each work with its ratio to the first.
fn table(name: &str, text: &str, works: &[Work]) {
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
