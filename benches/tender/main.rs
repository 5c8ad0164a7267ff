//! How fast a tender is evaluated and its winner's stability told: 100 evaluation items, 10 evaluators.
//!
//! `cargo bench --bench tender` measures 10, 100 and 1,000 bids; numbers behind `--` ask for others. Each number is the
//! median of rounds in which everything runs once, one after the other, so that a busy machine slows all of it alike. Beside
//! the evaluation stands the bare sum of the same marks as rationals of unlimited size, which is the least that any exact
//! evaluation does.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "a benchmark reckons with times and prints them"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use mekiki::app::library::Library;
use mekiki::evidence::Evidence;
use mekiki::tender::Tender;
use mekiki::tender::evaluate::evaluate;
use mekiki::tender::item::Mark;
use mekiki::tender::parse::read_tender;
use mekiki::tender::sensitivity::{model_of, sensitivity};
use num_bigint::BigInt;
use num_rational::BigRational;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

const ROUNDS: usize = 9;
const ITEMS: usize = 100;
const EVALUATORS: usize = 10;

fn main() {
    let mut sizes: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|one| one.parse().ok())
        .collect();
    if sizes.is_empty() {
        sizes = vec![10, 100, 1000];
    }
    let library = Library::open(None).unwrap();
    rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build_global()
        .unwrap();
    println!(
        "{ITEMS} items, {EVALUATORS} evaluators, two threads; medians of {ROUNDS} rounds, in seconds\n"
    );
    println!(
        "| bids | file | read | evaluate | sensitivity | evaluate and sensitivity | bare sums of the marks |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for bids in sizes {
        measure(&library, bids);
    }
}

fn measure(library: &Library, bids: usize) {
    let file = Evidence::new("tender.toml", tender(bids).into_bytes());
    let read = || read_tender(&file, &library.procedures, &library.catalog.vocabulary).unwrap();
    let tender = read();
    let marks = big_marks(&tender);
    let mut times: [Vec<f64>; 4] = Default::default();
    for round in 0..ROUNDS {
        let [reading, evaluating, sensing, summing] = &mut times;
        if round < 3 {
            reading.push(timed(read).0);
        }
        let (time, outcome) = timed(|| evaluate(&tender, BTreeMap::new()).unwrap());
        evaluating.push(time);
        let (time, _) = timed(|| sensitivity(&model_of(&tender, &outcome, 0).unwrap()).unwrap());
        sensing.push(time);
        summing.push(
            timed(|| {
                marks
                    .iter()
                    .map(|bid| bid.iter().sum::<BigRational>())
                    .collect::<Vec<_>>()
            })
            .0,
        );
    }
    let [read, evaluated, sensed, summed] = times.each_ref().map(|times| median(times));
    println!(
        "| {bids} | {:.1} MB | {read:.3} | {evaluated:.3} | {sensed:.3} | {:.3} | {summed:.3} |",
        f64::from(u32::try_from(file.bytes.len()).unwrap()) / 1e6,
        evaluated + sensed
    );
}

/// A tender file whose bids differ in marks and prices.
fn tender(bids: usize) -> String {
    let mut chance = StdRng::seed_from_u64(29);
    let mut file = String::from(
        "schema = \"mekiki/tender-file/v1\"\nid = \"bench\"\nas_of = \"2026-11-20\"\nbid_deadline = \"2026-11-13\"\n\
         offering_types = [\"OUT\"]\ntitle = { ja = \"計測\", en = \"Bench\" }\n\
         agency = { id = \"bench\", name = { ja = \"計測庁\", en = \"Bench\" } }\n\
         [[information]]\nname = { ja = \"資料\", en = \"Papers\" }\nconfidentiality = 1\nintegrity = 1\navailability = 1\n\
         [procedure]\nid = \"addition-a-grades\"\nceiling_yen = 100000000\nprice_points = 500\n",
    );
    for block in 0..10 {
        _ = write!(
            file,
            "[[procedure.block]]\nid = \"b{block}\"\nkind = \"marks\"\npoints = 100\ntitle = {{ ja = \"b{block}\", en = \"b{block}\" }}\n"
        );
    }
    for item in 0..ITEMS {
        _ = write!(
            file,
            "[[procedure.item]]\nid = \"i{item}\"\nblock = \"b{}\"\npoints = 10\ntitle = {{ ja = \"i{item}\", en = \"i{item}\" }}\n",
            item % 10
        );
        if item % 2 == 0 {
            file.push_str("grades = \"abcd\"\n");
        }
    }
    for evaluator in 0..EVALUATORS {
        _ = write!(file, "[[evaluator]]\nid = \"e{evaluator}\"\n");
    }
    for bid in 0..bids {
        let price = chance.gen_range(60_000_000..100_000_000);
        _ = write!(
            file,
            "[[bid]]\nid = \"v{bid}\"\nprice_yen = {price}\nsupplier = {{ ja = \"v{bid}\", en = \"v{bid}\" }}\n"
        );
        for evaluator in 0..EVALUATORS {
            _ = write!(
                file,
                "[[sheet]]\nbid = \"v{bid}\"\nevaluator = \"e{evaluator}\"\n[sheet.marks]\n"
            );
            for item in 0..ITEMS {
                if item % 2 == 0 {
                    let grade = ["A", "B", "C", "D"].choose(&mut chance).unwrap();
                    _ = writeln!(file, "i{item} = \"{grade}\"");
                } else {
                    _ = writeln!(file, "i{item} = {}", chance.gen_range(0..=10));
                }
            }
        }
    }
    file
}

fn big_marks(tender: &Tender) -> Vec<Vec<BigRational>> {
    let number = |mark: &Mark| match mark {
        Mark::Number(number) => number.to_i64().unwrap_or(0),
        Mark::Grade(place) => i64::try_from(*place).unwrap_or(0),
        Mark::Met(_) => 0,
    };
    tender
        .bids
        .iter()
        .map(|bid| {
            let marks = bid
                .sheets
                .iter()
                .flat_map(|sheet| sheet.marks.iter().flatten());
            marks
                .map(|mark| BigRational::new(BigInt::from(number(mark)), BigInt::from(10)))
                .collect()
        })
        .collect()
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = black_box(work());
    (start.elapsed().as_secs_f64(), result)
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
